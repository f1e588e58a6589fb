//! The settings of a run, each once. Lengths are in grid units, the distance between nodes of the solver.

use super::Setting;
use crate::{grid::MIN_SIDE, threads};

/// Of the grid; 1 node along a side means that nothing varies along it.
pub const SIDE: Setting<usize> = Setting {
    name: "longest side of the grid",
    help: "Nodes along the longest side of the grid",
    unit: "nodes",
    least: MIN_SIDE,
    most: 8192,
    default: 64,
};

/// Of the grid: at most, φ takes up 4 GiB.
pub const NODES: Setting<usize> = Setting {
    name: "number of nodes",
    help: "Total number of nodes of the grid",
    unit: "",
    least: MIN_SIDE,
    most: 1 << 30,
    default: SIDE.default.pow(3),
};

/// Of the nodes of a field in a file. Coordinates are written as f32, which would hold neither less nor more.
pub const SPACING: Setting<f64> = Setting {
    name: "spacing",
    help: "Distance between nodes in grid units: 2 for a network's field",
    unit: "",
    least: 1e-6,
    most: 1e6,
    default: 1.0,
};

/// Counted in lengths of the lattice.
const GRID_UNITS: &str = "grid units";

/// ε of the equation.
pub const EPSILON: Setting<f64> = Setting {
    name: "interface width ε",
    help: "Width ε of the interface; a network is only good for the one it was trained on",
    unit: GRID_UNITS,
    least: 0.1,
    most: SIDE.most as f64,
    default: 3.0,
};

/// M of the equation.
pub const MOBILITY: Setting<f64> = Setting {
    name: "mobility",
    help: "Mobility M, which sets the time scale",
    unit: "",
    least: 1e-9,
    most: 1e9,
    default: 1.0,
};

/// Δt of schemes with equal steps. The default was inferred: with 400 steps it makes a frame one time unit.
pub const TIME_STEP: Setting<f64> = Setting {
    name: "time step",
    help: "Time step of schemes with equal steps; the explicit scheme refuses steps beyond its stability limit",
    unit: "",
    least: 1e-9,
    most: 1e6,
    default: 0.0025,
};

/// Steps of the solver between two frames.
pub const STEPS_PER_FRAME: Setting<usize> = Setting {
    name: "number of steps per frame",
    help: "Solver steps per frame; a frame is one step of the network, which is only good for the time it was trained on",
    unit: "",
    least: 1,
    most: 100_000_000,
    default: 400,
};

/// Of the adaptive scheme. With the default, the error of a run is far below that of networks; f32 cannot resolve less
/// than the smallest.
pub const TOLERANCE: Setting<f64> = Setting {
    name: "tolerance",
    help: "Largest RMS error of a step of the adaptive scheme, relative to the RMS of φ",
    unit: "",
    least: 1e-7,
    most: 0.5,
    default: 1e-3,
};

/// A network has one of every so many nodes of the solver, along each axis.
pub const COARSENING: Setting<usize> = Setting {
    name: "coarsening",
    help: "The network's grid keeps every 1st or 2nd node of the solver's",
    unit: "",
    least: 1,
    most: 2,
    default: 2,
};

/// Frames that a network follows the solver.
pub const LEAD: Setting<usize> = Setting {
    name: "lead",
    help: "Let networks follow the solver up to this frame and start from its field",
    unit: "frames",
    least: 0,
    most: 1_000_000,
    default: 0,
};

/// Of a network. Far beyond use, the bounds of this and [`LAYERS`] keep a damaged file from asking for all memory.
pub const CHANNELS: Setting<usize> = Setting {
    name: "number of channels",
    help: "Hidden channels C of each cell",
    unit: "",
    least: 1,
    most: 64,
    default: 10,
};

/// Of a network.
pub const LAYERS: Setting<usize> =
    Setting { name: "number of layers", help: "Stacked cells", unit: "", least: 1, most: 8, default: 2 };

/// Mean of c, which both evolutions of Cahn–Hilliard conserve.
pub const VOLUME_FRACTION: Setting<f64> = Setting {
    name: "volume fraction",
    help: "Mean of c = (φ + 1)/2, the volume fraction of the phase φ = 1 once the phases have separated: shapes grow or \
           shrink to it, other fields are shifted",
    unit: "",
    least: 0.001,
    most: 0.999,
    default: 0.5,
};

/// Size of a cell of Perlin noise.
pub const CORRELATION_LENGTH: Setting<f64> = Setting {
    name: "correlation length",
    help: "Size of the features of noise, slice and film, rounded so that the noise is periodic",
    unit: GRID_UNITS,
    least: 2.0,
    most: 1e4,
    default: 8.0,
};

/// Noises that are added.
pub const OCTAVES: Setting<u32> = Setting {
    name: "number of octaves",
    help: "How many octaves of noise are added, each with half the correlation length of the one before",
    unit: "",
    least: 1,
    most: 8,
    default: 1,
};

