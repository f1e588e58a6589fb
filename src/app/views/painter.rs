//! The thread that draws the views, so that the window's own never waits for it.
//!
//! A graphics card draws on the device that the window shares with all else: a picture stays where it was drawn. A
//! software driver does a device's work on the thread that submits it and makes all others wait, so there the window
//! has a device to itself (see [`crate::app::window::device::open`]), and each picture is copied over through main
//! memory.

use super::{
    bodies::Wanted,
    easel::{DRAWN, Easel},
    group_camera::GroupCamera,
    look::Look,
    picture::{Order, Painted, Painting, Picture},
    sketches::SIZE,
    subject::ViewId,
};
use crate::{
    app::window::{canvas::FORMAT, wake::Waker},
    field::Field,
    gpu::{Gpu, GpuError},
    threads::{self, Priority, Stop, Worker},
    view::{Palette, PlaneRenderer, canvas, read_pixels},
};
use bevy_egui::egui::ColorImage;
use crossbeam_channel::{Receiver, Sender, TryRecvError, unbounded};
use std::{collections::BTreeMap, io, mem, sync::Arc, time::Instant};
use wgpu::{
    FilterMode, Texture, TextureUsages,
    util::{TextureBlitter, TextureBlitterBuilder},
};

/// Handle of the thread. Dropping it ends the thread after the present order.
pub struct Painter {
    orders: Sender<Order>,
    paintings: Receiver<Result<Painting, GpuError>>,
    busy: bool,
    _worker: Worker,
}

impl Painter {
    /// Starts the thread. It draws on `gpu` what the window shows on `screen`, and calls `waker` after each order.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn spawn(gpu: &Gpu, screen: &Gpu, waker: Waker) -> io::Result<Self> {
        let (orders, inbox) = unbounded::<Order>();
        let (outbox, paintings) = unbounded();
        let (gpu, screen) = (gpu.clone(), screen.clone());
        let (failed, alarm) = (outbox.clone(), waker.clone());
        let work = move |stop: &Stop| {
            // The simulation works on the same device and gives up when it finds an error.
            gpu.keep_errors_apart();
            screen.keep_errors_apart();
            let mut studio = Studio::new(gpu, screen);
            while let Some(order) = stop.receive(&inbox) {
                // The window may have closed meanwhile.
                outbox.send(studio.paint(order)).ok();
                waker.wake();
            }
        };
        let on_panic = move |reason| {
            // Fails only if nobody listens any more.
            failed.send(Err(GpuError::Failed(format!("the views cannot be drawn any more: {reason}")))).ok();
            alarm.wake();
        };
        let worker = threads::spawn("painter", Priority::Background, work, on_panic)?;
        Ok(Self { orders, paintings, busy: false, _worker: worker })
    }

    /// Whether it is drawing.
    pub fn is_busy(&self) -> bool {
        self.busy
    }

    /// Orders pictures; never waits.
    pub fn order(&mut self, order: Order) {
        self.busy = true;
        // `painting` reports a thread that has ended.
        self.orders.send(order).ok();
    }

    /// What has been drawn since the last call, if anything; never waits.
    pub fn painting(&mut self) -> Option<Result<Painting, GpuError>> {
        let painting = match self.paintings.try_recv() {
            Ok(painting) => painting,
            Err(TryRecvError::Disconnected) if self.busy => Err(GpuError::Failed("the views cannot be drawn".into())),
            Err(_) => return None,
        };
        self.busy = false;
        Some(painting)
    }
}

/// What the thread works with.
struct Studio {
    gpu: Gpu,
    screen: Gpu,
    easels: BTreeMap<ViewId, Easel>,
    planes: PlaneRenderer,
    enlarger: TextureBlitter,
    /// For small pictures, once one was asked for.
    sketcher: Option<Easel>,
    /// Whether a body was missing from the latest pictures, and that was said.
    lacking: bool,
}

impl Studio {
    fn new(gpu: Gpu, screen: Gpu) -> Self {
        let planes = PlaneRenderer::new(&gpu, FORMAT);
        let enlarger = TextureBlitterBuilder::new(&gpu.device, FORMAT).sample_type(FilterMode::Linear).build();
        Self { gpu, screen, easels: BTreeMap::new(), planes, enlarger, sketcher: None, lacking: false }
    }

