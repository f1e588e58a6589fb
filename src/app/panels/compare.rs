//! The menu of candidates: what is compared with the reference.

use super::setting::drag;
use crate::{
    app::{session::Session, theme},
    comparison::CandidateSpec,
    network::ModelSource,
    settings::{COARSENING, LEAD},
    view::Hue,
};
use bevy_egui::egui::{Key, Label, RichText, TextEdit, Ui};

/// The typed text, and what is wrong with it.
#[derive(Default)]
pub struct CandidateMenu {
    text: String,
    error: Option<String>,
}

impl CandidateMenu {
    /// The button that opens the menu, and the menu.
    pub fn show(&mut self, ui: &mut Ui, session: &mut Session) {
        let button = ui.button("Compare ⏷").on_hover_text("What is compared with the reference");
        theme::menu(&button, |ui| {
            ui.set_width(320.0);
            list(ui, session);
            self.add(ui, session);
            let other = session.draft.model().is_some_and(|model| *model != ModelSource::Builtin);
            if other && ui.button("Use the built-in network").clicked() {
                session.set_model(ModelSource::Builtin);
            }
        });
    }

    /// The field in which a candidate can be typed.
    fn add(&mut self, ui: &mut Ui, session: &mut Session) {
        let mut enter = false;
        ui.horizontal(|ui| {
            let hint = "spectral:dt=0.1,grid=coarse";
            let field = ui.add(TextEdit::singleline(&mut self.text).hint_text(hint).desired_width(240.0));
            enter = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            enter |= ui.button("Add").clicked();
            field.on_hover_text(WRITTEN);
        });
        if enter && !self.text.trim().is_empty() {
            self.error = session.add_candidate(&self.text).err();
            if self.error.is_none() {
                self.text.clear();
            }
        }
        if let Some(error) = &self.error {
            theme::refusal(ui, error);
        }
    }
}

/// How candidates are written.
const WRITTEN: &str = "network, explicit, spectral, adaptive or frozen, with settings after a colon:\n\
    network:model=FILE,coarsening=1|2,lead=FRAMES\n\
    spectral:dt=TIME,grid=fine|coarse,symbol=difference|derivative\n\
    adaptive:tolerance=SHARE,grid=fine|coarse\n\
    frozen:grid=fine|coarse";

/// All candidates, each with a button that removes it.
fn list(ui: &mut Ui, session: &mut Session) {
    let mut removed = None;
    let mut networks = false;
    for (index, candidate) in session.draft.candidates.iter_mut().enumerate() {
        ui.horizontal(|ui| {
            ui.label(RichText::new("⏺").color(theme::colour(Hue::of_candidate(index))));
            let button = ui.small_button("✖").on_hover_text("Takes it out of the run");
            // The further clicks of a double click fall on the next one, which has taken its place.
            if button.clicked() && !button.double_clicked() && !button.triple_clicked() {
                removed = Some(index);
            }
            let text = candidate.to_string();
            ui.add(Label::new(&text).truncate()).on_hover_text(text);
        });
        if let CandidateSpec::Network { coarsening, lead, .. } = candidate {
            networks = true;
            ui.indent(index, |ui| {
                ui.horizontal(|ui| {
                    ui.weak(COARSENING.name);
                    drag(ui, &COARSENING, coarsening);
                    ui.weak(LEAD.name);
                    drag(ui, &LEAD, lead);
                });
            });
        }
    }
    if networks && ui.button("Restart").on_hover_text("Restarts the run with these candidates").clicked() {
        session.restart();
    }
    if session.draft.candidates.is_empty() {
        ui.weak("Nothing is compared: the reference runs alone.");
    }
    if let Some(index) = removed {
        session.take_out(index);
    }
}
