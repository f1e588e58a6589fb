//! The curves of a training: loss and validation errors against steps, on a logarithmic axis.

use super::{Training, smoothing};
use crate::app::{
    panels::{curves, plots},
    theme,
};
use crate::{training::events::Curves, view::Hue};
use bevy_egui::egui::{self, Color32, RichText, Slider, Stroke, Ui};
use egui_plot::{HLine, Line, LineStyle, PlotBounds, PlotPoint};
use std::path::Path;

/// The loss of single steps, behind the smooth curve.
const RAW: f32 = 0.25;

/// Draws the curves in the remaining space.
pub fn show(ui: &mut Ui, training: &Training) {
    let curves = training.run.curves();
    if curves.steps.is_empty() && curves.validations.is_empty() && training.run.others.curves().is_empty() {
        ui.weak("No curves yet: train a network, or continue a run.");
        return;
    }
    let range = smoothing_control(ui);
    let room = (ui.available_height() - 44.0).max(120.0) / 2.0;
    loss(ui, training, range, room);
    errors(ui, training, room);
}

/// How far the loss is smoothed, in steps.
fn smoothing_control(ui: &mut Ui) -> f64 {
    let id = ui.id().with("smoothing");
    let mut range = ui.data(|data| data.get_temp(id)).unwrap_or(50.0_f64);
    ui.horizontal(|ui| {
        let about = "Steps over which the loss is averaged. The same curve comes out however many points are drawn.";
        ui.label(RichText::new("Smoothing").small()).on_hover_text(about);
        let slider = Slider::new(&mut range, 0.0..=1000.0).logarithmic(true).smallest_positive(1.0).suffix(" steps");
        ui.add(slider).on_hover_text(about);
    });
    ui.data_mut(|data| data.insert_temp(id, range));
    range
}

fn logarithmic(points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    points.into_iter().map(|[x, y]| [x, y.log10()]).filter(|point| point[1].is_finite()).collect()
}

/// Bounds about all of some curves of logarithms, from step 0.
fn bounds(all: &[&Vec<[f64; 2]>], lines: &[f64], last: f64) -> PlotBounds {
    let values = all.iter().flat_map(|curve| curve.iter().map(|point| point[1])).chain(lines.iter().copied());
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), y| (l.min(y), h.max(y)));
    let (low, high) = if low <= high { (low, high) } else { (-1.0, 0.0) };
    let room = 0.08 * (high - low).max(0.3);
    PlotBounds::from_min_max([0.0, low - room], [last.max(1.0) * 1.02, high + room])
}

fn loss(ui: &mut Ui, training: &Training, range: f64, height: f32) {
    let steps = &training.run.curves().steps;
    let points: Vec<[f64; 2]> = steps.iter().map(|report| [report.step as f64, report.loss]).collect();
    let smooth = logarithmic(curves::thinned(smoothing::in_logarithms(&points, range).into_iter()));
    let raw = logarithmic(curves::thinned(points.into_iter()));
    let last = steps.last().map_or(1.0, |report| report.step as f64);
    let others: Vec<_> = others(training, |curves| {
        let points: Vec<_> = curves.steps.iter().map(|report| [report.step as f64, report.loss]).collect();
        smoothing::in_logarithms(&points, range)
    });
    let last = others.iter().filter_map(|(_, curve, _)| Some(curve.last()?[0])).fold(last, f64::max);
    caption(ui, "Loss", LOSS, &[("each step", theme::accent().gamma_multiply(0.5)), ("smoothed", theme::accent())]);
    plots::logarithmic("loss", height).show(ui, |plot| {
        let all: Vec<_> = [&raw, &smooth].into_iter().chain(others.iter().map(|(_, curve, _)| curve)).collect();
        plot.set_plot_bounds(bounds(&all, &[], last));
        for (name, curve, colour) in &others {
            plot.line(Line::new(name.clone(), curve.clone()).stroke(Stroke::new(1.4, *colour)));
        }
        plot.line(Line::new("loss", raw).stroke(Stroke::new(1.0, theme::accent().gamma_multiply(RAW))));
        plot.line(Line::new("smoothed", smooth).stroke(Stroke::new(1.8, theme::accent())));
    });
}

