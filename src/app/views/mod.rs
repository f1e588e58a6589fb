//! The views: each draws a field, by one camera for all that are linked.

pub mod bodies;
mod camera;
pub mod easel;
mod group_camera;
mod look;
mod overlay;
pub mod painter;
mod picture;
mod resolution;
mod scene;
mod sketches;
mod subject;
mod titles;

pub use look::Look;
pub use sketches::Sketches;
pub use subject::{Subject, Title, ViewGroup, ViewId};

use super::window::canvas::Canvases;
use crate::{gpu::Gpu, grid::Grid, view::Camera};
use bevy::prelude::{ResMut, Resource};
use bevy_egui::egui::{Context, Key, Modifiers, Rect, Response, Sense, Ui};
use group_camera::GroupCamera;
use painter::Painter;
pub use picture::Picture;
use picture::{Order, Painted, Painting};
use resolution::{Resolution, SETTLING};
use std::collections::BTreeMap;

/// Cameras, painter, and what each view shows.
#[derive(Resource)]
pub struct Views {
    groups: BTreeMap<ViewGroup, GroupCamera>,
    places: BTreeMap<ViewId, Place>,
    /// Whether the views of a group share a camera.
    linked: bool,
    /// How fields are drawn.
    pub look: Look,
    /// Whether reference and candidates have changed places, to show where they differ.
    flipped: bool,
    painter: Painter,
    resolution: Resolution,
    /// Small pictures for panels.
    pub sketches: Sketches,
}

/// One open view.
#[derive(Default)]
struct Place {
    /// Pixels that it fills.
    size: [u32; 2],
    /// Its own camera, while views are not linked.
    camera: Option<Camera>,
    /// Whether it was laid out in this update.
    seen: bool,
    ordered: Option<Picture>,
    shown: Option<Picture>,
    /// The values at the ends of the colour map in what is shown.
    range: [f32; 2],
}

impl Views {
    /// No views yet.
    pub fn new(painter: Painter) -> Self {
        let groups = [ViewGroup::Comparison, ViewGroup::Training].map(|group| (group, GroupCamera::default()));
        Self {
            groups: groups.into(),
            places: BTreeMap::new(),
            linked: true,
            look: Look::default(),
            flipped: false,
            painter,
            resolution: Resolution::default(),
            sketches: Sketches::default(),
        }
    }

    /// Whether all views of a group move together.
    pub fn are_linked(&self) -> bool {
        self.linked
    }

    /// Links the cameras, or gives each view its own, which starts at the common one.
    pub fn link(&mut self, linked: bool) {
        self.linked = linked;
        for (view, place) in &mut self.places {
            let common = self.groups.get(&view.group()).map(|shared| shared.camera);
            place.camera = common.filter(|_| !linked);
        }
    }

    /// Whether a view was laid out in the latest update.
    pub fn is_seen(&self, view: ViewId) -> bool {
        self.places.contains_key(&view)
    }

    /// The frame that a view shows, once it shows one.
    pub fn frame(&self, view: ViewId) -> Option<usize> {
        Some(self.places.get(&view)?.shown.as_ref()?.subject.as_ref()?.frame)
    }

    /// Whether all views show the frames that were ordered last, or never will: a painter at rest has drawn what it could.
    pub fn are_current(&self) -> bool {
        let frame = |picture: &Option<Picture>| Some(picture.as_ref()?.subject.as_ref()?.frame);
        !self.painter.is_busy() || self.places.values().all(|place| frame(&place.shown) == frame(&place.ordered))
    }

    /// The camera of a group.
    pub fn camera(&self, group: ViewGroup) -> Camera {
        self.groups.get(&group).map_or_else(|| GroupCamera::default().camera, |shared| shared.camera)
    }

    /// Call before the views of an update are laid out.
    pub fn begin(&mut self) {
        self.places.values_mut().for_each(|place| place.seen = false);
        self.sketches.begin();
    }

