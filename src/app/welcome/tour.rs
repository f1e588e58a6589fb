//! A tour of the window in six steps, each beside the part that it explains.

use super::frame;
use crate::app::theme;
use bevy_egui::egui::{
    Align2, Area, Context, CornerRadius, Id, LayerId, Order, Pos2, Rect, RichText, Stroke, StrokeKind, Ui, Vec2,
};

/// A part of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    Reference,
    Candidate,
    Bar,
    Figures,
    Timeline,
    Tiles,
}

/// Where it points, its title, and what it says.
const STEPS: [(Spot, &str, &str); 6] = [
    (
        Spot::Reference,
        "The reference",
        "A solver of the Cahn–Hilliard equation: the surface separates the two phases, φ = −1 and φ = +1. Drag to orbit, \
         scroll to zoom, double click to see the whole box.",
    ),
    (
        Spot::Candidate,
        "The candidate",
        "A neural network from the same initial field. It takes one step where the solver takes 400. A line under its name \
         warns where the scene lies outside of what it was trained on.",
    ),
    (
        Spot::Bar,
        "Play, and change what runs",
        "Space plays and pauses, the arrows step. The menus choose where the run starts, its grid, the solver, and what is \
         compared.",
    ),
    (
        Spot::Figures,
        "How much they differ",
        "Errors, energies and times of the frame shown. Hover over a name for its explanation and \
         formula.",
    ),
    (
        Spot::Timeline,
        "Every frame is kept",
        "Drag to look back; all views and plots follow. From any frame the run can continue, or the network restart from the \
         solver's field.",
    ),
    (
        Spot::Tiles,
        "More tiles",
        "The menu Tiles opens plots, training, models and scenes. Training makes data and trains a network, which joins the \
         comparison while it learns.",
    ),
];

/// Height below which a part is pointed at from outside, in points.
const LOW: f32 = 170.0;

/// A step of the tour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tour(usize);

enum Action {
    Stay,
    Go(usize),
    Close,
}

impl Tour {
    /// Its number, from 0.
    pub fn step(self) -> usize {
        self.0
    }

    /// Draws the step; the one that is to follow, none at the end.
    pub fn show(self, ctx: &Context, place: impl Fn(Spot) -> Option<Rect>) -> Option<Self> {
        let (spot, title, text) = STEPS.get(self.0)?;
        let window = ctx.content_rect();
        let part = place(*spot);
        if let Some(part) = part {
            let painter = ctx.layer_painter(LayerId::new(Order::Foreground, Id::new("tour's spot")));
            let stroke = Stroke::new(2.0, theme::accent());
            painter.rect_stroke(part.shrink(1.0), CornerRadius::same(4), stroke, StrokeKind::Inside);
        }
        let (pivot, at) = beside(part, window);
        let area = Area::new("tour".into()).pivot(pivot).fixed_pos(at).order(Order::Tooltip);
        let shown = area.show(ctx, |ui| frame().show(ui, |ui| self.contents(ui, title, text)).inner);
        match shown.inner {
            Action::Stay => Some(self),
            Action::Go(step) => Some(Self(step)),
            Action::Close => None,
        }
    }

    fn contents(self, ui: &mut Ui, title: &str, text: &str) -> Action {
        ui.set_width(320.0);
        ui.label(RichText::new(title).heading().color(theme::accent()));
        ui.label(text);
        ui.add_space(6.0);
        let last = self.0 + 1 == STEPS.len();
        let row = |ui: &mut Ui| {
            ui.weak(format!("{} of {}", self.0 + 1, STEPS.len()));
            let back = self.0.checked_sub(1);
            if ui.add_enabled_ui(back.is_some(), |ui| ui.button("Back")).inner.clicked() {
                return back.map_or(Action::Stay, Action::Go);
            }
            if !last && ui.button("Next").clicked() {
                return Action::Go(self.0 + 1);
            }
            let close = ui.button(if last { "Done" } else { "Close" }).on_hover_text("Esc");
            if close.clicked() { Action::Close } else { Action::Stay }
        };
        ui.horizontal(row).inner
    }
}

/// Where the text stands: over a large part, or beside a low one towards the middle of the window.
fn beside(part: Option<Rect>, window: Rect) -> (Align2, Pos2) {
    match part {
        None => (Align2::CENTER_CENTER, window.center()),
        Some(part) if part.height() > LOW => (Align2::CENTER_CENTER, part.center()),
        Some(part) if part.center().y < window.center().y => {
            (Align2::CENTER_TOP, part.center_bottom() + Vec2::new(0.0, 12.0))
        }
        Some(part) => (Align2::CENTER_BOTTOM, part.center_top() - Vec2::new(0.0, 12.0)),
    }
}
