//! The card of a trained model: its data and its training.

use super::{config::TrainConfig, dataset_config::DatasetConfig};
use crate::{
    equation::Equation,
    grid::Shape,
    network::{Card, Purpose},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// The card of a model trained on such data, from one with the card `start`.
pub(super) fn write(start: &Card, training: &TrainConfig, data: &DatasetConfig) -> Card {
    let grids: Vec<_> = data.grids.iter().map(Shape::to_string).collect();
    let shares = [(data.film_share, "rough films"), (data.slice_share, "slices"), (data.quench_share, "white noise")];
    let Purpose { equation: Equation { kinetics, epsilon, mobility }, frame_time, coarsening } = data.purpose();
    let others: String =
        shares.into_iter().filter(|(share, _)| *share > 0.0).map(|(_, start)| format!(", {start}")).collect();
    Card {
        training_data: format!(
            "{} sequences of {} frames in boxes of {} nodes, from noise{others} of seed {}",
            data.sequences,
            data.frames,
            grids.join(", "),
            data.seed
        ),
        configuration: start.configuration.clone() + &describe_stage(training, data),
        seed: Some(training.seed),
        command: start.command.clone(),
        training_seconds: start.training_seconds,
        hardware: start.hardware.clone(),
        coarsening,
        frame_time,
        kinetics,
        epsilon,
        mobility,
        ..Card::default()
    }
}

/// One stage of a model's making.
fn describe_stage(training: &TrainConfig, data: &DatasetConfig) -> String {
    #[derive(Serialize)]
    struct Stage<'a> {
        data: &'a DatasetConfig,
        training: &'a TrainConfig,
    }
    let stages = BTreeMap::from([("stage", [Stage { data, training }])]);
    toml::to_string(&stages).unwrap_or_default()
}
