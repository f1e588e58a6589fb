//! Graphics devices that compute wrongly, fail or vanish.

use crate::{
    comparison::{PATIENCE, setup, wait_for},
    gpu_device::gpu,
    support::random_field,
};
use spinodal::{
    comparison::{Command, Comparison, Event, Simulation},
    engines,
    equation::Parameters,
    evolution::{Brush, Evolution, EvolutionError, Form, State},
    field::Field,
    gpu::{Engine, Gpu, GpuError},
    grid::Grid,
    network::{self, CrnnConfig, Model},
    solver::SolverSpec,
};
use std::{
    thread,
    time::{Duration, Instant},
};

/// A device of its own, which may be lost.
fn own_gpu() -> Gpu {
    Gpu::create().expect("a second device")
}

fn lose(gpu: &Gpu) {
    gpu.device.destroy();
}

/// Loses a device after a while, and does `work` again and again until it has noticed.
fn lose_meanwhile(gpu: &Gpu, after: Duration, mut work: impl FnMut() -> bool) {
    thread::scope(|scope| {
        scope.spawn(move || {
            thread::sleep(after);
            lose(gpu);
        });
        let start = Instant::now();
        while !work() {
            assert!(start.elapsed() < PATIENCE, "nothing was noticed");
        }
    });
}

/// Has wgpu report an error outside of any call.
fn upset(gpu: &Gpu) {
    let source = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: 16,
        usage: wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    let mut encoder = gpu.device.create_command_encoder(&Default::default());
    encoder.copy_buffer_to_buffer(&source, 0, &source, 0, 1024);
    gpu.queue.submit([encoder.finish()]);
}

fn start() -> Field {
    random_field([12, 10, 8], 0.1, 0.2)
}

/// A solver and a network on an engine.
fn both(engine: &Engine) -> Vec<(&'static str, Box<dyn Evolution>)> {
    let parameters = Parameters { steps_per_frame: 13, ..Parameters::default() };
    let solver = SolverSpec { parameters, ..SolverSpec::default() };
    let model = Model::random(CrnnConfig { channels: 3, ..CrnnConfig::default() }, 4);
    vec![
        ("solver", solver.start(engine, &start()).unwrap()),
        ("network", network::evolve(engine, &model, &start()).unwrap()),
    ]
}

fn assert_close(name: &str, found: &Field, expected: &Field) {
    let pairs = found.values().iter().zip(expected.values());
    let error = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(error < 1e-4, "{name}: {error}");
}

#[test]
fn every_engine_computes_rightly() {
    engines::check(&Engine::Cpu).unwrap();
    engines::check(&Engine::Gpu(gpu())).unwrap();
}

/// An evolution that stays where it is, or becomes something that is no number.
struct Broken(f32);

impl Evolution for Broken {
    fn grid(&self) -> Grid {
        start().grid()
    }

    fn restart(&mut self, _: &Field) -> Result<(), EvolutionError> {
        Ok(())
    }

    fn advance(&mut self) -> Result<(), EvolutionError> {
        Ok(())
    }

    fn field(&mut self) -> Result<Field, EvolutionError> {
        if self.0.is_finite() {
            Ok(Field::uniform(self.grid(), self.0)?)
        } else {
            Err(EvolutionError::NotFinite { frame: 1 })
        }
    }

    fn save(&mut self) -> Result<State, EvolutionError> {
        Ok(State::default())
    }

    fn restore(&mut self, _: &State) -> Result<(), EvolutionError> {
        Ok(())
    }

    fn disturb(&mut self, _: &Brush) -> Result<(), EvolutionError> {
        Ok(())
    }
}

#[test]
fn an_engine_that_computes_wrongly_is_refused() {
    let truth: Vec<u8> = [0.25_f32; 12 * 10 * 8].iter().flat_map(|value| value.to_le_bytes()).collect();
    let judge = |value| engines::compare(&Engine::Gpu(gpu()), "solver", Ok(Box::new(Broken(value))), 1, &truth);
    assert_eq!(judge(0.25), Ok(()));
    for wrong in [0.2503, -0.25, f32::NAN] {
        let error = judge(wrong).unwrap_err();
        assert!(matches!(error, GpuError::Wrong { .. }), "{error}");
        let message = error.to_string();
        assert!(message.contains("a step of the solver wrongly") && message.contains("driver"), "{message}");
    }
}

#[test]
fn a_device_that_is_gone_is_not_chosen() {
    let gpu = own_gpu();
    engines::check(&Engine::Gpu(gpu.clone())).unwrap();
    lose(&gpu);
    assert!(matches!(engines::check(&Engine::Gpu(gpu)), Err(GpuError::Failed(_))));
}

