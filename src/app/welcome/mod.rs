//! The first minutes: a start page, a tour, and the table of keys.

mod choice;
mod keys;
mod page;
mod tour;

pub use choice::Choice;
pub use keys::KEYS;
pub use tour::Spot;

use super::{
    theme,
    tiles::{Layout, Pane},
    views::ViewId,
};
use bevy::prelude::Resource;
use bevy_egui::egui::{
    Button, Context, CornerRadius, Frame, Key, Margin, Modifiers, Rect, Stroke, Ui, UiBuilder, Vec2,
};
use tour::Tour;

/// What of it is shown over the window. Nothing of it stops the run or the views.
#[derive(Debug, Default, PartialEq, Eq, Resource)]
pub struct Welcome {
    page: bool,
    tour: Option<Tour>,
    keys: bool,
}

/// Diameter of the button that opens it, in points.
const BUTTON: f32 = 24.0;

impl Welcome {
    /// Shows the start page at once, for the first start of the program.
    pub fn open() -> Self {
        Self { page: true, ..Self::default() }
    }

    /// Shows the start page.
    pub fn show_page(&mut self) {
        *self = Self::open();
    }

    /// Whether the start page is shown.
    pub fn is_open(&self) -> bool {
        self.page
    }

    /// Whether the table of keys is shown.
    pub fn shows_keys(&self) -> bool {
        self.keys
    }

    /// The step of the tour that is shown, from 0.
    pub fn step(&self) -> Option<usize> {
        self.tour.map(Tour::step)
    }

    /// The `?` at the right end of a bar. It opens the table of keys, from which the tour begins.
    pub fn button(&mut self, ui: &mut Ui, bar: Rect) {
        let place =
            Rect::from_center_size(bar.right_center() - Vec2::new(BUTTON / 2.0 + 8.0, 0.0), Vec2::splat(BUTTON));
        let button = ui
            .new_child(UiBuilder::new().max_rect(place))
            .put(place, Button::new("?").corner_radius(CornerRadius::same(12)));
        if button.on_hover_text("Keys and a tour (? or F1)").clicked() {
            self.keys ^= true;
        }
    }

    /// Draws what is open, and obeys its keys. `place` says where a part of the window is, if it is seen. To be called
    /// before what else hears Esc.
    pub fn show(&mut self, ctx: &Context, place: impl Fn(Spot) -> Option<Rect>) -> Option<Choice> {
        self.hear(ctx);
        let mut choice = None;
        if self.page {
            match page::show(ctx) {
                page::Action::Stay => {}
                page::Action::Close => self.page = false,
                page::Action::Tour => (self.page, self.tour) = (false, Some(Tour::default())),
                page::Action::Choose(chosen) => (self.page, choice) = (false, Some(chosen)),
            }
        }
        self.tour = self.tour.and_then(|tour| tour.show(ctx, place));
        if self.keys {
            match keys::show(ctx) {
                keys::Action::Stay => {}
                keys::Action::Close => self.keys = false,
                keys::Action::Tour => (self.keys, self.tour) = (false, Some(Tour::default())),
                keys::Action::Page => (self.keys, self.page) = (false, true),
            }
        }
        choice
    }

    fn hear(&mut self, ctx: &Context) {
        let pressed = |key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        // What has the focus, such as a text, gets the letter.
        let typing = ctx.memory(|memory| memory.focused().is_some());
        if pressed(Key::F1) || (!typing && pressed(Key::Questionmark)) {
            self.keys ^= true;
        }
        if *self != Self::default() && pressed(Key::Escape) {
            *self = Self::default();
        }
    }
}

/// Where a part of the window is, whose bar along the top is so high.
pub(super) fn place(ctx: &Context, bar: f32, layout: &Layout, spot: Spot) -> Option<Rect> {
    let pane = match spot {
        Spot::Bar | Spot::Tiles => return Some(ctx.content_rect().with_max_y(bar)),
        Spot::Reference => Pane::View(ViewId::Reference),
        Spot::Candidate => Pane::View(ViewId::Candidate(0)),
        Spot::Figures => Pane::Figures,
        Spot::Timeline => Pane::Timeline,
    };
    layout.place(pane)
}

/// The frame of all that lies over the window.
fn frame() -> Frame {
    Frame::new()
        .fill(theme::ground())
        .stroke(Stroke::new(1.0, theme::line()))
        .corner_radius(CornerRadius::same(8))
        .inner_margin(Margin::same(16))
}
