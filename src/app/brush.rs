//! The brush: paints one phase into the other, in reference and candidates at once.

use super::{
    session::Session,
    theme,
    views::{Picture, ViewGroup, ViewId},
};
use crate::{
    evolution::{Brush, Form},
    settings::view::BRUSH,
    view::{Seen, pick},
};
use bevy::{math::Vec2, prelude::Resource};
use bevy_egui::egui::{Color32, CursorIcon, Key, Modifiers, Pos2, Response, Stroke, Ui};

/// Share by which a key changes the radius.
const GROWTH: f64 = 1.15;

/// How far the pointer has to move, in points, before a stroke paints again. Held still, it paints once.
const STEP: f32 = 1.0;

/// What is painted, and with what.
#[derive(Resource)]
pub struct BrushTool {
    /// Whether the pointer paints over the views instead of turning them.
    pub active: bool,
    /// Whether it paints φ = −1 instead of +1.
    pub erases: bool,
    /// Radius in grid units.
    pub radius: f64,
    /// The view of the present stroke, and where it painted last.
    stroke: Option<(ViewId, Pos2)>,
}

impl Default for BrushTool {
    fn default() -> Self {
        Self { active: false, erases: false, radius: BRUSH.default, stroke: None }
    }
}

impl BrushTool {
    /// Handles the brush's keys.
    pub fn keys(&mut self, ui: &Ui, session: &mut Session) {
        // A text field undoes its own changes.
        if ui.memory(|memory| memory.focused().is_some()) {
            return;
        }
        let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        if pressed(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z) || pressed(Modifiers::COMMAND, Key::Y) {
            session.redo();
        } else if pressed(Modifiers::COMMAND, Key::Z) {
            session.undo();
        }
        if pressed(Modifiers::NONE, Key::P) {
            self.active ^= true;
        }
        for (key, factor) in [(Key::OpenBracket, 1.0 / GROWTH), (Key::CloseBracket, GROWTH)] {
            if pressed(Modifiers::NONE, key) {
                self.radius = (self.radius * factor).clamp(BRUSH.least, BRUSH.most);
            }
        }
    }

    /// Whether the pointer paints in a view.
    pub fn paints(&self, view: ViewId) -> bool {
        self.active && view.group() == ViewGroup::Comparison
    }

    /// Handles the pointer over a view that shows `picture`: paints while the primary button is held. With Alt, the
    /// other phase.
    pub fn obey(&mut self, ui: &Ui, (view, response): (ViewId, &Response), picture: &Picture, session: &mut Session) {
        let over = response.hover_pos().or(response.interact_pointer_pos());
        let field = picture.subject.as_ref().and_then(|subject| subject.field.as_ref());
        let side = response.rect.size().min_elem().max(1.0);
        let spot = over.zip(field).and_then(|(pointer, field)| {
            let offset = pointer - response.rect.center();
            let pointer = Vec2::new(offset.x, -offset.y) / side;
            pick(&picture.camera, pointer, field, &seen(picture)).map(|at| (at, field.grid()))
        });
        let erases = self.erases != ui.input(|input| input.modifiers.alt);
        if let (Some(pointer), Some((_, grid))) = (over, spot) {
            let radius = self.radius as f32 * picture.camera.points_per_unit(side, &grid);
            let colour = if erases { Color32::from_gray(235) } else { theme::accent() };
            ui.painter_at(response.rect).circle_stroke(pointer, radius, Stroke::new(1.5, colour));
            ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
        }
        let held = response.is_pointer_button_down_on() && ui.input(|input| input.pointer.primary_down());
        // A click within one update is over when it is seen.
        let pressed = held || response.clicked();
        if let (true, Some(pointer), Some((centre, _))) = (pressed, over, spot) {
            if self.stroke.is_none() {
                session.begin_stroke();
            }
            if self.stroke.is_none_or(|(_, last)| last.distance(pointer) >= STEP) {
                let value = if erases { -1.0 } else { 1.0 };
                let form = Form::Sphere { centre, radius: self.radius };
                session.paint(Brush { form, edge: session.interface_width(), value });
                self.stroke = Some((view, pointer));
            }
        }
        if !held && self.stroke.take_if(|(painted, _)| *painted == view).is_some() {
            session.end_stroke();
        }
    }
}

/// What a picture shows of its box.
fn seen(picture: &Picture) -> Seen {
    let look = &picture.look;
    Seen {
        level: look.surface.then_some(look.level),
        closed: look.caps == crate::surface::Caps::Closed,
        cut: look.cut,
        clip: look.clip,
        repeat: look.repeat,
    }
}
