//! The two linked views: solver left, network right, one camera.

use super::{
    camera::{self, BOX},
    canvas::{self, Canvases},
    session::Session,
    theme,
};
use crate::{
    comparison::{Method, Snapshot},
    gpu::Gpu,
    surface::gpu::GpuSurface,
    view::{Camera, Palette, Renderer, Scene},
};
use bevy::prelude::{DetectChangesMut, Res, ResMut, Resource};
use bevy_egui::egui::{Align2, Color32, FontId, Key, Modifiers, Painter, Pos2, Rect, Sense, Ui, Vec2};
use std::sync::Arc;

/// Room between the views, in points.
const GAP: f32 = 4.0;

/// Camera, renderer, and what each view has drawn last.
#[derive(Resource)]
pub struct Views {
    camera: Camera,
    renderers: [Renderer; 2],
    palettes: [Palette; 2],
    /// Pixels that each view wants to fill.
    sizes: [[u32; 2]; 2],
    drawn: [Option<Picture>; 2],
}

/// All that a picture shows. While it stays the same, the picture does.
struct Picture {
    camera: Camera,
    surface: Option<Arc<GpuSurface>>,
}

impl Picture {
    fn is_of(&self, camera: &Camera, surface: Option<&Arc<GpuSurface>>) -> bool {
        let same_surface = match (&self.surface, surface) {
            (Some(mine), Some(other)) => Arc::ptr_eq(mine, other),
            (None, None) => true,
            _ => false,
        };
        same_surface && self.camera == *camera
    }
}

impl Views {
    /// Two empty views of the whole box.
    pub fn new(gpu: &Gpu) -> Self {
        Self {
            camera: Camera::framing(BOX),
            renderers: [(); 2].map(|()| Renderer::new(gpu, canvas::FORMAT)),
            palettes: [Palette::warm(), Palette::cool()],
            sizes: [[1, 1]; 2],
            drawn: [None, None],
        }
    }

    /// Lays both views out in the room that is left, and lets the pointer move their camera.
    pub fn show(&mut self, ui: &mut Ui, canvases: &Canvases, session: &Session) {
        let area = ui.available_rect_before_wrap();
        let half = Vec2::new(((area.width() - GAP) / 2.0).floor(), area.height());
        for (index, title) in titles(session.snapshot.as_deref()).into_iter().enumerate() {
            let rect = Rect::from_min_size(area.min + Vec2::new(index as f32 * (half.x + GAP), 0.0), half);
            let response = ui.allocate_rect(rect, Sense::click_and_drag());
            camera::steer(&mut self.camera, &response);
            self.sizes[index] = [half.x, half.y].map(|points| (points * ui.pixels_per_point()).round().max(1.0) as u32);
            let whole = Rect::from_min_max(Pos2::ZERO, Pos2::new(1.0, 1.0));
            ui.painter().image(canvases.0[index].id, rect, whole, Color32::WHITE);
            title.paint(&ui.painter_at(rect), rect);
        }
        let reset = ui.input_mut(|input| {
            input.consume_key(Modifiers::NONE, Key::Home) || input.consume_key(Modifiers::NONE, Key::R)
        });
        if reset && !ui.ctx().text_edit_focused() {
            self.camera = Camera::framing(BOX);
        }
    }
}

/// What is written over a view.
struct Title {
    name: &'static str,
    colour: Color32,
    time: String,
    detail: String,
}

impl Title {
    fn paint(&self, painter: &Painter, view: Rect) {
        let corner = view.min + Vec2::new(14.0, 12.0);
        painter.circle_filled(corner + Vec2::new(5.0, 10.0), 5.0, self.colour);
        let name = painter.text(
            corner + Vec2::new(18.0, 0.0),
            Align2::LEFT_TOP,
            self.name,
            FontId::proportional(17.0),
            Color32::from_gray(240),
        );
        painter.text(
            name.right_bottom() + Vec2::new(10.0, -1.5),
            Align2::LEFT_BOTTOM,
            &self.time,
            FontId::monospace(13.0),
            Color32::from_gray(200),
        );
        painter.text(
            name.left_bottom() + Vec2::new(0.0, 2.0),
            Align2::LEFT_TOP,
            &self.detail,
            FontId::proportional(12.0),
            Color32::from_gray(150),
        );
    }
}

fn titles(snapshot: Option<&Snapshot>) -> [Title; 2] {
    let time = snapshot.map(|snapshot| format!("t = {:.1}", snapshot.time)).unwrap_or_default();
    let (solver, network) = snapshot.map(details).unwrap_or_default();
    [
        Title { name: "Solver", colour: theme::SOLVER, time: time.clone(), detail: solver },
        Title { name: "Network", colour: theme::NETWORK, time, detail: network },
    ]
}

fn details(snapshot: &Snapshot) -> (String, String) {
    let method = match snapshot.setup.method {
        Method::Explicit => "explicit Euler",
        Method::Spectral => "semi-implicit Fourier",
    };
    (format!("{method}, {}³", snapshot.solver.size), format!("{}, {}³", snapshot.model, snapshot.network.size))
}

/// Draws the views whose camera, size or surface has changed.
pub fn draw(mut views: ResMut<Views>, mut canvases: ResMut<Canvases>, session: Res<Session>) {
    let views = &mut *views;
    let snapshot = session.snapshot.as_deref();
    let sides = [snapshot.map(|snapshot| &snapshot.solver), snapshot.map(|snapshot| &snapshot.network)];
    let mut resized = false;
    for (index, side) in sides.into_iter().enumerate() {
        let [width, height] = views.sizes[index];
        let canvas = &mut canvases.bypass_change_detection().0[index];
        let fresh = canvas.resize(&session.gpu.device, [width, height]);
        resized |= fresh;
        let surface = side.and_then(|side| side.surface.as_ref());
        if !fresh && views.drawn[index].as_ref().is_some_and(|picture| picture.is_of(&views.camera, surface)) {
            continue;
        }
        let Some(target) = canvas.target() else { continue };
        let surface_drawn = surface.map(|surface| &**surface);
        let scene = Scene { camera: &views.camera, palette: &views.palettes[index], size: BOX, surface: surface_drawn };
        views.renderers[index].draw(&target, width, height, &scene);
        views.drawn[index] = Some(Picture { camera: views.camera, surface: surface.cloned() });
    }
    if resized {
        canvases.set_changed();
    }
}
