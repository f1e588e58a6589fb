//! Gradient of a periodic convolution with respect to its weights and biases: with `g` = ∂loss/∂y,
//! `∂loss/∂w[o, i, tap] = Σ_nodes g[o] · x[i](· + tap)` and `∂loss/∂b[o] = Σ_nodes g[o]`.

use rayon::prelude::*;

use super::{
    simd::{Kernel, Real, load},
    strip::{Cut, Grid, Strip},
};

/// Output channels and weights (of one channel) summed together: their products fill the registers.
const BLOCK: usize = 5;
const STREAMS: usize = 3;

/// Nodes of a strip: long enough that folding the lanes of a sum costs little beside the sum.
const STRIP: usize = 2048;

/// Parts in which the nodes are summed. Fixed, so that the order of summation, and with it the last bit of the
/// result, does not depend on the number of threads.
const PARTS: usize = 64;

/// Gradients of the weights `[out, in, k, k, k]` and of the biases `[out]` from the inputs `x`
/// `[batch, in, x, y, z]` and the gradient `g` of the outputs `[batch, out, x, y, z]`; `k` = 1 or 3.
pub fn weight_gradient<T: Real>(grid: Grid, x: &[T], g: &[T], k: usize) -> (Vec<T>, Vec<T>) {
    let channels = |tensor: &[T]| tensor.len() / (grid.batch * grid.volume()).max(1);
    let (inputs, outputs) = (channels(x), channels(g));
    let cut = Cut::new(grid, k / 2, grid.size[0], STRIP);
    let strips: Vec<Strip> = cut.strips().collect();
    let parts: Vec<_> = strips
        .par_chunks(strips.len().div_ceil(PARTS).max(1))
        .map(|strips| {
            let mut part = Part::new(&cut, inputs, outputs);
            for &strip in strips {
                T::dispatch(SumStrip { cut: &cut, x, g, strip, part: &mut part });
            }
            (part.weight, part.bias)
        })
        .collect();
    let mut weight = vec![T::default(); outputs * inputs * k.pow(3)];
    let mut bias = vec![T::default(); outputs];
    for (part_weight, part_bias) in &parts {
        add(&mut weight, part_weight);
        add(&mut bias, part_bias);
    }
    (weight, bias)
}

fn add<T: Real>(total: &mut [T], part: &[T]) {
    for (total, part) in total.iter_mut().zip(part) {
        *total += *part;
    }
}

/// Sums over some of the strips, and copies of the strip at hand.
struct Part<T> {
    x: Vec<T>,
    g: Vec<T>,
    /// Where in `x` the products of each weight of an output channel begin: `[in, tap]`.
    streams: Vec<usize>,
    weight: Vec<T>,
    bias: Vec<T>,
}

impl<T: Real> Part<T> {
    fn new(cut: &Cut, inputs: usize, outputs: usize) -> Self {
        let stride = (cut.planes + 2 * cut.reach) * cut.plane();
        let taps = cut.taps();
        let streams: Vec<_> = (0..inputs).flat_map(|i| taps.iter().map(move |tap| i * stride + tap)).collect();
        Self {
            x: vec![T::default(); inputs * stride],
            g: vec![T::default(); outputs * cut.planes * cut.interior()],
            weight: vec![T::default(); outputs * streams.len()],
            bias: vec![T::default(); outputs],
            streams,
        }
    }
}

struct SumStrip<'a, T> {
    cut: &'a Cut,
    x: &'a [T],
    g: &'a [T],
    strip: Strip,
    part: &'a mut Part<T>,
}

