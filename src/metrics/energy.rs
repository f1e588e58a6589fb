//! The free energy of a field.

use super::sum_planes;
use crate::{equation::Equation, field::Field};

/// Free energy per volume F/V on the field's own nodes, with forward differences: the sum of
/// [`crate::equation::free_energy_density`], on all cores.
pub fn energy_density(field: &Field, equation: &Equation) -> f64 {
    let grid = field.grid();
    let unit = equation.in_units_of(grid.spacing);
    let sum = sum_nodes(field, |here, next| {
        let slope2 = next.iter().map(|&next| (f64::from(next) - f64::from(here)).powi(2)).sum();
        unit.energy_density(here.into(), slope2)
    });
    // Energies per volume are inverse lengths.
    sum / grid.len() as f64 / grid.spacing
}

/// Σ|∇φ|² by forward differences between neighbouring nodes, per spacing².
pub(super) fn squared_slopes(field: &Field) -> f64 {
    sum_nodes(field, |here, next| next.iter().map(|&next| (f64::from(next) - f64::from(here)).powi(2)).sum())
}

/// Σ f(φ, the next values along x, y and z) over all nodes.
fn sum_nodes(field: &Field, f: impl Fn(f32, [f32; 3]) -> f64 + Sync + Send) -> f64 {
    let [nx, ny, nz] = field.grid().shape;
    let row = |x: usize, y: usize| &field.values()[(x * ny + y) * nz..][..nz];
    let of_plane = |x: usize| {
        let of_row = |y: usize| {
            let (here, next_x, next_y) = (row(x, y), row((x + 1) % nx, y), row(x, (y + 1) % ny));
            let next_z = here[1..].iter().chain(&here[..1]);
            let nodes = here.iter().zip(next_x).zip(next_y).zip(next_z);
            nodes.map(|(((&here, &x), &y), &z)| f(here, [x, y, z])).sum::<f64>()
        };
        (0..ny).map(of_row).sum()
    };
    sum_planes(nx, of_plane)
}
