//! The free energy as a term of the loss: a surrogate must lose energy as fast as the microstructure does.

use crate::equation::Equation;
use burn::tensor::{Tensor, backend::Backend};

/// Free energy per volume of each field of a batch `[batch, 1, x, y, z]`; the result is `[batch]`. The formula is that
/// of [`crate::equation::free_energy_density`], on nodes `spacing` grid units apart.
pub fn free_energy_density<B: Backend>(phi: &Tensor<B, 5>, equation: &Equation, spacing: f64) -> Tensor<B, 1> {
    let unit = equation.in_units_of(spacing);
    let slope = |axis: usize| (next(phi, axis) - phi.clone()).square();
    let slopes = slope(2) + slope(3) + slope(4);
    let well = (-phi.clone().square() + 1.0).square();
    let density = slopes * (unit.gradient_coefficient() / 2.0 / spacing) + well * (unit.well_height() / spacing);
    density.flatten::<2>(1, 4).mean_dim(1).flatten(0, 1)
}

/// (ΔF/F)² of each field of a batch, F being that of `truth`; the result is `[batch]`.
pub fn relative_error<B: Backend>(
    predicted: &Tensor<B, 5>,
    truth: &Tensor<B, 5>,
    equation: &Equation,
    spacing: f64,
) -> Tensor<B, 1> {
    let reference = free_energy_density(truth, equation, spacing);
    let error = free_energy_density(predicted, equation, spacing) - reference.clone();
    (error / reference).square()
}

/// φ at i + 1 along an axis, at every node i.
fn next<B: Backend>(phi: &Tensor<B, 5>, axis: usize) -> Tensor<B, 5> {
    let length = phi.dims()[axis];
    if length == 1 {
        return phi.clone();
    }
    Tensor::cat(vec![phi.clone().narrow(axis, 1, length - 1), phi.clone().narrow(axis, 0, 1)], axis)
}
