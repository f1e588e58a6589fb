//! How far two fields are apart.

pub mod gpu;

use super::{
    energy::{energy_density, squared_slopes},
    sum_planes,
};
use crate::{
    equation::Equation,
    field::{Field, FieldError},
};
use serde::{Deserialize, Serialize};

/// Figures of a candidate's field ψ against the reference's field φ, at one moment.
///
/// Both lie in the same box; the candidate's nodes are nodes of the reference, all of them or every r-th. Errors on the
/// candidate's own nodes say how good it is. On the reference's nodes they hold the error of interpolation, too, of
/// which the floor is what a candidate would show that is perfect on its own nodes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PairMetrics {
    /// sqrt( ⟨(ψ − φ)²⟩ ), mean over the candidate's nodes.
    pub rmse: f64,
    /// Root-mean-square displacement of the interface in grid units, δ = sqrt( ⟨(ψ − φ)²⟩ / ⟨|∇φ|²⟩ ), the first mean
    /// over the candidate's nodes, the second over the reference's (Lanzoni et al., Eq. 4 and Appendix C). Infinite
    /// where φ has no interface but ψ differs.
    ///
    /// Slopes are forward differences, as in the energy: an interface is hardly wider than a cell, and central
    /// differences would miss a fifth of ⟨|∇φ|²⟩ on a grid with ε = 3, two fifths on every second node.
    pub displacement: f64,
    /// RMSE on the reference's nodes, ψ interpolated as by [`Field::refined`].
    pub rmse_fine: f64,
    /// The RMSE there of φ itself, sampled on the candidate's nodes and interpolated.
    pub rmse_floor: f64,
    /// δ on the reference's nodes.
    pub displacement_fine: f64,
    /// δ there of φ itself, sampled and interpolated.
    pub displacement_floor: f64,
    /// F/V of φ on its own nodes.
    pub energy_reference: f64,
    /// F/V of ψ on its own nodes.
    pub energy_candidate: f64,
    /// |F[ψ] − F[φ]| / F[φ], both on the candidate's nodes, so that they have the same error of discretisation.
    pub energy_error: f64,
    /// Mean of φ on its own nodes.
    pub mean_reference: f64,
    /// Mean of ψ.
    pub mean_candidate: f64,
}

/// Sums from which the figures are made.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    /// ⟨(ψ − φ)²⟩ over the candidate's nodes.
    pub square: f64,
    /// The same over the reference's, of ψ and of φ sampled.
    pub square_fine: f64,
    pub square_floor: f64,
    /// ⟨|∇φ|²⟩ over the reference's nodes, in grid units.
    pub slope: f64,
    pub energy_reference: f64,
    /// F/V of φ on the candidate's nodes.
    pub energy_sampled: f64,
    pub energy_candidate: f64,
    pub mean_reference: f64,
    pub mean_candidate: f64,
}

impl From<Sums> for PairMetrics {
    fn from(sums: Sums) -> Self {
        let displacement = |square: f64| ratio(square, sums.slope).sqrt();
        Self {
            rmse: sums.square.sqrt(),
            displacement: displacement(sums.square),
            rmse_fine: sums.square_fine.sqrt(),
            rmse_floor: sums.square_floor.sqrt(),
            displacement_fine: displacement(sums.square_fine),
            displacement_floor: displacement(sums.square_floor),
            energy_reference: sums.energy_reference,
            energy_candidate: sums.energy_candidate,
            energy_error: ratio((sums.energy_candidate - sums.energy_sampled).abs(), sums.energy_sampled),
            mean_reference: sums.mean_reference,
            mean_candidate: sums.mean_candidate,
        }
    }
}

/// Compares the fields of a reference and a candidate at one moment.
///
/// # Errors
/// When the candidate's nodes are not among the reference's.
pub fn compare(reference: &Field, candidate: &Field, equation: &Equation) -> Result<PairMetrics, FieldError> {
    let (fine, coarse) = (reference.grid(), candidate.grid());
    let step = fine.step_to(&coarse)?;
    let sampled = reference.coarsened(step)?;
    let mean_square = |a: &Field, b: &Field| squared_distance(a, b) / a.grid().len() as f64;
    let square = mean_square(&sampled, candidate);
    let energy_reference = energy_density(reference, equation);
    let slope = squared_slopes(reference) / fine.len() as f64 / fine.spacing.powi(2);
    let (square_fine, square_floor, energy_sampled) = match step {
        1 => (square, 0.0, energy_reference),
        _ => (
            mean_square(reference, &candidate.refined(step)),
            mean_square(reference, &sampled.refined(step)),
            energy_density(&sampled, equation),
        ),
    };
    Ok(Sums {
        square,
        square_fine,
        square_floor,
        slope,
        energy_reference,
        energy_sampled,
        energy_candidate: energy_density(candidate, equation),
        mean_reference: reference.mean(),
        mean_candidate: candidate.mean(),
    }
    .into())
}

/// `part` / `whole`, and nothing of nothing is nothing.
fn ratio(part: f64, whole: f64) -> f64 {
    if part == 0.0 { 0.0 } else { part / whole }
}

/// Σ(a − b)² of two fields on grids of one shape.
fn squared_distance(a: &Field, b: &Field) -> f64 {
    let [planes, ny, nz] = a.grid().shape;
    sum_planes(planes, |x| {
        let [a, b] = [a, b].map(|field| &field.values()[x * ny * nz..][..ny * nz]);
        a.iter().zip(b).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum()
    })
}
