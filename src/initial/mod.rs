//! Where a run starts: noise, shapes, meshes and field files.
//!
//! [`Initial`] says which, [`InitialOptions`] how, and [`Initial::build`] makes the field. Both are
//! recorded with a run, and the same two always make the same field.

mod crop;
mod fbm;
mod file;
mod fraction;
mod inside;
mod lattice;
mod mesh;
mod nearest;
mod noise;
mod options;
mod parts;
pub mod pfhub;
mod placement;
mod segmentation;
mod shapes;
mod shells;

pub use crop::Crop;
pub use file::file_shape;
pub use mesh::{placed_distance, signed_distance};
pub use options::{InitialOptions, NoiseGenerator, NoiseParameters, ShapeParameters};
pub use placement::Placement;

use crate::{
    equation::Equation,
    field::{Field, FieldError},
    formats::{FormatError, field::FieldFormat, mesh::MeshFormat, one_line, path_text, shown},
    grid::{Grid, GridError, Shape},
    settings::SettingError,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{
    ffi::OsStr,
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};
use thiserror::Error;

/// What [`NoiseParameters::fbm`] is called beside the presets.
const FBM: &str = "fbm";

/// Why there is no initial field.
#[derive(Debug, Error)]
pub enum InitialError {
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error(transparent)]
    Field(#[from] FieldError),
    #[error(transparent)]
    Grid(#[from] GridError),
    #[error(transparent)]
    Setting(#[from] SettingError),
    #[error(
        "“{name}” is neither an initial condition ({presets}) nor a field (.npy, .vti, .tif) nor a mesh (.ply, .obj, .stl)",
        name = one_line(.name),
        presets = .presets.join(", ")
    )]
    Unknown { name: String, presets: Vec<&'static str> },
    #[error(
        "“{FBM}” is “noise” with parameters that a file has to list: write “noise”, and in its options noise = \
         {{ correlation_length = {}, octaves = {}, generator = \"permutation\" }}",
        NoiseParameters::fbm().correlation_length,
        NoiseParameters::fbm().octaves
    )]
    Fbm,
    #[cfg(not(feature = "bunny"))]
    #[error(
        "this program was built without the Stanford bunny, because of the bunny's terms of use: give a mesh of your own \
         (.ply, .obj, .stl), or build the program with its feature `bunny`"
    )]
    WithoutBunny,
    #[error(
        "the values in {} reach {extreme}, too far from the phases −1 and 1: rescale them to φ in [-1, 1], or to c in \
         [0, 1] and ask for concentrations",
        shown(path)
    )]
    Range { path: PathBuf, extreme: f32 },
    #[error(
        "{} holds more than two different integers, from {low} to {high}, which are neither two phases nor {numbers}: \
         segment it to two values first, or save it as real numbers",
        shown(path)
    )]
    Integers { path: PathBuf, low: f32, high: f32, numbers: &'static str },
    #[error("{} holds the integer {value} alone: two different ones are needed, one for each phase", shown(path))]
    OnePhase { path: PathBuf, value: f32 },
    #[error(
        "the nodes of {} lie {}, {} and {} apart along x, y and z: resample it to a grid of nodes equally far apart",
        shown(path), .spacing[0], .spacing[1], .spacing[2]
    )]
    Uneven { path: PathBuf, spacing: [f64; 3] },
    #[error(
        "{} has {found} nodes and cannot be resampled to {wanted}: crop it to one node along an axis to make a plane of it",
        shown(path)
    )]
    Flattened { path: PathBuf, found: Shape, wanted: Shape },
    #[error("“{0}” is not a part of a box: write the first node and the end along each axis, such as 10:74,0:64,32:96")]
    UnreadableCrop(String),
    #[error("the part {crop} is empty or does not lie within the {shape} nodes of the field file")]
    OutsideFile { crop: String, shape: Shape },
    #[error("the mesh {name} encloses no node of a {grid} grid: close it, thicken it or use a finer grid")]
    Hollow { name: String, grid: Grid },
    #[error(
        "the mesh {name} has too many triangles over one another for a {grid} grid to tell them apart: unite its bodies, \
         delete what lies within them, or simplify it first"
    )]
    Tangled { name: String, grid: Grid },
    #[error(
        "the mesh {name} reaches across {images} images of the {grid} box, too many to be cut at its faces: make it \
         smaller, turn it along the box, or take a wider box"
    )]
    Sprawling { name: String, images: u64, grid: Grid },
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
    /// White noise about the mean, evenly distributed. It changes from node to node, faster than anything that networks
    /// are usually trained on.
    WhiteNoise,
    /// A uniform field that fluctuates in a layer about its centre.
    Slice,
    /// A sphere.
    Sphere,
    /// Two spheres that touch.
    Droplets,
    /// A cylinder whose radius undulates.
    Column,
    /// An undulated slab.
    Slab,
    /// A film with rough faces.
    Film,
    /// A gyroid.
    Gyroid,
    /// The Stanford bunny.
    #[cfg(feature = "bunny")]
    Bunny,
    /// Benchmark 1a of PFHub, in a square.
    Pfhub1a,
    /// A triangle mesh: `.ply`, `.obj` or `.stl`.
    Mesh(PathBuf),
    /// A field: `.npy`, of a series its last frame; `.vti`; or a stack of grey images, `.tif`. One of integers or truth
    /// values with two different ones is a segmented image: the smaller is the phase −1, the larger the phase +1.
    File(PathBuf),
}

