//! The list of models, and the card of the one that is chosen.

use super::{FoundModel, Models, Origin, card};
use crate::{
    app::{session::Session, theme},
    network::ModelSource,
    view::Hue,
};
use bevy_egui::egui::{self, Button, RichText, ScrollArea, TextEdit, Ui};
use std::path::Path;

/// What the user asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Its card is looked at.
    Show(ModelSource),
    /// It joins the run, on every so many nodes.
    Add { source: ModelSource, coarsening: usize },
    /// This candidate leaves the run.
    Remove(usize),
    /// It takes the place of the first network, and the run starts anew.
    Replace(ModelSource),
    /// Models are looked for again.
    Search,
}

/// Draws the panel.
pub fn show(ui: &mut Ui, models: &mut Models, session: &mut Session) {
    let mut action = None;
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        action = search(ui, models);
        for origin in Origin::ALL {
            let mut of_origin = models.found.iter().filter(|found| found.origin == origin).peekable();
            if of_origin.peek().is_some() {
                ui.add_space(4.0);
                ui.label(RichText::new(origin.heading()).small().weak());
            }
            for found in of_origin {
                action = line(ui, found, &models.chosen, session).or(action.take());
            }
        }
        ui.separator();
        if let Some(chosen) = models.found.iter().find(|found| found.source == models.chosen) {
            action = details(ui, chosen, session).or(action.take());
        }
    });
    if let Some(action) = action {
        models.obey(action, session);
    }
}

/// Where to look for more.
fn search(ui: &mut Ui, models: &mut Models) -> Option<Action> {
    let row = |ui: &mut Ui| {
        let field = TextEdit::singleline(&mut models.folder).hint_text("Folder of models").desired_width(150.0);
        let field = ui.add(field).on_hover_text("All .safetensors and .pt files in this folder are listed, too.");
        let enter = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        let look = ui.button("Search").on_hover_text("Search for models again").clicked();
        if models.is_searching() {
            ui.weak("searching…");
        }
        (enter || look).then_some(Action::Search)
    };
    ui.horizontal(row).inner
}

/// One model of the list.
fn line(ui: &mut Ui, found: &FoundModel, chosen: &ModelSource, session: &Session) -> Option<Action> {
    let users = session.users_of(&found.source);
    let row = |ui: &mut Ui| {
        for user in &users {
            let dot = RichText::new("⏺").color(theme::colour(Hue::of_candidate(*user)));
            ui.label(dot).on_hover_text(format!("Candidate {} of the run", user + 1));
        }
        let name = found.source.name();
        let name = if found.reading.is_err() { RichText::new(name).color(theme::alert()) } else { RichText::new(name) };
        let button = ui.selectable_label(*chosen == found.source, name);
        let button = button.on_hover_text(place(&found.source));
        // Two of one name are told apart by their folders.
        if let Some(folder) = found.source.path().and_then(Path::parent) {
            ui.label(RichText::new(short(folder)).small().weak()).on_hover_text(folder.display().to_string());
        }
        if let Some(state) = &found.state {
            ui.label(RichText::new(state).small().weak());
        }
        button.clicked().then(|| Action::Show(found.source.clone()))
    };
    ui.horizontal(row).inner
}

/// The last name of a folder, behind an ellipsis.
fn short(folder: &Path) -> String {
    folder.file_name().map_or_else(|| folder.display().to_string(), |name| format!("…/{}", name.to_string_lossy()))
}

fn place(source: &ModelSource) -> String {
    source.path().map_or("It comes with the program.".into(), |path| path.display().to_string())
}

/// What can be done with the model that is chosen, and its card.
fn details(ui: &mut Ui, found: &FoundModel, session: &Session) -> Option<Action> {
    ui.label(RichText::new(found.source.name()).heading());
    ui.label(RichText::new(place(&found.source)).small().weak());
    let reading = match &found.reading {
        Ok(reading) => reading,
        Err(reason) => {
            theme::refusal(ui, reason);
            return None;
        }
    };
    let action = buttons(ui, &found.source, reading.card.coarsening, session);
    ui.add_space(4.0);
    doubts(ui, &found.source, session);
    card::show(ui, reading);
    action
}

fn buttons(ui: &mut Ui, source: &ModelSource, coarsening: usize, session: &Session) -> Option<Action> {
    let row = |ui: &mut Ui| {
        let add = Button::new(RichText::new("Compare it").color(theme::on_accent())).fill(theme::accent());
        let about = "Adds it to the run as a candidate; the run continues.";
        if ui.add(add).on_hover_text(about).clicked() {
            return Some(Action::Add { source: source.clone(), coarsening });
        }
        let about = "Replaces the first network and restarts the run.";
        if ui.button("Replace the first").on_hover_text(about).clicked() {
            return Some(Action::Replace(source.clone()));
        }
        let last = session.users_of(source).last().copied()?;
        let remove = ui.button("Remove").on_hover_text("Removes it from the run, which continues.");
        remove.clicked().then_some(Action::Remove(last))
    };
    ui.horizontal_wrapped(row).inner
}

/// Why it says little in the present run, if it takes part.
fn doubts(ui: &mut Ui, source: &ModelSource, session: &Session) {
    let users = session.users_of(source);
    let evolution = session.snapshot.as_ref().and_then(|snapshot| snapshot.candidates.get(*users.first()?));
    for doubt in evolution.iter().flat_map(|evolution| evolution.doubts.iter()) {
        ui.label(RichText::new(format!("⚠ In this run: {doubt}.")).color(theme::reference()));
    }
}
