//! The field that a network starts from: samples of what its nodes resolve.

use crate::support::{equation, random_field};
use spinodal::{
    equation::Parameters,
    evolution::Evolution,
    field::Field,
    gpu::Engine,
    grid::{GridError, Shape},
    initial::{Initial, InitialOptions},
    metrics::compare,
    network::{Model, evolve, start},
    solver::explicit::cpu::ExplicitSolver,
};
use std::f64::consts::TAU;

fn built(initial: Initial, size: usize) -> Field {
    initial.build(&InitialOptions { grid: Shape::cube(size), ..InitialOptions::default() }).unwrap()
}

#[test]
fn what_the_nodes_resolve_is_sampled_as_it_is() {
    for initial in [
        Initial::Noise,
        Initial::Sphere,
        Initial::Slab,
        #[cfg(feature = "bunny")]
        Initial::Bunny,
        Initial::Film,
        Initial::Slice,
        Initial::Gyroid,
    ] {
        let field = built(initial.clone(), 48);
        assert_eq!(start(&field, 2).unwrap(), field.coarsened(2).unwrap(), "{initial}");
    }
    let white = random_field(12, 0.0, 1.0);
    assert_eq!(start(&white, 1).unwrap(), white, "all nodes resolve all");
    assert_eq!(
        start(&white, 5),
        Err(GridError::Indivisible { shape: Shape::cube(12), step: 5, nearest: Shape::cube(25) }.into())
    );
    let profiled = built(Initial::Sphere, 64);
    let step = Field::from_values(64, profiled.values().iter().map(|value| value.signum()).collect()).unwrap();
    assert!(start(&step, 2).unwrap() != step.coarsened(2).unwrap(), "a step is not resolved");
    let uniform = Field::from_fn(12, |_, _, _| 0.3).unwrap();
    assert_eq!(start(&uniform, 2).unwrap(), uniform.coarsened(2).unwrap());
}

#[test]
fn waves_too_short_for_the_nodes_are_taken_away_and_not_folded_onto_longer_ones() {
    for (size, step) in [(24, 2), (20, 2), (30, 3), (18, 2)] {
        let nodes = size / step;
        let wave = |waves: usize, x: f64| (TAU * waves as f64 * x / size as f64 + 0.4).cos();
        let long = |x: f64, y: f64, z: f64| {
            0.1 + 0.2 * wave(1, x) + 0.1 * wave(2, x) * wave((nodes - 1) / 2, z) + 0.1 * wave(1, y)
        };
        // On the nodes these have the values of one wave per box, and of the shortest.
        let short = |x: f64, y: f64| 0.2 * wave(nodes + 1, x) + 0.2 * wave(nodes - 1, y) + 0.1 * wave(nodes / 2 + 1, x);
        let field = Field::from_fn(size, |x, y, z| long(x, y, z) + short(x, y)).unwrap();
        let expected = Field::from_fn(size, long).unwrap().coarsened(step).unwrap();
        let found = start(&field, step).unwrap();
        let differences = found.values().iter().zip(expected.values()).map(|(a, b)| (a - b).abs());
        assert!(differences.fold(0.0, f32::max) < 1e-5, "{size} {step}");
    }
}

#[test]
fn the_shipped_network_follows_the_solver_out_of_white_noise() {
    let (model, parameters) = (Model::builtin().unwrap(), Parameters::default());
    let field = built(Initial::WhiteNoise, 48);
    let mut solver = ExplicitSolver::new(&field, parameters).unwrap();
    let starts = [start(&field, 2).unwrap(), field.coarsened(2).unwrap()];
    let mut networks = starts.map(|start| evolve(&Engine::Cpu, &model, &start).unwrap());
    for _ in 0..5 {
        solver.advance().unwrap();
        networks.iter_mut().for_each(|network| network.advance().unwrap());
    }
    let truth = solver.field().unwrap();
    let rmse = networks.map(|mut network| compare(&truth, &network.field().unwrap(), &equation(3.0)).unwrap().rmse);
    let frozen = compare(&truth, &field.coarsened(2).unwrap(), &equation(3.0)).unwrap().rmse;
    assert!(rmse[0] < 0.5 * frozen, "{rmse:?}, frozen {frozen}");
    assert!(rmse[0] < 0.6 * rmse[1], "samples alone hide the long waves: {rmse:?}");
}