impl Initial {
    /// The presets by name.
    pub fn presets() -> Vec<(&'static str, Self)> {
        vec![
            ("noise", Self::Noise),
            ("white-noise", Self::WhiteNoise),
            ("slice", Self::Slice),
            ("sphere", Self::Sphere),
            ("droplets", Self::Droplets),
            ("column", Self::Column),
            ("slab", Self::Slab),
            ("film", Self::Film),
            ("gyroid", Self::Gyroid),
            #[cfg(feature = "bunny")]
            ("bunny", Self::Bunny),
            ("pfhub-1a", Self::Pfhub1a),
        ]
    }

    /// The names of the presets.
    pub fn names() -> Vec<&'static str> {
        Self::presets().into_iter().map(|(name, _)| name).collect()
    }

    /// Understands the name of a preset or the path of a file, which need not exist yet.
    ///
    /// # Errors
    /// When `text` is neither.
    pub fn parse(text: &str) -> Result<Self, InitialError> {
        Self::preset(text)?.map_or_else(|| Self::of_file(Path::new(text)), Ok)
    }

    /// The preset of this name, if it is one.
    fn preset(name: &str) -> Result<Option<Self>, InitialError> {
        #[cfg(not(feature = "bunny"))]
        if name == "bunny" {
            return Err(InitialError::WithoutBunny);
        }
        if name == FBM {
            return Err(InitialError::Fbm);
        }
        // What white noise was called before.
        let name = if name == "uniform" { "white-noise" } else { name };
        Ok(Self::presets().into_iter().find_map(|(known, preset)| (known == name).then_some(preset)))
    }

    /// The path of a file, by its extension.
    fn of_file(path: &Path) -> Result<Self, InitialError> {
        if MeshFormat::of(path).is_some_and(MeshFormat::is_readable) {
            Ok(Self::Mesh(path.to_owned()))
        } else if FieldFormat::of(path).is_some() {
            Ok(Self::File(path.to_owned()))
        } else {
            Err(InitialError::Unknown { name: path.display().to_string(), presets: Self::names() })
        }
    }

    /// Understands what [`Initial::parse`] does, and `fbm`: fractional Brownian motion, which is `noise` with
    /// parameters of its own ([`NoiseParameters::fbm`]). All else has the usual ones. The path of a file need not be
    /// Unicode.
    ///
    /// # Errors
    /// As [`Initial::parse`].
    pub fn with_noise(text: impl AsRef<OsStr>) -> Result<(Self, NoiseParameters), InitialError> {
        let text = text.as_ref();
        if text == FBM {
            return Ok((Self::Noise, NoiseParameters::fbm()));
        }
        let parsed = text.to_str().map_or_else(|| Self::of_file(Path::new(text)), Self::parse);
        let initial = parsed.map_err(|error| match error {
            InitialError::Unknown { name, mut presets } => {
                presets.push(FBM);
                InitialError::Unknown { name, presets }
            }
            other => other,
        })?;
        Ok((initial, NoiseParameters::default()))
    }

    /// Makes the field.
    ///
    /// # Errors
    /// When an option is out of bounds, a file is unusable, or the volume fraction is out of reach.
    pub fn build(&self, options: &InitialOptions) -> Result<Field, InitialError> {
        options.validate_for(self)?;
        let shifted = |phi| shifted(phi, options.grid(), options);
        let distances = match self {
            Self::Sphere => shapes::sphere(options),
            Self::Droplets => shapes::droplets(options),
            Self::Column => shapes::column(options),
            Self::Slab => shapes::slab(options),
            Self::Film => shapes::film(options),
            Self::Gyroid => shapes::gyroid(options),
            #[cfg(feature = "bunny")]
            Self::Bunny => mesh::bunny(options)?,
            Self::Mesh(path) => mesh::file(path, options)?,
            Self::Noise => return shifted(noise::perlin(options)),
            Self::WhiteNoise => return shifted(noise::white(options)),
            Self::Slice => return shifted(noise::slice(options)),
            Self::Pfhub1a => return shifted(pfhub::start(options)),
            Self::File(path) => return file::build(path, options),
        };
        let phi = fraction::profile(&distances, options.epsilon, options.volume_fraction)?;
        Ok(Field::from_values(options.grid(), phi)?)
    }

    /// Its file, if it has one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Mesh(path) | Self::File(path) => Some(path),
            _ => None,
        }
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

    /// The time per frame that this preset is to be run with on a grid, if it asks for one: a unit of the benchmark's
    /// time.
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
        Self::preset(&text)?.map_or_else(|| Self::of_file(&path_text::of_text(&text)), Ok)
    }
}

impl From<Initial> for String {
    fn from(initial: Initial) -> Self {
        initial.path().map_or_else(|| initial.to_string(), path_text::to_text)
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
