//! The menu of grids.

use crate::{
    app::{session::Session, theme},
    grid::Shape,
    initial::Initial,
};
use bevy_egui::egui::{Key, RichText, TextEdit, Ui};

/// Cubes to choose from, nodes per side.
const CUBES: [usize; 5] = [32, 48, 64, 96, 128];

/// Flat boxes to choose from, nodes per side.
const SQUARES: [usize; 3] = [128, 256, 512];

/// The typed text, and what is wrong with it.
#[derive(Default)]
pub struct GridMenu {
    text: String,
    error: Option<String>,
}

impl GridMenu {
    /// The button that opens the menu, and the menu.
    pub fn show(&mut self, ui: &mut Ui, session: &mut Session) {
        let draft = session.draft.options.grid;
        let shown = session.snapshot.as_ref().map_or(draft, |snapshot| snapshot.reference.grid.shape());
        let is_file = matches!(session.draft.initial, Initial::File(_));
        let button = ui.add_enabled_ui(!is_file, |ui| ui.button(format!("{shown} ⏷"))).inner;
        let button = button
            .on_hover_text(
                "Nodes of the reference's grid; candidates have all or some of them. A change restarts the run.",
            )
            .on_disabled_hover_text("The field's file has a grid of its own.");
        theme::menu(&button, |ui| {
            ui.set_min_width(230.0);
            // While another grid is being loaded, the present one can be chosen, too.
            let chosen = choices(ui, shown);
            if let Some(shape) = chosen.filter(|&shape| shape != shown || shape != draft) {
                self.error = session.set_grid(&shape.option()).err();
                ui.close();
            }
            ui.separator();
            self.other(ui, session);
        });
    }

    /// The field in which any grid can be typed.
    fn other(&mut self, ui: &mut Ui, session: &mut Session) {
        let mut enter = false;
        ui.horizontal(|ui| {
            ui.label(RichText::new("Other").weak());
            let field = TextEdit::singleline(&mut self.text).hint_text("64 or 128x128x32").desired_width(150.0);
            let field = ui.add(field);
            enter = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            enter |= ui.button("Start").on_hover_text("Restarts on this grid").clicked();
        });
        if enter && !self.text.trim().is_empty() {
            self.error = session.set_grid(&self.text).err();
            if self.error.is_none() {
                self.text.clear();
                ui.close();
            }
        }
        if let Some(error) = &self.error {
            theme::refusal(ui, error);
        }
    }
}

/// The usual boxes; the one that was clicked, if any.
pub fn choices(ui: &mut Ui, shown: Shape) -> Option<Shape> {
    let cubes = CUBES.map(Shape::cube);
    let squares = SQUARES.map(|side| Shape([side, side, 1]));
    line(ui, "Cubes", &cubes, shown).or(line(ui, "Flat", &squares, shown))
}

/// A line of grids; the one that was chosen, if any.
fn line(ui: &mut Ui, name: &str, shapes: &[Shape], shown: Shape) -> Option<Shape> {
    let choose = |ui: &mut Ui| {
        ui.label(RichText::new(name).weak());
        let clicked = |shape: &&Shape| ui.selectable_label(**shape == shown, short(**shape)).clicked();
        shapes.iter().filter(clicked).last().copied()
    };
    ui.horizontal(choose).inner
}

/// A flat box without the side of one node.
fn short(shape: Shape) -> String {
    match shape.0 {
        [x, y, 1] => format!("{x}×{y}"),
        _ => shape.to_string(),
    }
}
