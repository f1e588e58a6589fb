//! Fourier transforms of periodic fields.

use crate::grid::Grid;
use num_complex::Complex;
use rayon::prelude::*;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftPlanner};
use serde::{Deserialize, Serialize};
use std::{f64::consts::TAU, sync::Arc};

/// The modes that are kept of the transform of real values on a grid.
///
/// Of φ̂(kx, ky, kz) only those with k ≥ 0 along the last axis that has more than one node are kept: the others are
/// complex conjugates, φ̂(−k) = φ̂(k)*. Axes with one node are moved to the front, which changes nothing in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Modes {
    /// Nodes along the axes, single ones first.
    nodes: [usize; 3],
}

impl Modes {
    /// Those of a grid.
    pub fn of(grid: &Grid) -> Self {
        let mut nodes = grid.shape;
        nodes.sort_by_key(|&side| side > 1);
        Self { nodes }
    }

    /// Nodes along the axes that the places of the modes refer to.
    pub fn nodes(&self) -> [usize; 3] {
        self.nodes
    }

    /// Modes along the three axes, in C order.
    pub fn shape(&self) -> [usize; 3] {
        let [a, b, c] = self.nodes;
        [a, b, c / 2 + 1]
    }

    /// Number of modes.
    pub fn len(&self) -> usize {
        self.shape().iter().product()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The places of the modes along the axes, in their order, and how many modes of the whole spectrum each stands
    /// for.
    pub fn places(self) -> impl Iterator<Item = ([usize; 3], f64)> {
        let ([_, b, half], last) = (self.shape(), self.nodes[2]);
        (0..self.len()).map(move |i| {
            let c = i % half;
            let alone = c == 0 || 2 * c == last;
            ([i / (b * half), i / half % b, c], if alone { 1.0 } else { 2.0 })
        })
    }

    /// The values of a symbol along each axis: −∇² of a mode is the sum of those at its place.
    pub fn symbol(&self, symbol: Symbol) -> [Vec<f64>; 3] {
        self.nodes.map(|side| symbol.values(side))
    }
}

/// The discrete Fourier transform of real values on a grid in C order, both ways, on all cores.
///
/// A plane of the second and third axis fits into a core's cache: both its transforms are made in one pass over the
/// planes. Lines along the first axis are gathered into `spare` and transformed there, a few next to each other at
/// once.
pub struct Fourier {
    modes: Modes,
    plan: Plan,
    spare: Vec<Complex<f32>>,
}

/// The transforms along each axis.
struct Plan {
    /// Planes, lines of a plane and modes of a line; of a box of two dimensions, every line is a plane.
    shape: [usize; 3],
    /// Along the axis that is real before and half as long, but complex, after.
    real_forward: Arc<dyn RealToComplex<f32>>,
    real_inverse: Arc<dyn ComplexToReal<f32>>,
    /// Along the first and the second axis.
    forward: [Arc<dyn Fft<f32>>; 2],
    inverse: [Arc<dyn Fft<f32>>; 2],
}

/// Lines that are gathered at once: those of two cache lines of modes.
const BLOCK: usize = 16;

/// Planes that are filled at once: half a cache line of modes of each gathered line.
const PLANES: usize = 4;

/// What a thread needs for a plane.
struct Room {
    line: Vec<f32>,
    block: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl Fourier {
    /// Plans the transforms of values on `grid`.
    pub fn new(grid: &Grid) -> Self {
        let modes = Modes::of(grid);
        let shape = match modes.shape() {
            [1, b, half] => [b, 1, half],
            shape => shape,
        };
        let (mut planner, mut real) = (FftPlanner::new(), RealFftPlanner::new());
        let [a, b, _] = shape;
        let side = modes.nodes[2];
        let plan = Plan {
            shape,
            real_forward: real.plan_fft_forward(side),
            real_inverse: real.plan_fft_inverse(side),
            forward: [a, b].map(|side| planner.plan_fft_forward(side)),
            inverse: [a, b].map(|side| planner.plan_fft_inverse(side)),
        };
        Self { modes, plan, spare: vec![Complex::default(); modes.len()] }
    }

    /// The modes, in their order.
    pub fn modes(&self) -> Modes {
        self.modes
    }

    /// φ̂(k) = Σ φ(x) exp(−i k·x) of `values`; the components of k lie 2π/n apart, see [`waves`].
    pub fn forward(&mut self, values: &[f32]) -> Vec<Complex<f32>> {
        let mut modes = vec![Complex::default(); self.modes.len()];
        self.forward_of(values, |value| value, &mut modes);
        modes
    }

    /// The modes of f(φ), where `values` are those of φ, into `modes`.
    pub fn forward_of(&mut self, values: &[f32], f: impl Fn(f32) -> f32 + Sync, modes: &mut [Complex<f32>]) {
        let plan = &self.plan;
        let planes = modes.par_chunks_exact_mut(plan.modes()).zip(values.par_chunks_exact(plan.nodes()));
        planes.for_each_init(|| Room::new(plan), |room, (plane, values)| plan.forward(room, values, &f, plane));
        plan.across(&*plan.forward[0], modes, &mut self.spare);
    }

    /// Σ φ̂(k) exp(+i k·x) over all k into `values`: the number of nodes times the inverse of [`Fourier::forward`].
    /// What `modes` hold is lost.
    pub fn inverse(&mut self, modes: &mut [Complex<f32>], values: &mut [f32]) {
        let plan = &self.plan;
        plan.for_planes(modes, values, &mut self.spare, |room, plane, values| plan.inverse(room, plane, values));
    }

    /// Turns the modes of φ into those of f(φ), by way of φ itself, which is left in `values`. As an inverse and a
    /// forward transform, but both are made of a plane while it is in the cache.
    pub fn map(&mut self, modes: &mut [Complex<f32>], values: &mut [f32], f: impl Fn(f32) -> f32 + Sync) {
        let plan = &self.plan;
        let scale = 1.0 / values.len() as f32;
        plan.for_planes(modes, values, &mut self.spare, |room, plane, values| {
            plan.inverse(room, plane, values);
            values.iter_mut().for_each(|value| *value *= scale);
            plan.forward(room, values, &f, plane);
        });
        plan.across(&*plan.forward[0], modes, &mut self.spare);
    }
}

impl Plan {
    /// Modes of a plane.
    fn modes(&self) -> usize {
        self.shape[1] * self.shape[2]
    }

