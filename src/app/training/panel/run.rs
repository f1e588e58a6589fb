//! The third step: the run, its reports, and what can be changed meanwhile.

use super::data::{duration, name};
use crate::{
    app::{
        panels::setting::drag,
        session::Session,
        theme,
        training::{Phase, Run, Training},
    },
    settings::training::{BATCH, ENERGY_WEIGHT, LEARNING_RATE_FACTOR, MEAN_WEIGHT, OVERSHOOT_WEIGHT, STEPS},
    training::{adjustment::Adjustment, events::TrainCommand, run_summary::RunSummary},
};
use bevy_egui::egui::{CollapsingHeader, Grid, ProgressBar, RichText, Slider, TextEdit, Ui};

/// Draws the step.
pub fn show(ui: &mut Ui, training: &mut Training, session: &mut Session) {
    start(ui, training);
    state(ui, &mut training.run);
    if training.run.is_active() {
        buttons(ui, &mut training.run);
        CollapsingHeader::new("Change while it runs").show(ui, |ui| adjust(ui, &mut training.run));
    }
    preview(ui, &mut training.run);
    candidate(ui, &training.run, session);
    earlier(ui, training);
}

fn start(ui: &mut Ui, training: &mut Training) {
    ui.horizontal(|ui| {
        ui.label("Name").on_hover_text("Name of the run's folder");
        ui.add(TextEdit::singleline(&mut training.recipe.name).desired_width(130.0));
        let missing = if training.data.chosen().is_none() {
            Some("Choose or make a dataset first.")
        } else if training.run.is_active() {
            Some("A training is running.")
        } else if training.recipe.name.trim().is_empty() {
            Some("Name the run first.")
        } else {
            None
        };
        let button = ui.add_enabled_ui(missing.is_none(), |ui| ui.button("Start")).inner;
        let button = button.on_hover_text("Trains a new network by this recipe on the chosen data");
        if button.on_disabled_hover_text(missing.unwrap_or_default()).clicked() {
            training.begin();
        }
    });
}

fn state(ui: &mut Ui, run: &mut Run) {
    let text = match run.phase() {
        Phase::None => return,
        Phase::Verifying => "checking the data…".to_owned(),
        Phase::Running => String::new(),
        Phase::Paused => "paused".into(),
        Phase::Stopping => "stopping after this walk…".into(),
        Phase::Done => "finished".into(),
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
        let rate = run.curves().steps.last().map(|report| format!("learning rate {:.1e}", report.learning_rate));
        let parts: Vec<_> = [pace, rate, (!text.is_empty()).then_some(text)].into_iter().flatten().collect();
        ui.label(RichText::new(parts.join(" · ")).weak());
    } else {
        ui.weak(format!("{folder}: {text}"));
    }
}

fn buttons(ui: &mut Ui, run: &mut Run) {
    ui.horizontal(|ui| {
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
    });
}

/// What can be changed while the run continues. Each change is recorded in its folder.
fn adjust(ui: &mut Ui, run: &mut Run) {
    let Some((config, step)) = run.config().zip(run.progress().map(|(made, _)| made)) else { return };
    let mut config = config.clone();
    config.adjustments = run.adjusted().to_vec();
    let present = config.adjusted(step);
    let factor = run.adjusted().iter().rev().find_map(|adjusted| adjusted.change.learning_rate);
    let id = ui.id().with("change");
    let mut change: Adjustment = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    Grid::new("change").num_columns(2).spacing([12.0, 4.0]).show(ui, |ui| {
        row(ui, &LEARNING_RATE_FACTOR, factor.unwrap_or(LEARNING_RATE_FACTOR.default), &mut change.learning_rate);
        row(ui, &BATCH, present.batch, &mut change.batch);
        row(ui, &ENERGY_WEIGHT, present.energy_weight, &mut change.energy_weight);
        row(ui, &MEAN_WEIGHT, present.mean_weight, &mut change.mean_weight);
        row(ui, &OVERSHOOT_WEIGHT, present.overshoot_weight, &mut change.overshoot_weight);
        row(ui, &STEPS, present.steps, &mut change.steps);
    });
    let changed = change != Adjustment::default();
    if ui.add_enabled_ui(changed, |ui| ui.button("Apply")).inner.clicked() {
        run.adjust(std::mem::take(&mut change));
    }
    ui.data_mut(|data| data.insert_temp(id, change));
    if let Some(reason) = &run.refused {
        theme::refusal(ui, reason);
    }
}

/// A value that is changed once it differs from the present one.
fn row<T>(ui: &mut Ui, setting: &crate::settings::Setting<T>, present: T, changed: &mut Option<T>)
where
    T: crate::settings::Number + bevy_egui::egui::emath::Numeric,
{
    ui.label(crate::app::panels::setting::name(setting)).on_hover_text(setting.about());
    let mut value = changed.unwrap_or(present);
    drag(ui, setting, &mut value);
    *changed = (value != present).then_some(value);
    ui.end_row();
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

/// The runs in the folder of runs.
fn earlier(ui: &mut Ui, training: &mut Training) {
    if training.run.found().is_empty() {
        return;
    }
    let active = training.run.is_active();
    let (mut resumed, mut compared) = (None, None);
    CollapsingHeader::new("Runs").default_open(!active).show(ui, |ui| {
        for summary in training.run.found() {
            ui.horizontal(|ui| {
                let best = summary.best.map(|mse| format!(", RMSE {}", theme::readout(mse.sqrt())));
                let text = format!(
                    "{}: {} of {} steps{}",
                    name(&summary.folder),
                    summary.step,
                    summary.steps,
                    best.unwrap_or_default()
                );
                ui.label(text).on_hover_text(summary.folder.display().to_string());
                resumed = entry(ui, summary, active).or(resumed.take());
                let shown = training.run.others.contains(&summary.folder);
                let about = "Shows its curves beside those of the present run.";
                if ui.selectable_label(shown, "Curves").on_hover_text(about).clicked() {
                    compared = Some(summary.folder.clone());
                }
            });
        }
    });
    if let Some(folder) = compared {
        training.run.others.toggle(&folder);
    }
    if let Some((folder, steps)) = resumed {
        training.run.resume(&folder, steps);
    }
}

/// The button of a run that can be continued.
fn entry(ui: &mut Ui, summary: &RunSummary, active: bool) -> Option<(std::path::PathBuf, Option<usize>)> {
    let free = !active && !summary.busy;
    let (text, steps, about) = if summary.finished {
        let more = summary.steps + summary.steps / 2;
        (
            "Train further",
            Some(more),
            format!("Continues training to {more} steps. Schedules stretch to the new length."),
        )
    } else {
        ("Continue", None, "Continues exactly where it stopped.".to_owned())
    };
    let button = ui.add_enabled_ui(free, |ui| ui.small_button(text)).inner;
    button.on_hover_text(about).clicked().then(|| (summary.folder.clone(), steps))
}
