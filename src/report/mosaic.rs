//! Pictures of a comparison: all evolutions side by side, each with a line that says what it is and when.

use super::{ReportError, lettering, number::significant};
use crate::{
    field::Field,
    gpu::{Gpu, GpuError},
    recording::{Frame, Row},
    surface::{
        Caps,
        gpu::{GpuField, SurfaceExtractor},
    },
    view::{
        Camera, FlatScene, Ground, Hue, Palette, PlaneRenderer, Renderer, Scene, Style, bytes_of, canvas, flat_axis,
        read_image, sides,
    },
};
use image::{RgbaImage, imageops};
use std::f32::consts::TAU;
use wgpu::{TextureFormat, TextureUsages};

/// Draws one comparison, frame by frame.
pub struct Mosaic {
    gpu: Gpu,
    names: Vec<String>,
    size: [u32; 2],
    ground: Ground,
    surfaces: Renderer,
    planes: PlaneRenderer,
    /// Of reference and candidates.
    bodies: Vec<Body>,
    /// The frame that they are of.
    frame: Option<usize>,
}

/// What is drawn of an evolution.
enum Body {
    /// It was stopped, or has not been drawn yet.
    Missing,
    /// The surface in its extractor.
    Surface(Box<SurfaceExtractor>),
    Flat(GpuField),
}

/// What is drawn as it is: colours come out of the renderers as sRGB.
const FORMAT: TextureFormat = TextureFormat::Rgba8UnormSrgb;

/// Fewest pixels along a side of a picture.
const LEAST_SIDE: u32 = 64;

impl Mosaic {
    /// For pictures so wide and high in pixels, of a comparison whose candidates have these names.
    ///
    /// # Errors
    /// When the device does not allow pictures of that size.
    pub fn new(gpu: &Gpu, names: &[String], size: [u32; 2], ground: Ground) -> Result<Self, GpuError> {
        Self::check_size(gpu, names.len(), size)?;
        Ok(Self {
            gpu: gpu.clone(),
            names: names.to_vec(),
            size,
            ground,
            surfaces: Renderer::new(gpu, FORMAT),
            planes: PlaneRenderer::new(gpu, FORMAT),
            bodies: (0..=names.len()).map(|_| Body::Missing).collect(),
            frame: None,
        })
    }

    /// Checks that pictures of this size can be drawn of so many candidates.
    ///
    /// # Errors
    /// When the device does not allow them.
    pub fn check_size(gpu: &Gpu, candidates: usize, size: [u32; 2]) -> Result<(), GpuError> {
        let refuse = |most| {
            let [width, height] = size;
            Err(GpuError::PictureSize { width, height, least: LEAST_SIDE, most })
        };
        let limit = gpu.device.limits().max_texture_dimension_2d;
        if size.iter().any(|side| !(LEAST_SIDE..=limit).contains(side)) {
            return refuse(limit);
        }
        let largest = gpu.largest_binding();
        let fits = |[left, top, right, bottom]: [u32; 4]| bytes_of([right - left, bottom - top]) <= largest;
        if parts(candidates as u32 + 1, size).into_iter().all(fits) {
            return Ok(());
        }
        let fits = |side: &u32| parts(candidates as u32 + 1, [*side; 2]).into_iter().all(fits);
        refuse((LEAST_SIDE..=limit).rev().step_by(64).find(fits).unwrap_or(LEAST_SIDE))
    }

    /// The picture of a frame, with the camera orbited by this share of a whole turn. The camera of a flat box stays.
    ///
    /// # Errors
    /// When the device fails.
    pub fn draw(&mut self, frame: &Frame, turn: f32) -> Result<RgbaImage, ReportError> {
        self.prepare(frame)?;
        let grid = frame.reference.grid();
        let camera = match flat_axis(&grid) {
            Some(axis) => Camera::facing(sides(&grid), axis),
            None => {
                let mut camera = Camera::framing(sides(&grid));
                camera.orbit(TAU * turn, 0.0);
                camera
            }
        };
        let [width, height] = self.size;
        let mut picture = RgbaImage::new(width, height);
        for (evolution, [left, top, right, bottom]) in
            parts(self.bodies.len() as u32, self.size).into_iter().enumerate()
        {
            let part = self.part(frame, evolution, &camera, [right - left, bottom - top])?;
            imageops::replace(&mut picture, &part, left.into(), top.into());
            if evolution < self.bodies.len() {
                self.letter(&mut picture, frame, evolution, [left, top, right])?;
            }
        }
        Ok(picture)
    }

    /// Makes the bodies of a frame, unless they are there.
    fn prepare(&mut self, frame: &Frame) -> Result<(), GpuError> {
        if self.frame == Some(frame.row.frame) {
            return Ok(());
        }
        self.frame = None;
        let fields = [Some(&frame.reference)].into_iter().chain(frame.candidates.iter().map(Option::as_ref));
        for (body, field) in self.bodies.iter_mut().zip(fields) {
            match field {
                Some(field) => body.show(&self.gpu, field)?,
                None => *body = Body::Missing,
            }
        }
        self.frame = Some(frame.row.frame);
        Ok(())
    }