    /// Nodes of a plane.
    fn nodes(&self) -> usize {
        self.shape[1] * self.real_forward.len()
    }

    /// Transforms f of the values of a plane along both its axes.
    fn forward(&self, room: &mut Room, values: &[f32], f: impl Fn(f32) -> f32, plane: &mut [Complex<f32>]) {
        let real = &*self.real_forward;
        let lines = plane.chunks_exact_mut(self.shape[2]).zip(values.chunks_exact(real.len()));
        for (modes, values) in lines {
            room.line.iter_mut().zip(values).for_each(|(to, &value)| *to = f(value));
            // It can only fail over lengths, and these are its own.
            real.process_with_scratch(&mut room.line, modes, &mut room.scratch).ok();
        }
        room.transform_columns(&*self.forward[1], plane, self.shape[2]);
    }

    /// Transforms the modes of a plane back along both its axes.
    fn inverse(&self, room: &mut Room, plane: &mut [Complex<f32>], values: &mut [f32]) {
        room.transform_columns(&*self.inverse[1], plane, self.shape[2]);
        let real = &*self.real_inverse;
        let n = real.len();
        for (modes, values) in plane.chunks_exact_mut(self.shape[2]).zip(values.chunks_exact_mut(n)) {
            // Real but for rounding, which the transform would complain of.
            modes[0].im = 0.0;
            if n.is_multiple_of(2) {
                modes[n / 2].im = 0.0;
            }
            // As above.
            real.process_with_scratch(modes, values, &mut room.scratch).ok();
        }
    }

    /// Transforms modes along the first axis.
    fn across(&self, fft: &dyn Fft<f32>, modes: &mut [Complex<f32>], spare: &mut [Complex<f32>]) {
        if fft.len() > 1 {
            gather(fft, modes, spare, self.modes());
            modes.par_chunks_mut(PLANES * self.modes()).enumerate().for_each(|(group, planes)| {
                scatter(spare, planes, PLANES * group, fft.len(), self.modes());
            });
        }
    }

