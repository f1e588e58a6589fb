//! Saves the present setup as a scene.

use super::Scenes;
use crate::{
    app::{session::Session, theme},
    scene::SceneView,
};
use bevy_egui::egui::{RichText, TextEdit, Ui};

/// Title and description, and the button that saves.
pub fn show(ui: &mut Ui, scenes: &mut Scenes, session: &Session, view: SceneView) {
    let title = TextEdit::singleline(&mut scenes.title).hint_text("Title").desired_width(f32::INFINITY);
    ui.add(title).on_hover_text("A few words, which also name the file. A scene of the same title is replaced.");
    let about =
        TextEdit::singleline(&mut scenes.description).hint_text("What to look for").desired_width(f32::INFINITY);
    ui.add(about).on_hover_text("One sentence: what it is, and what to look for.");
    let ready = !scenes.title.trim().is_empty() && scenes.saving.is_none();
    let button = ui.add_enabled_ui(ready, |ui| ui.button("Save as a scene")).inner;
    let about = format!("Writes the setup, candidates and colours to a file in {}", scenes.home.display());
    if button.on_hover_text(about).on_disabled_hover_text("Give it a title first.").clicked() {
        scenes.save(session, view);
    }
    match &scenes.saved {
        Some(Ok(path)) => drop(ui.label(RichText::new(format!("Saved to {}", path.display())).small().weak())),
        Some(Err(reason)) => theme::refusal(ui, reason),
        None => {}
    }
}
