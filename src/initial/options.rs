//! What an initial condition can be asked for.

use super::{Crop, Initial, InitialError};
use crate::grid::{Grid, MIN_SIDE, Shape};
use serde::{Deserialize, Serialize};

/// Most nodes along a side of a grid that is made.
pub const MAX_SIDE: usize = 8192;

/// Most nodes of a grid that is made: 1024³ values fill 4 GiB.
pub const MAX_NODES: usize = 1 << 30;

/// Parameters of all initial conditions; each uses those that concern it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InitialOptions {
    /// Nodes along the axes; a field file sets its own, unless it is resampled.
    #[serde(alias = "size")]
    pub grid: Shape,
    /// Seed of everything random: the same seed gives the same field.
    pub seed: u64,
    /// Interface width ε in grid units, for the profile tanh(3d/ε) of shapes and meshes.
    pub epsilon: f64,
    /// Volume fraction of the phase +1 that the run is to keep: the mean of c = (φ + 1)/2, which both
    /// evolutions conserve. Shapes and meshes grow or shrink to reach it, other fields are shifted.
    pub volume_fraction: Option<f64>,
    /// For `noise` and `slice`, and for the faces of `film`.
    pub noise: NoiseParameters,
    /// For `white-noise`: the largest deviation from the mean, white noise evenly distributed.
    pub fluctuation: f64,
    /// For the shapes.
    pub shape: ShapeParameters,
    /// For meshes: free space between mesh and box as a fraction of the box's side.
    pub margin: f64,
    /// For field files: whether they hold c ∈ [0, 1] rather than φ.
    pub concentration: bool,
    /// For field files: the part to take.
    pub crop: Option<Crop>,
    /// For field files: whether to stretch what is taken over all of `grid`. Numbers are interpolated in their profile
    /// ([`Field::resampled`](crate::field::Field::resampled)), segmented images in the distance from their interface.
    pub resample: bool,
}

impl Default for InitialOptions {
    fn default() -> Self {
        Self {
            grid: Shape::cube(64),
            seed: 0,
            epsilon: 3.0,
            volume_fraction: None,
            noise: NoiseParameters::default(),
            fluctuation: 0.05,
            shape: ShapeParameters::default(),
            margin: 0.1,
            concentration: false,
            crop: None,
            resample: false,
        }
    }
}

/// Periodic Perlin noise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoiseParameters {
    /// Side of a lattice cell in grid units, rounded so that a whole number of cells fits into the box.
    pub correlation_length: f64,
    /// How many noises are added, each with half the correlation length of the one before.
    pub octaves: u32,
    /// How the gradients are drawn.
    pub generator: NoiseGenerator,
    /// Hurst's exponent H of [`NoiseGenerator::Permutation`]: each octave has 2^−H times the amplitude of the one before.
    /// With [`NoiseGenerator::Drawn`] it has half of it.
    pub hurst: f64,
    /// Mean of φ.
    pub mean: f64,
    /// Largest deviation of φ from its mean.
    pub amplitude: f64,
}

impl Default for NoiseParameters {
    fn default() -> Self {
        Self {
            correlation_length: 8.0,
            octaves: 1,
            generator: NoiseGenerator::Drawn,
            hurst: 1.0,
            mean: 0.0,
            amplitude: 1.0,
        }
    }
}

impl NoiseParameters {
    /// Fractional Brownian motion: Perlin's own generator in five octaves, the widest with cells of 32 grid units.
    pub fn fbm() -> Self {
        Self { correlation_length: 32.0, octaves: 5, generator: NoiseGenerator::Permutation, ..Self::default() }
    }
}

/// Where the gradients of Perlin noise come from. It is recorded with a run: the two make different fields of one seed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoiseGenerator {
    /// A direction out of all of them, drawn for every node of the lattice.
    #[default]
    Drawn,
    /// One of Perlin's twelve directions, by his permutation table.
    Permutation,
}

/// Geometry of the shapes; lengths are fractions of the box's side across which they are measured, of the shortest side
/// where they are measured across several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShapeParameters {
    /// Radius of the sphere.
    pub radius: f64,
    /// Thickness of the slab and of the film, across axis 2 (in a plane, across its second axis).
    pub thickness: f64,
    /// Amplitude of the slab's undulation along axes 0 and 1.
    pub undulation: f64,
    /// Waves of that undulation per side of the box.
    pub waves: u32,
    /// Largest height of the film's faces above their mean; the noise says how far apart the hills are.
    pub roughness: f64,
    /// Unit cells of the gyroid along the shortest side of the box; as many as fit about as large along the others.
    pub periods: u32,
    /// Thickness of the layer, across axis 2 (in a plane, across its second axis), in which `slice` fluctuates.
    pub layer: f64,
}

impl Default for ShapeParameters {
    fn default() -> Self {
        Self { radius: 0.3, thickness: 0.4, undulation: 0.05, waves: 2, roughness: 0.05, periods: 2, layer: 0.25 }
    }
}

impl InitialOptions {
    /// The nodes of the field, one grid unit apart.
    pub fn grid(&self) -> Grid {
        self.grid.into()
    }

    /// Checks every number against what it means; those of waves and periods against the grid only if `initial` uses them.
    ///
    /// # Errors
    /// Names the option at fault and its bounds.
    pub fn validate_for(&self, initial: &Initial) -> Result<(), InitialError> {
        // First, for what cannot be counted.
        self.grid().check()?;
        let any = f64::INFINITY;
        let (shortest, longest) = (self.grid().shortest_side(), self.grid.0.into_iter().max().unwrap_or(1) as f64);
        let most_waves = if *initial == Initial::Slab { shortest / 2.0 } else { any };
        let most_periods = if *initial == Initial::Gyroid { shortest / 4.0 } else { any };
        let (noise, shape) = (&self.noise, &self.shape);
        let bounds = [
            ("the shortest side of the grid", shortest, MIN_SIDE as f64, MAX_SIDE as f64),
            ("the longest side of the grid", longest, MIN_SIDE as f64, MAX_SIDE as f64),
            ("the number of nodes", self.grid().len() as f64, MIN_SIDE as f64, MAX_NODES as f64),
            ("ε", self.epsilon, 0.1, longest.max(1.0)),
            ("the volume fraction", self.volume_fraction.unwrap_or(0.5), 0.001, 0.999),
            ("the correlation length", noise.correlation_length, 2.0, f64::from(u16::MAX)),
            ("the number of octaves", noise.octaves.into(), 1.0, 8.0),
            ("Hurst's exponent", noise.hurst, 0.0, 1.0),
            ("the mean of the noise", noise.mean, -1.0, 1.0),
            ("the amplitude of the noise", noise.amplitude, 0.0, 2.0),
            ("the fluctuation", self.fluctuation, 0.0, 2.0),
            ("the radius", shape.radius, 0.01, 0.5),
            ("the thickness", shape.thickness, 0.01, 0.99),
            ("the undulation", shape.undulation, 0.0, 0.5),
            ("the number of waves", shape.waves.into(), 0.0, most_waves),
            ("the roughness", shape.roughness, 0.0, 0.5),
            ("the number of periods", shape.periods.into(), 1.0, most_periods),
            ("the thickness of the layer", shape.layer, 0.01, 1.0),
            ("the margin", self.margin, 0.0, 0.45),
        ];
        match bounds.into_iter().find(|(_, value, low, high)| !(low..=high).contains(&value)) {
            Some((name, value, low, high)) => Err(InitialError::OutOfBounds { name, value, low, high }),
            None => Ok(()),
        }
    }
}
