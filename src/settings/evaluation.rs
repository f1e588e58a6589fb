//! The settings of an evaluation, each once. Grids are those of the solver.

use super::{CORRELATION_LENGTH, LEAD, MOST_FRAMES, SIDE, Setting, Span};
use crate::grid::Shape;

/// Of most parts.
pub const BOX: Shape = Shape::cube(SIDE.default);

/// Of the parts in which finite size matters.
pub const LARGE_BOX: Shape = Shape::cube(128);

/// Of the parts that count runs.
const RUNS: Setting<usize> = Setting { name: "", help: "", unit: "", least: 1, most: 10_000, default: 1 };

/// Of the parts that count frames.
const FRAMES: Setting<usize> =
    Setting { name: "", help: "", unit: "", least: 1, most: MOST_FRAMES as usize, default: 100 };

/// In boxes of noise.
pub const BOXES_RUNS: Setting<usize> = Setting {
    name: "number of runs in boxes of noise",
    help: "Boxes of noise: runs, each from noise of its own",
    default: 16,
    ..RUNS
};

/// In boxes of noise.
pub const BOXES_FRAMES: Setting<usize> = Setting {
    name: "number of frames in boxes of noise",
    help: "Boxes of noise: frames per run",
    default: 300,
    ..FRAMES
};

/// In larger boxes.
pub const LARGE_RUNS: Setting<usize> =
    Setting { name: "number of runs in larger boxes", help: "Larger boxes: runs", default: 3, ..RUNS };

/// In larger boxes.
pub const LARGE_FRAMES: Setting<usize> =
    Setting { name: "number of frames in larger boxes", help: "Larger boxes: frames per run", default: 300, ..FRAMES };

/// Of fields unlike the training data.
pub const SHAPES_FRAMES: Setting<usize> = Setting {
    name: "number of frames of fields unlike the training data",
    help: "Fields unlike the training data: frames",
    ..FRAMES
};

/// Of led networks.
pub const LED_FRAMES: Setting<usize> =
    Setting { name: "number of frames of led networks", help: "Led networks: frames", default: 50, ..FRAMES };

/// [`LEAD`] of one of the networks.
pub const LED_LEAD: Setting<usize> =
    Setting { help: "Led networks: frames for which each of them follows the solver", ..LEAD };

/// [`LED_LEAD`] of all of them.
pub const LED_LEADS: [usize; 4] = [0, 3, 5, 8];

/// Of the network alone.
pub const LONG_RUNS: Setting<usize> =
    Setting { name: "number of long runs", help: "Long runs: how many of the network", default: 4, ..RUNS };

/// Of network and solver alone.
pub const LONG_FRAMES: Setting<usize> =
    Setting { name: "number of frames of long runs", help: "Long runs: frames per run", default: 10_000, ..FRAMES };

/// Of the solver alone.
pub const LONG_SOLVER_RUNS: Setting<usize> = Setting {
    name: "number of long runs of the solver",
    help: "Long runs: how many of the initial fields the solver runs from, too",
    least: 0,
    default: 4,
    ..RUNS
};

/// Of the network.
pub const EXPONENT_RUNS: Setting<usize> =
    Setting { name: "number of runs for the exponent", help: "Exponent: runs of the network", default: 10, ..RUNS };

/// Of the solver.
pub const EXPONENT_SOLVER_RUNS: Setting<usize> = Setting {
    name: "number of runs of the solver for the exponent",
    help: "Exponent: how many of the initial fields the solver runs from, too",
    least: 0,
    default: 2,
    ..RUNS
};

/// [`CORRELATION_LENGTH`] of the initial noise.
pub const EXPONENT_CORRELATION: Setting<f64> =
    Setting { help: "Exponent: correlation length of the initial noise", default: 4.0, ..CORRELATION_LENGTH };

/// Of the fit.
pub const EXPONENT_WINDOW: Setting<Span> = Setting {
    name: "window of the exponent",
    help: "Exponent: first and last frame of the fit",
    unit: "frames",
    least: Span::point(1.0),
    most: Span::point(MOST_FRAMES),
    default: Span::new(100.0, 1000.0),
};

/// In which a frame is timed.
pub const COST_BOXES: [Shape; 5] =
    [Shape::cube(32), Shape::cube(48), Shape::cube(64), Shape::cube(96), Shape::cube(128)];

/// In each of these boxes.
pub const COST_FRAMES: Setting<usize> = Setting {
    name: "number of frames timed",
    help: "Cost: frames per box, the first of which is not timed",
    least: 2,
    default: 6,
    ..FRAMES
};

/// Of the front of error against cost.
pub const FRONT_FRAME: Setting<usize> =
    Setting { name: "frame of the front", help: "Error against cost: frames at which both are taken", ..FRAMES };

/// All of them.
pub const FRONT_FRAMES: [usize; 5] = [10, 50, 100, 300, 1000];
