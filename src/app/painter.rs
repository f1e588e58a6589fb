//! The thread that draws the views, so that the window's own never waits for it.
//!
//! A graphics card draws on the device that the window shares with all else: a picture stays where it was drawn. A
//! software driver does a device's work on the thread that submits it and makes all others wait, so there the window
//! has a device to itself (see [`super::device::open`]), and each picture is copied over through main memory.

use super::{
    bodies::{Bodies, Body},
    canvas::FORMAT,
    picture::{Order, Painting, Picture, Subject},
    wake::Waker,
};
use crate::{
    gpu::{Gpu, GpuError},
    threads::{self, Priority, Stop, Worker},
    view::{FlatScene, PlaneRenderer, Renderer, Scene, Style, read_pixels},
};
use crossbeam_channel::{Receiver, Sender, TryRecvError, unbounded};
use std::{io, time::Instant};
use wgpu::{
    Extent3d, FilterMode, Texture, TextureUsages,
    util::{TextureBlitter, TextureBlitterBuilder},
};

/// How a picture is used on the device that draws it.
const DRAWN: TextureUsages =
    TextureUsages::RENDER_ATTACHMENT.union(TextureUsages::TEXTURE_BINDING).union(TextureUsages::COPY_SRC);

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

    /// Whether an order is being worked on.
    pub fn is_busy(&self) -> bool {
        self.busy
    }

    /// Has pictures drawn; never waits.
    pub fn order(&mut self, order: Order) {
        self.busy = true;
        // A thread that has ended is found out when its work is asked for.
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
    easels: [Easel; 2],
    planes: PlaneRenderer,
    enlarger: TextureBlitter,
    /// Whether a body was missing from the latest pictures, and that was said.
    lacking: bool,
}

/// What it takes to draw one of the views.
struct Easel {
    bodies: Bodies,
    renderer: Renderer,
}

impl Studio {
    fn new(gpu: Gpu, screen: Gpu) -> Self {
        let easels = [(); 2].map(|()| Easel { bodies: Bodies::default(), renderer: Renderer::new(&gpu, FORMAT) });
        let planes = PlaneRenderer::new(&gpu, FORMAT);
        let enlarger = TextureBlitterBuilder::new(&gpu.device, FORMAT).sample_type(FilterMode::Linear).build();
        Self { gpu, screen, easels, planes, enlarger, lacking: false }
    }

    fn paint(&mut self, order: Order) -> Result<Painting, GpuError> {
        for (easel, picture) in self.easels.iter_mut().zip(&order) {
            if let Some(picture) = picture {
                let field = picture.subject.as_ref().and_then(Subject::field);
                easel.bodies.prepare(&self.gpu, field, picture.caps)?;
            }
        }
        let missing = self.easels.iter().find_map(|easel| easel.bodies.missing()).cloned();
        let said = std::mem::replace(&mut self.lacking, missing.is_some());
        // What others have submitted before is not the time it takes to draw.
        self.finish()?;
        let start = Instant::now();
        let mut pictures = [None, None];
        for (index, picture) in order.into_iter().enumerate() {
            pictures[index] = picture.map(|picture| (self.draw(index, &picture), picture));
        }
        self.finish()?;
        let spent = start.elapsed();
        let [left, right] = pictures;
        let pictures = [self.deliver(left)?, self.deliver(right)?];
        [&self.gpu, &self.screen].into_iter().find_map(Gpu::take_error).map_or(Ok(()), Err)?;
        tracing::debug!("views: drawn in {spent:.1?}, delivered after {:.1?}", start.elapsed());
        Ok(Painting { pictures, spent, missing: missing.filter(|_| !said) })
    }

    /// Waits until the device has done all that was submitted.
    fn finish(&self) -> Result<(), GpuError> {
        self.gpu.submit(self.gpu.device.create_command_encoder(&Default::default()).finish()).wait()
    }

    fn draw(&mut self, index: usize, picture: &Picture) -> Texture {
        let [width, height] = picture.drawn_size();
        let texture = canvas(&self.gpu, [width, height], DRAWN);
        let target = texture.create_view(&Default::default());
        let (camera, style) = (&picture.camera, Style::phase(picture.palette()));
        let Easel { bodies, renderer } = &mut self.easels[index];
        let scene = match bodies.body() {
            Some(Body::Flat(field)) => {
                self.planes.draw(&target, [width, height], &FlatScene::new(camera, field, style));
                return texture;
            }
            Some(Body::Surface(surface)) => Scene::new(camera, picture.light).with(surface, style),
            None => Scene::new(camera, picture.light),
        };
        renderer.draw(&target, [width, height], &scene);
        texture
    }

    /// A picture in the size in which it is shown.
    fn enlarge(&self, texture: Texture, size: [u32; 2]) -> Texture {
        if [texture.width(), texture.height()] == size {
            return texture;
        }
        let large = canvas(&self.gpu, size, DRAWN);
        let [from, to] = [&texture, &large].map(|texture| texture.create_view(&Default::default()));
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        self.enlarger.copy(&self.gpu.device, &mut encoder, &from, &to);
        self.gpu.submit(encoder.finish());
        large
    }

    /// Brings a picture to the window's device.
    fn deliver(&self, drawn: Option<(Texture, Picture)>) -> Result<Option<(Picture, Texture)>, GpuError> {
        let Some((texture, picture)) = drawn else { return Ok(None) };
        let texture = self.enlarge(texture, picture.size);
        if self.screen.is_same(&self.gpu) {
            return Ok(Some((picture, texture)));
        }
        let pixels = read_pixels(&self.gpu, &texture)?;
        let copy = canvas(&self.screen, picture.size, TextureUsages::COPY_SRC | TextureUsages::COPY_DST);
        let layout =
            wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(4 * copy.width()), rows_per_image: None };
        self.screen.queue.write_texture(copy.as_image_copy(), &pixels, layout, copy.size());
        Ok(Some((picture, copy)))
    }
}

fn canvas(gpu: &Gpu, [width, height]: [u32; 2], usage: TextureUsages) -> Texture {
    gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("view"),
        size: Extent3d { width, height, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: FORMAT,
        usage,
        view_formats: &[],
    })
}
