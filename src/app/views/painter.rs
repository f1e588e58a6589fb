//! The thread that draws the views, so that the window's own never waits for it.
//!
//! A graphics card draws on the device that the window shares with all else: a picture stays where it was drawn. A
//! software driver does a device's work on the thread that submits it and makes all others wait, so there the window
//! has a device to itself (see [`crate::app::window::device::open`]), and each picture is handed over in main memory.
//! This thread leaves the window's device alone: it stands behind the window's, which would have to wait if this one
//! lost the processor while it held one of the device's locks.

use super::{
    bodies::Wanted,
    easel::{DRAWN, Easel},
    group_camera::GroupCamera,
    look::Look,
    picture::{Order, Painted, Painting, Picture, Sheet},
    sketches::SIZE,
    subject::ViewId,
};
use crate::{
    app::window::canvas::FORMAT,
    field::Field,
    gpu::{Gpu, GpuError},
    threads::{self, Priority, Stop, Worker},
    view::{Palette, PlaneRenderer, canvas, read_pixels},
};
use bevy_egui::egui::ColorImage;
use crossbeam_channel::{Receiver, Sender, TryRecvError, unbounded};
use std::{collections::BTreeMap, io, mem, sync::Arc, time::Instant};
use wgpu::{
    FilterMode, Texture,
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
    /// Starts the thread. It draws on `gpu` what the window shows on `screen`, and calls `wake` after each order.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn spawn(gpu: &Gpu, screen: &Gpu, wake: impl Fn() + Clone + Send + 'static) -> io::Result<Self> {
        let (orders, inbox) = unbounded::<Order>();
        let (outbox, paintings) = unbounded();
        let (gpu, shares_screen) = (gpu.clone(), screen.is_same(gpu));
        let (failed, alarm) = (outbox.clone(), wake.clone());
        let work = move |stop: &Stop| {
            // The simulation works on the same device and gives up when it finds an error.
            gpu.keep_errors_apart();
            let mut studio = Studio::new(gpu, shares_screen);
            while let Some(order) = stop.receive(&inbox) {
                // The window may have closed meanwhile.
                outbox.send(studio.paint(order)).ok();
                wake();
            }
        };
        let on_panic = move |reason| {
            // Fails only if nobody listens any more.
            failed.send(Err(GpuError::Failed(format!("the views cannot be drawn any more: {reason}")))).ok();
            alarm();
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
    /// Whether that is the window's device, too.
    shares_screen: bool,
    easels: BTreeMap<ViewId, Easel>,
    planes: PlaneRenderer,
    enlarger: TextureBlitter,
    /// For small pictures, once one was asked for.
    sketcher: Option<Easel>,
    /// Whether a body was missing from the latest pictures, and that was said.
    lacking: bool,
}

impl Studio {
    fn new(gpu: Gpu, shares_screen: bool) -> Self {
        let planes = PlaneRenderer::new(&gpu, FORMAT);
        let enlarger = TextureBlitterBuilder::new(&gpu.device, FORMAT).sample_type(FilterMode::Linear).build();
        Self { gpu, shares_screen, easels: BTreeMap::new(), planes, enlarger, sketcher: None, lacking: false }
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
        self.gpu.finish()?;
        let start = Instant::now();
        let drawn: Vec<_> = order
            .pictures
            .into_iter()
            .map(|(view, picture)| {
                let (texture, range) = self.draw(view, &picture);
                Drawn { view, picture, texture, range }
            })
            .collect();
        self.gpu.finish()?;
        let spent = start.elapsed();
        let sketches = order.sketches.into_iter().map(|field| self.sketch(field)).collect::<Result<_, _>>()?;
        let pictures = drawn.into_iter().map(|drawn| self.deliver(drawn)).collect::<Result<_, _>>()?;
        self.gpu.take_error().map_or(Ok(()), Err)?;
        tracing::debug!("views: drawn in {spent:.1?}, delivered after {:.1?}", start.elapsed());
        Ok(Painting { pictures, sketches, spent, missing: missing.filter(|_| !said) })
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

    /// Makes a drawn picture ready to be shown.
    fn deliver(&self, drawn: Drawn) -> Result<Painted, GpuError> {
        let Drawn { view, picture, texture, range } = drawn;
        let texture = self.enlarge(texture, picture.size);
        let sheet = match self.shares_screen {
            true => Sheet::Texture(texture),
            false => Sheet::Pixels(read_pixels(&self.gpu, &texture)?),
        };
        Ok(Painted { view, picture, sheet, range })
    }
}

/// A picture as it was drawn.
struct Drawn {
    view: ViewId,
    picture: Picture,
    texture: Texture,
    /// As of [`Painted`].
    range: [f32; 2],
}