#[test]
fn the_processor_takes_over_from_a_device_that_vanishes() {
    let gpu = own_gpu();
    let brush = Brush { form: Form::Sphere { centre: [5.0; 3], radius: 3.0 }, edge: 3.0, value: 0.9 };
    // More frames than lie between two kept states, and some after.
    for ((name, mut evolution), (_, mut expected)) in
        both(&Engine::Gpu(gpu.clone())).into_iter().zip(both(&Engine::Cpu))
    {
        for evolution in [&mut evolution, &mut expected] {
            (0..53).for_each(|_| evolution.advance().unwrap());
            evolution.disturb(&brush).unwrap();
            (0..2).for_each(|_| evolution.advance().unwrap());
        }
        assert_eq!(evolution.lost_device(), None);
        if name == "network" {
            lose(&gpu);
        } else {
            upset(&gpu);
        }
        // Not only the field is asked for.
        if name == "network" {
            assert_eq!(evolution.save().unwrap().frame, expected.save().unwrap().frame);
        }
        assert_close(name, &evolution.field().unwrap(), &expected.field().unwrap());
        assert!(matches!(evolution.lost_device(), Some(GpuError::Failed(_))), "{name}");
        assert!(evolution.on_device().is_none(), "{name}");
        for evolution in [&mut evolution, &mut expected] {
            evolution.advance().unwrap();
        }
        assert_close(name, &evolution.field().unwrap(), &expected.field().unwrap());
    }
}

/// Also while something is being read from it: the moments are spread over some frames.
#[test]
fn a_device_may_vanish_at_any_moment() {
    let runs = both(&Engine::Cpu).len();
    for (moment, run) in (0..12).flat_map(|moment| (0..runs).map(move |run| (moment, run))) {
        let gpu = own_gpu();
        let (name, mut evolution) = both(&Engine::Gpu(gpu.clone())).swap_remove(run);
        let (_, mut expected) = both(&Engine::Cpu).swap_remove(run);
        let mut frames = 0;
        lose_meanwhile(&gpu, Duration::from_micros(500 + 1700 * moment), || {
            evolution.advance().unwrap();
            evolution.save().unwrap();
            frames += 1;
            evolution.lost_device().is_some()
        });
        assert!(matches!(evolution.lost_device(), Some(GpuError::Failed(_))), "{name}");
        (0..frames).for_each(|_| expected.advance().unwrap());
        assert_close(name, &evolution.field().unwrap(), &expected.field().unwrap());
    }
}

#[test]
fn a_comparison_outlives_a_device_that_vanishes_at_any_moment() {
    for moment in 0..12 {
        let gpu = own_gpu();
        let mut comparison = Comparison::new(setup().load().unwrap(), Engine::Gpu(gpu.clone())).unwrap();
        lose_meanwhile(&gpu, Duration::from_micros(500 + 2900 * moment), || {
            comparison.advance().unwrap();
            comparison.frame().unwrap();
            comparison.save().unwrap();
            comparison.lost_device().is_some()
        });
        comparison.advance().unwrap();
        comparison.frame().unwrap();
    }
}

#[test]
fn states_of_a_lost_device_are_good_on_the_processor() {
    let gpu = own_gpu();
    for ((name, mut evolution), (_, mut other)) in both(&Engine::Gpu(gpu.clone())).into_iter().zip(both(&Engine::Cpu)) {
        (0..4).for_each(|_| evolution.advance().unwrap());
        let saved = evolution.save().unwrap();
        other.restore(&saved).unwrap();
        assert_eq!(other.field().unwrap(), evolution.field().unwrap(), "{name}");
        (0..3).for_each(|_| evolution.advance().unwrap());
        (0..3).for_each(|_| other.advance().unwrap());
        assert_close(name, &evolution.field().unwrap(), &other.field().unwrap());
    }
}

#[test]
fn a_comparison_outlives_its_device() {
    let gpu = own_gpu();
    let [mut lucky, mut unlucky] =
        [Engine::Cpu, Engine::Gpu(gpu.clone())].map(|engine| Comparison::new(setup().load().unwrap(), engine).unwrap());
    for frame in 1..=5 {
        if frame == 3 {
            lose(&gpu);
        }
        lucky.advance().unwrap();
        unlucky.advance().unwrap();
        let [expected, found] = [lucky.frame().unwrap(), unlucky.frame().unwrap()];
        assert_close("reference", &found.reference, &expected.reference);
        assert_close("network", found.candidates[0].as_ref().unwrap(), expected.candidates[0].as_ref().unwrap());
        assert_eq!(unlucky.lost_device().is_some(), frame >= 3);
    }
    // Others that come later are computed on the processor, too.
    unlucky.restart().unwrap();
    unlucky.advance().unwrap();
}

#[test]
fn a_simulation_goes_on_and_says_so_when_the_device_vanishes() {
    let gpu = own_gpu();
    let engine = Engine::Gpu(gpu.clone());
    let simulation = Simulation::spawn_on(setup(), move |_| Ok(engine.clone()), || {}).unwrap();
    simulation.send(Command::Play);
    let before = wait_for(&simulation, |snapshot| snapshot.number() >= 3);
    lose(&gpu);
    wait_for(&simulation, |snapshot| snapshot.number() >= before.number() + 5);
    simulation.send(Command::Pause);
    let after = wait_for(&simulation, |snapshot| !snapshot.playing);
    assert!(!before.lost_device && after.lost_device);
    assert_eq!(after.rows[..=before.number()], before.rows[..]);
    let patience = Instant::now() + PATIENCE;
    loop {
        match simulation.event() {
            Some(Event::Doubtful(text)) if text.contains("the CPU has taken over") => break,
            Some(Event::Failed { message, .. }) => panic!("{message}"),
            _ => assert!(Instant::now() < patience, "it never said so"),
        }
        thread::sleep(Duration::from_millis(2));
    }
}
