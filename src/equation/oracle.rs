//! The equation solved plainly, in f64: slow, and the measure of everything else.

use super::{Equation, Kinetics, Parameters};
use crate::grid::Grid;

/// 7-point Laplacian of `phi` (C order) at a node, in units of the grid's spacing.
fn laplacian(phi: &[f64], grid: &Grid, node: [usize; 3]) -> f64 {
    let around = |axis| [true, false].map(|forwards| phi[grid.index(grid.neighbour(node, axis, forwards))]);
    (0..3).flat_map(around).sum::<f64>() - 6.0 * phi[grid.index(node)]
}

/// Chemical potential μ on the nodes of a grid (C order), in f64.
pub fn chemical_potential(phi: &[f64], grid: &Grid, equation: &Equation) -> Vec<f64> {
    let unit = equation.in_units_of(grid.spacing);
    let mu = |(i, &phi_i): (usize, &f64)| {
        unit.reaction() * (phi_i.powi(3) - phi_i) - unit.stiffness() * laplacian(phi, grid, grid.node(i))
    };
    // Of the potential in units of the spacing, which is s times as large.
    phi.iter().enumerate().map(mu).map(|mu| mu / grid.spacing).collect()
}

/// One forward Euler step of the equation: what all solvers are tested against.
pub fn reference_step(phi: &[f64], grid: &Grid, parameters: &Parameters) -> Vec<f64> {
    let Parameters { equation, time_step, .. } = parameters;
    let mu = chemical_potential(phi, grid, equation);
    let rate = |i: usize| match equation.kinetics {
        Kinetics::CahnHilliard => laplacian(&mu, grid, grid.node(i)) / grid.spacing.powi(2),
        Kinetics::AllenCahn => -mu[i],
    };
    phi.iter().enumerate().map(|(i, phi)| phi + time_step * equation.mobility * rate(i)).collect()
}

/// Free energy per volume F/V with forward differences, periodic, so that it falls monotonically under the explicit
/// scheme. Plain, in f64.
pub fn free_energy_density(phi: &[f64], grid: &Grid, equation: &Equation) -> f64 {
    let density = |(i, &here): (usize, &f64)| {
        let next = |axis| phi[grid.index(grid.neighbour(grid.node(i), axis, true))];
        let slope2: f64 = (0..3).map(|axis| ((next(axis) - here) / grid.spacing).powi(2)).sum();
        equation.energy_density(here, slope2)
    };
    phi.iter().enumerate().map(density).sum::<f64>() / phi.len() as f64
}