impl<T: Real> Kernel<T> for SumStrip<'_, T> {
    #[inline(always)]
    fn run<const L: usize, const FUSED: bool>(self) {
        let Self { cut, x, g, strip, part } = self;
        let outputs = part.bias.len();
        let volume = cut.grid.volume();
        let stride = (cut.planes + 2 * cut.reach) * cut.plane();
        let inputs = part.x.len() / stride;
        for (channel, buffer) in x.chunks_exact(volume).skip(strip.sample * inputs).zip(part.x.chunks_exact_mut(stride))
        {
            cut.gather(strip, channel, buffer);
        }
        let stride = cut.planes * cut.interior();
        for (channel, buffer) in
            g.chunks_exact(volume).skip(strip.sample * outputs).zip(part.g.chunks_exact_mut(stride))
        {
            cut.gather_interior(strip, channel, buffer);
        }
        for (total, g) in part.bias.iter_mut().zip(part.g.chunks_exact(stride)) {
            *total += sum::<T, L>(g);
        }
        let starts = cut.starts(L, true);
        let tile = Tile { cut, x: &part.x, starts: &starts };
        let weight = part.weight.chunks_mut(BLOCK * part.streams.len());
        for (g, weight) in part.g.chunks(BLOCK * stride).zip(weight) {
            for (i, streams) in part.streams.chunks(STREAMS).enumerate() {
                let streams = Streams { first: i * STREAMS, begin: streams };
                match g.len() / stride {
                    1 => tile.sum::<L, 1, FUSED>(g, streams, weight),
                    2 => tile.sum::<L, 2, FUSED>(g, streams, weight),
                    3 => tile.sum::<L, 3, FUSED>(g, streams, weight),
                    4 => tile.sum::<L, 4, FUSED>(g, streams, weight),
                    _ => tile.sum::<L, BLOCK, FUSED>(g, streams, weight),
                }
            }
        }
    }
}

/// Some neighbouring weights of each output channel.
#[derive(Clone, Copy)]
struct Streams<'a> {
    first: usize,
    begin: &'a [usize],
}

struct Tile<'a, T> {
    cut: &'a Cut,
    x: &'a [T],
    starts: &'a [usize],
}

impl<T: Real> Tile<'_, T> {
    /// Adds the products of `C` output channels, `g` `[C, plane, node]`, to their weights `[C, in, tap]`.
    #[inline(always)]
    fn sum<const L: usize, const C: usize, const FUSED: bool>(&self, g: &[T], streams: Streams, weight: &mut [T]) {
        let channel = g.len() / C;
        let last = streams.begin.len() - 1;
        let begin: [usize; STREAMS] = std::array::from_fn(|s| streams.begin[s.min(last)]);
        let mut totals = [[[T::default(); L]; STREAMS]; C];
        for plane in 0..self.cut.planes {
            let x: [&[T]; STREAMS] = std::array::from_fn(|s| &self.x[begin[s] + plane * self.cut.plane()..]);
            let g: [&[T]; C] = std::array::from_fn(|c| &g[c * channel + plane * self.cut.interior()..]);
            for &start in self.starts {
                let x: [[T; L]; STREAMS] = std::array::from_fn(|s| load(&x[s][start..]));
                for (totals, g) in totals.iter_mut().zip(g) {
                    let g: [T; L] = load(&g[start..]);
                    for (total, x) in totals.iter_mut().zip(&x) {
                        for ((total, x), g) in total.iter_mut().zip(x).zip(&g) {
                            *total = x.multiply_add::<FUSED>(*g, *total);
                        }
                    }
                }
            }
        }
        // Folded first: a loop of unknown length over the totals would keep them in memory instead of registers.
        let totals = totals.map(|totals| totals.map(fold));
        for (totals, weight) in totals.iter().zip(weight.chunks_exact_mut(weight.len() / C)) {
            add(&mut weight[streams.first..=streams.first + last], totals);
        }
    }
}

/// The sum of a slice, lane by lane.
#[inline(always)]
fn sum<T: Real, const L: usize>(slice: &[T]) -> T {
    let mut total = [T::default(); L];
    for chunk in slice.chunks_exact(L) {
        for (total, value) in total.iter_mut().zip(chunk) {
            *total += *value;
        }
    }
    let rest = slice.chunks_exact(L).remainder().iter().fold(T::default(), |total, value| total + *value);
    fold(total) + rest
}

/// The sum of all lanes, halves first.
#[inline(always)]
fn fold<T: Real, const L: usize>(mut lanes: [T; L]) -> T {
    let mut width = L / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] += lanes[i + width];
        }
        width /= 2;
    }
    lanes[0]
}
