//! Periodic convolution: `y[o] = b[o] + Σ_{i, tap} w[o, i, tap] · x[i](· + tap)`.

use rayon::prelude::*;

use super::{
    simd::{Kernel, Real, load},
    strip::{Cut, Grid, Strip, copy_row},
    unwanted,
};

/// Output channels computed together: with `VECTORS` vectors of nodes, their sums fill the registers.
const BLOCK: usize = 5;
const VECTORS: usize = 4;

/// Nodes and planes of a strip: its inputs stay in the second-level cache, for 30 channels too.
const STRIP: usize = 1024;
const PLANES: usize = 4;

/// Weights `[out, in, k, k, k]` in the order in which the kernel reads them: by blocks of output channels,
/// within a block by input channel and tap.
pub struct Weights<T> {
    packed: Vec<T>,
    bias: Vec<T>,
    outputs: usize,
    inputs: usize,
    reach: usize,
}

impl<T: Real> Weights<T> {
    /// Of the convolution itself, `k` = 1 or 3.
    pub fn new(weight: &[T], bias: &[T], k: usize) -> Self {
        let taps = k.pow(3);
        let outputs = bias.len();
        let inputs = weight.len() / (outputs * taps).max(1);
        Self::pack(outputs, inputs, k, bias.to_vec(), |o, i, tap| weight[(o * inputs + i) * taps + tap])
    }

    /// Of the adjoint, which carries gradients from the `outputs` back to the inputs: the convolution with the
    /// flipped kernel, its channels exchanged.
    pub fn adjoint(weight: &[T], outputs: usize, k: usize) -> Self {
        let taps = k.pow(3);
        let inputs = weight.len() / (outputs * taps).max(1);
        let zeros = vec![T::default(); inputs];
        Self::pack(inputs, outputs, k, zeros, |i, o, tap| weight[(o * inputs + i) * taps + taps - 1 - tap])
    }

    fn pack(outputs: usize, inputs: usize, k: usize, bias: Vec<T>, w: impl Fn(usize, usize, usize) -> T) -> Self {
        let mut packed = Vec::with_capacity(outputs * inputs * k.pow(3));
        for first in (0..outputs).step_by(BLOCK) {
            let block = first..outputs.min(first + BLOCK);
            for input in 0..inputs {
                for tap in 0..k.pow(3) {
                    packed.extend(block.clone().map(|output| w(output, input, tap)));
                }
            }
        }
        Self { packed, bias, outputs, inputs, reach: k / 2 }
    }
}

/// What happens to the sums before they are stored.
#[derive(Clone, Copy)]
pub enum Finish<'a, T> {
    /// Nothing.
    Linear,
    /// `tanh(y)`.
    Tanh,
    /// `y · (1 − t²)` with a tensor `t` of the result's shape: the way back through `t = tanh(·)`.
    ThroughTanh(&'a [T]),
}

/// Convolves `x` `[batch, in, x, y, z]`; the result is `[batch, out, x, y, z]`.
pub fn convolve<T: Real>(grid: Grid, x: &[T], weights: &Weights<T>, finish: Finish<T>) -> Vec<T> {
    let cut = Cut::new(grid, weights.reach, PLANES, STRIP);
    let mut y = vec![T::default(); grid.batch * weights.outputs * grid.volume()];
    let strips: Vec<_> = cut.strips().zip(cut.split(&mut y, weights.outputs)).collect();
    let is_unwanted = unwanted::question();
    strips.into_par_iter().for_each_init(
        || Scratch::new(&cut, weights),
        |scratch, (strip, nodes)| {
            if !is_unwanted() {
                T::dispatch(ConvolveStrip { cut: &cut, x, weights, finish, scratch, strip, nodes });
            }
        },
    );
    y
}

/// A thread's own copy of a strip's inputs, and its sums.
struct Scratch<T> {
    inputs: Vec<T>,
    sums: Vec<T>,
}

impl<T: Real> Scratch<T> {
    fn new(cut: &Cut, weights: &Weights<T>) -> Self {
        let planes = cut.planes + 2 * cut.reach;
        Self {
            inputs: vec![T::default(); weights.inputs * planes * cut.plane()],
            sums: vec![T::default(); weights.outputs * cut.planes * cut.interior()],
        }
    }
}

struct ConvolveStrip<'a, T> {
    cut: &'a Cut,
    x: &'a [T],
    weights: &'a Weights<T>,
    finish: Finish<'a, T>,
    scratch: &'a mut Scratch<T>,
    strip: Strip,
    nodes: Vec<&'a mut [T]>,
}

impl<T: Real> Kernel<T> for ConvolveStrip<'_, T> {
    #[inline(always)]
    fn run<const L: usize, const FUSED: bool>(mut self) {
        self.gather();
        self.sum::<L, FUSED>();
        self.store::<FUSED>();
    }
}

