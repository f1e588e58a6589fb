//! The solver that chooses its steps by a tolerance, against the explicit one and against analysis.

use crate::support::{equation, random_field};
use spinodal::{
    equation::{Equation, Kinetics, Parameters},
    evolution::{Evolution, EvolutionError},
    field::Field,
    fourier::Symbol,
    grid::{Grid, Shape},
    metrics::energy_density,
    solver::{adaptive::AdaptiveSolver, explicit::cpu::ExplicitSolver, spectral::SpectralSolver},
};
use std::f64::consts::TAU;

/// The field after so many frames.
fn after(solver: &mut dyn Evolution, frames: usize) -> Field {
    (0..frames).for_each(|_| solver.advance().unwrap());
    solver.field().unwrap()
}

fn explicit(field: &Field, parameters: Parameters) -> ExplicitSolver {
    ExplicitSolver::new(field, parameters).unwrap()
}

fn adaptive(field: &Field, tolerance: f64) -> AdaptiveSolver {
    AdaptiveSolver::new(field, Parameters::default(), tolerance, Symbol::Difference).unwrap()
}

#[test]
fn a_tolerance_that_is_not_positive_is_refused() {
    for tolerance in [0.0, -1e-3, f64::NAN] {
        let refused =
            AdaptiveSolver::new(&random_field(12, 0.0, 0.1), Parameters::default(), tolerance, Symbol::Difference);
        assert!(matches!(refused, Err(EvolutionError::Parameters(_))));
    }
}

fn root_mean_square(a: &Field, b: &Field) -> f64 {
    let squares = a.values().iter().zip(b.values()).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2));
    (squares.sum::<f64>() / a.values().len() as f64).sqrt()
}

#[test]
fn the_adaptive_solver_converges_with_its_tolerance_and_beats_equal_steps() {
    let (start, frames) = (random_field(24, 0.1, 0.1), 12);
    let exact = after(&mut explicit(&start, Parameters::default().in_steps(1600)), frames);
    let errors = [1e-2, 1e-3, 1e-4].map(|tolerance| {
        let mut solver = adaptive(&start, tolerance);
        let error = root_mean_square(&after(&mut solver, frames), &exact);
        let equal = Parameters::default().in_steps(solver.transform_pairs().div_ceil(frames));
        let mut spectral = SpectralSolver::new(&start, equal, Symbol::Difference).unwrap();
        let of_equal_steps = root_mean_square(&after(&mut spectral, frames), &exact);
        assert!(2.0 * error < of_equal_steps, "{tolerance:e}: {error:e} {of_equal_steps:e}");
        error
    });
    assert!(errors[0] > 3.0 * errors[1] && errors[1] > 3.0 * errors[2] && errors[2] < 2e-3, "{errors:?}");
}

#[test]
fn frames_of_the_adaptive_solver_end_on_time() {
    // A wave that decays by a third per frame tells how much time has gone by.
    let (n, mean, waves, frames) = (12, 0.6, 3.0, 5);
    let k = TAU * waves / n as f64;
    let start = Field::from_fn(n, |x, _, _| mean + 0.01 * (k * x).cos()).unwrap();
    let parameters = Parameters { time_step: 0.02, steps_per_frame: 1, ..Parameters::default() };
    for (symbol, k2) in [(Symbol::Derivative, k * k), (Symbol::Difference, 2.0)] {
        let mut solver = AdaptiveSolver::new(&start, parameters, 1e-5, symbol).unwrap();
        let rate = -k2 * (6.0 * (3.0 * mean * mean - 1.0) + 3.0 * k2);
        for frame in 1..=frames {
            let end = after(&mut solver, 1);
            let factor = (f64::from(end.values()[0]) - mean) / 0.01;
            let expected = (rate * parameters.frame_time() * f64::from(frame)).exp();
            assert!((factor / expected - 1.0).abs() < 0.01, "{symbol:?} {frame}: {factor} {expected}");
        }
    }
}

