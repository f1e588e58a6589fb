//! The random start of each sequence of a dataset, drawn from one seed.

use super::dataset_config::DatasetConfig;
use crate::{
    field::Field,
    grid::{Grid, Shape},
    initial::{Initial, InitialError, InitialOptions, NoiseParameters, ShapeParameters},
    settings::Span,
};
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Thickness of the layer in which a slice fluctuates, as a share of the box.
const SLICE_LAYER: Span = Span::new(0.1, 0.5);

/// Means of φ further out than this are drawn again: beyond the spinodal, |φ| = 1/√3, noise mostly dissolves.
const LARGEST_MEAN: f64 = 0.6;

/// The kind of field that a sequence starts from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// A field of noise.
    Noise,
    /// A film of the thickness that gives the mean of φ, with hills as far apart as the noise's correlation length.
    Film {
        /// Largest height of its faces in grid units.
        roughness: f64,
    },
    /// Noise in a layer of a uniform field.
    Slice {
        /// Thickness of the layer as a share of the box.
        layer: f64,
    },
    /// White noise.
    Quench {
        /// Its largest deviation from the mean.
        fluctuation: f64,
    },
}

/// How one sequence starts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// Grid of the solver's box.
    pub grid: Shape,
    /// Seed of the noise.
    pub seed: u64,
    /// Correlation length of the noise in grid units.
    pub correlation_length: f64,
    /// Mean of φ.
    pub mean: f64,
    /// Amplitude of the noise.
    pub amplitude: f64,
    /// Frames that the solver makes before the first one kept.
    pub skipped: usize,
    /// Frames kept.
    pub frames: usize,
    /// Kind of initial field.
    pub start: Start,
}

impl Recipe {
    /// Draws sequence `index` of a dataset from a random stream of its own, so that it depends on nothing
    /// but the configuration and the index.
    pub fn draw(config: &DatasetConfig, index: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
        rng.set_stream(index as u64);
        let late = rng.random_bool(config.late_share.clamp(0.0, 1.0));
        let skipped = config.late_frames.draw(&mut rng).round() as usize;
        let drawn = Self {
            grid: config.grids.choose(&mut rng).copied().unwrap_or(Shape::cube(32)),
            seed: rng.random(),
            correlation_length: config.correlation_length.draw(&mut rng),
            mean: draw_mean(config.mean_deviation, &mut rng),
            amplitude: config.amplitude.draw(&mut rng),
            skipped: if late { skipped } else { 0 },
            frames: config.frames.draw_in_octaves(&mut rng).round() as usize,
            start: Start::Noise,
        };
        // Drawn last, so that a share of other starts leaves all other sequences unchanged.
        let (films, slices) = (config.film_share, config.slice_share);
        if rng.random_bool(share_of(films, 1.0)) {
            drawn.into_film(config, &mut rng)
        } else if rng.random_bool(share_of(slices, 1.0 - films)) {
            Self { start: Start::Slice { layer: SLICE_LAYER.draw(&mut rng) }, ..drawn }
        } else if rng.random_bool(share_of(config.quench_share, 1.0 - films - slices)) {
            Self { start: Start::Quench { fluctuation: config.quench_fluctuation.draw_in_octaves(&mut rng) }, ..drawn }
        } else {
            drawn
        }
    }

    /// The same as a film.
    fn into_film(self, config: &DatasetConfig, rng: &mut impl Rng) -> Self {
        let hills = rng.random_range(config.film_hills.from as usize..=config.film_hills.to as usize);
        let roughness = config.film_roughness.draw(rng);
        Self {
            correlation_length: Grid::from(self.grid).shortest_side() / hills as f64,
            start: Start::Film { roughness },
            ..self
        }
    }

    /// The solver's field before its first step.
    ///
    /// # Errors
    /// When the noise cannot be made on this grid.
    pub fn initial_field(&self, config: &DatasetConfig) -> Result<Field, InitialError> {
        let mut shape = ShapeParameters { thickness: (1.0 + self.mean) / 2.0, ..ShapeParameters::default() };
        let initial = match self.start {
            Start::Noise => Initial::Noise,
            Start::Film { roughness } => {
                // A film lies across the last axis, of whose length this is a share.
                shape.roughness =
                    roughness / self.grid.0.iter().rfind(|&&side| side > 1).map_or(1.0, |&side| side as f64);
                Initial::Film
            }
            Start::Slice { layer } => {
                shape.layer = layer;
                Initial::Slice
            }
            Start::Quench { .. } => Initial::WhiteNoise,
        };
        let fluctuation = match self.start {
            Start::Quench { fluctuation } => fluctuation,
            _ => InitialOptions::default().fluctuation,
        };
        initial.build(&InitialOptions {
            grid: self.grid,
            seed: self.seed,
            epsilon: config.equation.equation.epsilon,
            noise: NoiseParameters {
                correlation_length: self.correlation_length,
                mean: self.mean,
                amplitude: self.amplitude,
                ..NoiseParameters::default()
            },
            shape,
            fluctuation,
            ..InitialOptions::default()
        })
    }
}

/// A share of all sequences as a share of the `rest`: a probability, 0 for no share even where there is no rest.
fn share_of(share: f64, rest: f64) -> f64 {
    if share > 0.0 { (share / rest).clamp(0.0, 1.0) } else { 0.0 }
}

/// A mean of φ from a normal distribution of the given deviation (Box–Muller), within ±[`LARGEST_MEAN`].
fn draw_mean(deviation: f64, rng: &mut impl Rng) -> f64 {
    loop {
        let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
        let mean = deviation * radius * (std::f64::consts::TAU * rng.random::<f64>()).cos();
        if mean.abs() <= LARGEST_MEAN {
            return mean;
        }
    }
}
