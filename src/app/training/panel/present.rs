//! The present run: how far it is, its buttons, and its network in the views.

use super::data::{duration, name};
use crate::{
    app::{
        session::Session,
        theme,
        training::{Phase, Run},
    },
    training::events::TrainCommand,
};
use bevy_egui::egui::{ProgressBar, RichText, Slider, Ui};

/// Draws it; nothing before the first run.
pub fn show(ui: &mut Ui, run: &mut Run, session: &mut Session) {
    state(ui, run);
    ui.horizontal(|ui| {
        if run.is_active() {
            buttons(ui, run);
        }
        candidate(ui, run, session);
    });
    preview(ui, run);
}

fn state(ui: &mut Ui, run: &mut Run) {
    let text = match run.phase() {
        Phase::None => return,
        Phase::Verifying => "checking the data…".to_owned(),
        Phase::Running => String::new(),
        Phase::Paused => "paused".into(),
        Phase::Stopping => "stopping after this walk…".into(),
        Phase::Done => "finished".into(),
        // Before it starts, a new run has no folder.
        Phase::Stopped if run.progress().is_none() => "stopped before it started".into(),
        Phase::Stopped => "stopped: it can be continued".into(),
        Phase::Failed(reason) => {
            theme::refusal(ui, reason);
            return;
        }
    };
    let folder = run.folder().map(name).unwrap_or_default();
    if let Some((made, all)) = run.progress() {
        let words = format!("{folder}: step {made} of {all}");
        ui.add(ProgressBar::new(made as f32 / all.max(1) as f32).text(words));
        let running = *run.phase() == Phase::Running;
        let pace = run
            .pace()
            .filter(|_| running)
            .map(|pace| format!("{:.1} steps/s, {} left", 1.0 / pace, duration(pace * (all - made.min(all)) as f64)));
        let rate = run.curves().steps.last();
        let rate = rate.map(|report| format!("learning rate {}", theme::readout(report.learning_rate)));
        let parts: Vec<_> = [pace, rate, (!text.is_empty()).then_some(text)].into_iter().flatten().collect();
        ui.label(RichText::new(parts.join(" · ")).weak());
    } else {
        ui.weak(format!("{folder}: {text}"));
    }
}

fn buttons(ui: &mut Ui, run: &mut Run) {
    let (text, toggle) = match run.phase() {
        Phase::Paused => ("Continue", TrainCommand::Resume),
        _ => ("Pause", TrainCommand::Pause),
    };
    let stopping = *run.phase() == Phase::Stopping;
    ui.add_enabled_ui(!stopping, |ui| {
        if ui.button(text).clicked() {
            run.tell(toggle);
        }
        if ui.button("Stop").on_hover_text("Writes its state and model; it can be continued.").clicked() {
            run.tell(TrainCommand::Stop);
        }
        if ui.button("Save now").on_hover_text("Writes its state and model, and continues.").clicked() {
            run.tell(TrainCommand::Save);
        }
    });
}

/// Which frame of the held-out sequence is shown.
fn preview(ui: &mut Ui, run: &mut Run) {
    let Some(preview) = run.preview() else { return };
    let frames: Vec<_> = preview.frames.iter().map(|frame| frame.frame).collect();
    let shown = run.frame().map_or(0, |frame| frame.frame);
    let Some(mut place) = frames.iter().position(|frame| *frame == shown) else { return };
    ui.horizontal(|ui| {
        let about = "Frame of the held-out sequence in the two views. The network was given the first frame only.";
        ui.label("Preview frame").on_hover_text(about);
        let slider = Slider::new(&mut place, 0..=frames.len() - 1).show_value(false);
        if ui.add(slider).on_hover_text(about).changed() {
            run.moment = Some(frames[place]);
        }
        ui.weak(format!("{}", frames[place]));
    });
}

/// The network in training as a candidate of the comparison.
fn candidate(ui: &mut Ui, run: &Run, session: &mut Session) {
    let Some((model, _)) = run.model() else { return };
    let joined = session.follows(model);
    let about = "Adds the network to the run beside the reference. It starts from the reference's present field, and takes \
        up each newer model as it is written.";
    let (text, about) = if joined {
        ("Leave the comparison", "Removes it from the comparison.")
    } else {
        ("Use in the comparison", about)
    };
    if ui.button(text).on_hover_text(about).clicked() {
        if joined { session.unfollow(model) } else { session.follow_model(model) }
    }
}