    /// One evolution; the background alone for a number beyond the last.
    fn part(
        &mut self,
        frame: &Frame,
        evolution: usize,
        camera: &Camera,
        size: [u32; 2],
    ) -> Result<RgbaImage, GpuError> {
        let texture = canvas(&self.gpu, size, FORMAT, TextureUsages::RENDER_ATTACHMENT | TextureUsages::COPY_SRC);
        let view = texture.create_view(&Default::default());
        let palette = evolution.checked_sub(1).map_or_else(Palette::warm, Palette::of_candidate);
        let (style, ground) = (Style::phase(palette), self.ground);
        let empty = Scene { ground, line_width: 0.0, ..Scene::new(camera, frame.reference.grid()) };
        match self.bodies.get(evolution) {
            Some(Body::Flat(field)) => {
                self.planes.draw(&view, size, &FlatScene { ground, ..FlatScene::new(camera, field, style) });
            }
            Some(Body::Surface(extractor)) => {
                let scene = Scene { ground, ..Scene::new(camera, frame.reference.grid()) };
                self.surfaces.draw(&view, size, &scene.with(extractor.surface(), style));
            }
            Some(Body::Missing) | None => self.surfaces.draw(&view, size, &empty),
        }
        read_image(&self.gpu, &texture, ground)
    }

    /// Writes over a part whose left, top and right edges are given what it shows: name, time, and how far off it is.
    fn letter(
        &self,
        picture: &mut RgbaImage,
        frame: &Frame,
        evolution: usize,
        [left, top, right]: [u32; 3],
    ) -> Result<(), ReportError> {
        let candidate = evolution.checked_sub(1);
        let (name, hue) = candidate.map_or(("Reference", Hue::REFERENCE), |candidate| {
            (self.names.get(candidate).map_or("", String::as_str), Hue::of_candidate(candidate))
        });
        let detail = detail(&frame.row, candidate);
        caption(picture, [left, top, right], (name, hue), &detail, self.ground)
    }
}

/// Writes a line over a part of a picture whose left, top and right edges are given: a name in its colour, and more.
///
/// # Errors
/// When the letters cannot be drawn.
pub fn caption(
    picture: &mut RgbaImage,
    [left, top, right]: [u32; 3],
    (name, hue): (&str, Hue),
    detail: &str,
    ground: Ground,
) -> Result<(), ReportError> {
    let dark = ground == Ground::Dark;
    let room = right - left;
    let mut height = (room / 26).clamp(11, 40);
    let margin = height * 2 / 3;
    // A long name gets smaller letters.
    while height > 8 && 2 * margin + lettering::width(&format!("{name}   {detail}"), height)? > room {
        height -= 1;
    }
    let at = [left + margin, top + margin];
    let wide =
        lettering::write(picture, &format!("{name}   "), at, height, if dark { hue.on_dark } else { hue.on_light })?;
    lettering::write(picture, detail, [at[0] + wide, at[1]], height, if dark { [0xD8; 3] } else { [0x30; 3] })?;
    Ok(())
}

impl Body {
    /// Becomes the body of a field.
    fn show(&mut self, gpu: &Gpu, field: &Field) -> Result<(), GpuError> {
        if flat_axis(&field.grid()).is_some() {
            *self = Self::Flat(GpuField::upload(gpu, field)?);
            return Ok(());
        }
        if !matches!(self, Self::Surface(_)) {
            *self = Self::Surface(Box::new(SurfaceExtractor::new(gpu, field.grid(), Caps::Closed)?));
        }
        if let Self::Surface(extractor) = self {
            extractor.extract(field, 0.0)?;
        }
        Ok(())
    }
}

/// Left, top, right and bottom edges of so many parts in a picture of this width and height, row by row; the last
/// places of the last row may be left over.
pub fn parts(count: u32, [width, height]: [u32; 2]) -> Vec<[u32; 4]> {
    let all = (1..=count).map(|columns| [columns, count.div_ceil(columns)]);
    let largest = all.max_by_key(|[columns, rows]| (width / columns).min(height / rows));
    let [columns, rows] = largest.unwrap_or([1, 1]);
    let part = |index: u32| {
        // Edges by division, so that the parts leave no gap.
        let [left, right] = [0, 1].map(|side| (index % columns + side) * width / columns);
        let [top, bottom] = [0, 1].map(|side| (index / columns + side) * height / rows);
        [left, top, right, bottom]
    };
    (0..columns * rows).map(part).collect()
}

/// What is written over a candidate, or over the reference: the time, and how far off the candidate is.
pub fn detail(row: &Row, candidate: Option<usize>) -> String {
    let time = format!("t = {}", significant(row.time));
    let Some(candidate) = candidate else { return time };
    let error = row.metrics(candidate).map_or("stopped".into(), |m| format!("δ = {}", significant(m.displacement)));
    format!("{time}   {error}")
}
