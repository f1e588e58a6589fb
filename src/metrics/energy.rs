//! The free energy of a field.

use super::sum_planes;
use crate::field::Field;

/// Free energy per volume, F/V = 1/N³ Σ ( ε/8 |∇φ|² + 9/(8ε) (1 − φ²)² ), with forward differences between
/// nodes `spacing` grid units apart. The sum is that of [`crate::equation::free_energy_density`].
pub fn energy_density(field: &Field, epsilon: f64, spacing: f64) -> f64 {
    let n = field.size();
    let row = |x: usize, y: usize| &field.values()[(x * n + y) * n..][..n];
    let (gradient, potential) = (epsilon / (8.0 * spacing * spacing), 9.0 / (8.0 * epsilon));
    let energy = |here: f32, next: [f32; 3]| {
        let here = f64::from(here);
        let slope: f64 = next.iter().map(|&next| (f64::from(next) - here).powi(2)).sum();
        gradient * slope + potential * (1.0 - here * here).powi(2)
    };
    let of_plane = |x: usize| {
        let of_row = |y: usize| {
            let (here, next_x, next_y) = (row(x, y), row((x + 1) % n, y), row(x, (y + 1) % n));
            let next_z = here[1..].iter().chain(&here[..1]);
            let nodes = here.iter().zip(next_x).zip(next_y).zip(next_z);
            nodes.map(|(((&here, &x), &y), &z)| energy(here, [x, y, z])).sum::<f64>()
        };
        (0..n).map(of_row).sum()
    };
    sum_planes(n, of_plane) / field.values().len() as f64
}
