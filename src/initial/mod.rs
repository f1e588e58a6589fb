//! Where a run starts: noise, shapes, meshes and field files.
//!
//! [`Initial`] says which, [`InitialOptions`] how, and [`Initial::build`] makes the field. Both are
//! recorded with a run, and the same two always make the same field.

mod fraction;
mod inside;
mod mesh;
mod noise;
mod options;
pub mod pfhub;
mod shapes;
mod shells;

pub use mesh::signed_distance;
pub use options::{InitialOptions, MAX_NODES, MAX_SIDE, NoiseParameters, ShapeParameters};

use crate::{
    equation::Equation,
    field::{Field, FieldError},
    formats::{FormatError, mesh::MeshFormat, npy},
    grid::{Grid, GridError, Shape},
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};
use thiserror::Error;

/// Why there is no initial field.
#[derive(Debug, Error)]
pub enum InitialError {
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error(transparent)]
    Field(#[from] FieldError),
    #[error(transparent)]
    Grid(#[from] GridError),
    #[error("{name} must lie between {low} and {high}, but is {value}")]
    OutOfBounds { name: &'static str, value: f64, low: f64, high: f64 },
    #[error(
        "“{0}” is neither an initial condition ({presets}) nor a .npy, .ply, .obj or .stl file",
        presets = Initial::presets().map(|(name, _)| name).join(", ")
    )]
    Unknown(String),
    #[error(
        "the values in {} reach {extreme}, too far from the phases −1 and 1: rescale them to φ in [-1, 1], or to c in \
         [0, 1] and ask for concentrations", .path.display()
    )]
    Range { path: PathBuf, extreme: f32 },
    #[error("the mesh {name} encloses no node of a {grid} grid: close it, thicken it or use a finer grid")]
    Hollow { name: String, grid: Grid },
    #[error("the mesh {name} needs a box in three dimensions, not one of {grid}")]
    FlatBox { name: String, grid: Grid },
    #[error("the mesh {name} has no extent")]
    Flat { name: String },
    #[error("a volume fraction of {target} cannot be reached: the nearest is {reached:.3}")]
    Fraction { target: f64, reached: f64 },
}

/// Kinds of initial conditions. Text form: the name of a preset, or the path of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Initial {
    /// Periodic Perlin noise.
    Noise,
    /// White noise about the mean, evenly distributed. It changes from node to node, faster than anything that networks are
    /// usually trained on.
    WhiteNoise,
    /// A uniform field that fluctuates in a layer about its centre.
    Slice,
    /// A sphere.
    Sphere,
    /// An undulated slab.
    Slab,
    /// A film with rough faces.
    Film,
    /// A gyroid.
    Gyroid,
    /// The Stanford bunny.
    Bunny,
    /// Benchmark 1a of PFHub, in a square.
    Pfhub1a,
    /// A triangle mesh: `.ply`, `.obj` or `.stl`.
    Mesh(PathBuf),
    /// A field: `.npy`; of a series, its last frame.
    File(PathBuf),
}

