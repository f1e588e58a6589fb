//! Evolutions taken back, put elsewhere and disturbed.

use crate::{gpu_device::gpu, support::random_field};
use spinodal::{
    equation::{Equation, Kinetics, Parameters},
    evolution::{Brush, Evolution, EvolutionError, Form, State, Watch},
    field::Field,
    fourier::Symbol,
    gpu::Engine,
    network::{CrnnConfig, Model, evolve},
    solver::{
        adaptive::AdaptiveSolver,
        explicit::{cpu::ExplicitSolver, gpu::GpuExplicitSolver},
        spectral::SpectralSolver,
    },
};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Every kind of evolution, from one field.
fn all(start: &Field) -> Vec<(&'static str, Box<dyn Evolution>)> {
    let parameters = Parameters { steps_per_frame: 13, ..Parameters::default() };
    let equation = Equation { kinetics: Kinetics::AllenCahn, ..Equation::default() };
    let relaxing = Parameters { equation, ..parameters };
    let model = Model::random(CrnnConfig { channels: 3, ..CrnnConfig::default() }, 4);
    let device = Engine::Gpu(gpu());
    vec![
        ("explicit", Box::new(ExplicitSolver::new(start, parameters).unwrap())),
        ("explicit, Allen–Cahn", Box::new(ExplicitSolver::new(start, relaxing).unwrap())),
        ("explicit, device", Box::new(GpuExplicitSolver::new(&gpu(), start, parameters).unwrap())),
        ("spectral", Box::new(SpectralSolver::new(start, parameters, Symbol::Difference).unwrap())),
        ("adaptive", Box::new(AdaptiveSolver::new(start, parameters, 1e-2, Symbol::Difference).unwrap())),
        ("network", evolve(&Engine::Cpu, &model, start).unwrap()),
        ("network, device", evolve(&device, &model, start).unwrap()),
    ]
}

fn advance(evolution: &mut dyn Evolution, frames: usize) -> Field {
    (0..frames).for_each(|_| evolution.advance().unwrap());
    evolution.field().unwrap()
}

fn start() -> Field {
    random_field([12, 10, 8], 0.1, 0.2)
}

#[test]
fn what_was_saved_goes_on_to_the_same_bits() {
    let fresh = all(&random_field([12, 10, 8], -0.2, 0.1));
    for ((name, mut evolution), (_, mut other)) in all(&start()).into_iter().zip(fresh) {
        advance(&mut *evolution, 7);
        let saved = evolution.save().unwrap();
        let end = advance(&mut *evolution, 13);
        evolution.restore(&saved).unwrap();
        assert_eq!(advance(&mut *evolution, 13), end, "{name}, taken back");
        // Another evolution of the same kind, elsewhere by now.
        advance(&mut *other, 3);
        other.restore(&saved).unwrap();
        assert_eq!(advance(&mut *other, 13), end, "{name}, put elsewhere");
    }
}

#[test]
fn a_state_at_the_start_is_one_too() {
    for (name, mut evolution) in all(&start()) {
        let saved = evolution.save().unwrap();
        let end = advance(&mut *evolution, 2);
        evolution.restore(&saved).unwrap();
        assert_eq!(evolution.field().unwrap(), start(), "{name}");
        assert_eq!(advance(&mut *evolution, 2), end, "{name}");
    }
}

#[test]
fn a_state_of_something_else_is_refused_and_changes_nothing() {
    for (name, mut evolution) in all(&start()) {
        let before = advance(&mut *evolution, 2);
        let refused = evolution.restore(&State::at(3).with("phi", vec![0.0; 5]));
        assert!(matches!(refused, Err(EvolutionError::OtherState(_))), "{name}");
        assert_eq!(evolution.field().unwrap(), before, "{name}");
    }
}

