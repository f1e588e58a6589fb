//! What is known about a model: its shape, its training, its measured errors.

use super::Reading;
use crate::{
    app::theme,
    grid::Shape,
    network::{Card, Front},
    report::number::significant,
};
use bevy_egui::egui::{CollapsingHeader, Grid, Label, RichText, Ui};
use egui_plot::{AxisHints, HoverPosition, Plot, PlotPoints, Points};
use std::collections::{BTreeMap, BTreeSet};

/// Draws the card.
pub fn show(ui: &mut Ui, Reading { config, card }: &Reading) {
    Grid::new("card").num_columns(2).spacing([12.0, 3.0]).show(ui, |ui| {
        let weights = format!("{config}: {} weights", config.parameter_count());
        entry(ui, "Network", "Its cells, channels and output", weights);
        trained_for(ui, card);
        training(ui, card);
    });
    errors(ui, &card.errors);
    if let Some(found) = &card.front {
        front(ui, found);
    }
    long(ui, "Command", &card.command);
    long(ui, "All settings of its training", &card.configuration);
}

/// One line; long ones wrap.
fn entry(ui: &mut Ui, name: &str, about: &str, value: impl Into<String>) {
    ui.label(RichText::new(name).weak()).on_hover_text(about);
    let value = value.into();
    ui.add(Label::new(&value).wrap()).on_hover_text(value);
    ui.end_row();
}

/// The scenes that it is good for.
fn trained_for(ui: &mut Ui, card: &Card) {
    entry(ui, "ε", "Interface width ε of its equation, in grid units", card.epsilon.to_string());
    let equation = format!("{}, M = {}", card.kinetics.name(), card.mobility);
    entry(ui, "Equation", "The equation that it was trained on, with its mobility M", equation);
    entry(ui, "Frame", "Time units per step of the network", card.frame_time.to_string());
    let spacing = format!("every {} nodes of the solver", card.coarsening);
    entry(ui, "Nodes", "Its own nodes among those of the solver", spacing);
    if let Some(seen) = card.seen() {
        let deviation = seen.mean_deviation;
        let about = "Means of φ in its training data: normally distributed with this standard deviation";
        entry(ui, "Mean of φ", about, format!("0 ± {deviation}"));
        let boxes = seen.grids.iter().map(Shape::to_string).collect::<Vec<_>>().join(", ");
        entry(ui, "Boxes", "The solver's grids in its training data", boxes);
    }
}

fn training(ui: &mut Ui, card: &Card) {
    if !card.training_data.is_empty() {
        entry(ui, "Data", "What it was trained on", &card.training_data);
    }
    if let Some(seed) = card.seed {
        entry(ui, "Seed", "Seed of its initial weights and of the training", seed.to_string());
    }
    if card.training_seconds > 0.0 {
        let hours = format!("{:.2} h on {}", card.training_seconds / 3600.0, card.hardware);
        entry(ui, "Training", "How long it was trained, and on what", hours);
    }
    if !card.notes.is_empty() {
        entry(ui, "Notes", "Further remarks", &card.notes);
    }
}

/// Errors that are known per frame, as columns of a table: what the name begins with, heading and meaning.
const BY_FRAME: [(&str, &str, &str); 3] = [
    ("rmse_", "RMSE", "Root mean square error of φ on the network's nodes"),
    ("displacement_", "δ", "Root mean square displacement of the interface, in grid units"),
    ("energy_error_", "|ΔF|/F", "Relative error of the free energy"),
];

/// The measured errors: a table by frame, then all others.
fn errors(ui: &mut Ui, errors: &BTreeMap<String, f64>) {
    if errors.is_empty() {
        ui.weak("Its errors have not been measured; `spinodal evaluate` measures them.");
        return;
    }
    ui.add_space(4.0);
    ui.label(RichText::new("Measured errors").strong());
    let frame = |name: &str, prefix: &str| name.strip_prefix(prefix)?.parse::<usize>().ok();
    let frames: BTreeSet<_> =
        errors.keys().flat_map(|name| BY_FRAME.iter().filter_map(move |(prefix, ..)| frame(name, prefix))).collect();
    Grid::new("errors").num_columns(4).striped(true).spacing([14.0, 2.0]).show(ui, |ui| {
        ui.weak("frame");
        for (_, heading, about) in BY_FRAME {
            ui.label(RichText::new(heading).weak()).on_hover_text(about);
        }
        ui.end_row();
        for frame in frames {
            ui.label(theme::number(frame.to_string()));
            for (prefix, ..) in BY_FRAME {
                let value = errors.get(&format!("{prefix}{frame}"));
                ui.label(theme::number(value.map_or("–".into(), |value| theme::readout(*value))));
            }
            ui.end_row();
        }
    });
    let others = errors.iter().filter(|(name, _)| BY_FRAME.iter().all(|(prefix, ..)| frame(name, prefix).is_none()));
    let others: Vec<_> =
        others.map(|(name, value)| format!("{} {}", name.replace('_', " "), theme::readout(*value))).collect();
    ui.add(Label::new(RichText::new(others.join(" · ")).small().weak()).wrap());
}

/// Error against cost beside conventional solvers, both logarithmic: down and to the left is better.
fn front(ui: &mut Ui, front: &Front) {
    ui.add_space(4.0);
    let about = "RMSE at a frame against the time that the frames up to it take, as a multiple of the network's. Points to the \
        lower left are better. Both axes are logarithmic.";
    ui.label(RichText::new(format!("Error against cost in a box of {}", front.grid)).strong()).on_hover_text(about);
    ui.horizontal(|ui| {
        ui.label(RichText::new("network").small().color(theme::accent()));
        let others = RichText::new("conventional solvers: hover for the name").small().color(theme::guide());
        ui.label(others);
    });
    let power = |logarithm: f64| significant(10_f64.powf(logarithm));
    let name = move |position: &HoverPosition<'_>| match position {
        HoverPosition::NearDataPoint { plot_name, position, .. } => {
            Some(format!("{plot_name}\ncost {}\nRMSE {}", power(position.x), power(position.y)))
        }
        HoverPosition::Elsewhere { .. } => None,
    };
    Plot::new("front")
        .height(200.0)
        .allow_scroll(false)
        .label_formatter(name)
        .custom_x_axes(vec![AxisHints::new_x().label("cost").formatter(move |mark, _| power(mark.value))])
        .custom_y_axes(vec![AxisHints::new_y().label("RMSE").formatter(move |mark, _| power(mark.value))])
        .show(ui, |plot| {
            let mut evolutions: BTreeMap<&str, Vec<[f64; 2]>> = BTreeMap::new();
            for point in front.points.iter().filter(|point| point.cost > 0.0 && point.rmse > 0.0) {
                evolutions.entry(&point.evolution).or_default().push([point.cost.log10(), point.rmse.log10()]);
            }
            for (name, points) in evolutions {
                let (radius, colour) = if name == "network" { (4.0, theme::accent()) } else { (2.5, theme::guide()) };
                plot.points(Points::new(name, PlotPoints::from(points)).radius(radius).color(colour));
            }
        });
}

/// A long text that is folded.
fn long(ui: &mut Ui, title: &str, text: &str) {
    if text.is_empty() {
        return;
    }
    CollapsingHeader::new(title).show(ui, |ui| {
        if ui.small_button("Copy").clicked() {
            ui.ctx().copy_text(text.to_owned());
        }
        ui.add(Label::new(RichText::new(text).monospace().size(10.5)).wrap().selectable(true));
    });
}