impl Initial {
    /// The presets by name.
    pub fn presets() -> [(&'static str, Self); 9] {
        [
            ("noise", Self::Noise),
            ("white-noise", Self::WhiteNoise),
            ("slice", Self::Slice),
            ("sphere", Self::Sphere),
            ("slab", Self::Slab),
            ("film", Self::Film),
            ("gyroid", Self::Gyroid),
            ("bunny", Self::Bunny),
            ("pfhub-1a", Self::Pfhub1a),
        ]
    }

    /// Understands the name of a preset or the path of a file, which need not exist yet.
    ///
    /// # Errors
    /// When `text` is neither.
    pub fn parse(text: &str) -> Result<Self, InitialError> {
        // What white noise was called before.
        let text = if text == "uniform" { "white-noise" } else { text };
        if let Some((_, preset)) = Self::presets().into_iter().find(|(name, _)| *name == text) {
            return Ok(preset);
        }
        let path = Path::new(text);
        if MeshFormat::of(path).is_some() {
            Ok(Self::Mesh(path.to_owned()))
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("npy")) {
            Ok(Self::File(path.to_owned()))
        } else {
            Err(InitialError::Unknown(text.to_owned()))
        }
    }

    /// Makes the field.
    ///
    /// # Errors
    /// When an option is out of bounds, a file is unusable, or the volume fraction is out of reach.
    pub fn build(&self, options: &InitialOptions) -> Result<Field, InitialError> {
        options.validate_for(self)?;
        let distances = match self {
            Self::Sphere => shapes::sphere(options),
            Self::Slab => shapes::slab(options),
            Self::Film => shapes::film(options),
            Self::Gyroid => shapes::gyroid(options),
            Self::Bunny => mesh::bunny(options)?,
            Self::Mesh(path) => mesh::file(path, options)?,
            Self::Noise => return shifted(noise::perlin(options), options.grid(), options),
            Self::WhiteNoise => return shifted(noise::white(options), options.grid(), options),
            Self::Slice => return shifted(noise::slice(options), options.grid(), options),
            Self::Pfhub1a => return shifted(pfhub::start(options), options.grid(), options),
            Self::File(path) => return file(path, options),
        };
        let phi = fraction::profile(&distances, options.epsilon, options.volume_fraction)?;
        Ok(Field::from_values(options.grid(), phi)?)
    }

    /// The grid that this preset was made for; others may be asked for.
    pub fn usual_shape(&self) -> Shape {
        match self {
            Self::Pfhub1a => Shape([90, 90, 1]),
            _ => InitialOptions::default().grid,
        }
    }

    /// The ε that this preset is to be run at on a grid, in grid units.
    pub fn usual_epsilon(&self, shape: Shape) -> f64 {
        match self {
            Self::Pfhub1a => pfhub::epsilon(shape),
            _ => Equation::default().epsilon,
        }
    }

    /// The time per frame that this preset is to be run with on a grid, if it asks for one: a unit of the benchmark's time.
    pub fn usual_frame_time(&self, shape: Shape) -> Option<f64> {
        match self {
            Self::Pfhub1a => Some(1.0 / pfhub::time_unit(shape)),
            _ => None,
        }
    }
}

impl FromStr for Initial {
    type Err = InitialError;

    fn from_str(text: &str) -> Result<Self, InitialError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Initial {
    type Error = InitialError;

    fn try_from(text: String) -> Result<Self, InitialError> {
        Self::parse(&text)
    }
}

impl From<Initial> for String {
    fn from(initial: Initial) -> Self {
        initial.to_string()
    }
}

impl fmt::Display for Initial {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mesh(path) | Self::File(path) => path.display().fmt(formatter),
            preset => {
                let name = Self::presets().into_iter().find_map(|(name, one)| (one == *preset).then_some(name));
                formatter.write_str(name.unwrap_or_default())
            }
        }
    }
}

/// Reads a field whose values can be an order parameter.
fn file(path: &Path, options: &InitialOptions) -> Result<Field, InitialError> {
    const FARTHEST: f32 = 10.0;
    let field = npy::read_field(path, options.concentration)?;
    let (low, high) = field.range();
    if low < -FARTHEST || high > FARTHEST {
        let extreme = if high > -low { high } else { low };
        return Err(InitialError::Range { path: path.to_owned(), extreme });
    }
    let grid = field.grid();
    shifted(field.into_values(), grid, options)
}

/// A field with the volume fraction asked for, if any.
fn shifted(mut phi: Vec<f32>, grid: Grid, options: &InitialOptions) -> Result<Field, InitialError> {
    if let Some(volume_fraction) = options.volume_fraction {
        fraction::shift_mean(&mut phi, volume_fraction);
    }
    Ok(Field::from_values(grid, phi)?)
}

/// Evaluates `f([x, y, z])` at every node of a grid, in C order, on all cores.
fn grid(nodes: &Grid, f: impl Fn([f64; 3]) -> f64 + Sync) -> Vec<f64> {
    (0..nodes.len()).into_par_iter().map(|index| f(nodes.node(index).map(|c| c as f64))).collect()
}

/// The axis that layers lie across: the last one with more than one node.
fn across(nodes: &Grid) -> usize {
    nodes.shape.iter().rposition(|&side| side > 1).unwrap_or(2)
}
