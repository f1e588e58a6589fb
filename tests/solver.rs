//! The CPU solvers, against the f64 reference and against analysis.

use crate::{
    equation::{evolve, fixture},
    support::{self, equation, random_field, undulating_film},
};
use spinodal::{
    equation::{Parameters, chemical_potential, interface_profile},
    evolution::{Evolution, EvolutionError},
    field::Field,
    fourier::Symbol,
    metrics::energy_density,
    solver::{
        explicit::cpu::{ExplicitSolver, Threads},
        spectral::SpectralSolver,
    },
};
use std::f64::consts::TAU;

fn largest_difference(field: &Field, expected: &[f64]) -> f64 {
    field.values().iter().zip(expected).map(|(&a, b)| (f64::from(a) - b).abs()).fold(0.0, f64::max)
}

/// The field after so many frames.
fn after(solver: &mut dyn Evolution, frames: usize) -> Field {
    (0..frames).for_each(|_| solver.advance().unwrap());
    solver.field().unwrap()
}

fn explicit(field: &Field, parameters: Parameters) -> ExplicitSolver {
    ExplicitSolver::new(field, parameters).unwrap()
}

#[test]
fn the_explicit_solver_follows_the_fixture() {
    let frames = fixture();
    let field = Field::from_values(24, frames[0].iter().map(|&v| v as f32).collect()).unwrap();
    let mut solver = explicit(&field, Parameters::default());
    for expected in &frames[1..] {
        let worst = largest_difference(&after(&mut solver, 1), expected);
        assert!(worst < 1e-4, "{worst:e}");
    }
}

#[test]
fn the_explicit_solver_matches_the_reference_on_any_grid_and_any_threads() {
    for size in [5, 24, 30, 50] {
        let (field, parameters) = (random_field(size, 0.1, 0.1), Parameters::default());
        let exact = field.values().iter().map(|&v| f64::from(v)).collect();
        let expected = evolve(exact, size, &parameters, 400);
        let result = after(&mut explicit(&field, parameters), 1);
        let worst = largest_difference(&result, &expected);
        assert!(worst < 1e-4, "{size}: {worst:e}");
        let mut alone = ExplicitSolver::with_threads(&field, parameters, Threads::One).unwrap();
        assert_eq!(after(&mut alone, 1), result, "{size}");
    }
}

#[test]
fn the_explicit_solver_conserves_the_mean_over_10_000_steps() {
    for mean in [0.0, 0.3] {
        let field = random_field(24, mean, 0.1);
        let drift = after(&mut explicit(&field, Parameters::default()), 25).mean() - field.mean();
        assert!(drift.abs() < 5e-7, "{drift:e}");
    }
}

#[test]
fn a_film_near_rest_follows_the_reference_and_conserves_the_mean() {
    let (film, parameters, frames) = (undulating_film(20), Parameters::default(), 60);
    let exact = film.values().iter().map(|&v| f64::from(v)).collect();
    let expected = evolve(exact, 20, &parameters, frames * parameters.steps_per_frame);
    let result = after(&mut explicit(&film, parameters), frames);
    let worst = largest_difference(&result, &expected);
    assert!(worst < 1e-5, "{worst:e}");
    let drift = result.mean() - film.mean();
    assert!(drift.abs() < 1e-7, "{drift:e}");
}

#[test]
fn the_energy_never_rises() {
    let parameters = Parameters { steps_per_frame: 20, ..Parameters::default() };
    let mut solver = explicit(&random_field(24, -0.1, 0.1), parameters);
    let mut energy = f64::INFINITY;
    for _ in 0..200 {
        let next = energy_density(&after(&mut solver, 1), &parameters.equation);
        assert!(next < energy, "{next} after {energy}");
        energy = next;
    }
}

