//! Fourier transforms of periodic fields.

use rayon::prelude::*;
use rustfft::{Fft, FftPlanner, num_complex::Complex};
use std::{f64::consts::TAU, sync::Arc};

/// The discrete Fourier transform of a cube of `size`³ values in C order, both ways, on all cores.
pub struct Fourier {
    size: usize,
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    spare: Vec<Complex<f32>>,
}

impl Fourier {
    /// Plans the transforms of a cube of `size`³ values.
    pub fn new(size: usize) -> Self {
        let mut planner = FftPlanner::new();
        Self {
            size,
            forward: planner.plan_fft_forward(size),
            inverse: planner.plan_fft_inverse(size),
            spare: vec![Complex::default(); size * size * size],
        }
    }

    /// φ̂(k) = Σ φ(x) exp(−i k·x), in place; k in C order, 2π/size apart.
    pub fn forward(&mut self, values: &mut Vec<Complex<f32>>) {
        let fft = self.forward.clone();
        self.transform(&*fft, values);
    }

    /// Σ φ̂(k) exp(+i k·x), in place: `size`³ times the inverse of [`Fourier::forward`].
    pub fn inverse(&mut self, values: &mut Vec<Complex<f32>>) {
        let fft = self.inverse.clone();
        self.transform(&*fft, values);
    }

    /// Transforms along the contiguous axis, then turns the axes (x, y, z) → (z, x, y); three times.
    fn transform(&mut self, fft: &dyn Fft<f32>, values: &mut Vec<Complex<f32>>) {
        let n = self.size;
        for _axis in 0..3 {
            let scratch = || vec![Complex::default(); fft.get_inplace_scratch_len()];
            values
                .par_chunks_exact_mut(n * n)
                .for_each_init(scratch, |scratch, plane| fft.process_with_scratch(plane, scratch));
            self.spare.par_chunks_exact_mut(n * n).enumerate().for_each(|(z, plane)| {
                for (turned, line) in plane.iter_mut().zip(values.chunks_exact(n)) {
                    *turned = line[z];
                }
            });
            std::mem::swap(values, &mut self.spare);
        }
    }
}

/// Signed number of waves per box of the `index`-th mode on a grid of `size` nodes: 0, 1, …, −2, −1.
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
