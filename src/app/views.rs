//! The two linked views: solver left, network right, one camera.

use super::{
    camera,
    canvas::Canvases,
    painter::{Painter, Painting},
    resolution::{Resolution, SETTLING},
    session::Session,
    theme,
};
use crate::{
    comparison::{Method, SideSnapshot, Snapshot},
    grid::Grid,
    surface::gpu::GpuSurface,
    view::{Camera, Palette, Scene, sides},
};
use bevy::math::Vec3;
use bevy::prelude::{Res, ResMut, Resource};
use bevy_egui::egui::{self, Align2, Color32, FontId, Key, Modifiers, Rect, Sense, Ui, Vec2};
use std::sync::Arc;

/// Room between the views, in points.
const GAP: f32 = 4.0;

/// Camera, painter, and what has become of the views.
#[derive(Resource)]
pub struct Views {
    camera: Camera,
    /// Sides of the box, the longest being 1.
    sides: Vec3,
    painter: Painter,
    resolution: Resolution,
    /// Pixels that each view wants to fill.
    sizes: [[u32; 2]; 2],
    ordered: [Option<Picture>; 2],
    shown: [Option<Picture>; 2],
}

/// All that a picture shows.
#[derive(Clone)]
pub struct Picture {
    camera: Camera,
    /// Width and height in pixels, as it is shown.
    pub size: [u32; 2],
    /// By what both are divided as it is drawn.
    divisor: u32,
    surface: Option<Arc<GpuSurface>>,
    /// Where the surface is from.
    snapshot: Option<Arc<Snapshot>>,
}

impl Picture {
    /// What is to be drawn.
    pub fn scene<'a>(&'a self, palette: &'a Palette) -> Scene<'a> {
        // Light looks as far in both views: as the coarser grid lets it.
        let grid = self.snapshot.as_ref().map_or(Grid::cube(1), |snapshot| snapshot.network.grid);
        Scene { camera: &self.camera, palette, grid, surface: self.surface.as_deref() }
    }

    /// Whether both look the same: a surface is never changed, but replaced.
    fn is_like(&self, other: &Self) -> bool {
        let surface = |picture: &Self| picture.surface.as_ref().map(Arc::as_ptr);
        let frame = |picture: &Self| (picture.size, picture.divisor);
        surface(self) == surface(other) && self.camera == other.camera && frame(self) == frame(other)
    }

    /// Width and height in pixels, as it is drawn.
    pub fn drawn_size(&self) -> [u32; 2] {
        self.size.map(|pixels| pixels.div_ceil(self.divisor))
    }
}

impl Views {
    /// Two empty views of the whole box.
    pub fn new(painter: Painter) -> Self {
        Self {
            sides: Vec3::ONE,
            camera: Camera::framing(Vec3::ONE),
            painter,
            resolution: Resolution::default(),
            sizes: [[1, 1]; 2],
            ordered: [None, None],
            shown: [None, None],
        }
    }

    /// Frames another box, if it is one.
    fn frame_box(&mut self, sides: Vec3) {
        if sides != self.sides {
            (self.sides, self.camera) = (sides, Camera::framing(sides));
        }
    }

    /// The frame that both views show, once they show one.
    pub fn frame(&self) -> Option<usize> {
        let [solver, _] = &self.shown;
        Some(solver.as_ref()?.snapshot.as_ref()?.frame)
    }

    /// Lays both views out in the room that is left, and lets the pointer move their camera.
    pub fn show(&mut self, ui: &mut Ui, canvases: &mut ResMut<Canvases>) {
        let (area, before) = (ui.available_rect_before_wrap(), self.camera);
        let half = Vec2::new(((area.width() - GAP) / 2.0).floor(), area.height());
        for (index, title) in titles(&self.shown).into_iter().enumerate() {
            let rect = Rect::from_min_size(area.min + Vec2::new(index as f32 * (half.x + GAP), 0.0), half);
            let response = ui.allocate_rect(rect, Sense::click_and_drag());
            camera::steer(&mut self.camera, &response, Camera::framing(self.sides));
            let pixels = |points: [f32; 2]| points.map(|points| (points * ui.pixels_per_point()).round() as u32);
            let (corner, [right, bottom]) = (pixels(rect.min.into()), pixels(rect.max.into()));
            let size = [right.saturating_sub(corner[0]), bottom.saturating_sub(corner[1])].map(|side| side.max(1));
            self.sizes[index] = size;
            if !canvases.0[index].is_at(corner, size) {
                canvases.0[index].place(corner, size);
            }
            title.paint(&ui.painter_at(rect), rect);
        }
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        // What has the focus, a text or a button, gets the keys.
        let focused = ui.memory(|memory| memory.focused().is_some());
        if !focused && (pressed(Key::Home) || pressed(Key::R)) {
            self.camera = Camera::framing(self.sides);
        }
        if self.camera != before {
            self.resolution.move_now();
        }
        if self.resolution.is_moving() {
            ui.ctx().request_repaint_after(SETTLING);
        }
    }

