//! Errors, energies and structure, against cases with a known answer.

use crate::support::{cube, equation, random_field};
use spinodal::{
    equation::free_energy_density,
    field::Field,
    grid::{Grid, GridError, Shape},
    metrics::{compare, energy_density, exponent::fit_power_law, structure::StructureFactor},
};
use std::f64::consts::TAU;

/// A slab of width half the box, its interfaces of width `epsilon`, its middle `shift` beyond that of the box.
fn slab(size: usize, epsilon: f64, axis: usize, shift: f64) -> Field {
    let (middle, half) = (size as f64 / 2.0, size as f64 / 4.0);
    Field::from_fn(size, |x, y, z| (3.0 / epsilon * (half - ([x, y, z][axis] - shift - middle).abs())).tanh()).unwrap()
}

#[test]
fn the_energy_is_that_of_the_equation() {
    let field = random_field(10, 0.0, 1.0);
    let values: Vec<f64> = field.values().iter().map(|&v| f64::from(v)).collect();
    for (epsilon, grid) in
        [(3.0, cube(10, 1.0)), (4.0, cube(10, 2.0)), (4.0, Grid { shape: [50, 20, 1], spacing: 0.5 })]
    {
        let field = Field::from_values(grid, field.values().to_vec()).unwrap();
        let expected = free_energy_density(&values, &grid, &equation(epsilon));
        assert!((energy_density(&field, &equation(epsilon)) / expected - 1.0).abs() < 1e-12);
    }
}

#[test]
fn equal_fields_have_no_error() {
    let coarse = random_field(cube(8, 2.0), 0.0, 1.0);
    let pair = compare(&coarse.refined(2), &coarse, &equation(3.0)).unwrap();
    assert_eq!((pair.rmse, pair.rmse_fine, pair.displacement, pair.displacement_fine), (0.0, 0.0, 0.0, 0.0));
    assert_eq!((pair.rmse_floor, pair.displacement_floor, pair.energy_error), (0.0, 0.0, 0.0));
    assert_eq!(pair.energy_candidate, energy_density(&coarse, &equation(3.0)));
    assert_eq!(pair.energy_reference, energy_density(&coarse.refined(2), &equation(3.0)));
}

#[test]
fn a_shift_of_the_values_is_their_rmse() {
    let coarse = random_field(cube(8, 2.0), 0.0, 0.5);
    let shifted = Field::from_values(coarse.grid(), coarse.values().iter().map(|v| v + 0.25).collect()).unwrap();
    let pair = compare(&coarse.refined(2), &shifted, &equation(3.0)).unwrap();
    assert!((pair.rmse - 0.25).abs() < 1e-6);
    let mean = coarse.refined(2).mean();
    assert!((pair.mean_candidate - coarse.mean() - 0.25).abs() < 1e-6 && (pair.mean_reference - mean).abs() < 1e-9);
    let expected = energy_density(&shifted, &equation(3.0)) / energy_density(&coarse, &equation(3.0)) - 1.0;
    assert!((pair.energy_error - expected.abs()).abs() < 1e-12);
}

#[test]
fn the_error_on_the_fine_grid_sees_what_sampling_leaves_out() {
    let mut solver = Field::uniform(12, 0.0).unwrap();
    solver.values_mut()[1] = 0.5;
    let pair = compare(&solver, &Field::uniform(cube(6, 2.0), 0.0).unwrap(), &equation(3.0)).unwrap();
    let expected = 0.5 / 12f64.powi(3).sqrt();
    assert!((pair.rmse_fine - expected).abs() < 1e-9 && (pair.rmse_floor - expected).abs() < 1e-9);
    assert_eq!(pair.rmse, 0.0);
}

#[test]
fn a_shifted_slab_is_displaced_by_the_shift() {
    let (size, epsilon) = (24, 3.0);
    let places = [0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75];
    for axis in 0..3 {
        for shift in [0.02, 0.1, -0.2] {
            let mut on_half_of_the_nodes = 0.0;
            for place in places {
                let (solver, network) = (slab(size, epsilon, axis, place), slab(size, epsilon, axis, place + shift));
                let same = compare(&solver, &network, &equation(epsilon)).unwrap();
                let found = same.displacement / shift.abs();
                assert!((found - 1.0).abs() < 0.05, "{found} {shift} {place}");
                assert_eq!(same.displacement, same.displacement_fine);
                let half = compare(&solver, &network.coarsened(2).unwrap(), &equation(epsilon)).unwrap();
                on_half_of_the_nodes += half.displacement.powi(2) / places.len() as f64;
            }
            // Where single nodes see an interface pass depends on its place; on average all shifts are seen in full.
            let found = on_half_of_the_nodes.sqrt() / shift.abs();
            assert!((found - 1.0).abs() < 0.05, "{found} {shift}");
        }
    }
}

