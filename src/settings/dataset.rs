//! The settings of a dataset, each once.

use super::{AMPLITUDE, CORRELATION_LENGTH, FLUCTUATION, MOST_FRAMES, ROUGHNESS, SHARE, SIDE, Setting, Span};

/// Of a dataset.
pub const SEQUENCES: Setting<usize> = Setting {
    name: "number of sequences",
    help: "Number of sequences; a finished dataset may be extended by a larger number",
    unit: "",
    least: 1,
    most: 1_000_000,
    default: 300,
};

/// Of a sequence.
pub const FRAMES: Setting<Span> = Setting {
    name: "number of frames",
    help: "Frames per sequence, the first one included; drawn from a span, each octave being equally likely",
    unit: "",
    least: Span::point(2.0),
    most: Span::point(MOST_FRAMES),
    default: Span::point(120.0),
};

/// [`CORRELATION_LENGTH`] of the noise of sequences.
pub const CORRELATION_LENGTHS: Setting<Span> = Setting {
    name: CORRELATION_LENGTH.name,
    help: "Correlation length of the noise",
    unit: CORRELATION_LENGTH.unit,
    least: Span::point(CORRELATION_LENGTH.least),
    most: Span::point(CORRELATION_LENGTH.most),
    default: Span::new(4.0, 16.0),
};

/// [`AMPLITUDE`] of the noise of sequences.
pub const AMPLITUDES: Setting<Span> = Setting {
    name: AMPLITUDE.name,
    help: "Largest deviation of φ from its mean",
    unit: AMPLITUDE.unit,
    least: Span::point(AMPLITUDE.least),
    most: Span::point(AMPLITUDE.most),
    default: Span::new(0.5, 1.5),
};

/// Of the mean of φ.
pub const MEAN_DEVIATION: Setting<f64> = Setting {
    name: "mean deviation",
    help: "Standard deviation over sequences of the mean of φ",
    unit: "",
    least: 0.0,
    most: 0.5,
    default: 0.2,
};

/// Of sequences.
pub const LATE_SHARE: Setting<f64> = Setting {
    name: "late share",
    help: "Share of the sequences that start late in the evolution",
    default: 0.25,
    ..SHARE
};

/// After the start of the evolution.
pub const LATE_FRAMES: Setting<Span> = Setting {
    name: "number of late frames",
    help: "How many frames later they start",
    unit: "",
    least: Span::point(0.0),
    most: Span::point(MOST_FRAMES),
    default: Span::new(1.0, 200.0),
};

/// Of sequences.
pub const FILM_SHARE: Setting<f64> = Setting {
    name: "film share",
    help: "Share of the sequences that start from a film with rough faces, as in old microstructures: layers that are nearly \
           flat and lie anywhere between the nodes",
    ..SHARE
};

/// [`ROUGHNESS`] of films in grid units, at most half the side of the smallest box.
pub const FILM_ROUGHNESS: Setting<Span> = Setting {
    name: "film roughness",
    help: "Largest height of these faces above their mean",
    unit: CORRELATION_LENGTH.unit,
    least: Span::point(0.0),
    most: Span::point(ROUGHNESS.most * SIDE.most as f64),
    default: Span::new(0.5, 4.0),
};

/// Of films: of two nodes at least.
pub const FILM_HILLS: Setting<Span> = Setting {
    name: "number of film hills",
    help: "Hills per side of these faces, whole numbers: the fewer, the more slowly they flatten",
    unit: "",
    least: Span::point(1.0),
    most: Span::point(SIDE.most as f64 / 2.0),
    default: Span::new(2.0, 4.0),
};

/// Of sequences.
pub const SLICE_SHARE: Setting<f64> = Setting {
    name: "slice share",
    help: "Share of the sequences that start from noise in a layer of a uniform field, into which it spreads; the layer takes \
           up 0.1 to 0.5 of the box",
    ..SHARE
};

/// Of sequences.
pub const QUENCH_SHARE: Setting<f64> = Setting {
    name: "quench share",
    help: "Share of the sequences that start from white noise, as after a quench out of the mixed state",
    ..SHARE
};

/// [`FLUCTUATION`] of the noise of sequences.
pub const QUENCH_FLUCTUATION: Setting<Span> = Setting {
    name: "quench fluctuation",
    help: "Largest deviation of that noise from its mean; drawn from a span, each octave being equally likely",
    unit: FLUCTUATION.unit,
    least: Span::point(1e-3),
    most: Span::point(FLUCTUATION.most),
    default: Span::new(0.02, 1.0),
};

/// Of sequences.
pub const VALIDATION_SHARE: Setting<f64> =
    Setting { name: "validation share", help: "Share of the sequences kept for validation", default: 0.3, ..SHARE };