    /// The pictures that both views are to show.
    fn wanted(&self, snapshot: Option<&Arc<Snapshot>>) -> [Picture; 2] {
        let divisor = self.resolution.divisor(self.sizes.iter().map(area).sum());
        let picture = |size: [u32; 2], side: fn(&Snapshot) -> &SideSnapshot| Picture {
            camera: self.camera,
            size,
            divisor,
            surface: snapshot.and_then(|snapshot| side(snapshot).surface.clone()),
            snapshot: snapshot.cloned(),
        };
        let [first, second] = self.sizes;
        [picture(first, |snapshot| &snapshot.solver), picture(second, |snapshot| &snapshot.network)]
    }

    /// Orders those of the pictures that are new, once the painter has time.
    fn order(&mut self, pictures: [Picture; 2]) {
        let is_new = |index: usize, picture: &Picture| {
            self.ordered[index].as_ref().is_none_or(|ordered| !ordered.is_like(picture))
        };
        let [first, second] = pictures;
        let order =
            [Some(first).filter(|picture| is_new(0, picture)), Some(second).filter(|picture| is_new(1, picture))];
        if self.painter.is_busy() || order.iter().all(Option::is_none) {
            return;
        }
        for (ordered, picture) in self.ordered.iter_mut().zip(&order) {
            *ordered = picture.clone().or(ordered.take());
        }
        self.painter.order(order);
    }

    /// Hangs up what has been painted.
    fn hang(&mut self, painting: Painting, canvases: &mut Canvases) {
        let pixels = painting.pictures.iter().flatten().map(|(picture, _)| area(&picture.drawn_size())).sum();
        self.resolution.learn(pixels, painting.spent);
        for (index, (picture, texture)) in painting.pictures.into_iter().enumerate().filter_map(|(i, p)| Some((i, p?)))
        {
            canvases.0[index].show(texture);
            self.shown[index] = Some(picture);
        }
    }
}

fn area(size: &[u32; 2]) -> u64 {
    size.iter().copied().map(u64::from).product()
}

/// What is written over a view.
struct Title {
    name: &'static str,
    colour: Color32,
    time: String,
    detail: String,
}

impl Title {
    fn paint(&self, painter: &egui::Painter, view: Rect) {
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

/// Titles tell of what is shown, which may lag behind the simulation.
fn titles(shown: &[Option<Picture>; 2]) -> [Title; 2] {
    let title = |index: usize, name, colour, detail: fn(&Snapshot) -> String| {
        let snapshot = shown[index].as_ref().and_then(|picture| picture.snapshot.as_deref());
        let time = snapshot.map(|snapshot| format!("t = {:.1}", snapshot.time)).unwrap_or_default();
        Title { name, colour, time, detail: snapshot.map(detail).unwrap_or_default() }
    };
    [title(0, "Solver", theme::SOLVER, solver_detail), title(1, "Network", theme::NETWORK, network_detail)]
}

fn solver_detail(snapshot: &Snapshot) -> String {
    let method = match snapshot.setup.method {
        Method::Explicit => "explicit Euler",
        Method::Spectral => "semi-implicit Fourier",
    };
    format!("{method}, {}", snapshot.solver.grid)
}

fn network_detail(snapshot: &Snapshot) -> String {
    format!("{}, {}", snapshot.model, snapshot.network.grid)
}

/// Takes up what has been painted.
pub fn receive(mut views: ResMut<Views>, mut canvases: ResMut<Canvases>, mut session: ResMut<Session>) {
    match views.painter.painting() {
        Some(Ok(painting)) => views.hang(painting, &mut canvases),
        Some(Err(error)) => session.messages.push(format!("Could not draw: {error}.")),
        None => {}
    }
}

/// Orders what is to be painted next.
pub fn order(mut views: ResMut<Views>, session: Res<Session>) {
    if let Some(snapshot) = &session.snapshot {
        views.frame_box(sides(&snapshot.solver.grid));
    }
    let wanted = views.wanted(session.snapshot.as_ref());
    views.order(wanted);
}
