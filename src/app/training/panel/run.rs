//! The third step: a run is started, changed while it runs, or continued.

use super::data::name;
use crate::{
    app::{
        panels::setting::drag,
        theme,
        training::{Run, Training},
    },
    settings::training::{BATCH, ENERGY_WEIGHT, LEARNING_RATE_FACTOR, MEAN_WEIGHT, OVERSHOOT_WEIGHT, STEPS},
    training::{adjustment::Adjustment, run_summary::RunSummary},
};
use bevy_egui::egui::{CollapsingHeader, Grid, TextEdit, Ui};

/// Draws the step.
pub fn show(ui: &mut Ui, training: &mut Training) {
    start(ui, training);
    if training.run.is_active() {
        CollapsingHeader::new("Change while it runs").show(ui, |ui| adjust(ui, &mut training.run));
    }
    earlier(ui, training);
}

fn start(ui: &mut Ui, training: &mut Training) {
    ui.horizontal(|ui| {
        ui.label("Name").on_hover_text("Name of the run's folder");
        ui.add(TextEdit::singleline(&mut training.recipe.name).desired_width(130.0));
        let missing = if training.run.is_active() {
            Some("A training is running.")
        } else if training.is_engaged() {
            Some("A small network is trained as soon as its data are there.")
        } else if training.data.chosen().is_none() {
            Some("Choose or make a dataset first.")
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

/// The runs in the folder of runs.
fn earlier(ui: &mut Ui, training: &mut Training) {
    if training.run.found().is_empty() {
        return;
    }
    let engaged = training.is_engaged();
    let (mut resumed, mut compared) = (None, None);
    CollapsingHeader::new("Runs").default_open(!engaged).show(ui, |ui| {
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
                resumed = entry(ui, summary, engaged).or(resumed.take());
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
fn entry(ui: &mut Ui, summary: &RunSummary, engaged: bool) -> Option<(std::path::PathBuf, Option<usize>)> {
    let free = !engaged && !summary.busy;
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