#[test]
fn a_brush_paints_where_it_is_and_across_the_faces() {
    let centre = [0.5, 9.5, 4.0];
    let brush = Brush { form: Form::Sphere { centre, radius: 2.5 }, edge: 1.0, value: 1.0 };
    for (name, mut evolution) in all(&start()) {
        let before = advance(&mut *evolution, 3);
        evolution.disturb(&brush).unwrap();
        let after = evolution.field().unwrap();
        for index in 0..before.grid().len() {
            let apart = |axis: usize, side: f64| {
                let along = (before.grid().node(index)[axis] as f64 - centre[axis]).rem_euclid(side);
                along.min(side - along)
            };
            let distance = (apart(0, 12.0).powi(2) + apart(1, 10.0).powi(2) + apart(2, 8.0).powi(2)).sqrt();
            let (old, new) = (before.values()[index], after.values()[index]);
            if distance > 4.6 {
                assert_eq!(new, old, "{name}: painted {distance} away");
            } else if distance < 1.0 {
                assert!((new - 1.0).abs() < 0.01, "{name}: {new} in the middle");
            }
        }
        // What was painted goes on as a field that looks so.
        let painted = advance(&mut *evolution, 1);
        assert!(painted.values().iter().zip(after.values()).any(|(a, b)| (a - b).abs() > 1e-4), "{name} stands still");
    }
}

#[test]
fn painting_conserves_what_the_equation_conserves_from_then_on() {
    let brush = Brush { form: Form::Sphere { centre: [6.0, 5.0, 4.0], radius: 3.0 }, edge: 3.0, value: 1.0 };
    for (name, mut evolution) in all(&start()).into_iter().filter(|(name, _)| !name.contains("Allen")) {
        advance(&mut *evolution, 2);
        evolution.disturb(&brush).unwrap();
        let mean = evolution.field().unwrap().mean();
        let drift = advance(&mut *evolution, 10).mean() - mean;
        assert!(drift.abs() < 1e-6, "{name}: {drift:e}");
    }
}

#[test]
fn a_frame_that_is_broken_off_leaves_the_states_before_it() {
    let many = |steps_per_frame| Parameters { steps_per_frame, ..Parameters::default() };
    let model = Model::random(CrnnConfig { channels: 3, ..CrnnConfig::default() }, 4);
    // More steps than the explicit solvers take at once before they know how long one takes.
    let evolutions = || -> Vec<(_, Box<dyn Evolution>)> {
        vec![
            ("explicit", Box::new(ExplicitSolver::new(&start(), many(40_000)).unwrap())),
            ("explicit, device", Box::new(GpuExplicitSolver::new(&gpu(), &start(), many(10_000)).unwrap())),
            ("spectral", Box::new(SpectralSolver::new(&start(), many(50), Symbol::Difference).unwrap())),
            ("adaptive", Box::new(AdaptiveSolver::new(&start(), many(400), 1e-2, Symbol::Difference).unwrap())),
            ("network", evolve(&Engine::Cpu, &model, &start()).unwrap()),
            ("network, device", evolve(&Engine::Gpu(gpu()), &model, &start()).unwrap()),
        ]
    };
    for ((name, mut broken), (_, mut whole)) in evolutions().into_iter().zip(evolutions()) {
        let before = broken.save().unwrap();
        broken.watch(&Watch::new(|| true));
        assert!(matches!(broken.advance(), Err(EvolutionError::Interrupted)), "{name}");
        broken.restore(&before).unwrap();
        let watch = Watch::default();
        watch.begin(0);
        broken.watch(&watch);
        assert_eq!(advance(&mut *broken, 1), advance(&mut *whole, 1), "{name}");
        assert!(watch.progress().is_some_and(|progress| progress.share > 0.4), "{name}");
    }
}

#[test]
fn a_network_that_was_unwanted_for_a_moment_makes_no_half_frame() {
    let model = Model::random(CrnnConfig { channels: 3, ..CrnnConfig::default() }, 4);
    let start = random_field([24, 16, 16], 0.1, 0.2);
    let whole = advance(&mut *evolve(&Engine::Cpu, &model, &start).unwrap(), 1);
    let mut outcomes = [0, 0];
    for moment in 0..400 {
        let mut evolution = evolve(&Engine::Cpu, &model, &start).unwrap();
        let (before, asked) = (evolution.save().unwrap(), AtomicUsize::new(0));
        evolution.watch(&Watch::new(move || asked.fetch_add(1, Ordering::Relaxed) == moment));
        let outcome = evolution.advance();
        outcomes[usize::from(outcome.is_ok())] += 1;
        if let Err(error) = outcome {
            assert_eq!(error, EvolutionError::Interrupted);
            evolution.restore(&before).unwrap();
            evolution.watch(&Watch::default());
            evolution.advance().unwrap();
        }
        assert_eq!(evolution.field().unwrap(), whole, "asked {moment} times before");
    }
    assert!(outcomes[0] > 10 && outcomes[1] > 10, "{outcomes:?}");
}
