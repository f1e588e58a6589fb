//! Kinetics without conservation: growth, free energy, and motion by curvature.

use crate::support::random_field;
use spinodal::{
    equation::{Equation, Kinetics, Parameters, interface_profile},
    evolution::Evolution,
    field::Field,
    fourier::Symbol,
    metrics::energy_density,
    solver::{explicit::cpu::ExplicitSolver, spectral::SpectralSolver},
};
use std::f64::consts::{PI, TAU};

fn allen_cahn(epsilon: f64) -> Equation {
    Equation { kinetics: Kinetics::AllenCahn, epsilon, mobility: 1.0 }
}

#[test]
fn small_waves_grow_and_decay_at_the_analytic_rate() {
    let (n, steps, amplitude) = (24, 40, 1e-3);
    let parameters = Parameters { equation: allen_cahn(3.0), steps_per_frame: steps, ..Parameters::default() };
    for (waves, mean) in [([1, 0, 0], 0.0), ([2, 1, 3], 0.0), ([0, 0, 7], 0.0)] {
        let k = waves.map(|count| TAU * f64::from(count) / n as f64);
        let wave = |x: f64, y: f64, z: f64| (k[0] * x + k[1] * y + k[2] * z).cos();
        let field = Field::from_fn(n, |x, y, z| mean + amplitude * wave(x, y, z)).unwrap();
        let mut solver = ExplicitSolver::new(&field, parameters).unwrap();
        solver.advance().unwrap();
        let pure = Field::from_fn(n, wave).unwrap();
        let projected = |field: &Field| -> f64 {
            field.values().iter().zip(pure.values()).map(|(&a, &b)| (f64::from(a) - mean) * f64::from(b)).sum()
        };
        let factor = projected(&solver.field().unwrap()) / projected(&field);
        let symbol: f64 = k.iter().map(|k| 2.0 - 2.0 * k.cos()).sum();
        // ∂φ/∂t = −M (18/ε (3φ₀² − 1) + ε k̂²) φ.
        let rate = -(6.0 * (3.0 * mean * mean - 1.0) + 3.0 * symbol);
        let expected = (1.0 + rate * parameters.time_step).powi(steps as i32);
        assert!((factor / expected - 1.0).abs() < 1e-3, "{waves:?}: {factor} {expected}");
    }
}

#[test]
fn the_energy_never_rises_and_the_mean_moves() {
    let parameters = Parameters { equation: allen_cahn(3.0), steps_per_frame: 20, ..Parameters::default() };
    let start = random_field(24, 0.2, 0.1);
    let mut solver = ExplicitSolver::new(&start, parameters).unwrap();
    let mut energy = f64::INFINITY;
    for _ in 0..100 {
        solver.advance().unwrap();
        let next = energy_density(&solver.field().unwrap(), &parameters.equation);
        // In a pure phase, where it ends, F is that of the rounding of φ.
        assert!(next <= energy + 1e-12, "{next} after {energy}");
        energy = next;
    }
    assert!(solver.field().unwrap().mean() > start.mean() + 0.5, "the larger phase takes over");
}

/// Radius of a ball of φ > 0 by its volume, (1 + φ)/2 summed up.
fn radius(field: &Field) -> f64 {
    let volume = (field.mean() + 1.0) / 2.0 * field.grid().len() as f64;
    (3.0 * volume / (4.0 * PI)).cbrt()
}

#[test]
fn a_sphere_shrinks_as_motion_by_curvature_says() {
    // R² = R₀² − 4 M ε t: a ball of radius R shrinks at the rate 2 M ε/R.
    let (n, epsilon, start) = (48, 4.0, 16.0);
    let ball = Field::from_fn(n, |x, y, z| {
        let distance = [x, y, z].map(|c| (c - 24.0).powi(2)).iter().sum::<f64>().sqrt();
        interface_profile(start - distance, epsilon)
    })
    .unwrap();
    let equation = allen_cahn(epsilon);
    let explicit = Parameters { equation, time_step: 0.0025, steps_per_frame: 400 };
    let implicit = Parameters { equation, time_step: 0.02, steps_per_frame: 50 };
    let solvers: [Box<dyn Evolution>; 2] = [
        Box::new(ExplicitSolver::new(&ball, explicit).unwrap()),
        Box::new(SpectralSolver::new(&ball, implicit, Symbol::Difference).unwrap()),
    ];
    for mut solver in solvers {
        // The profile relaxes to the nodes at first.
        solver.advance().unwrap();
        let first = radius(&solver.field().unwrap());
        for frame in 1..=8 {
            solver.advance().unwrap();
            let shrunk = first * first - radius(&solver.field().unwrap()).powi(2);
            let expected = 4.0 * epsilon * f64::from(frame);
            assert!(
                (shrunk / expected - 1.0).abs() < 0.05,
                "after {frame} units of time: {shrunk} instead of {expected}"
            );
        }
    }
}