#[test]
fn small_waves_grow_and_decay_at_the_analytic_rate() {
    let (n, steps, amplitude) = (24, 40, 1e-3);
    let parameters = Parameters { steps_per_frame: steps, ..Parameters::default() };
    for (waves, mean) in [([1, 0, 0], 0.0), ([2, 1, 3], 0.0), ([0, 0, 7], 0.0), ([4, 6, 2], 0.4), ([1, 1, 0], 0.8)] {
        let k = waves.map(|count| TAU * f64::from(count) / n as f64);
        let wave = |x: f64, y: f64, z: f64| (k[0] * x + k[1] * y + k[2] * z).cos();
        let field = Field::from_fn(n, |x, y, z| mean + amplitude * wave(x, y, z)).unwrap();
        let pure = Field::from_fn(n, wave).unwrap();
        let projected = |field: &Field| -> f64 {
            field.values().iter().zip(pure.values()).map(|(&a, &b)| (f64::from(a) - mean) * f64::from(b)).sum()
        };
        let factor = projected(&after(&mut explicit(&field, parameters), 1)) / projected(&field);
        let symbol: f64 = k.iter().map(|k| 2.0 - 2.0 * k.cos()).sum();
        let rate = -symbol * (6.0 * (3.0 * mean * mean - 1.0) + 3.0 * symbol);
        let expected = (1.0 + rate * parameters.time_step).powi(steps as i32);
        assert!((factor / expected - 1.0).abs() < 1e-3, "{waves:?} {mean}: {factor} {expected}");
    }
}

/// A slab of half the box with interfaces midway between nodes, after ten frames.
fn relaxed_slab(n: usize, parameters: Parameters) -> (Field, impl Fn(usize) -> f64) {
    let (middle, half) = (n as f64 / 2.0 - 0.5, n as f64 / 4.0);
    let profile = move |x: f64| interface_profile(half - (x - middle).abs(), parameters.equation.epsilon);
    let slab = Field::from_fn(n, |x, _, _| profile(x)).unwrap();
    (after(&mut explicit(&slab, parameters), 10), move |x| profile(x as f64))
}

#[test]
fn a_relaxed_slab_has_the_surface_tension_of_the_grid() {
    let (slab, _) = relaxed_slab(24, Parameters::default());
    let tension = energy_density(&slab, &equation(3.0)) * 24.0 / 2.0;
    assert!((tension - 0.9426).abs() < 0.001, "{tension}");
}

#[test]
fn a_relaxed_interface_tends_to_the_tanh_profile_as_the_grid_resolves_it() {
    let worst = |epsilon: f64, n: usize| {
        let (slab, profile) = relaxed_slab(n, Parameters { time_step: 0.002, ..support::parameters(epsilon) });
        (0..n).map(|x| (f64::from(slab.at(x as isize, 3, 4)) - profile(x)).abs()).fold(0.0, f64::max)
    };
    assert!((worst(3.0, 24) - 0.10).abs() < 0.01, "{}", worst(3.0, 24));
    assert!(worst(6.0, 36) < 0.03, "{}", worst(6.0, 36));
}

#[test]
fn a_drop_obeys_gibbs_and_thomson() {
    let n = 32;
    let drop = Field::from_fn(n, |x, y, z| {
        let distance = [x, y, z].map(|c| (c - 16.0).powi(2)).iter().sum::<f64>().sqrt();
        (10.0 - distance).tanh()
    });
    let relaxed = after(&mut explicit(&drop.unwrap(), Parameters::default()), 30);
    let values: Vec<f64> = relaxed.values().iter().map(|&v| f64::from(v)).collect();
    let mu = chemical_potential(&values, &n.into(), &equation(3.0));
    let (low, high) = mu.iter().fold((f64::MAX, f64::MIN), |(low, high), &mu| (low.min(mu), high.max(mu)));
    assert!(high - low < 0.01, "μ is uniform: {low} to {high}");
    // F = σA and ∫δφ dV = 2δV, so that δF/δφ = σ/R; μ is four times δF/δφ.
    let (inside, outside) = (f64::from(relaxed.at(16, 16, 16)), f64::from(relaxed.at(0, 0, 0)));
    let volume = (relaxed.mean() - outside) / (inside - outside) * (n * n * n) as f64;
    let radius = (3.0 * volume / (2.0 * TAU)).cbrt();
    let tension = (low + high) / 2.0 * radius / 4.0;
    assert!((tension - 0.96).abs() < 0.03, "{tension}");
}

#[test]
fn an_explicit_step_over_the_limit_is_refused_and_the_limit_named() {
    let parameters = Parameters { time_step: 0.0035, ..Parameters::default() };
    let error = ExplicitSolver::new(&random_field(8, 0.0, 0.1), parameters).err().unwrap();
    assert!(error.to_string().contains("0.003472"), "{error}");
}

