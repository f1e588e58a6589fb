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
    /// Root-mean-square displacement of the interface in grid units, δ = sqrt( Σ(ψ − φ)² / Σ|∇φ|² ), on the
    /// solver's grid (Lanzoni et al., Eq. 4 and Appendix C). Infinite where φ has no interface but ψ differs.
    pub displacement: f64,
    /// The same on the network's grid.
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
    let energy_solver = energy_density(&coarse, epsilon, step as f64);
    let energy_network = energy_density(network, epsilon, step as f64);
    Ok(PairMetrics {
        rmse: (distance / nodes(solver)).sqrt(),
        rmse_coarse: (distance_coarse / nodes(network)).sqrt(),
        displacement: ratio(distance, squared_gradient(solver, 1.0)).sqrt(),
        displacement_coarse: ratio(distance_coarse, squared_gradient(&coarse, step as f64)).sqrt(),
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

/// Σ|∇φ|² by central differences between nodes `spacing` grid units apart.
fn squared_gradient(field: &Field, spacing: f64) -> f64 {
    let n = field.size();
    let row = |x: usize, y: usize| &field.values()[(x * n + y) * n..][..n];
    let squares = |after: &[f32], before: &[f32]| -> f64 {
        after.iter().zip(before).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum()
    };
    let of_plane = |x: usize| {
        let of_row = |y: usize| {
            let here = row(x, y);
            let along_z = squares(&here[2..], &here[..n - 2]) + squares(&here[..2], &here[n - 2..]);
            squares(row((x + 1) % n, y), row((x + n - 1) % n, y))
                + squares(row(x, (y + 1) % n), row(x, (y + n - 1) % n))
                + along_z
        };
        (0..n).map(of_row).sum()
    };
    sum_planes(n, of_plane) / (4.0 * spacing * spacing)
}
