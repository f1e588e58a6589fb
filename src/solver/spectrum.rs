//! What the Fourier schemes share.
//!
//! Modes are kept as pairs of real values, re and im next to each other, which the loops over them treat alike: so each
//! is a loop over plain arrays, of which the compiler makes vector instructions.

use crate::{
    equation::Equation,
    fourier::{Modes, Symbol},
};
use num_complex::Complex;

/// Values that a thread works on at once: those of all arrays of a step fit into a core's cache.
pub const CHUNK: usize = 4096;

/// The values of that number among the chunks of an array.
pub fn part(values: &[f32], chunk: usize) -> &[f32] {
    let start = chunk * CHUNK;
    &values[start..values.len().min(start + CHUNK)]
}

/// The stabilising constant S: the potential's curvature in the pure phases, where the explicit part then vanishes.
pub fn stabiliser(equation: &Equation) -> f64 {
    equation.drive_curvature(1.0)
}

/// r = [`Equation::reaction`] (φ³ − φ).
pub fn reaction(equation: &Equation) -> impl Fn(f32) -> f32 + use<> {
    let cubic = equation.reaction() as f32;
    move |phi| cubic * phi * (phi * phi - 1.0)
}

/// The modes whose values these are.
pub fn modes(values: &mut [f32]) -> &mut [Complex<f32>] {
    bytemuck::cast_slice_mut(values)
}

/// The linear part of the equation at every value of the modes.
pub struct Linear {
    /// M s, where s is k̂² if φ is conserved and 1 otherwise.
    pub mobility: Vec<f32>,
    /// λ = M s (S + ε k̂²).
    pub stiffness: Vec<f32>,
}

impl Linear {
    /// Of an `equation` in units of the grid's spacing; both are multiplied by `time`.
    pub fn new(equation: &Equation, modes: &Modes, symbol: Symbol, time: f64) -> Self {
        let [a, b, c] = modes.symbol(symbol);
        let rates = modes.places().map(|([i, j, k], _)| {
            let k2 = a[i] + b[j] + c[k];
            let mobility = time * equation.mobility * equation.kinetics.symbol(k2);
            (mobility, mobility * (stabiliser(equation) + equation.stiffness() * k2))
        });
        let (mobility, stiffness) = rates.flat_map(|rate| [rate; 2]).map(|(m, l)| (m as f32, l as f32)).unzip();
        Self { mobility, stiffness }
    }
}
