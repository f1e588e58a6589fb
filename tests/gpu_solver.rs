//! The solver on the GPU against the f64 oracle and the law of conservation.

use crate::{gpu_device::gpu, support::undulating_film};
use spinodal::{
    equation::{Parameters, reference_step},
    evolution::{Evolution, EvolutionError},
    field::Field,
    solver::explicit::{ExplicitSolver, GpuSolver},
};

/// A field of many waves with a mean that is not zero.
fn waves(size: usize) -> Field {
    let k = std::f64::consts::TAU / size as f64;
    Field::from_fn(size, |x, y, z| {
        0.1 + 0.3 * (k * (x + 2.0 * y)).sin() + 0.3 * (k * (3.0 * z - y)).cos() + 0.2 * (k * (5.0 * x + z)).sin()
    })
    .unwrap()
}

fn largest_difference(a: impl IntoIterator<Item = f64>, b: &Field) -> f64 {
    a.into_iter().zip(b.values()).map(|(a, &b)| (a - f64::from(b)).abs()).fold(0.0, f64::max)
}

#[test]
fn a_frame_is_that_of_the_oracle() {
    // 24 is a multiple of the tile, 30 and 5 are not.
    for size in [5, 24, 30] {
        let (start, parameters) = (waves(size), Parameters::default());
        let mut solver = GpuSolver::new(&gpu(), &start, parameters).unwrap();
        solver.advance().unwrap();

        let mut oracle: Vec<f64> = start.values().iter().map(|&v| f64::from(v)).collect();
        for _ in 0..parameters.steps_per_frame {
            oracle = reference_step(&oracle, size, &parameters);
        }
        let difference = largest_difference(oracle, &solver.field().unwrap());
        assert!(difference < 1e-4, "{size}³: {difference}");
    }
}

#[test]
fn a_frame_of_50_is_that_of_the_cpu_and_of_the_oracle() {
    let (start, parameters) = (waves(50), Parameters { steps_per_frame: 101, ..Parameters::default() });
    let mut solver = GpuSolver::new(&gpu(), &start, parameters).unwrap();
    solver.advance().unwrap();
    let found = solver.field().unwrap();

    let mut oracle: Vec<f64> = start.values().iter().map(|&v| f64::from(v)).collect();
    for _ in 0..parameters.steps_per_frame {
        oracle = reference_step(&oracle, 50, &parameters);
    }
    assert!(largest_difference(oracle, &found) < 1e-4);

    let mut cpu = ExplicitSolver::new(&start, parameters).unwrap();
    cpu.advance().unwrap();
    assert!(largest_difference(cpu.field().unwrap().values().iter().map(|&v| f64::from(v)), &found) < 1e-5);
}

#[test]
fn the_mean_is_conserved_over_ten_thousand_steps() {
    let start = waves(16);
    let mut solver = GpuSolver::new(&gpu(), &start, Parameters::default()).unwrap();
    for _ in 0..25 {
        solver.advance().unwrap();
    }
    let drift = (solver.field().unwrap().mean() - start.mean()).abs();
    assert!(drift < 1e-6, "the mean drifted by {drift}");
}

#[test]
fn a_film_near_rest_is_that_of_the_cpu_and_conserves_the_mean() {
    let (film, parameters) = (undulating_film(20), Parameters::default());
    let mut solvers: [Box<dyn Evolution>; 2] = [
        Box::new(GpuSolver::new(&gpu(), &film, parameters).unwrap()),
        Box::new(ExplicitSolver::new(&film, parameters).unwrap()),
    ];
    let [found, expected] = solvers.each_mut().map(|solver| {
        (0..60).for_each(|_| solver.advance().unwrap());
        solver.field().unwrap()
    });
    let difference = largest_difference(expected.values().iter().map(|&v| f64::from(v)), &found);
    assert!(difference < 1e-5, "{difference:e}");
    let drift = found.mean() - film.mean();
    assert!(drift.abs() < 1e-7, "{drift:e}");
}

#[test]
fn the_buffer_holds_the_present_field() {
    let gpu = gpu();
    // An odd number of steps ends in the other buffer.
    let parameters = Parameters { steps_per_frame: 3, ..Parameters::default() };
    let mut solver = GpuSolver::new(&gpu, &waves(12), parameters).unwrap();
    for _ in 0..2 {
        solver.advance().unwrap();
        let buffer = solver.buffer().unwrap().expect("the field lives on the GPU");
        assert_eq!(gpu.read_f32(&buffer, 12 * 12 * 12).unwrap(), solver.field().unwrap().values());
    }
}

#[test]
fn a_restart_forgets() {
    let start = waves(12);
    let mut solver = GpuSolver::new(&gpu(), &start, Parameters::default()).unwrap();
    solver.advance().unwrap();
    let first = solver.field().unwrap();
    solver.restart(&start).unwrap();
    assert_eq!(solver.field().unwrap(), start);
    solver.advance().unwrap();
    assert_eq!(solver.field().unwrap(), first);
    assert!(matches!(solver.restart(&waves(13)), Err(EvolutionError::WrongSize { expected: 12, found: 13 })));
}

#[test]
fn unstable_steps_and_blown_up_fields_are_reported() {
    let unstable = Parameters { time_step: 0.01, ..Parameters::default() };
    assert!(matches!(GpuSolver::new(&gpu(), &waves(12), unstable), Err(EvolutionError::Parameters(_))));
    let huge = Field::uniform(12, 0.0).unwrap();
    let mut solver = GpuSolver::new(&gpu(), &huge, Parameters::default()).unwrap();
    let spike = Field::from_fn(12, |x, y, z| if x + y + z == 0.0 { 1e4 } else { 0.0 }).unwrap();
    solver.restart(&spike).unwrap();
    solver.advance().unwrap();
    assert!(matches!(solver.field(), Err(EvolutionError::NotFinite { frame: 1 })));
}
