//! What a step of training costs: our kernels beside burn's own operations, on the same device.

use super::{
    super::{CommandError, progress::Progress, say},
    generic_network, graphics,
};
use crate::{
    memory::{self, MemoryError},
    network::{Crnn, CrnnConfig, Hidden, Model, NetworkError, PeriodicBackend},
    training::parameters,
};
use burn::{
    backend::Autodiff,
    tensor::{Distribution, Tensor},
};
use burn_flex::{Flex, FlexDevice};
use burn_wgpu::Wgpu;
use clap::Args;
use std::time::{Duration, Instant};

/// A figure is the shortest of as many steps as fit into this time, and of one at least.
const PATIENCE: Duration = Duration::from_secs(4);

/// Which steps of training.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Training")]
pub struct TrainingArgs {
    /// Nodes per side of the network's grid
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "16,32", value_parser = positive())]
    training_grids: Vec<u16>,
    /// Boxes per step
    #[arg(long, value_name = "K", default_value_t = 4, value_parser = positive())]
    batch: u16,
    /// Network steps through which gradients flow
    #[arg(long, value_name = "K", default_value_t = 8, value_parser = positive())]
    unroll: u16,
}

fn positive() -> clap::builder::RangedI64ValueParser<u16> {
    clap::value_parser!(u16).range(1..)
}

/// Prints the table; `with_gpu` says whether the graphics device is in it.
///
/// # Errors
/// When the network cannot be built.
pub fn run(args: &TrainingArgs, with_gpu: bool) -> Result<(), CommandError> {
    let gpu = graphics(with_gpu);
    let figures = args.training_grids.len() * if gpu.is_some() { 4 } else { 2 };
    let mut table = Table { args, progress: Progress::new(figures), rows: Vec::new() };
    for &size in &args.training_grids {
        table.compare::<Flex>(size, &FlexDevice, "CPU", "burn-flex")?;
        if let Some(gpu) = &gpu {
            table.compare::<Wgpu>(size, &gpu.burn_device(), &gpu.description(), "burn-wgpu")?;
        }
    }
    table.progress.finish();
    say::result(format_args!("{:<52} {:>6} {:>14} {:>10}", "training step", "grid", "ms per step", "ratio"))?;
    table.rows.into_iter().try_for_each(|Row { name, size, milliseconds, ratio }| {
        let size = format!("{size}³");
        say::result(format_args!("{name:<52} {size:>6} {milliseconds:>14.1} {ratio:>10.2}"))
    })
}

/// Refuses steps for which there is not even the memory that our own kernels take.
///
/// # Errors
/// With the largest boxes that fit.
pub fn check_memory(args: &TrainingArgs) -> Result<(), MemoryError> {
    let per_node = CrnnConfig::default().training_bytes_per_node(args.unroll.into());
    let bytes = |size: u16| u64::from(size).pow(3).saturating_mul(per_node).saturating_mul(args.batch.into());
    let size = args.training_grids.iter().copied().max().unwrap_or(0);
    memory::check(&format!("a step of {} boxes of {size}³", args.batch), bytes(size), |free| {
        match (1..size).rev().find(|size| bytes(*size) <= free) {
            Some(size) => format!("the largest of --training-grids that fits is {size}"),
            None => "choose a smaller --batch or --unroll".into(),
        }
    })
}

struct Row {
    name: String,
    size: u16,
    milliseconds: f64,
    /// To our own kernels on the same device and grid.
    ratio: f64,
}

struct Table<'a> {
    args: &'a TrainingArgs,
    progress: Progress,
    rows: Vec<Row>,
}

/// One step of a network.
type Step<B> = fn(&Crnn<B>, Tensor<B, 5>, Hidden<B>) -> (Tensor<B, 5>, Hidden<B>);

impl Table<'_> {
    /// Adds a row for our kernels and one for burn's operations.
    fn compare<B>(&mut self, size: u16, device: &B::Device, place: &str, peer: &str) -> Result<(), NetworkError>
    where
        B: PeriodicBackend,
    {
        let mut ours = None;
        let steps: [(_, Step<Autodiff<B>>); 2] = [("Spinodal", Crnn::step), (peer, generic_network::step)];
        for (whose, step) in steps {
            let name = format!("{whose}, {place}");
            self.progress.update(self.rows.len(), &name);
            let milliseconds = self.milliseconds(step, size.into(), device)?;
            let ratio = milliseconds / *ours.get_or_insert(milliseconds);
            self.rows.push(Row { name, size, milliseconds, ratio });
        }
        Ok(())
    }

    /// Wall-clock time of a step of training, to the last gradient collected.
    fn milliseconds<B: PeriodicBackend>(
        &self,
        step: Step<Autodiff<B>>,
        size: usize,
        device: &B::Device,
    ) -> Result<f64, NetworkError> {
        let config = CrnnConfig::default();
        let network = Crnn::<Autodiff<B>>::from_model(&Model::random(config, 1), device)?;
        let shape = [self.args.batch.into(), 1, size, size, size];
        let [start, truth] = [(); 2].map(|()| Tensor::random(shape, Distribution::Uniform(-1.0, 1.0), device));
        let train = |unroll: u16| {
            let mut phi = start.clone();
            let mut hidden = Hidden::zeros(&config, self.args.batch.into(), [size; 3], device);
            let mut losses = Vec::new();
            for _ in 0..unroll {
                (phi, hidden) = step(&network, phi, hidden);
                let error = phi.clone() - truth.clone();
                losses.push((error.clone() * error).mean());
            }
            let loss = losses.into_iter().reduce(|sum, loss| sum + loss);
            loss.map(|loss| parameters::collect_gradients(&network, &loss.backward()))
        };
        // Compiles what has to be compiled.
        train(1);
        let begin = Instant::now();
        let mut shortest = f64::INFINITY;
        while shortest.is_infinite() || begin.elapsed() < PATIENCE {
            let begin = Instant::now();
            train(self.args.unroll);
            shortest = shortest.min(begin.elapsed().as_secs_f64() * 1e3);
        }
        Ok(shortest)
    }
}
