//! Fourier transforms of periodic fields.

use crate::grid::Grid;
use rayon::prelude::*;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftPlanner, num_complex::Complex};
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

    /// The places of the modes along the axes, in their order, and how many modes of the whole spectrum each stands for.
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
pub struct Fourier {
    modes: Modes,
    real: RealLines,
    /// Along the first and the second axis.
    forward: [Arc<dyn Fft<f32>>; 2],
    inverse: [Arc<dyn Fft<f32>>; 2],
    spare: Vec<Complex<f32>>,
}

/// The transforms along the axis that is real before and half as long, but complex, after.
struct RealLines {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
}

/// Values that are moved at once when axes are turned: two cache lines of modes.
const BLOCK: usize = 16;

impl Fourier {
    /// Plans the transforms of values on `grid`.
    pub fn new(grid: &Grid) -> Self {
        let modes = Modes::of(grid);
        let [a, b, c] = modes.nodes;
        let (mut planner, mut real) = (FftPlanner::new(), RealFftPlanner::new());
        Self {
            modes,
            real: RealLines { forward: real.plan_fft_forward(c), inverse: real.plan_fft_inverse(c) },
            forward: [a, b].map(|side| planner.plan_fft_forward(side)),
            inverse: [a, b].map(|side| planner.plan_fft_inverse(side)),
            spare: vec![Complex::default(); modes.len()],
        }
    }

    /// The modes, in their order.
    pub fn modes(&self) -> Modes {
        self.modes
    }

    /// φ̂(k) = Σ φ(x) exp(−i k·x) of `values` into `modes`; the components of k lie 2π/n apart, see [`waves`].
    pub fn forward(&mut self, values: &[f32], modes: &mut Vec<Complex<f32>>) {
        let real = &*self.real.forward;
        modes.resize(self.modes.len(), Complex::default());
        let room = || (real.make_input_vec(), real.make_scratch_vec());
        let lines = modes.par_chunks_exact_mut(real.complex_len()).zip(values.par_chunks_exact(real.len()));
        lines.for_each_init(room, |(line, scratch), (modes, values)| {
            line.copy_from_slice(values);
            // It can only fail over lengths, and these are its own.
            real.process_with_scratch(line, modes, scratch).ok();
        });
        let transforms = self.forward.clone();
        self.transform_others(&transforms, modes);
    }

    /// Σ φ̂(k) exp(+i k·x) over all k into `values`: the number of nodes times the inverse of [`Fourier::forward`]. What
    /// `modes` hold is lost.
    pub fn inverse(&mut self, modes: &mut Vec<Complex<f32>>, values: &mut [f32]) {
        let transforms = self.inverse.clone();
        self.transform_others(&transforms, modes);
        let real = &*self.real.inverse;
        let n = real.len();
        let lines = modes.par_chunks_exact_mut(real.complex_len()).zip(values.par_chunks_exact_mut(n));
        lines.for_each_init(
            || real.make_scratch_vec(),
            |scratch, (modes, values)| {
                // Real but for rounding, which the transform would complain of.
                modes[0].im = 0.0;
                if n.is_multiple_of(2) {
                    modes[n / 2].im = 0.0;
                }
                // As above.
                real.process_with_scratch(modes, values, scratch).ok();
            },
        );
    }

    /// Transforms along the two axes that are complex before and after.
    fn transform_others(&mut self, transforms: &[Arc<dyn Fft<f32>>; 2], modes: &mut Vec<Complex<f32>>) {
        let [a, b, half] = self.modes.shape();
        let [first, second] = transforms;
        for (last, fft) in [(half, second), (b, first)] {
            self.turn(modes, last);
            if fft.len() > 1 {
                let scratch = || vec![Complex::default(); fft.get_inplace_scratch_len()];
                modes
                    .par_chunks_exact_mut(fft.len())
                    .for_each_init(scratch, |scratch, line| fft.process_with_scratch(line, scratch));
            }
        }
        self.turn(modes, a);
    }

    /// Brings the last axis, of length `last`, to the front: (x, y, z) → (z, x, y).
    fn turn(&mut self, modes: &mut Vec<Complex<f32>>, last: usize) {
        let lines = modes.len() / last;
        if last == 1 || lines == 1 {
            return;
        }
        self.spare.par_chunks_mut(BLOCK * lines).enumerate().for_each(|(block, planes)| {
            let width = planes.len() / lines;
            for (i, line) in modes.chunks_exact(last).enumerate() {
                for (z, &value) in line[block * BLOCK..][..width].iter().enumerate() {
                    planes[z * lines + i] = value;
                }
            }
        });
        std::mem::swap(modes, &mut self.spare);
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
