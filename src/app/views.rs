//! The linked views: the reference left, a candidate right, one camera.

use super::{
    camera,
    canvas::Canvases,
    painter::Painter,
    picture::{Painting, Picture, Subject, Which},
    resolution::{Resolution, SETTLING},
    session::Session,
    theme, titles,
};
use crate::{
    comparison::Snapshot,
    grid::Grid,
    surface::Caps,
    view::{Camera, Hue, flat_axis, sides},
};
use bevy::prelude::{Res, ResMut, Resource};
use bevy_egui::egui::{self, ComboBox, Key, Modifiers, Rect, Sense, Ui, UiBuilder, Vec2};
use std::sync::Arc;

/// Room between the views, in points.
const GAP: f32 = 4.0;

/// Width of the menu of candidates, in points.
const CHOOSER: f32 = 150.0;

/// Camera, painter, and what has become of the views.
#[derive(Resource)]
pub struct Views {
    camera: Camera,
    /// The box that the camera looks at.
    framed: Grid,
    /// Whether surfaces are closed at the faces of the box.
    pub caps: Caps,
    painter: Painter,
    resolution: Resolution,
    /// Pixels that each view wants to fill; none of the second one where nothing is compared.
    sizes: [[u32; 2]; 2],
    ordered: [Option<Picture>; 2],
    shown: [Option<Picture>; 2],
}

impl Views {
    /// Two empty views of the whole box.
    pub fn new(painter: Painter) -> Self {
        let framed = Grid::cube(1);
        Self {
            framed,
            camera: Camera::framing(sides(&framed)),
            caps: Caps::Closed,
            painter,
            resolution: Resolution::default(),
            sizes: [[1, 1]; 2],
            ordered: [None, None],
            shown: [None, None],
        }
    }

    /// The axis along which the box is flat, if it is.
    fn flat(&self) -> Option<usize> {
        // Before the first run the box stands for any.
        flat_axis(&self.framed).filter(|_| self.framed.dimensions() > 0)
    }

    /// The camera that shows the whole box.
    fn whole(&self) -> Camera {
        let sides = sides(&self.framed);
        self.flat().map_or_else(|| Camera::framing(sides), |axis| Camera::facing(sides, axis))
    }

    /// Frames another box, if it has another form.
    fn frame_box(&mut self, grid: Grid) {
        let other = sides(&grid) != sides(&self.framed) || flat_axis(&grid) != flat_axis(&self.framed);
        self.framed = grid;
        if other {
            self.camera = self.whole();
        }
    }

    /// The frame that the views show, once they show one.
    pub fn frame(&self) -> Option<usize> {
        let [reference, _] = &self.shown;
        Some(reference.as_ref()?.subject.as_ref()?.snapshot.number())
    }

    /// Lays the views out in the room that is left, and lets the pointer move their camera.
    pub fn show(&mut self, ui: &mut Ui, canvases: &mut ResMut<Canvases>, session: &mut Session) {
        let (area, before) = (ui.available_rect_before_wrap(), self.camera);
        let alone = session.snapshot.as_ref().is_some_and(|snapshot| snapshot.candidates.is_empty());
        let half = Vec2::new(((area.width() - GAP) / 2.0).floor(), area.height());
        let rects = match alone {
            true => [area, Rect::from_min_size(area.right_top(), Vec2::ZERO)],
            false => [0.0, half.x + GAP].map(|left| Rect::from_min_size(area.min + Vec2::new(left, 0.0), half)),
        };
        for (index, rect) in rects.into_iter().enumerate() {
            let pixels = |points: [f32; 2]| points.map(|points| (points * ui.pixels_per_point()).round() as u32);
            let (corner, [right, bottom]) = (pixels(rect.min.into()), pixels(rect.max.into()));
            let size = [right.saturating_sub(corner[0]), bottom.saturating_sub(corner[1])];
            self.sizes[index] = size;
            if !canvases.0[index].is_at(corner, size) {
                canvases.0[index].place(corner, size);
            }
            if size.contains(&0) {
                continue;
            }
            let response = ui.allocate_rect(rect, Sense::click_and_drag());
            let (whole, flat) = (self.whole(), self.flat().is_some());
            camera::steer(&mut self.camera, &response, whole, flat);
            if let Some(subject) = self.shown[index].as_ref().and_then(|picture| picture.subject.as_ref()) {
                titles::write(ui, rect, subject);
            }
        }
        choose_candidate(ui, rects[1], session);
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        // What has the focus, a text or a button, gets the keys.
        let focused = ui.memory(|memory| memory.focused().is_some());
        if !focused && (pressed(Key::Home) || pressed(Key::R)) {
            self.camera = self.whole();
        }
        if self.camera != before {
            self.resolution.move_now();
        }
        if self.resolution.is_moving() {
            ui.ctx().request_repaint_after(SETTLING);
        }
    }

