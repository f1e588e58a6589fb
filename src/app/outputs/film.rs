//! Pictures of a run as the window shows it, of any size: all evolutions side by side.

use crate::{
    app::{
        session::shown::subject,
        views::{
            Look, Picture, Subject, ViewId,
            bodies::Wanted,
            easel::{DRAWN, Easel},
        },
        window::canvas::FORMAT,
    },
    comparison::Snapshot,
    field::Field,
    gpu::{Gpu, GpuError},
    recording::Frame,
    report::{
        ReportError,
        mosaic::{caption, detail, parts},
    },
    view::{Camera, PlaneRenderer, Renderer, Scene, canvas, flat_axis, read_image},
};
use image::{RgbaImage, imageops};
use std::{f32::consts::TAU, sync::Arc};

/// Shortest side of a picture, in pixels.
pub const LEAST_PIXELS: u32 = 16;

/// Longest side of a picture, in pixels.
pub const MOST_PIXELS: u32 = 8192;

/// Draws frames of one run.
pub struct Film {
    gpu: Gpu,
    planes: PlaneRenderer,
    easels: Vec<(ViewId, Easel)>,
    /// For places that no evolution fills.
    background: Renderer,
    snapshot: Arc<Snapshot>,
    /// The candidate that the reference is compared with.
    shown: Option<usize>,
    camera: Camera,
    look: Look,
    size: [u32; 2],
}

impl Film {
    /// Draws the evolutions of `snapshot`, seen by `camera` and drawn by `look`, in pictures of this width and height.
    pub fn new(
        gpu: &Gpu,
        snapshot: Arc<Snapshot>,
        shown: Option<usize>,
        camera: Camera,
        look: Look,
        size: [u32; 2],
    ) -> Result<Self, GpuError> {
        let most = MOST_PIXELS.min(gpu.device.limits().max_texture_dimension_2d);
        if size.iter().any(|side| !(LEAST_PIXELS..=most).contains(side)) {
            let [width, height] = size;
            return Err(GpuError::PictureSize { width, height, least: LEAST_PIXELS, most });
        }
        let views = [ViewId::Reference].into_iter().chain((0..snapshot.candidates.len()).map(ViewId::Candidate));
        let easels = views.map(|view| (view, Easel::new(gpu))).collect();
        let planes = PlaneRenderer::new(gpu, FORMAT);
        let background = Renderer::new(gpu, FORMAT);
        Ok(Self { gpu: gpu.clone(), planes, easels, background, snapshot, shown, camera, look, size })
    }

    /// The picture of a frame, with the camera orbited by this share of a whole turn. The camera of a flat box stays.
    ///
    /// # Errors
    /// When the device fails, or something is too large for it.
    pub fn draw(&mut self, frame: &Frame, turn: f32) -> Result<RgbaImage, ReportError> {
        let [width, height] = self.size;
        let framed = frame.reference.grid();
        let mut camera = self.camera;
        if flat_axis(&framed).is_none() {
            camera.orbit(TAU * turn, 0.0);
        }
        let mut whole = RgbaImage::new(width, height);
        let mut parts = parts(self.easels.len() as u32, self.size).into_iter();
        for ((view, easel), [left, top, right, bottom]) in self.easels.iter_mut().zip(parts.by_ref()) {
            let subject = subject(&self.snapshot, frame, *view, self.shown);
            let size = [right - left, bottom - top];
            let picture = Picture { camera, size, divisor: 1, look: self.look, framed, subject };
            let gpu = &self.gpu;
            let (field, other) = fields(picture.subject.as_ref());
            easel.bodies.prepare(gpu, &self.look.wanted(Wanted { field, other, ..Wanted::default() }))?;
            easel.bodies.missing().map_or(Ok(()), |missing| Err(missing.clone()))?;
            let texture = easel.draw(gpu, &self.planes, &picture, view.palettes());
            let part = read_image(gpu, &texture, self.look.ground)?;
            imageops::replace(&mut whole, &part, left.into(), top.into());
            let candidate = if let ViewId::Candidate(number) = *view { Some(number) } else { None };
            let name = candidate
                .and_then(|number| self.snapshot.candidates.get(number))
                .map_or("Reference", |found| &*found.name);
            let detail = detail(&frame.row, candidate);
            caption(&mut whole, [left, top, right], (name, view.hue()), &detail, self.look.ground)?;
        }
        for [left, top, right, bottom] in parts {
            let size = [right - left, bottom - top];
            let texture = canvas(&self.gpu, size, FORMAT, DRAWN);
            let empty = Scene { ground: self.look.ground, line_width: 0.0, ..Scene::new(&camera, framed) };
            self.background.draw(&texture.create_view(&Default::default()), size, &empty);
            let part = read_image(&self.gpu, &texture, self.look.ground)?;
            imageops::replace(&mut whole, &part, left.into(), top.into());
        }
        Ok(whole)
    }
}

fn fields(subject: Option<&Subject>) -> (Option<&Arc<Field>>, Option<&Arc<Field>>) {
    subject.map_or((None, None), |subject| (subject.field.as_ref(), subject.other.as_ref()))
}
