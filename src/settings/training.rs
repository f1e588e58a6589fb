//! The settings of a training, each once.

use super::{MOST_FRAMES, SHARE, Setting, Span, dataset::SEQUENCES};

/// Of the optimiser.
pub const STEPS: Setting<usize> = Setting {
    name: "number of steps",
    help: "Steps of the optimiser",
    unit: "",
    least: 1,
    most: 1_000_000_000,
    default: 16_000,
};

/// On the smallest grid.
pub const BATCH: Setting<usize> = Setting {
    name: "batch",
    help: "Sequences per step on the smallest grid; larger grids take fewer, for about as many nodes",
    unit: "",
    least: 1,
    most: 4096,
    default: 4,
};

/// From the first step to the last.
pub const LEARNING_RATE: Setting<Span> = Setting {
    name: "learning rate",
    help: "Learning rate from the first step to the last, along half a cosine",
    unit: "",
    least: Span::point(0.0),
    most: Span::point(1.0),
    default: Span::new(5e-3, 0.0),
};

/// Of a run that is under way.
pub const LEARNING_RATE_FACTOR: Setting<f64> = Setting {
    name: "learning rate factor",
    help: "Factor on the learning rate at every step, which can be changed while a run is under way",
    unit: "",
    least: 1e-3,
    most: 1e3,
    default: 1.0,
};

/// From rest.
pub const WARMUP: Setting<usize> = Setting {
    name: "warmup",
    help: "Steps over which the learning rate rises from zero",
    unit: "",
    least: 0,
    most: STEPS.most,
    default: 50,
};

/// Of the gradient.
pub const CLIP: Setting<f64> = Setting {
    name: "clip",
    help: "Largest norm of the gradient over all weights; a longer gradient is scaled down to it",
    unit: "",
    least: 1e-9,
    most: f64::INFINITY,
    default: 0.5,
};

/// Of the weights; at 1 the average would never move.
pub const AVERAGING: Setting<f64> = Setting {
    name: "averaging",
    help: "Decay per step of the running average of the weights, which is validated and saved",
    unit: "",
    least: 0.0,
    most: 0.999_999,
    default: 0.995,
};

/// Of the loss, in both ends finite or in neither.
pub const ERROR_SCALE: Setting<Span> = Setting {
    name: "error scale",
    help: "Scale s in the loss s² ln(1 + e²/s²) of a field with error e, from the first step to the last, in equal factors. \
           Errors below s count as e², larger ones by their logarithm, so that slow, nearly flat microstructures matter as \
           much as young ones, and a field that is lost no longer matters. inf: e²",
    unit: "",
    least: Span::point(1e-6),
    most: Span::point(f64::INFINITY),
    default: Span::new(1.0, 0.02),
};

/// Weight of a part of e².
const WEIGHT: Setting<f64> = Setting { name: "", help: "", unit: "", least: 0.0, most: 1e6, default: 0.0 };

/// Of the free energy.
pub const ENERGY_WEIGHT: Setting<f64> = Setting {
    name: "energy weight",
    help: "Weight of (ΔF/F)² in e², beside the mean square error of φ",
    default: 0.5,
    ..WEIGHT
};

/// Of the mean.
pub const MEAN_WEIGHT: Setting<f64> =
    Setting {
        name: "mean weight", help: "Weight of (Δ⟨φ⟩)² in e², for outputs that do not conserve it", ..WEIGHT
    };

/// Of what lies beyond the phases.
pub const OVERSHOOT_WEIGHT: Setting<f64> = Setting {
    name: "overshoot weight",
    help: "Weight in e² of the square of the amount by which the largest |φ| exceeds the true one",
    default: 0.05,
    ..WEIGHT
};

/// Of walks.
pub const LENGTH: Setting<Span> = Setting {
    name: "length",
    help: "Largest number of frames of a walk through a sequence, growing over the run",
    unit: "frames",
    least: Span::point(2.0),
    most: Span::point(MOST_FRAMES),
    default: Span::new(8.0, 120.0),
};

/// Of walks.
pub const SHORTEST: Setting<usize> = Setting {
    name: "shortest walk",
    help: "Smallest number of frames of a walk; each draws its own number up to the length with a probability of 1/frames²",
    unit: "frames",
    least: 1,
    most: MOST_FRAMES as usize,
    default: 3,
};

/// Of a walk.
pub const GIVEN: Setting<Span> = Setting {
    name: "number of frames given",
    help: "True frames that the network is given at the start of a walk, before it runs on its own predictions",
    unit: "frames",
    least: Span::point(1.0),
    most: Span::point(MOST_FRAMES),
    default: Span::point(1.0),
};

/// Of the run.
pub const GROWTH: Setting<f64> = Setting {
    name: "growth",
    help: "Share of the run over which the length and the frames given change",
    default: 0.6,
    ..SHARE
};

/// Of the walks.
pub const FROM_START: Setting<f64> = Setting {
    name: "share of walks from the start",
    help: "Share of the walks that begin at the first frame of a sequence",
    default: 0.6,
    ..SHARE
};

/// In steps.
pub const VALIDATE_EVERY: Setting<usize> = Setting {
    name: "number of steps between validations",
    help: "Steps between two validations",
    unit: "",
    least: 1,
    most: STEPS.most,
    default: 800,
};

/// Of the dataset's.
pub const VALIDATION_SEQUENCES: Setting<usize> = Setting {
    name: "number of validation sequences",
    help: "How many validation sequences are used, in their order",
    unit: "",
    least: 1,
    most: SEQUENCES.most,
    default: 8,
};
