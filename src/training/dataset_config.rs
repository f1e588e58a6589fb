//! What a dataset is asked for with.

use super::{dataset::Split, overrides::ConfigError, recipe::Recipe, span::Span};
use crate::{
    equation::Parameters,
    grid::{Grid, Shape},
    initial::MAX_NODES,
};
use serde::{Deserialize, Serialize};

/// A dataset: sequences of frames from the explicit solver, started from periodic Perlin noise, from rough films, from
/// slices of noise, or from white noise.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatasetConfig {
    /// Number of sequences; a finished dataset may be extended by a larger number
    #[arg(long)]
    pub sequences: usize,
    /// Frames per sequence, its first one included: from a span, numbers as likely in each octave
    #[arg(long)]
    pub frames: Span,
    /// Grids of the solver's boxes, such as 32 or 64x64x32, drawn from this list: repeat one to favour it
    #[arg(long, value_delimiter = ',')]
    pub grids: Vec<Shape>,
    /// Every how many nodes the solver's field is kept: the network's grid
    #[arg(long)]
    pub coarsening: usize,
    /// Seed of everything drawn
    #[arg(long)]
    pub seed: u64,
    /// Correlation length of the noise, grid units
    #[arg(long)]
    pub correlation_length: Span,
    /// Standard deviation over sequences of the mean of φ
    #[arg(long)]
    pub mean_deviation: f64,
    /// Amplitude of the noise
    #[arg(long)]
    pub amplitude: Span,
    /// Share of the sequences that start later in the evolution
    #[arg(long)]
    pub late_share: f64,
    /// How many frames later those start
    #[arg(long)]
    pub late_frames: Span,
    /// Share of the sequences that start from a film with rough faces: what microstructures grow old as, layers that are
    /// nearly flat and lie anywhere between the nodes
    #[arg(long)]
    pub film_share: f64,
    /// Largest height of those faces, grid units
    #[arg(long)]
    pub film_roughness: Span,
    /// Hills per side of those faces, whole numbers: the fewer, the more slowly they flatten
    #[arg(long)]
    pub film_hills: Span,
    /// Share of the sequences that start from noise in a layer of a uniform field, into which it spreads; the layer takes
    /// up 0.1 to 0.5 of the box
    #[arg(long)]
    pub slice_share: f64,
    /// Share of the sequences that start from white noise, as after a quench out of the mixed state
    #[arg(long)]
    pub quench_share: f64,
    /// Largest deviation of that noise from its mean: from a span, numbers as likely in each octave
    #[arg(long)]
    pub quench_fluctuation: Span,
    /// Share of the sequences kept for validation
    #[arg(long)]
    pub validation_share: f64,
    /// The equation and the solver's step.
    #[arg(skip)]
    pub equation: Parameters,
}

impl Default for DatasetConfig {
    fn default() -> Self {
        Self {
            sequences: 300,
            frames: Span::new(120.0, 120.0),
            grids: [32, 32, 32, 32, 48, 64].map(Shape::cube).to_vec(),
            coarsening: 2,
            seed: 1,
            correlation_length: Span::new(4.0, 16.0),
            mean_deviation: 0.2,
            amplitude: Span::new(0.5, 1.5),
            late_share: 0.25,
            late_frames: Span::new(1.0, 200.0),
            film_share: 0.0,
            film_roughness: Span::new(0.5, 4.0),
            film_hills: Span::new(2.0, 4.0),
            slice_share: 0.0,
            quench_share: 0.0,
            quench_fluctuation: Span::new(0.02, 1.0),
            validation_share: 0.3,
            equation: Parameters::default(),
        }
    }
}

impl DatasetConfig {
    /// Checks every value.
    ///
    /// # Errors
    /// Names the first value at fault and what it must be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let wrong = |name, must, value: &dyn ToString| Err(ConfigError::value(name, must, value.to_string()));
        if self.sequences == 0 {
            return wrong("sequences", "must be at least 1", &self.sequences);
        }
        if !self.frames.within(2.0, 1e6) {
            return wrong("frames", "must lie between 2 and 1000000", &self.frames);
        }
        let fits = |shape: &Shape| shape.len() <= MAX_NODES && Grid::from(*shape).coarsened(self.coarsening).is_ok();
        if self.grids.is_empty() || !self.grids.iter().all(fits) {
            let must = "must have sides of 1 or multiples of the coarsening, with at least 5 nodes left";
            let grids: Vec<_> = self.grids.iter().map(Shape::to_string).collect();
            return wrong("grids", must, &format!("{} at coarsening {}", grids.join(", "), self.coarsening));
        }
        if !self.correlation_length.within(2.0, 1e4) {
            return wrong("correlation-length", "must lie between 2 and 10000", &self.correlation_length);
        }
        if !self.amplitude.within(0.0, 2.0) {
            return wrong("amplitude", "must lie between 0 and 2", &self.amplitude);
        }
        if !(0.0..=0.5).contains(&self.mean_deviation) {
            return wrong("mean-deviation", "must lie between 0 and 0.5", &self.mean_deviation);
        }
        if !self.late_frames.within(0.0, 1e6) {
            return wrong("late-frames", "must lie between 0 and 1000000", &self.late_frames);
        }
        let shortest = self.grids.iter().map(|&grid| Grid::from(grid).shortest_side());
        let most = shortest.reduce(f64::min).map_or(0.0, |side| side / 2.0);
        if self.film_share > 0.0 && !self.film_roughness.within(0.0, most) {
            let must = format!("must lie between 0 and {most}, half the side of the smallest box");
            return Err(ConfigError::value("film-roughness", must, self.film_roughness));
        }
        let hills = self.film_hills;
        let whole = hills.from.fract() == 0.0 && hills.to.fract() == 0.0;
        if self.film_share > 0.0 && (!whole || !hills.within(1.0, most) || hills.from > hills.to) {
            return wrong("film-hills", &format!("must be whole numbers that rise from 1 to {most} at most"), &hills);
        }
        for (name, share) in [
            ("late-share", self.late_share),
            ("film-share", self.film_share),
            ("slice-share", self.slice_share),
            ("quench-share", self.quench_share),
            ("validation-share", self.validation_share),
        ] {
            if !(0.0..=1.0).contains(&share) {
                return wrong(name, "must lie between 0 and 1", &share);
            }
        }
        let others = self.film_share + self.slice_share + self.quench_share;
        if others > 1.0 {
            return wrong("film-share, slice-share and quench-share", "must make 1 at most together", &others);
        }
        if self.quench_share > 0.0 && !self.quench_fluctuation.within(1e-3, 2.0) {
            return wrong("quench-fluctuation", "must lie between 0.001 and 2", &self.quench_fluctuation);
        }
        Ok(self.grids.iter().try_for_each(|&grid| self.equation.validate_explicit(&grid.into()))?)
    }

    /// Bytes of one sequence's values.
    pub fn sequence_bytes(&self, recipe: &Recipe) -> u64 {
        let nodes = Grid::from(recipe.grid).coarsened(self.coarsening).map_or(0, |grid| grid.len());
        (recipe.frames * nodes * size_of::<f32>()) as u64
    }

    /// What sequence `index` is for: the validation share is spread evenly, whatever the number of sequences.
    pub fn split(&self, index: usize) -> Split {
        let before = |count: usize| (count as f64 * self.validation_share).floor();
        if before(index + 1) > before(index) { Split::Validation } else { Split::Training }
    }
}