    /// Transforms modes back along the first axis, and does `work` on each plane.
    fn for_planes(
        &self,
        modes: &mut [Complex<f32>],
        values: &mut [f32],
        spare: &mut [Complex<f32>],
        work: impl Fn(&mut Room, &mut [Complex<f32>], &mut [f32]) + Sync,
    ) {
        let fft = &*self.inverse[0];
        if fft.len() > 1 {
            gather(fft, modes, spare, self.modes());
        }
        let groups = modes.par_chunks_mut(PLANES * self.modes()).zip(values.par_chunks_mut(PLANES * self.nodes()));
        groups.enumerate().for_each_init(
            || Room::new(self),
            |room, (group, (planes, values))| {
                if fft.len() > 1 {
                    scatter(spare, planes, PLANES * group, fft.len(), self.modes());
                }
                let planes = planes.chunks_exact_mut(self.modes()).zip(values.chunks_exact_mut(self.nodes()));
                planes.for_each(|(plane, values)| work(room, plane, values));
            },
        );
    }
}

impl Room {
    fn new(plan: &Plan) -> Self {
        let (lines, columns) = (&plan.real_forward, [&plan.forward[1], &plan.inverse[1]]);
        let scratch = columns.map(|fft| fft.get_inplace_scratch_len()).into_iter();
        let scratch = scratch.chain([lines.get_scratch_len(), plan.real_inverse.get_scratch_len()]).max();
        let zeros = |length| vec![Complex::default(); length];
        Self {
            line: vec![0.0; lines.len()],
            block: zeros(BLOCK * plan.shape[1]),
            scratch: zeros(scratch.unwrap_or_default()),
        }
    }

    /// Transforms a plane along its first axis; `width` modes lie along the second.
    fn transform_columns(&mut self, fft: &dyn Fft<f32>, plane: &mut [Complex<f32>], width: usize) {
        let n = fft.len();
        if n == 1 {
            return;
        }
        for start in (0..width).step_by(BLOCK) {
            let count = BLOCK.min(width - start);
            let block = &mut self.block[..count * n];
            for (row, modes) in plane.chunks_exact(width).enumerate() {
                for (column, &mode) in modes[start..][..count].iter().enumerate() {
                    block[column * n + row] = mode;
                }
            }
            fft.process_with_scratch(block, &mut self.scratch);
            for (row, modes) in plane.chunks_exact_mut(width).enumerate() {
                for (column, mode) in modes[start..][..count].iter_mut().enumerate() {
                    *mode = block[column * n + row];
                }
            }
        }
    }
}

/// Gathers the lines across planes of `size` modes into `lines`, one after the other, and transforms them.
fn gather(fft: &dyn Fft<f32>, modes: &[Complex<f32>], lines: &mut [Complex<f32>], size: usize) {
    let n = fft.len();
    let scratch = || vec![Complex::default(); fft.get_inplace_scratch_len()];
    lines.par_chunks_mut(BLOCK * n).enumerate().for_each_init(scratch, |scratch, (block, lines)| {
        let (start, count) = (block * BLOCK, lines.len() / n);
        for (x, plane) in modes.chunks_exact(size).enumerate() {
            for (line, &mode) in plane[start..][..count].iter().enumerate() {
                lines[line * n + x] = mode;
            }
        }
        fft.process_with_scratch(lines, scratch);
    });
}

/// Puts lines of `n` modes that were gathered back into planes of `size` modes, of which `first` is the first.
fn scatter(lines: &[Complex<f32>], planes: &mut [Complex<f32>], first: usize, n: usize, size: usize) {
    for (place, line) in lines.chunks_exact(n).enumerate() {
        for (plane, &mode) in planes.chunks_exact_mut(size).zip(&line[first..]) {
            plane[place] = mode;
        }
    }
}

/// Signed number of waves per box of the `index`-th mode along an axis of `side` nodes: 0, 1, …, −2, −1.
pub fn waves(index: usize, side: usize) -> f64 {
    if 2 * index <= side { index as f64 } else { index as f64 - side as f64 }
}

/// What −∂²/∂x² is taken for in Fourier space, on nodes one unit apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Symbol {
    #[default]
    /// The second difference of the 7-point Laplacian: 2 − 2 cos k.
    Difference,
    /// The derivative itself: k².
    Derivative,
}

impl Symbol {
    /// Its values for the modes of an axis of `side` nodes in the order of [`waves`].
    fn values(self, side: usize) -> Vec<f64> {
        let wave_number = |index| TAU * waves(index, side) / side as f64;
        (0..side)
            .map(wave_number)
            .map(|k| match self {
                Self::Difference => 2.0 - 2.0 * k.cos(),
                Self::Derivative => k * k,
            })
            .collect()
    }
}
