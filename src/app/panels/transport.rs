//! The bar along the top: play, step, reset, speed, and what is compared.

use super::{brush, compare::CandidateMenu, dialogs::Dialogs, grids::GridMenu, look, solver, start, tiles};
use crate::app::{
    brush::BrushTool,
    memory::Appearance,
    outputs::{self, Outputs},
    session::Session,
    theme,
    tiles::Layout,
    views::Views,
};
use bevy::prelude::Resource;
use bevy_egui::egui::{Button, ComboBox, Key, Modifiers, RichText, Ui, Vec2};

/// Frames per second to choose from.
const SPEEDS: [Option<f64>; 7] = [None, Some(30.0), Some(20.0), Some(10.0), Some(5.0), Some(2.0), Some(1.0)];

/// The menus of the bar that remember what was typed.
#[derive(Default, Resource)]
pub struct Menus {
    grid: GridMenu,
    candidates: CandidateMenu,
}

/// Draws the bar and handles its keys.
pub fn show(
    ui: &mut Ui,
    session: &mut Session,
    dialogs: &mut Dialogs,
    menus: &mut Menus,
    (views, layout, tool, outputs, appearance): (
        &mut Views,
        &mut Layout,
        &mut BrushTool,
        &mut Outputs,
        &mut Appearance,
    ),
) {
    keys(ui, session, dialogs);
    ui.horizontal_centered(|ui| {
        clock(ui, session);
        ui.separator();
        start::show(ui, session);
        menus.grid.show(ui, session);
        solver::show(ui, session);
        menus.candidates.show(ui, session);
        ui.separator();
        tiles::show(ui, session, views, layout, appearance);
        look::show(ui, session, views);
        brush::show(ui, tool, session);
        ui.separator();
        if ui
            .button("Open…")
            .on_hover_text("Open a mesh, field or network (Ctrl+O), or drop a file on the window")
            .clicked()
        {
            dialogs.ask();
        }
        outputs::show(ui, outputs, session, views);
    });
}

fn keys(ui: &Ui, session: &mut Session, dialogs: &mut Dialogs) {
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    if pressed(Modifiers::COMMAND, Key::O) {
        dialogs.ask();
    }
    // A focused text field or button gets the keys.
    if ui.memory(|memory| memory.focused().is_some()) {
        return;
    }
    if pressed(Modifiers::NONE, Key::Space) {
        session.toggle();
    }
    if pressed(Modifiers::NONE, Key::ArrowRight) {
        session.forward();
    }
    if pressed(Modifiers::NONE, Key::ArrowLeft) {
        session.backward();
    }
}

fn clock(ui: &mut Ui, session: &mut Session) {
    let size = Vec2::new(30.0, 24.0);
    let button = |symbol: &str| Button::new(RichText::new(symbol).size(14.0)).min_size(size);
    let (symbol, action) = if session.playing { ("⏸", "Pause (space)") } else { ("▶", "Play (space)") };
    if ui.add(button(symbol)).on_hover_text(action).clicked() {
        session.toggle();
    }
    if ui.add(button("⏭")).on_hover_text("One frame (→; ← goes back)").clicked() {
        session.forward();
    }
    if ui.add(button("⏮")).on_hover_text("Back to the first frame").clicked() {
        session.reset();
    }
    let mut speed = session.speed;
    ComboBox::from_id_salt("speed")
        .width(72.0)
        .selected_text(speed_name(speed))
        .show_ui(ui, |ui| {
            for choice in SPEEDS {
                ui.selectable_value(&mut speed, choice, speed_name(choice));
            }
        })
        .response
        .on_hover_text("Limit of frames per second");
    if speed != session.speed {
        session.set_speed(speed);
    }
    let (frame, time) = session.frame().map_or((0, 0.0), |frame| (frame.row.frame, frame.row.time));
    ui.add_space(4.0);
    ui.label(theme::number(format!("frame {frame:<5} t = {time:<8.1}")))
        .on_hover_text("One frame is one step of the network: one unit of time unless the setup says otherwise.");
}

fn speed_name(speed: Option<f64>) -> String {
    speed.map_or("max fps".into(), |speed| format!("{speed} fps"))
}