impl<T: Real> ConvolveStrip<'_, T> {
    fn gather(&mut self) {
        let volume = self.cut.grid.volume();
        let channels = self.x.chunks_exact(volume).skip(self.strip.sample * self.weights.inputs);
        let stride = (self.cut.planes + 2 * self.cut.reach) * self.cut.plane();
        for (channel, buffer) in channels.zip(self.scratch.inputs.chunks_exact_mut(stride)) {
            self.cut.gather(self.strip, channel, buffer);
        }
    }

    #[inline(always)]
    fn sum<const L: usize, const FUSED: bool>(&mut self) {
        let Weights { packed, bias, inputs, .. } = self.weights;
        let taps = self.cut.taps();
        let stride = (self.cut.planes + 2 * self.cut.reach) * self.cut.plane();
        let starts = self.cut.starts(L, false);
        for (plane, tile) in
            (0..self.cut.planes).flat_map(|plane| starts.chunks(VECTORS).map(move |tile| (plane, tile)))
        {
            // The last vectors of an incomplete tile compute its last nodes again.
            let starts = std::array::from_fn(|v| tile[v.min(tile.len() - 1)]);
            let tile = Tile {
                inputs: &self.scratch.inputs,
                stride,
                taps: &taps,
                source: starts.map(|start| plane * self.cut.plane() + start),
                target: starts.map(|start| plane * self.cut.interior() + start),
            };
            let sums = self.scratch.sums.chunks_mut(BLOCK * self.cut.planes * self.cut.interior());
            for ((weights, bias), sums) in packed.chunks(BLOCK * inputs * taps.len()).zip(bias.chunks(BLOCK)).zip(sums)
            {
                match bias.len() {
                    1 => tile.sum::<L, 1, FUSED>(weights, bias, sums),
                    2 => tile.sum::<L, 2, FUSED>(weights, bias, sums),
                    3 => tile.sum::<L, 3, FUSED>(weights, bias, sums),
                    4 => tile.sum::<L, 4, FUSED>(weights, bias, sums),
                    _ => tile.sum::<L, BLOCK, FUSED>(weights, bias, sums),
                }
            }
        }
    }

    #[inline(always)]
    fn store<const FUSED: bool>(&mut self) {
        let Cut { grid: Grid { size: [nx, ny, nz], .. }, planes, .. } = *self.cut;
        let outputs = self.weights.outputs;
        let sums = self.scratch.sums.chunks_exact(self.cut.interior());
        for (i, (nodes, sums)) in self.nodes.iter_mut().zip(sums).enumerate() {
            let rows = nodes.chunks_exact_mut(nz).zip(sums.chunks_exact(self.cut.pitch()));
            match self.finish {
                Finish::Linear => rows.for_each(|(row, sums)| copy_row(row, &sums[..nz])),
                Finish::Tanh => rows.for_each(|(row, sums)| {
                    for (y, sum) in row.iter_mut().zip(sums) {
                        *y = sum.tanh::<FUSED>();
                    }
                }),
                Finish::ThroughTanh(t) => {
                    let (channel, x) = (i / planes, self.strip.x + i % planes);
                    let plane = (self.strip.sample * outputs + channel) * nx + x;
                    let t = t[(plane * ny + self.strip.y) * nz..].chunks_exact(nz);
                    rows.zip(t).for_each(|((row, sums), t)| {
                        for ((y, sum), t) in row.iter_mut().zip(sums).zip(t) {
                            *y = *sum * (T::ONE - *t * *t);
                        }
                    });
                }
            }
        }
    }
}

/// `VECTORS` vectors of nodes, whose sums stay in registers.
struct Tile<'a, T> {
    inputs: &'a [T],
    stride: usize,
    taps: &'a [usize],
    /// Where the vectors begin among the inputs (before the taps) and among the sums of a channel.
    source: [usize; VECTORS],
    target: [usize; VECTORS],
}

impl<T: Real> Tile<'_, T> {
    #[inline(always)]
    fn sum<const L: usize, const C: usize, const FUSED: bool>(&self, weights: &[T], bias: &[T], sums: &mut [T]) {
        let mut totals: [_; C] = std::array::from_fn(|c| [[bias[c]; L]; VECTORS]);
        let mut weights = weights.chunks_exact(C);
        for channel in self.inputs.chunks_exact(self.stride) {
            for (tap, weights) in self.taps.iter().zip(&mut weights) {
                let x: [[T; L]; VECTORS] = std::array::from_fn(|v| load(&channel[tap + self.source[v]..]));
                let weights: [T; C] = load(weights);
                for (totals, weight) in totals.iter_mut().zip(weights) {
                    for (total, x) in totals.iter_mut().zip(&x) {
                        for (total, x) in total.iter_mut().zip(x) {
                            *total = x.multiply_add::<FUSED>(weight, *total);
                        }
                    }
                }
            }
        }
        let stride = sums.len() / C;
        // A loop of unknown length over the totals would keep them in memory instead of registers.
        for (c, totals) in totals.iter().enumerate() {
            for (total, start) in totals.iter().zip(self.target) {
                sums[c * stride + start..][..L].copy_from_slice(total);
            }
        }
    }
}
