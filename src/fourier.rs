//! Fourier transforms of periodic fields.

use rayon::prelude::*;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftPlanner, num_complex::Complex};
use std::{f64::consts::TAU, sync::Arc};

/// The discrete Fourier transform of a cube of `size`³ real values in C order, both ways, on all cores.
///
/// Of the modes φ̂(kx, ky, kz) only those with kz ≥ 0 are kept, `size` × `size` × (`size`/2 + 1) of them in C order: the
/// others are complex conjugates, φ̂(−k) = φ̂(k)*.
pub struct Fourier {
    size: usize,
    real: RealLines,
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
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
    /// Plans the transforms of a cube of `size`³ values.
    pub fn new(size: usize) -> Self {
        let (mut planner, mut real) = (FftPlanner::new(), RealFftPlanner::new());
        Self {
            size,
            real: RealLines { forward: real.plan_fft_forward(size), inverse: real.plan_fft_inverse(size) },
            forward: planner.plan_fft_forward(size),
            inverse: planner.plan_fft_inverse(size),
            spare: vec![Complex::default(); mode_count(size)],
        }
    }

    /// φ̂(k) = Σ φ(x) exp(−i k·x) of `values` into `modes`; the components of k lie 2π/`size` apart, see [`waves`].
    pub fn forward(&mut self, values: &[f32], modes: &mut Vec<Complex<f32>>) {
        let (n, real) = (self.size, &*self.real.forward);
        modes.resize(mode_count(n), Complex::default());
        let room = || (real.make_input_vec(), real.make_scratch_vec());
        let lines = modes.par_chunks_exact_mut(real.complex_len()).zip(values.par_chunks_exact(n));
        lines.for_each_init(room, |(line, scratch), (modes, values)| {
            line.copy_from_slice(values);
            // It can only fail over lengths, and these are its own.
            real.process_with_scratch(line, modes, scratch).ok();
        });
        let fft = self.forward.clone();
        self.transform_others(&*fft, modes);
    }

    /// Σ φ̂(k) exp(+i k·x) over all k into `values`: `size`³ times the inverse of [`Fourier::forward`]. What `modes` hold is
    /// lost.
    pub fn inverse(&mut self, modes: &mut Vec<Complex<f32>>, values: &mut [f32]) {
        let fft = self.inverse.clone();
        self.transform_others(&*fft, modes);
        let (n, real) = (self.size, &*self.real.inverse);
        let lines = modes.par_chunks_exact_mut(real.complex_len()).zip(values.par_chunks_exact_mut(n));
        lines.for_each_init(
            || real.make_scratch_vec(),
            |scratch, (modes, values)| {
                // Real but for rounding, which the transform would complain of.
                modes[0].im = 0.0;
                if n.is_multiple_of(2) {
                    modes[n / 2].im = 0.0;
                }
                real.process_with_scratch(modes, values, scratch).ok();
            },
        );
    }

    /// Transforms along the two axes that are complex before and after.
    fn transform_others(&mut self, fft: &dyn Fft<f32>, modes: &mut Vec<Complex<f32>>) {
        let (n, half) = (self.size, self.size / 2 + 1);
        for last in [half, n] {
            turn(modes, &mut self.spare, last);
            std::mem::swap(modes, &mut self.spare);
            let scratch = || vec![Complex::default(); fft.get_inplace_scratch_len()];
            modes
                .par_chunks_exact_mut(n)
                .for_each_init(scratch, |scratch, line| fft.process_with_scratch(line, scratch));
        }
        turn(modes, &mut self.spare, n);
        std::mem::swap(modes, &mut self.spare);
    }
}

/// Brings the last axis, of length `last`, to the front: (x, y, z) → (z, x, y).
fn turn(from: &[Complex<f32>], to: &mut [Complex<f32>], last: usize) {
    let lines = from.len() / last;
    to.par_chunks_mut(BLOCK * lines).enumerate().for_each(|(block, planes)| {
        let width = planes.len() / lines;
        for (i, line) in from.chunks_exact(last).enumerate() {
            for (z, &value) in line[block * BLOCK..][..width].iter().enumerate() {
                planes[z * lines + i] = value;
            }
        }
    });
}

/// Number of modes that are kept of a cube of `size`³ values.
pub fn mode_count(size: usize) -> usize {
    size * size * (size / 2 + 1)
}

/// The places (x, y, z) along the axes of the modes of a cube of `size`³ values, in their order, and how many modes of the
/// whole spectrum each stands for.
pub fn modes(size: usize) -> impl Iterator<Item = ([usize; 3], f64)> {
    let half = size / 2 + 1;
    (0..mode_count(size)).map(move |i| {
        let z = i % half;
        let alone = z == 0 || 2 * z == size;
        ([i / (size * half), i / half % size, z], if alone { 1.0 } else { 2.0 })
    })
}

/// Signed number of waves per box of the `index`-th mode along an axis of `size` nodes: 0, 1, …, −2, −1.
pub fn waves(index: usize, size: usize) -> f64 {
    if 2 * index <= size { index as f64 } else { index as f64 - size as f64 }
}

/// What −∂²/∂x² is taken for in Fourier space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symbol {
    /// The second difference of the 7-point Laplacian: 2 − 2 cos k.
    Difference,
    /// The derivative itself: k².
    Derivative,
}

impl Symbol {
    /// Its values for the modes of one axis in the order of [`waves`]; the Laplacian has the sum of three of them.
    pub fn values(self, size: usize) -> Vec<f64> {
        let wave_number = |index| TAU * waves(index, size) / size as f64;
        (0..size)
            .map(wave_number)
            .map(|k| match self {
                Self::Difference => 2.0 - 2.0 * k.cos(),
                Self::Derivative => k * k,
            })
            .collect()
    }
}
