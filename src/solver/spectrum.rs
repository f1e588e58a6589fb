//! What the Fourier schemes share: the modes of φ and of its reaction, and their sizes.

use crate::{
    equation::Equation,
    fourier::{Fourier, Symbol},
    grid::Grid,
};
use rayon::prelude::*;
use rustfft::num_complex::Complex;

/// The stabilising constant S: the potential's curvature in the pure phases, where the explicit part then vanishes.
pub fn stabiliser(equation: &Equation) -> f64 {
    equation.drive_curvature(1.0)
}

/// Complex numbers as pairs, as a saved state has them.
pub fn pairs(modes: &[Complex<f32>]) -> Vec<f32> {
    modes.iter().flat_map(|mode| [mode.re, mode.im]).collect()
}

/// Fills `modes` from pairs.
pub fn fill(modes: &mut [Complex<f32>], pairs: &[f32]) {
    modes.iter_mut().zip(pairs.as_chunks().0).for_each(|(mode, &[re, im])| *mode = Complex { re, im });
}

/// Transforms of one box, and room to work in.
pub struct Spectrum {
    fourier: Fourier,
    /// k̂² of every mode, in the order of [`Fourier::forward`].
    pub squares: Vec<f64>,
    /// How many modes of the whole spectrum each of them stands for.
    counts: Vec<f64>,
    /// r on its way there.
    reaction: Vec<f32>,
    /// φ̂ on its way back.
    modes: Vec<Complex<f32>>,
}

/// Modes that are summed up as one, so that no sum depends on the number of threads.
const BLOCK: usize = 4096;

impl Spectrum {
    /// Plans the transforms of values on `grid`.
    pub fn new(grid: &Grid, symbol: Symbol) -> Self {
        let fourier = Fourier::new(grid);
        let modes = fourier.modes();
        let [a, b, c] = modes.symbol(symbol);
        let square = |[i, j, k]: [usize; 3]| a[i] + b[j] + c[k];
        let (squares, counts) = modes.places().map(|(place, count)| (square(place), count)).unzip();
        Self { fourier, squares, counts, reaction: vec![0.0; grid.len()], modes: vec![Complex::default(); modes.len()] }
    }

    /// Number of modes.
    pub fn len(&self) -> usize {
        self.squares.len()
    }

    /// φ̂ of `phi`.
    pub fn forward(&mut self, phi: &[f32], modes: &mut Vec<Complex<f32>>) {
        self.fourier.forward(phi, modes);
    }

    /// r̂ of `phi`, with r = [`Equation::reaction`] (φ³ − φ).
    pub fn reaction(&mut self, equation: &Equation, phi: &[f32], modes: &mut Vec<Complex<f32>>) {
        let cubic = equation.reaction() as f32;
        let nodes = self.reaction.par_iter_mut().zip(phi);
        nodes.for_each(|(reaction, phi)| *reaction = cubic * phi * (phi * phi - 1.0));
        self.fourier.forward(&self.reaction, modes);
    }

    /// φ of `modes`.
    pub fn inverse(&mut self, modes: &[Complex<f32>], phi: &mut [f32]) {
        self.modes.copy_from_slice(modes);
        self.fourier.inverse(&mut self.modes, phi);
        let scale = 1.0 / phi.len() as f32;
        phi.par_iter_mut().for_each(|phi| *phi *= scale);
    }

    /// RMS over the nodes of the field with the modes `mode(i)`, of which the first `skipped` are left out, by Parseval's
    /// theorem; without mode 0 it is the deviation from the mean.
    pub fn size(&self, skipped: usize, mode: impl Fn(usize) -> Complex<f32> + Sync) -> f64 {
        let squared = |i: usize| f64::from(mode(i).norm_sqr()) * self.counts[i];
        let count = self.counts.len();
        let block = |from: usize| (from.max(skipped)..count.min(from + BLOCK)).map(squared).sum::<f64>();
        let sums: Vec<f64> = (0..count.div_ceil(BLOCK)).into_par_iter().map(|i| block(i * BLOCK)).collect();
        sums.iter().sum::<f64>().sqrt() / self.reaction.len() as f64
    }
}