#[test]
fn an_interface_that_the_solver_lacks_is_infinitely_displaced() {
    let pair = compare(&Field::uniform(8, 1.0).unwrap(), &random_field(8, 0.0, 1.0), &equation(3.0)).unwrap();
    assert_eq!(pair.displacement, f64::INFINITY);
    assert_eq!(pair.energy_error, f64::INFINITY);
}

#[test]
fn grids_that_do_not_fit_are_refused() {
    let error = compare(&Field::uniform(12, 0.0).unwrap(), &Field::uniform(8, 0.0).unwrap(), &equation(3.0));
    assert_eq!(error, Err(GridError::Unrelated { fine: Shape::cube(12), coarse: Shape::cube(8) }.into()));
}

#[test]
fn a_single_wave_has_its_length_and_all_the_power() {
    let (n, waves) = (32, 4.0);
    for axis in 0..3 {
        let wave = Field::from_fn(n, |x, y, z| 0.1 + 0.5 * (TAU * waves * [x, y, z][axis] / n as f64).cos()).unwrap();
        let structure = StructureFactor::of(&wave);
        assert_eq!(structure.wavenumbers.len(), n / 2);
        assert!((structure.domain_length() - n as f64 / waves).abs() < 1e-3);
        let strongest = structure.power.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0;
        assert!((structure.wavenumbers[strongest] - TAU * waves / n as f64).abs() < 1e-12);
    }
}

#[test]
fn the_structure_factor_of_white_noise_is_its_variance() {
    let field = random_field(32, 0.0, 1.0);
    let structure = StructureFactor::of(&field);
    let weights = (1..=16).map(|shell| f64::from(shell * shell));
    let mean: f64 = structure.power.iter().zip(weights.clone()).map(|(s, w)| s * w).sum::<f64>() / weights.sum::<f64>();
    assert!((mean - 1.0 / 3.0).abs() < 0.02, "{mean}");
}

#[test]
fn a_power_law_is_fitted_inside_its_window_only() {
    let times: Vec<_> = (1..100).map(f64::from).collect();
    let values: Vec<_> = times.iter().map(|t| if *t < 10.0 { 7.0 } else { 2.0 * t.powf(-1.0 / 3.0) }).collect();
    let inside = fit_power_law(&times, &values, 10.0..=99.0).unwrap();
    assert!((inside.exponent + 1.0 / 3.0).abs() < 1e-12 && inside.standard_error < 1e-12, "{inside:?}");
    let all = fit_power_law(&times, &values, 1.0..=99.0).unwrap();
    assert!((all.exponent + 1.0 / 3.0).abs() > 0.01 && all.standard_error > 0.001, "{all:?}");
    assert_eq!(fit_power_law(&times, &values, 50.2..=51.8), None);
    assert_eq!(fit_power_law(&[2.0; 4], &[1.0, 2.0, 3.0, 4.0], 1.0..=9.0), None);
}

#[test]
fn the_standard_error_of_an_exponent_is_that_of_its_scatter() {
    // Residuals of ±0.1, orthogonal to the line, at ln t = −3, −1, 1, 3: s² = 0.04/2, and Σ(ln t)² = 20.
    let logs = [(-3.0, 0.1), (-1.0, -0.1), (1.0, -0.1), (3.0, 0.1)];
    let (times, values): (Vec<f64>, Vec<f64>) =
        logs.iter().map(|(t, r): &(f64, f64)| (t.exp(), (0.5 * t + r).exp())).unzip();
    let fit = fit_power_law(&times, &values, 0.0..=100.0).unwrap();
    assert!((fit.exponent - 0.5).abs() < 1e-12 && (fit.standard_error - (0.02f64 / 20.0).sqrt()).abs() < 1e-12);
}