fn errors(ui: &mut Ui, training: &Training, height: f32) {
    let validations = &training.run.curves().validations;
    let rmse = validations.iter().map(|validation| [validation.step as f64, validation.mse.sqrt()]);
    let rmse = logarithmic(rmse.collect());
    let persistence = validations.last().map(|validation| validation.persistence.sqrt().log10());
    let steps = training.run.curves().steps.last().map_or(1.0, |report| report.step as f64);
    let yardstick = training.run.yardstick().map(|validation| validation.mse.sqrt().log10());
    let others = others(training, |curves| {
        curves.validations.iter().map(|validation| [validation.step as f64, validation.mse.sqrt()]).collect()
    });
    let steps = others.iter().filter_map(|(_, curve, _)| Some(curve.last()?[0])).fold(steps, f64::max);
    let mut names = vec![("network".to_owned(), theme::reference()), ("initial field".into(), theme::guide())];
    names.extend(yardstick.map(|_| ("built-in network".into(), theme::accent())));
    names.extend(others.iter().map(|(name, _, colour)| (name.clone(), *colour)));
    let names: Vec<_> = names.iter().map(|(name, colour)| (name.as_str(), *colour)).collect();
    caption(ui, "RMSE on held-out sequences", RMSE, &names);
    plots::logarithmic("validation", height).show(ui, |plot| {
        let lines: Vec<_> = persistence.into_iter().chain(yardstick).collect();
        let all: Vec<_> = [&rmse].into_iter().chain(others.iter().map(|(_, curve, _)| curve)).collect();
        plot.set_plot_bounds(bounds(&all, &lines, steps));
        if let Some(yardstick) = yardstick {
            let line = HLine::new("built-in network", yardstick).stroke(Stroke::new(1.2, theme::accent()));
            plot.hline(line.style(LineStyle::dashed_dense()));
        }
        for (name, curve, colour) in &others {
            plot.line(Line::new(name.clone(), curve.clone()).stroke(Stroke::new(1.4, *colour)));
        }
        if let Some(persistence) = persistence {
            let line = HLine::new("initial field", persistence).stroke(Stroke::new(1.2, theme::guide()));
            plot.hline(line.style(LineStyle::dashed_dense()));
        }
        if let Some(&[x, y]) = rmse.last() {
            plot.points(egui_plot::Points::new("latest", vec![[x, y]]).radius(3.0).color(theme::reference()));
            let text = RichText::new(theme::readout(10.0_f64.powf(y))).small().color(theme::reference());
            plot.text(egui_plot::Text::new("latest", PlotPoint::new(x, y), text).anchor(egui::Align2::RIGHT_BOTTOM));
        }
        plot.line(Line::new("network", rmse).stroke(Stroke::new(1.8, theme::reference())));
    });
}

/// A curve of each other run, in logarithms, with its name and colour.
fn others(training: &Training, of: impl Fn(&Curves) -> Vec<[f64; 2]>) -> Vec<(String, Vec<[f64; 2]>, Color32)> {
    let colour = |number: usize| theme::colour(Hue::of_candidate(number + 1));
    let runs = training.run.others.curves().iter().enumerate();
    let name = |folder: &Path| folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    runs.map(|(number, (folder, curves))| {
        let points = curves::thinned(of(curves).into_iter());
        (name(folder), logarithmic(points), colour(number))
    })
    .collect()
}

fn caption(ui: &mut Ui, title: &str, about: &str, names: &[(&str, Color32)]) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(title).small().strong()).on_hover_text(about);
        for (name, colour) in names {
            ui.label(RichText::new(*name).small().color(*colour));
        }
    });
}

const LOSS: &str = "What each step of the optimiser makes smaller: the error of a stretch of frames, on a scale that follows \
    the recipe, with its other terms. Logarithmic.";
const RMSE: &str = "Root mean square error of φ over whole rollouts on sequences that are not trained on, all frames after \
    the first. The dashed lines are a network that changes nothing, and the built-in one. Logarithmic.";