/// H of fractional Brownian motion.
pub const HURST: Setting<f64> = Setting {
    name: "Hurst exponent",
    help: "Hurst exponent H of the generator permutation: each octave has 2^−H times the amplitude of the one before",
    unit: "",
    least: 0.0,
    most: 1.0,
    default: 1.0,
};

/// Mean of noise and slice.
pub const MEAN: Setting<f64> = Setting {
    name: "mean of the noise",
    help: "Mean of φ in noise, white-noise and slice; −1 and 1 are the pure phases",
    unit: "",
    least: -1.0,
    most: 1.0,
    default: 0.0,
};

/// Peak of Perlin noise.
pub const AMPLITUDE: Setting<f64> = Setting {
    name: "amplitude of the noise",
    help: "Largest deviation of φ from its mean in noise and slice",
    unit: "",
    least: 0.0,
    most: 2.0,
    default: 1.0,
};

/// Peak of white noise.
pub const FLUCTUATION: Setting<f64> = Setting {
    name: "fluctuation",
    help: "Largest deviation of φ from its mean in white-noise, uniformly distributed",
    unit: "",
    least: 0.0,
    most: 2.0,
    default: 0.05,
};

/// Counted in sides of the box across which a length is measured, the shortest where there are several.
const SIDES: &str = "sides of the box";

/// Of sphere, droplets and column.
pub const RADIUS: Setting<f64> = Setting {
    name: "radius",
    help: "Radius of sphere, droplets and column",
    unit: SIDES,
    least: 0.01,
    most: 0.5,
    default: 0.3,
};

/// Of slab and film.
pub const THICKNESS: Setting<f64> = Setting {
    name: "thickness",
    help: "Thickness of slab and film",
    unit: SIDES,
    least: 0.01,
    most: 0.99,
    default: 0.4,
};

/// Of slab and column.
pub const UNDULATION: Setting<f64> = Setting {
    name: "undulation",
    help: "Amplitude of the undulation of slab and column",
    unit: SIDES,
    least: 0.0,
    most: 0.5,
    default: 0.05,
};

/// Of slab and column; two nodes resolve no more than one.
pub const WAVES: Setting<u32> = Setting {
    name: "number of waves",
    help: "Waves of the undulation of slab and column per side of the box",
    unit: "",
    least: 0,
    most: SIDE.most as u32 / 2,
    default: 2,
};

/// Of the film.
pub const ROUGHNESS: Setting<f64> = Setting {
    name: "roughness",
    help: "Largest height of the film's faces above their mean",
    unit: SIDES,
    least: 0.0,
    most: 0.5,
    default: 0.05,
};

/// Of the gyroid; four nodes resolve no more than one.
pub const PERIODS: Setting<u32> = Setting {
    name: "number of periods",
    help: "Unit cells of the gyroid along the shortest side of the box",
    unit: "",
    least: 1,
    most: SIDE.most as u32 / 4,
    default: 2,
};

/// Of the slice.
pub const LAYER: Setting<f64> = Setting {
    name: "thickness of the layer",
    help: "Thickness of the layer in which slice fluctuates",
    unit: SIDES,
    least: 0.01,
    most: 1.0,
    default: 0.25,
};

/// Around meshes.
pub const MARGIN: Setting<f64> = Setting {
    name: "margin",
    help: "Free space between a mesh and the box",
    unit: SIDES,
    least: 0.0,
    most: 0.45,
    default: 0.1,
};

/// Of a mesh in the box.
pub const CENTRE: Setting<f64> = Setting {
    name: "centre",
    help: "Where the centre of a mesh is along an axis",
    unit: SIDES,
    least: 0.0,
    most: 1.0,
    default: 0.5,
};

/// Of a mesh in the box.
pub const MESH_SIZE: Setting<f64> = Setting {
    name: "size",
    help: "Size of a mesh, as a factor on the largest that fits into the box with its margin",
    unit: "",
    least: 0.05,
    most: 2.0,
    default: 1.0,
};

/// Of a mesh in the box.
pub const TURN: Setting<f64> = Setting {
    name: "turn",
    help: "Angle by which a mesh is turned about an axis through its centre: about x first, then y, then z",
    unit: "degrees",
    least: -180.0,
    most: 180.0,
    default: 0.0,
};

/// A part of a whole.
pub(super) const SHARE: Setting<f64> = Setting { name: "", help: "", unit: "", least: 0.0, most: 1.0, default: 0.0 };

/// Of a run.
pub const FRAMES: Setting<usize> = Setting {
    name: "number of frames",
    help: "Frames to compute after the initial field",
    unit: "",
    least: 0,
    most: 1_000_000,
    default: 50,
};

/// Of a series of frames.
pub const FRAME_TIME: Setting<f64> = Setting {
    name: "time from one frame to the next",
    help: "Time from one frame to the next",
    unit: "",
    least: 1e-12,
    most: 1e12,
    default: 1.0,
};

/// Of a computation.
pub const THREADS: Setting<usize> = Setting {
    name: "number of threads",
    help: "Threads that compute",
    unit: "",
    least: 1,
    most: threads::MOST,
    default: 1,
};

/// Largest number of frames.
pub(super) const MOST_FRAMES: f64 = FRAMES.most as f64;
