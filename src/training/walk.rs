//! A walk: a batch of sequences stepped through together, each from its own frame and under its own symmetry.

use super::{
    config::TrainConfig,
    dataset::{Dataset, DatasetError, Sequence, Split},
    schedule::Stage,
    symmetry::Symmetry,
};
use crate::grid::Shape;
use burn::tensor::{Tensor, TensorData, backend::Backend};
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

/// The training sequences of a dataset by size, from which walks are drawn.
#[derive(Debug)]
pub struct Pool<'a> {
    sequences: Vec<&'a Sequence>,
    /// Nodes of the smallest box.
    smallest: usize,
}

/// One sequence within a walk.
#[derive(Debug, Clone, Copy)]
struct Strand<'a> {
    sequence: &'a Sequence,
    first: usize,
    symmetry: Symmetry,
}

/// A batch of sequences of one size, in step with each other.
#[derive(Debug)]
pub struct Walk<'a> {
    strands: Vec<Strand<'a>>,
    shape: Shape,
    /// Frames, the first one included.
    pub length: usize,
    /// Values of the schedules when the walk began; they hold for the whole walk.
    pub stage: Stage,
}

impl<'a> Pool<'a> {
    /// The training split of `dataset`; `None` when it is empty.
    pub fn new(dataset: &'a Dataset) -> Option<Self> {
        let sequences: Vec<_> = dataset.sequences(Split::Training).collect();
        let smallest = sequences.iter().map(|sequence| sequence.shape().len()).min()?;
        Some(Self { sequences, smallest })
    }

    /// Draws walk number `number`, begun at optimiser step `step`: a function of these and the seed alone.
    pub fn draw(&self, config: &TrainConfig, number: u64, step: usize) -> Walk<'a> {
        let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
        rng.set_stream(number + 1);
        let stage = config.stage(step);
        let lead = self.sequences[rng.random_range(0..self.sequences.len())];
        let longest = lead.frames().min(stage.length);
        let length = draw_length(config.shortest.clamp(2, longest), longest, &mut rng);
        let fits = |other: &&Sequence| other.shape() == lead.shape() && other.frames() >= length;
        let peers: Vec<_> = self.sequences.iter().copied().filter(fits).collect();
        let batch = batch_of(config.batch, self.smallest, lead.shape().len());
        let strand = |index: usize| {
            let sequence = if index == 0 { lead } else { peers.choose(&mut rng).copied().unwrap_or(lead) };
            let from_start = rng.random_bool(config.from_start);
            let first = rng.random_range(0..=sequence.frames() - length);
            let symmetry = if config.augment { Symmetry::draw(lead.shape(), &mut rng) } else { Symmetry::IDENTITY };
            Strand { sequence, first: if from_start { 0 } else { first }, symmetry }
        };
        Walk { strands: (0..batch).map(strand).collect(), shape: lead.shape(), length, stage }
    }
}

/// The sequences of `nodes` nodes that make a batch, which is `batch` of the smallest: about as many nodes in all.
pub fn batch_of(batch: usize, smallest: usize, nodes: usize) -> usize {
    let share = smallest as f64 / nodes as f64;
    ((batch as f64 * share).round() as usize).max(1)
}

/// A number of frames from `shortest` to `longest`, with probability inverse to its square: every octave of ages up to
/// half of `longest` is visited by about as many frames, since coarsening proceeds in powers of time.
fn draw_length(shortest: usize, longest: usize, rng: &mut impl Rng) -> usize {
    let [most, least] = [shortest, longest + 1].map(|frames| 1.0 / frames as f64);
    let frames = 1.0 / (least + rng.random::<f64>() * (most - least));
    (frames as usize).clamp(shortest, longest)
}

impl Walk<'_> {
    /// Number of sequences.
    pub fn batch(&self) -> usize {
        self.strands.len()
    }

    /// Nodes along the axes.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// True φ of frame `frame` of the walk, `[batch, 1, x, y, z]`.
    ///
    /// # Errors
    /// When a file of the dataset can no longer be read.
    pub fn truth<B: Backend>(&self, frame: usize, device: &B::Device) -> Result<Tensor<B, 5>, DatasetError> {
        let [x, y, z] = self.shape.0;
        let mut values = Vec::with_capacity(self.batch() * self.shape.len());
        for strand in &self.strands {
            strand.symmetry.apply(&strand.sequence.frame(strand.first + frame)?, self.shape, &mut values);
        }
        Ok(Tensor::from_data(TensorData::new(values, [self.batch(), 1, x, y, z]), device))
    }
}