#[test]
fn the_adaptive_solver_lets_the_energy_fall_and_keeps_the_mean_with_ever_less_work() {
    let field = random_field(32, 0.2, 0.1);
    for tolerance in [1e-3, 1e-2] {
        let mut solver = adaptive(&field, tolerance);
        let (mut energy, mut work) = (energy_density(&field, &equation(3.0)), Vec::new());
        for frame in 0..60 {
            let before = solver.transform_pairs();
            let now = after(&mut solver, 1);
            work.push(solver.transform_pairs() - before);
            let next = energy_density(&now, &equation(3.0));
            assert!(next < energy + 1e-7, "{tolerance} {frame}: {next} after {energy}");
            energy = next;
            assert!((now.mean() - field.mean()).abs() < 1e-7, "{}", now.mean() - field.mean());
        }
        let sum = |frames: std::ops::Range<usize>| work[frames].iter().sum::<usize>();
        assert!(sum(0..5) > 2 * sum(20..25) && sum(20..25) >= sum(50..55), "{work:?}");
    }
}

#[test]
fn the_adaptive_solver_is_stable_from_any_start() {
    let starts = [
        random_field(24, 0.0, 1.0),
        random_field(24, 0.1, 1.9),
        random_field(24, 0.0, 1e-3),
        Field::from_fn(24, |x, y, z| if x < 9.0 && y < 13.0 && z < 15.0 { 2.0 } else { -1.0 }).unwrap(),
    ];
    for (i, start) in starts.iter().enumerate() {
        for tolerance in [1e-3, 1e-2, 3e-2] {
            let mut solver = adaptive(start, tolerance);
            let result = after(&mut solver, 100);
            let (low, high) = result.range();
            assert!(low > -1.15 && high < 1.15 && high - low > 1.5, "{i} {tolerance}: {low} {high}");
        }
    }
}

#[test]
fn a_step_that_overflows_never_stands() {
    // φ³ is no f32.
    let mut solver = adaptive(&Field::from_fn(8, |x, _, _| 1e20 * x).unwrap(), 0.01);
    assert_eq!(solver.advance(), Err(EvolutionError::NotFinite { frame: 1 }));
    assert!(matches!(solver.field(), Err(EvolutionError::NotFinite { .. })));
}

#[test]
fn boxes_of_any_shape_and_both_equations_are_followed() {
    for kinetics in [Kinetics::CahnHilliard, Kinetics::AllenCahn] {
        for shape in [[20, 12, 8], [24, 18, 1]] {
            let start = random_field(Grid::from(Shape(shape)), 0.1, 0.3);
            let equation = Equation { kinetics, ..Equation::default() };
            let parameters = Parameters { equation, ..Parameters::default() };
            let exact = after(&mut explicit(&start, parameters.in_steps(1600)), 3);
            let mut solver = AdaptiveSolver::new(&start, parameters, 1e-4, Symbol::Difference).unwrap();
            let error = root_mean_square(&after(&mut solver, 3), &exact);
            assert!(error < 2e-3, "{kinetics:?} {shape:?}: {error:e}");
        }
    }
}

#[test]
fn a_uniform_field_relaxes_on_time() {
    // Without conservation a uniform φ obeys dφ/dt = −a (φ³ − φ), so that φ⁻² − 1 decays as exp(−2at).
    let equation = Equation { kinetics: Kinetics::AllenCahn, ..Equation::default() };
    let parameters = Parameters { equation, time_step: 0.001, steps_per_frame: 50 };
    let start = Field::uniform(8, 0.3).unwrap();
    let mut solver = AdaptiveSolver::new(&start, parameters, 1e-4, Symbol::Difference).unwrap();
    for frame in 1..=6 {
        let phi = f64::from(after(&mut solver, 1).values()[0]);
        let decay = (-2.0 * equation.reaction() * 0.05 * f64::from(frame)).exp();
        let expected = (1.0 + (0.3f64.powi(-2) - 1.0) * decay).powf(-0.5);
        assert!((phi - expected).abs() < 2e-3, "{frame}: {phi} {expected}");
    }
}
