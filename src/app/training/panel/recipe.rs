//! The second step: how the network is made and trained.

use crate::{
    app::{
        labels,
        panels::setting::{interval, line, whole_numbers},
        training::RecipeDraft,
    },
    network::Output,
    settings::{
        CHANNELS, LAYERS,
        training::{
            AVERAGING, BATCH, CLIP, ENERGY_WEIGHT, ERROR_SCALE, FROM_START, GIVEN, GROWTH, LEARNING_RATE, LENGTH,
            MEAN_WEIGHT, OVERSHOOT_WEIGHT, SHORTEST, STEPS, VALIDATE_EVERY, VALIDATION_SEQUENCES, WARMUP,
        },
    },
    training::{optimizer::Method, preset::Preset},
};
use bevy_egui::egui::{CollapsingHeader, DragValue, Grid, Ui};
use clap::ValueEnum;

/// Draws the step.
pub fn show(ui: &mut Ui, recipe: &mut RecipeDraft) {
    ui.horizontal(|ui| {
        ui.label("Preset");
        for preset in Preset::ALL {
            let chosen = recipe.preset == Some(preset);
            if ui.selectable_label(chosen, preset.name()).on_hover_text(preset.about()).clicked() {
                recipe.take(preset);
            }
        }
    });
    let before = recipe.draft.clone();
    important(ui, recipe);
    CollapsingHeader::new("More settings").id_salt("recipe").show(ui, |ui| others(ui, recipe));
    if recipe.draft != before {
        recipe.preset = None;
    }
}

fn important(ui: &mut Ui, recipe: &mut RecipeDraft) {
    let draft = &mut recipe.draft;
    Grid::new("recipe").num_columns(2).spacing([12.0, 4.0]).show(ui, |ui| {
        line(ui, &STEPS, &mut draft.steps);
        line(ui, &BATCH, &mut draft.batch);
        interval(ui, &LEARNING_RATE, &mut draft.learning_rate);
        line(ui, &CHANNELS, &mut draft.network.channels);
    });
}

fn others(ui: &mut Ui, recipe: &mut RecipeDraft) {
    let draft = &mut recipe.draft;
    Grid::new("more recipe").num_columns(2).spacing([12.0, 4.0]).show(ui, |ui| {
        line(ui, &LAYERS, &mut draft.network.layers);
        choice(
            ui,
            "Output",
            "From the last layer to the next field",
            Output::value_variants(),
            &mut draft.network.output,
        );
        choice(ui, "Optimizer", "How weights follow gradients", Method::value_variants(), &mut draft.optimizer);
        ui.label("Seed").on_hover_text("Seed of the initial weights and of every draw");
        ui.add(DragValue::new(&mut draft.seed));
        ui.end_row();
        line(ui, &WARMUP, &mut draft.warmup);
        line(ui, &CLIP, &mut draft.clip);
        line(ui, &AVERAGING, &mut draft.averaging);
        interval(ui, &ERROR_SCALE, &mut draft.error_scale);
        line(ui, &ENERGY_WEIGHT, &mut draft.energy_weight);
        line(ui, &MEAN_WEIGHT, &mut draft.mean_weight);
        line(ui, &OVERSHOOT_WEIGHT, &mut draft.overshoot_weight);
        interval(ui, &LENGTH, &mut draft.length);
        line(ui, &SHORTEST, &mut draft.shortest);
        interval(ui, &GIVEN, &mut draft.given);
        line(ui, &GROWTH, &mut draft.growth);
        let about =
            "Network steps between two optimiser steps, through which gradients flow: equal parts of the run each";
        whole_numbers(ui, "Unroll", about, &mut draft.unroll);
        line(ui, &FROM_START, &mut draft.from_start);
        ui.label("Augment").on_hover_text("Whether walks are reflected, rotated and φ exchanged for −φ at random");
        ui.checkbox(&mut draft.augment, "");
        ui.end_row();
        line(ui, &VALIDATE_EVERY, &mut draft.validate_every);
        line(ui, &VALIDATION_SEQUENCES, &mut draft.validation_sequences);
    });
}

fn choice<T: ValueEnum + PartialEq + Clone>(ui: &mut Ui, name: &str, about: &str, values: &[T], chosen: &mut T) {
    ui.label(name).on_hover_text(about);
    ui.horizontal_wrapped(|ui| {
        for value in values {
            let (name, help) = labels::value(value);
            ui.selectable_value(chosen, value.clone(), name).on_hover_text(help);
        }
    });
    ui.end_row();
}
