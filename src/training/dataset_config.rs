//! The configuration of a dataset.

use crate::{
    equation::Parameters,
    grid::{Grid, Shape},
    network::Purpose,
    settings::{
        COARSENING, ConfigError, NODES, Span, TOLERANCE,
        dataset::{
            AMPLITUDES, CORRELATION_LENGTHS, FILM_HILLS, FILM_ROUGHNESS, FILM_SHARE, FRAMES, LATE_FRAMES, LATE_SHARE,
            MEAN_DEVIATION, QUENCH_FLUCTUATION, QUENCH_SHARE, SEQUENCES, SLICE_SHARE, VALIDATION_SHARE,
        },
    },
    solver::{Method, SolverSpec},
};
use serde::{Deserialize, Serialize};

/// The use of a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// For the optimiser.
    Training,
    /// Held out: only measured on.
    Validation,
}

/// A dataset: sequences of frames from a solver, started from periodic Perlin noise, from rough films, from
/// slices of noise, or from white noise.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatasetConfig {
    /// See [`SEQUENCES`].
    #[arg(long, help = SEQUENCES.about(), value_parser = SEQUENCES.parser())]
    pub sequences: usize,
    /// See [`FRAMES`].
    #[arg(long, help = FRAMES.about(), value_parser = FRAMES.parser())]
    pub frames: Span,
    /// Grids of the solver's boxes, such as 32 or 64x64x32, drawn from this list: repeat one to favour it
    #[arg(long, value_delimiter = ',')]
    pub grids: Vec<Shape>,
    /// See [`COARSENING`].
    #[arg(long, help = COARSENING.about(), value_parser = COARSENING.parser())]
    pub coarsening: usize,
    /// Seed of everything drawn
    #[arg(long)]
    pub seed: u64,
    /// See [`CORRELATION_LENGTHS`].
    #[arg(long, help = CORRELATION_LENGTHS.about(), value_parser = CORRELATION_LENGTHS.parser())]
    pub correlation_length: Span,
    /// See [`MEAN_DEVIATION`].
    #[arg(long, help = MEAN_DEVIATION.about(), value_parser = MEAN_DEVIATION.parser())]
    pub mean_deviation: f64,
    /// See [`AMPLITUDES`].
    #[arg(long, help = AMPLITUDES.about(), value_parser = AMPLITUDES.parser())]
    pub amplitude: Span,
    /// See [`LATE_SHARE`].
    #[arg(long, help = LATE_SHARE.about(), value_parser = LATE_SHARE.parser())]
    pub late_share: f64,
    /// See [`LATE_FRAMES`].
    #[arg(long, help = LATE_FRAMES.about(), value_parser = LATE_FRAMES.parser())]
    pub late_frames: Span,
    /// See [`FILM_SHARE`].
    #[arg(long, help = FILM_SHARE.about(), value_parser = FILM_SHARE.parser())]
    pub film_share: f64,
    /// See [`FILM_ROUGHNESS`].
    #[arg(long, help = FILM_ROUGHNESS.about(), value_parser = FILM_ROUGHNESS.parser())]
    pub film_roughness: Span,
    /// See [`FILM_HILLS`].
    #[arg(long, help = FILM_HILLS.about(), value_parser = FILM_HILLS.parser())]
    pub film_hills: Span,
    /// See [`SLICE_SHARE`].
    #[arg(long, help = SLICE_SHARE.about(), value_parser = SLICE_SHARE.parser())]
    pub slice_share: f64,
    /// See [`QUENCH_SHARE`].
    #[arg(long, help = QUENCH_SHARE.about(), value_parser = QUENCH_SHARE.parser())]
    pub quench_share: f64,
    /// See [`QUENCH_FLUCTUATION`].
    #[arg(long, help = QUENCH_FLUCTUATION.about(), value_parser = QUENCH_FLUCTUATION.parser())]
    pub quench_fluctuation: Span,
    /// See [`VALIDATION_SHARE`].
    #[arg(long, help = VALIDATION_SHARE.about(), value_parser = VALIDATION_SHARE.parser())]
    pub validation_share: f64,
    /// Scheme of the solver that makes the sequences
    #[arg(long, value_enum)]
    pub method: Method,
    /// See [`TOLERANCE`].
    #[arg(long, help = TOLERANCE.about(), value_parser = TOLERANCE.parser())]
    pub tolerance: f64,
    /// The equation and the solver's step.
    #[arg(skip)]
    pub equation: Parameters,
}