    fn paint(&mut self, order: Order) -> Result<Painting, GpuError> {
        self.easels.retain(|view, _| order.open.contains(view));
        for (view, picture) in &order.pictures {
            let gpu = &self.gpu;
            let easel = self.easels.entry(*view).or_insert_with(|| Easel::new(gpu));
            let subject = picture.subject.as_ref();
            let field = subject.and_then(|subject| subject.field.as_ref());
            let other = subject.and_then(|subject| subject.other.as_ref());
            let wanted = Wanted { field, other, coarse: picture.is_hasty(), ..Wanted::default() };
            easel.bodies.prepare(gpu, &picture.look.wanted(wanted))?;
        }
        let missing = self.easels.values().find_map(|easel| easel.bodies.missing()).cloned();
        let said = mem::replace(&mut self.lacking, missing.is_some());
        // Earlier work of others does not count as drawing.
        self.finish()?;
        let start = Instant::now();
        let drawn: Vec<_> = order
            .pictures
            .into_iter()
            .map(|(view, picture)| {
                let (texture, range) = self.draw(view, &picture);
                Painted { view, picture, texture, range }
            })
            .collect();
        self.finish()?;
        let spent = start.elapsed();
        let sketches = order.sketches.into_iter().map(|field| self.sketch(field)).collect::<Result<_, _>>()?;
        let pictures = drawn.into_iter().map(|painted| self.deliver(painted)).collect::<Result<_, _>>()?;
        [&self.gpu, &self.screen].into_iter().find_map(Gpu::take_error).map_or(Ok(()), Err)?;
        tracing::debug!("views: drawn in {spent:.1?}, delivered after {:.1?}", start.elapsed());
        Ok(Painting { pictures, sketches, spent, missing: missing.filter(|_| !said) })
    }

    /// Waits until the device has done all that was submitted.
    fn finish(&self) -> Result<(), GpuError> {
        self.gpu.submit(self.gpu.device.create_command_encoder(&Default::default()).finish()).wait()
    }

    /// Draws a picture, and returns the values at the ends of its colour map.
    fn draw(&mut self, view: ViewId, picture: &Picture) -> (Texture, [f32; 2]) {
        let gpu = &self.gpu;
        let easel = self.easels.entry(view).or_insert_with(|| Easel::new(gpu));
        let palettes = picture.subject.as_ref().map_or_else(|| view.palettes(), |subject| subject.palettes(view));
        let texture = easel.draw(gpu, &self.planes, picture, palettes);
        (texture, picture.look.range(&easel.bodies))
    }

    /// A small picture of a whole box.
    fn sketch(&mut self, field: Arc<Field>) -> Result<(Arc<Field>, ColorImage), GpuError> {
        let gpu = &self.gpu;
        let easel = self.sketcher.get_or_insert_with(|| Easel::new(gpu));
        let look = Look::default();
        easel.bodies.prepare(gpu, &look.wanted(Wanted { field: Some(&field), ..Wanted::default() }))?;
        let framed = field.grid();
        let camera = GroupCamera::of(framed).camera;
        let picture = Picture { camera, size: [SIZE; 2], divisor: 1, look, framed, subject: None };
        let texture = easel.draw(gpu, &self.planes, &picture, [Palette::warm(), Palette::cool()]);
        let pixels = read_pixels(gpu, &texture)?;
        Ok((field, ColorImage::from_rgba_unmultiplied([SIZE as usize; 2], &pixels)))
    }

    /// A picture in the size in which it is shown.
    fn enlarge(&self, texture: Texture, size: [u32; 2]) -> Texture {
        if [texture.width(), texture.height()] == size {
            return texture;
        }
        let large = canvas(&self.gpu, size, FORMAT, DRAWN);
        let [from, to] = [&texture, &large].map(|texture| texture.create_view(&Default::default()));
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        self.enlarger.copy(&self.gpu.device, &mut encoder, &from, &to);
        self.gpu.submit(encoder.finish());
        large
    }

    /// Brings a picture to the window's device.
    fn deliver(&self, painted: Painted) -> Result<Painted, GpuError> {
        let size = painted.picture.size;
        let texture = self.enlarge(painted.texture, size);
        if self.screen.is_same(&self.gpu) {
            return Ok(Painted { texture, ..painted });
        }
        let pixels = read_pixels(&self.gpu, &texture)?;
        let copy = canvas(&self.screen, size, FORMAT, TextureUsages::COPY_SRC | TextureUsages::COPY_DST);
        let layout =
            wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(4 * copy.width()), rows_per_image: None };
        self.screen.queue.write_texture(copy.as_image_copy(), &pixels, layout, copy.size());
        Ok(Painted { texture: copy, ..painted })
    }
}