#[test]
fn solvers_start_anew_and_refuse_another_size() {
    let (first, second) = (random_field(8, 0.0, 0.1), random_field(8, 0.2, 0.1));
    let parameters = Parameters { steps_per_frame: 10, ..Parameters::default() };
    let fresh: Vec<Box<dyn Evolution>> = vec![
        Box::new(explicit(&first, parameters)),
        Box::new(SpectralSolver::new(&first, parameters, Symbol::Difference).unwrap()),
    ];
    for mut solver in fresh {
        assert_eq!(solver.field().unwrap().grid(), solver.grid());
        let once = after(&mut *solver, 2);
        solver.restart(&second).unwrap();
        assert_ne!(after(&mut *solver, 2), once);
        solver.restart(&first).unwrap();
        assert_eq!(after(&mut *solver, 2), once);
        let refused = solver.restart(&random_field(9, 0.0, 0.1));
        assert!(matches!(refused, Err(EvolutionError::OtherGrid { .. })));
    }
}

#[test]
fn a_field_that_overflows_is_reported_with_its_frame() {
    let mut solver = explicit(&Field::from_fn(8, |x, _, _| 1e30 * x).unwrap(), Parameters::default());
    solver.advance().unwrap();
    solver.advance().unwrap();
    assert!(matches!(solver.field(), Err(EvolutionError::NotFinite { frame: 2 })));
}

#[test]
fn the_spectral_solver_converges_to_the_explicit_one_with_the_square_of_its_step() {
    let start = after(&mut explicit(&random_field(24, 0.1, 0.1), Parameters::default()), 2);
    let steps =
        |steps: usize| Parameters { time_step: 1.0 / steps as f64, steps_per_frame: steps, ..Parameters::default() };
    let [coarse, fine] = [400, 800].map(|count| after(&mut explicit(&start, steps(count)), 1));
    // Richardson: the error of the explicit scheme falls with the step itself.
    let limit: Vec<f64> =
        fine.values().iter().zip(coarse.values()).map(|(&a, &b)| 2.0 * f64::from(a) - f64::from(b)).collect();
    let error = |count: usize| {
        let mut solver = SpectralSolver::new(&start, steps(count), Symbol::Difference).unwrap();
        largest_difference(&after(&mut solver, 1), &limit)
    };
    let (long, short) = (error(100), error(200));
    assert!(short < 2e-3, "{short}");
    assert!((3.0..5.0).contains(&(long / short)), "{long} {short}");
}

#[test]
fn small_waves_decay_in_the_spectral_solver_as_its_symbol_says() {
    let (n, mean, waves, time) = (12, 0.6, 3.0, 0.1);
    let k = TAU * waves / n as f64;
    let start = Field::from_fn(n, |x, _, _| mean + 0.01 * (k * x).cos()).unwrap();
    let parameters = Parameters { time_step: time / 200.0, steps_per_frame: 200, ..Parameters::default() };
    for (symbol, k2) in [(Symbol::Derivative, k * k), (Symbol::Difference, 2.0)] {
        let end = after(&mut SpectralSolver::new(&start, parameters, symbol).unwrap(), 1);
        // Linearised about the mean: ∂φ/∂t = −M k²(18/ε (3φ₀² − 1) + ε k²) φ.
        let rate = -k2 * (6.0 * (3.0 * mean * mean - 1.0) + 3.0 * k2);
        let factor = (f64::from(end.values()[0]) - mean) / 0.01;
        assert!((factor / (rate * time).exp() - 1.0).abs() < 0.03, "{symbol:?}: {factor}");
    }
}

#[test]
fn the_spectral_solver_is_stable_far_over_the_explicit_limit() {
    let parameters = Parameters { time_step: 0.5, steps_per_frame: 1, ..Parameters::default() };
    let field = random_field(24, 0.2, 0.1);
    let mut solver = SpectralSolver::new(&field, parameters, Symbol::Difference).unwrap();
    let result = after(&mut solver, 200);
    let (low, high) = result.range();
    assert!(low > -1.1 && high < 1.1 && high - low > 1.8, "{low} {high}");
    assert!((result.mean() - field.mean()).abs() < 1e-6);
}