    /// The pictures that the views are to show.
    fn wanted(&self, session: &Session) -> [Option<Picture>; 2] {
        let divisor = self.resolution.divisor(self.sizes.iter().map(area).sum());
        let candidate = session.shown();
        let picture = |size: [u32; 2], which: Option<Which>| {
            let subject = session.snapshot.clone().zip(which).map(|(snapshot, which)| Subject { snapshot, which });
            // Light looks as far in both views: as the coarser grid lets it.
            let coarser = |snapshot: &Arc<Snapshot>| {
                candidate.and_then(|number| snapshot.candidates.get(number)).unwrap_or(&snapshot.reference).grid
            };
            let light = session.snapshot.as_ref().map_or(self.framed, coarser);
            let seen = !size.contains(&0);
            seen.then_some(Picture { camera: self.camera, size, divisor, caps: self.caps, light, subject })
        };
        let [left, right] = self.sizes;
        [picture(left, Some(Which::Reference)), picture(right, candidate.map(Which::Candidate))]
    }

    /// Orders those of the pictures that are new, once the painter has time.
    fn order(&mut self, pictures: [Option<Picture>; 2]) {
        let is_new = |index: usize, picture: &Picture| {
            self.ordered[index].as_ref().is_none_or(|ordered| !ordered.is_like(picture))
        };
        let [first, second] = pictures;
        let order = [first.filter(|picture| is_new(0, picture)), second.filter(|picture| is_new(1, picture))];
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

/// The menu of candidates over the right view, where there are several.
fn choose_candidate(ui: &mut Ui, view: Rect, session: &mut Session) {
    let (Some(snapshot), Some(shown)) = (session.snapshot.clone(), session.shown()) else { return };
    if snapshot.candidates.len() < 2 {
        return;
    }
    let place =
        Rect::from_min_size(view.right_top() + Vec2::new(-CHOOSER - 26.0, 10.0), Vec2::new(CHOOSER + 20.0, 24.0));
    ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
        ComboBox::from_id_salt("candidate")
            .width(CHOOSER)
            .truncate()
            .selected_text(&*snapshot.candidates[shown].name)
            .show_ui(ui, |ui| {
                for (number, candidate) in snapshot.candidates.iter().enumerate() {
                    let colour = theme::colour(Hue::of_candidate(number));
                    let name = egui::RichText::new(&*candidate.name).color(colour);
                    ui.selectable_value(&mut session.candidate, number, name);
                }
            })
            .response
            .on_hover_text("The candidate shown here");
    });
}

/// Takes up what has been painted.
pub fn receive(mut views: ResMut<Views>, mut canvases: ResMut<Canvases>, mut session: ResMut<Session>) {
    match views.painter.painting() {
        Some(Ok(painting)) => {
            if let Some(error) = &painting.missing {
                session.messages.push(format!("Could not draw: {error}."));
            }
            views.hang(painting, &mut canvases);
        }
        Some(Err(error)) => session.messages.push(format!("Could not draw: {error}.")),
        None => {}
    }
}

/// Orders what is to be painted next.
pub fn order(mut views: ResMut<Views>, session: Res<Session>) {
    if let Some(snapshot) = &session.snapshot {
        views.frame_box(snapshot.reference.grid);
    }
    let wanted = views.wanted(&session);
    views.order(wanted);
}
