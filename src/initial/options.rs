//! What an initial condition can be asked for.

use super::{Crop, Initial, InitialError, Placement};
use crate::{
    grid::{Grid, Shape},
    settings::{
        AMPLITUDE, CORRELATION_LENGTH, EPSILON, FLUCTUATION, HURST, LAYER, MARGIN, MEAN, NODES, OCTAVES, PERIODS,
        RADIUS, ROUGHNESS, SIDE, Setting, THICKNESS, UNDULATION, VOLUME_FRACTION, WAVES,
    },
};
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

/// Parameters of all initial conditions; each uses those that concern it.
#[derive(Debug, Clone, PartialEq, Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InitialOptions {
    /// Nodes along the axes; a field file sets its own, unless it is resampled.
    #[arg(skip = Shape::cube(SIDE.default))]
    #[serde(alias = "size")]
    pub grid: Shape,
    /// Seed of everything random in the initial field: the same seed gives the same field
    #[arg(long)]
    pub seed: u64,
    /// Interface width ε, for the profile tanh(3d/ε) of shapes and meshes: see [`EPSILON`].
    #[arg(skip = EPSILON.default)]
    pub epsilon: f64,
    /// Volume fraction of the phase +1 that the run is to keep: see [`VOLUME_FRACTION`].
    #[arg(long, value_name = "FRACTION", help = VOLUME_FRACTION.about(), value_parser = VOLUME_FRACTION.parser())]
    pub volume_fraction: Option<f64>,
    /// For `noise`, `slice` and `film`.
    #[command(flatten)]
    pub noise: NoiseParameters,
    /// For `white-noise`: see [`FLUCTUATION`].
    #[arg(long, help = FLUCTUATION.about(), value_parser = FLUCTUATION.parser())]
    pub fluctuation: f64,
    /// For the shapes.
    #[command(flatten)]
    pub shape: ShapeParameters,
    /// For meshes: see [`MARGIN`].
    #[arg(long, help = MARGIN.about(), value_parser = MARGIN.parser())]
    pub margin: f64,
    /// For meshes.
    #[command(flatten)]
    pub placement: Placement,
    /// Field files hold c = (φ + 1)/2 from 0 to 1 instead of φ from −1 to 1
    #[arg(long)]
    pub concentration: bool,
    /// Part of a field file to take: first nodes, counted from 0, and ends along x, y and z
    #[arg(long, value_name = "X0:X1,Y0:Y1,Z0:Z1")]
    pub crop: Option<Crop>,
    /// Stretch a field file, or what --crop takes of it, over all of --grid
    #[arg(long, requires = "grid")]
    pub resample: bool,
}

impl Default for InitialOptions {
    fn default() -> Self {
        Self {
            grid: Shape::cube(SIDE.default),
            seed: 0,
            epsilon: EPSILON.default,
            volume_fraction: None,
            noise: NoiseParameters::default(),
            fluctuation: FLUCTUATION.default,
            shape: ShapeParameters::default(),
            margin: MARGIN.default,
            placement: Placement::default(),
            concentration: false,
            crop: None,
            resample: false,
        }
    }
}

/// Periodic Perlin noise.
#[derive(Debug, Clone, PartialEq, Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoiseParameters {
    /// See [`CORRELATION_LENGTH`].
    #[arg(long, value_name = "LENGTH", help = CORRELATION_LENGTH.about(), value_parser = CORRELATION_LENGTH.parser())]
    pub correlation_length: f64,
    /// See [`OCTAVES`].
    #[arg(long, help = OCTAVES.about(), value_parser = OCTAVES.parser())]
    pub octaves: u32,
    /// How the gradients are drawn
    #[arg(long, value_enum)]
    pub generator: NoiseGenerator,
    /// For [`NoiseGenerator::Permutation`], see [`HURST`]. With [`NoiseGenerator::Drawn`] each octave has half the
    /// amplitude of the one before.
    #[arg(long, help = HURST.about(), value_parser = HURST.parser())]
    pub hurst: f64,
    /// See [`MEAN`].
    #[arg(long, help = MEAN.about(), value_parser = MEAN.parser())]
    pub mean: f64,
    /// See [`AMPLITUDE`].
    #[arg(long, help = AMPLITUDE.about(), value_parser = AMPLITUDE.parser())]
    pub amplitude: f64,
}

