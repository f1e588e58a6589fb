//! How far two fields are apart.

use super::{energy_density, sum_planes};
use crate::field::{Field, FieldError};
use serde::{Deserialize, Serialize};

/// Figures of the network's field ψ against the solver's field φ, at one moment.
///
/// Both lie in the same box, of N³ nodes for the solver and (N/r)³ for the network, nodes aligned.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PairMetrics {
    /// sqrt( Σ(ψ − φ)² / N³ ) on the solver's grid, ψ interpolated trilinearly.
    pub rmse: f64,
    /// The same on the network's grid, φ sampled.
    pub rmse_coarse: f64,
    /// Root-mean-square displacement of the interface in grid units, δ = sqrt( ⟨(ψ − φ)²⟩ / ⟨|∇φ|²⟩ ), means over the
    /// solver's nodes (Lanzoni et al., Eq. 4 and Appendix C). Infinite where φ has no interface but ψ differs.
    ///
    /// Slopes are forward differences, as in the energy: an interface is hardly wider than a cell, and central differences
    /// would miss a fifth of ⟨|∇φ|²⟩ on the solver's grid, two fifths on the network's.
    pub displacement: f64,
    /// The same with ⟨(ψ − φ)²⟩ over the network's nodes.
    pub displacement_coarse: f64,
    /// F/V of φ, sampled on the network's grid, so that both energies have the same discretisation error.
    pub energy_solver: f64,
    /// F/V of ψ.
    pub energy_network: f64,
    /// |F[ψ] − F[φ]| / F[φ].
    pub energy_error: f64,
    /// Mean of φ on the solver's grid.
    pub mean_solver: f64,
    /// Mean of ψ.
    pub mean_network: f64,
}

/// Compares the fields of both evolutions at one moment; ε in grid units of the solver.
///
/// # Errors
/// When the solver's grid is not a whole multiple of the network's.
pub fn compare(solver: &Field, network: &Field, epsilon: f64) -> Result<PairMetrics, FieldError> {
    let (size, coarse_size) = (solver.size(), network.size());
    if !size.is_multiple_of(coarse_size) {
        return Err(FieldError::Unrelated { size, other: coarse_size });
    }
    let step = size / coarse_size;
    let (fine, coarse) = (network.refined(step), solver.coarsened(step)?);
    let (distance, distance_coarse) = (squared_distance(solver, &fine), squared_distance(&coarse, network));
    let (square, square_coarse) = (distance / nodes(solver), distance_coarse / nodes(network));
    let gradient = squared_gradient(solver) / nodes(solver);
    let energy_solver = energy_density(&coarse, epsilon, step as f64);
    let energy_network = energy_density(network, epsilon, step as f64);
    Ok(PairMetrics {
        rmse: square.sqrt(),
        rmse_coarse: square_coarse.sqrt(),
        displacement: ratio(square, gradient).sqrt(),
        displacement_coarse: ratio(square_coarse, gradient).sqrt(),
        energy_solver,
        energy_network,
        energy_error: ratio((energy_network - energy_solver).abs(), energy_solver),
        mean_solver: solver.mean(),
        mean_network: network.mean(),
    })
}

/// Number of nodes.
fn nodes(field: &Field) -> f64 {
    field.values().len() as f64
}

/// `part` / `whole`, and nothing of nothing is nothing.
pub(super) fn ratio(part: f64, whole: f64) -> f64 {
    if part == 0.0 { 0.0 } else { part / whole }
}

/// Σ(a − b)² of two fields of one size.
fn squared_distance(a: &Field, b: &Field) -> f64 {
    let plane = a.size() * a.size();
    sum_planes(a.size(), |x| {
        let (a, b) = (&a.values()[x * plane..][..plane], &b.values()[x * plane..][..plane]);
        a.iter().zip(b).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum()
    })
}

/// Σ|∇φ|² by forward differences.
fn squared_gradient(field: &Field) -> f64 {
    let n = field.size();
    let row = |x: usize, y: usize| &field.values()[(x * n + y) * n..][..n];
    let of_plane = |x: usize| {
        let of_row = |y: usize| {
            let here = row(x, y);
            let next_z = here[1..].iter().chain(&here[..1]);
            let nodes = here.iter().zip(row((x + 1) % n, y)).zip(row(x, (y + 1) % n)).zip(next_z);
            let slope = |(((&here, &x), &y), &z): (((&f32, &f32), &f32), &f32)| -> f64 {
                [x, y, z].map(|next| (f64::from(next) - f64::from(here)).powi(2)).iter().sum()
            };
            nodes.map(slope).sum::<f64>()
        };
        (0..n).map(of_row).sum()
    };
    sum_planes(n, of_plane)
}