impl Default for DatasetConfig {
    fn default() -> Self {
        Self {
            sequences: SEQUENCES.default,
            frames: FRAMES.default,
            grids: [32, 32, 32, 32, 48, 64].map(Shape::cube).to_vec(),
            coarsening: COARSENING.default,
            seed: 1,
            correlation_length: CORRELATION_LENGTHS.default,
            mean_deviation: MEAN_DEVIATION.default,
            amplitude: AMPLITUDES.default,
            late_share: LATE_SHARE.default,
            late_frames: LATE_FRAMES.default,
            film_share: FILM_SHARE.default,
            film_roughness: FILM_ROUGHNESS.default,
            film_hills: FILM_HILLS.default,
            slice_share: SLICE_SHARE.default,
            quench_share: QUENCH_SHARE.default,
            quench_fluctuation: QUENCH_FLUCTUATION.default,
            validation_share: VALIDATION_SHARE.default,
            method: Method::Explicit,
            tolerance: TOLERANCE.default,
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
        SEQUENCES.check(self.sequences)?;
        TOLERANCE.check(self.tolerance)?;
        COARSENING.check(self.coarsening)?;
        self.grids.iter().try_for_each(|shape| NODES.check(shape.len()).map(drop))?;
        let fits = |shape: &Shape| Grid::from(*shape).coarsened(self.coarsening).is_ok();
        if self.grids.is_empty() || !self.grids.iter().all(fits) {
            let must = "must have sides of 1 or multiples of the coarsening, with at least 5 nodes left";
            let grids: Vec<_> = self.grids.iter().map(Shape::to_string).collect();
            let value = format!("{} at coarsening {}", grids.join(", "), self.coarsening);
            return Err(ConfigError::value("grids", must, value));
        }
        for (setting, number) in [
            (MEAN_DEVIATION, self.mean_deviation),
            (LATE_SHARE, self.late_share),
            (FILM_SHARE, self.film_share),
            (SLICE_SHARE, self.slice_share),
            (QUENCH_SHARE, self.quench_share),
            (VALIDATION_SHARE, self.validation_share),
        ] {
            setting.check(number)?;
        }
        for (setting, span) in [
            (FRAMES, self.frames),
            (CORRELATION_LENGTHS, self.correlation_length),
            (AMPLITUDES, self.amplitude),
            (LATE_FRAMES, self.late_frames),
        ] {
            setting.check(span)?;
        }
        if self.film_share > 0.0 {
            self.check_films()?;
        }
        if self.quench_share > 0.0 {
            QUENCH_FLUCTUATION.check(self.quench_fluctuation)?;
        }
        let others = self.film_share + self.slice_share + self.quench_share;
        if others > 1.0 {
            let names = "film-share, slice-share and quench-share";
            return Err(ConfigError::value(names, "must make 1 at most together", others));
        }
        self.grids.iter().try_for_each(|&grid| self.solver().validate(&grid.into())).map_err(ConfigError::part)
    }

    /// Checks films against half the side of the smallest box.
    fn check_films(&self) -> Result<(), ConfigError> {
        let shortest = self.grids.iter().map(|&grid| Grid::from(grid).shortest_side());
        let most = Span::point(shortest.reduce(f64::min).map_or(0.0, |side| side / 2.0));
        FILM_ROUGHNESS.at_most(most).check(self.film_roughness)?;
        let hills = FILM_HILLS.at_most(most).check(self.film_hills)?;
        if hills.from.fract() == 0.0 && hills.to.fract() == 0.0 && hills.from <= hills.to {
            return Ok(());
        }
        Err(ConfigError::value("film-hills", "must be whole numbers that rise", hills))
    }

    /// The solver that makes the sequences.
    pub fn solver(&self) -> SolverSpec {
        let (method, parameters, tolerance) = (self.method, self.equation, self.tolerance);
        SolverSpec { method, parameters, tolerance, ..SolverSpec::default() }
    }

    /// What a network is trained for with these data.
    pub fn purpose(&self) -> Purpose {
        let Parameters { equation, .. } = self.equation;
        Purpose { equation, frame_time: self.equation.frame_time(), coarsening: self.coarsening }
    }

    /// The use of sequence `index`: the validation share is spread evenly, whatever the number of sequences.
    pub fn split(&self, index: usize) -> Split {
        let is_later = self.validation_before(index + 1) > self.validation_before(index);
        if is_later { Split::Validation } else { Split::Training }
    }

    /// How many sequences are for validation.
    pub fn validation_sequences(&self) -> usize {
        self.validation_before(self.sequences)
    }

    /// How many of the first `count` sequences are for validation.
    fn validation_before(&self, count: usize) -> usize {
        (count as f64 * self.validation_share).floor() as usize
    }
}