impl Default for NoiseParameters {
    fn default() -> Self {
        Self {
            correlation_length: CORRELATION_LENGTH.default,
            octaves: OCTAVES.default,
            generator: NoiseGenerator::Drawn,
            hurst: HURST.default,
            mean: MEAN.default,
            amplitude: AMPLITUDE.default,
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum NoiseGenerator {
    /// A direction out of all of them, drawn for every node of the lattice.
    #[default]
    Drawn,
    /// One of Perlin's twelve directions, by his permutation table.
    Permutation,
}

/// Geometry of the shapes; lengths are fractions of the box's side across which they are measured, of the shortest side
/// where they are measured across several. What lies across one axis lies across the last one with more than one node.
#[derive(Debug, Clone, PartialEq, Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShapeParameters {
    /// See [`RADIUS`].
    #[arg(long, help = RADIUS.about(), value_parser = RADIUS.parser())]
    pub radius: f64,
    /// Across one axis: see [`THICKNESS`].
    #[arg(long, help = THICKNESS.about(), value_parser = THICKNESS.parser())]
    pub thickness: f64,
    /// Along the other axes: see [`UNDULATION`].
    #[arg(long, help = UNDULATION.about(), value_parser = UNDULATION.parser())]
    pub undulation: f64,
    /// See [`WAVES`].
    #[arg(long, help = WAVES.about(), value_parser = WAVES.parser())]
    pub waves: u32,
    /// See [`ROUGHNESS`]; the noise says how far apart the hills are.
    #[arg(long, help = ROUGHNESS.about(), value_parser = ROUGHNESS.parser())]
    pub roughness: f64,
    /// See [`PERIODS`]; as many as fit about as large along the other sides.
    #[arg(long, help = PERIODS.about(), value_parser = PERIODS.parser())]
    pub periods: u32,
    /// Across one axis: see [`LAYER`].
    #[arg(long, help = LAYER.about(), value_parser = LAYER.parser())]
    pub layer: f64,
}

impl Default for ShapeParameters {
    fn default() -> Self {
        Self {
            radius: RADIUS.default,
            thickness: THICKNESS.default,
            undulation: UNDULATION.default,
            waves: WAVES.default,
            roughness: ROUGHNESS.default,
            periods: PERIODS.default,
            layer: LAYER.default,
        }
    }
}

impl InitialOptions {
    /// The nodes of the field, one grid unit apart.
    pub fn grid(&self) -> Grid {
        self.grid.into()
    }

    /// [`WAVES`] of which each has two nodes.
    pub fn waves(&self) -> Setting<u32> {
        WAVES.at_most((self.grid().shortest_side() / 2.0) as u32)
    }

    /// [`PERIODS`] of which each has four nodes.
    pub fn periods(&self) -> Setting<u32> {
        PERIODS.at_most((self.grid().shortest_side() / 4.0) as u32)
    }

    /// Checks every setting; waves and periods against the grid only if `initial` uses them.
    ///
    /// # Errors
    /// Names the setting at fault and its bounds.
    pub fn validate_for(&self, initial: &Initial) -> Result<(), InitialError> {
        let (noise, shape) = (&self.noise, &self.shape);
        let waves = if matches!(initial, Initial::Slab | Initial::Column) { self.waves() } else { WAVES };
        let periods = if *initial == Initial::Gyroid { self.periods() } else { PERIODS };
        self.grid().check()?;
        self.placement.validate()?;
        let longest = SIDE.check(self.grid.0.into_iter().max().unwrap_or_default())?;
        NODES.check(self.grid.len())?;
        EPSILON.at_most(longest as f64).check(self.epsilon)?;
        self.volume_fraction.map(|fraction| VOLUME_FRACTION.check(fraction)).transpose()?;
        OCTAVES.check(noise.octaves)?;
        waves.check(shape.waves)?;
        periods.check(shape.periods)?;
        let reals = [
            (CORRELATION_LENGTH, noise.correlation_length),
            (HURST, noise.hurst),
            (MEAN, noise.mean),
            (AMPLITUDE, noise.amplitude),
            (FLUCTUATION, self.fluctuation),
            (RADIUS, shape.radius),
            (THICKNESS, shape.thickness),
            (UNDULATION, shape.undulation),
            (ROUGHNESS, shape.roughness),
            (LAYER, shape.layer),
            (MARGIN, self.margin),
        ];
        reals.iter().try_for_each(|(setting, value)| setting.check(*value).map(drop))?;
        Ok(())
    }
}