    /// Lays out a view in the remaining space, and lets the pointer move its camera; where the primary button has
    /// another use, `taken`, by the others. Gives what the pointer does there, and the picture that it does it to.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        view: ViewId,
        canvases: &mut ResMut<Canvases>,
        taken: bool,
    ) -> Option<(Response, &Picture)> {
        let rect = ui.available_rect_before_wrap();
        let (corner, size) = pixels(rect, ui.pixels_per_point());
        let place = self.places.entry(view).or_default();
        (place.seen, place.size) = (true, size);
        if canvases.0.get(&view).is_none_or(|canvas| !canvas.is_at(corner, size)) {
            canvases.0.entry(view).or_default().place(corner, size);
        }
        if size.contains(&0) {
            return None;
        }
        let response = ui.allocate_rect(rect, Sense::click_and_drag());
        if let Some(shared) = self.groups.get_mut(&view.group()) {
            let (whole, flat) = (shared.whole(), shared.flat().is_some());
            if !self.linked {
                place.camera.get_or_insert(shared.camera);
            }
            let camera = place.camera.as_mut().unwrap_or(&mut shared.camera);
            let before = *camera;
            camera::steer(camera, &response, whole, flat, taken);
            if *camera != before {
                self.resolution.move_now();
            }
        }
        if let Some(picture) = &place.shown {
            overlay::draw(ui, rect, picture, place.range);
            if let Some(subject) = &picture.subject {
                let ordered = place.ordered.as_ref().and_then(|ordered| ordered.subject.as_ref());
                let coming = ordered.filter(|ordered| ordered.frame != subject.frame);
                titles::write(ui, rect, view, &subject.title, coming.map(|coming| coming.title.time.as_str()));
            } else {
                titles::hint(ui, rect, view);
            }
        }
        Some((response, place.shown.as_ref()?))
    }

    /// Call after the views of an update are laid out: forgets closed ones.
    pub fn end(&mut self, ui: &Ui, canvases: &mut ResMut<Canvases>) {
        self.places.retain(|_, place| place.seen);
        self.sketches.end();
        if canvases.0.keys().any(|view| !self.places.contains_key(view)) {
            canvases.0.retain(|view, _| self.places.contains_key(view));
        }
        // A focused text field or button gets the keys.
        let focused = ui.memory(|memory| memory.focused().is_some());
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if !focused && (pressed(Key::Home) || pressed(Key::R)) {
            self.reset_cameras();
        }
        if !focused && pressed(Key::F) {
            self.flipped ^= true;
        }
        if self.resolution.is_moving() {
            ui.ctx().request_repaint_after(SETTLING);
        }
    }

    /// All views show the whole box again.
    fn reset_cameras(&mut self) {
        self.groups.values_mut().for_each(GroupCamera::reset);
        for (view, place) in &mut self.places {
            let whole = self.groups.get(&view.group()).map(GroupCamera::whole);
            place.camera = place.camera.and(whole);
        }
        self.resolution.move_now();
    }

    /// Sets the box of a group; another shape resets its cameras.
    pub fn frame_box(&mut self, group: ViewGroup, grid: Grid) {
        let Some(shared) = self.groups.get_mut(&group) else { return };
        if shared.frame(grid) {
            let whole = shared.whole();
            let own = self.places.iter_mut().filter(|(view, _)| view.group() == group);
            own.for_each(|(_, place)| place.camera = place.camera.and(Some(whole)));
        }
    }

    /// Once the painter has time, orders new pictures of what `subject` says that each view shows.
    pub fn order(&mut self, subject: impl Fn(ViewId) -> Option<Subject>) {
        if self.painter.is_busy() {
            return;
        }
        let divisor = self.resolution.divisor(self.places.values().map(|place| area(&place.size)).sum());
        let mut pictures = Vec::new();
        for (&view, place) in &mut self.places {
            let Some(shared) = self.groups.get(&view.group()).filter(|_| !place.size.contains(&0)) else { continue };
            let subject = subject(if self.flipped { flip(view) } else { view });
            let picture = Picture {
                camera: place.camera.unwrap_or(shared.camera),
                size: place.size,
                divisor,
                look: subject.as_ref().map_or(self.look, |subject| subject.look(self.look)),
                framed: shared.framed,
                subject,
            };
            if place.ordered.as_ref().is_none_or(|ordered| !ordered.is_like(&picture)) {
                place.ordered = Some(picture.clone());
                pictures.push((view, picture));
            }
        }
        let sketches = self.sketches.wanted();
        if !(pictures.is_empty() && sketches.is_empty()) {
            self.painter.order(Order { pictures, open: self.places.keys().copied().collect(), sketches });
        }
    }

    /// Receives finished pictures, to be shown on `screen`; returns what went wrong.
    pub fn receive(&mut self, ctx: &Context, screen: &Gpu, canvases: &mut ResMut<Canvases>) -> Option<String> {
        match self.painter.painting()? {
            Ok(mut painting) => {
                for (field, image) in painting.sketches.drain(..) {
                    self.sketches.take(ctx, &field, image);
                }
                let missing = painting.missing.as_ref().map(|error| format!("Could not draw: {error}."));
                self.hang(painting, screen, canvases);
                missing
            }
            Err(error) => Some(format!("Could not draw: {error}.")),
        }
    }

    /// Shows finished pictures.
    fn hang(&mut self, painting: Painting, screen: &Gpu, canvases: &mut Canvases) {
        let pixels = painting.pictures.iter().map(|painted| area(&painted.picture.drawn_size())).sum();
        if pixels > 0 {
            self.resolution.learn(pixels, painting.spent);
        }
        for Painted { view, picture, sheet, range } in painting.pictures {
            // It may have been closed meanwhile.
            if let (Some(place), Some(canvas)) = (self.places.get_mut(&view), canvases.0.get_mut(&view)) {
                canvas.show(sheet.texture(screen, picture.size));
                (place.shown, place.range) = (Some(picture), range);
            }
        }
    }
}

/// The view shown in place of another while reference and candidates have changed places.
fn flip(view: ViewId) -> ViewId {
    match view {
        ViewId::Reference => ViewId::Candidate(0),
        ViewId::Candidate(_) => ViewId::Reference,
        ViewId::Truth => ViewId::Prediction,
        ViewId::Prediction => ViewId::Truth,
        ViewId::Ensemble => ViewId::Ensemble,
    }
}

/// Upper left corner and size of a rectangle, in pixels.
fn pixels(rect: Rect, per_point: f32) -> ([u32; 2], [u32; 2]) {
    let pixels = |points: [f32; 2]| points.map(|points| (points * per_point).round() as u32);
    let (corner, [right, bottom]) = (pixels(rect.min.into()), pixels(rect.max.into()));
    (corner, [right.saturating_sub(corner[0]), bottom.saturating_sub(corner[1])])
}

fn area(size: &[u32; 2]) -> u64 {
    size.iter().copied().map(u64::from).product()
}
