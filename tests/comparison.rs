//! A running comparison, on this thread and on one of its own.

mod simulation;

use spinodal::{
    comparison::{
        CandidateSpec, Command, Comparison, ComparisonError, Event, Setup, Simulation, Snapshot, SolverCandidate,
    },
    equation::{Kinetics, Parameters},
    field::Field,
    formats::npy,
    fourier::Symbol,
    gpu::{Engine, EngineChoice, Gpu},
    grid::{Grid, GridError, Shape},
    initial::{Initial, InitialOptions},
    memory,
    network::{CrnnConfig, Model, ModelSource},
    recording::{Entry, Frame, Recording, Row, Standing},
    solver::{Method, SolverSpec},
};
use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// Longest wait for something that must happen.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// A small comparison with an untrained network and few solver steps per frame, on the CPU.
pub fn setup() -> Setup {
    let parameters = Parameters { steps_per_frame: 20, ..Parameters::default() };
    Setup {
        reference: SolverSpec { parameters, ..SolverSpec::default() },
        options: InitialOptions { grid: Shape::cube(16), ..InitialOptions::default() },
        candidates: vec![CandidateSpec::network(untrained())],
        engine: EngineChoice::Cpu,
        ..Setup::default()
    }
}

pub fn untrained() -> ModelSource {
    ModelSource::File(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/crane_random.pt").into())
}

/// A model whose first frame is not finite.
pub fn diverging_model() -> (tempfile::TempDir, ModelSource) {
    wild_model(3e38)
}

/// A network whose last weights are all these.
pub fn wild_model(weights: f32) -> (tempfile::TempDir, ModelSource) {
    let config = CrnnConfig { channels: 3, ..CrnnConfig::default() };
    let mut model = Model::random(config, 1);
    let last = config.weights().into_iter().rfind(|weight| weight.shape.len() == 5).unwrap();
    model.weights.0.get_mut(&last.name).unwrap().values.fill(weights);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wild.safetensors");
    model.save(&path).unwrap();
    (folder, ModelSource::File(path))
}

pub fn simulation(setup: Setup) -> Simulation {
    Simulation::spawn(setup, || {}).expect("a thread")
}

/// Waits for a snapshot that fulfils `condition`.
pub fn wait_for(simulation: &Simulation, condition: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
    let start = Instant::now();
    loop {
        if let Some(snapshot) = simulation.snapshot().filter(|snapshot| condition(snapshot)) {
            return snapshot;
        }
        assert!(start.elapsed() < PATIENCE, "the simulation never got there; it said {:?}", simulation.event());
        thread::sleep(Duration::from_millis(2));
    }
}

/// The next event but doubts.
pub fn wait_for_event(simulation: &Simulation) -> Event {
    let start = Instant::now();
    loop {
        match simulation.event() {
            Some(Event::Doubtful(_)) => continue,
            Some(event) => return event,
            None => {}
        }
        assert!(start.elapsed() < PATIENCE, "the simulation never said anything");
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn runs_all_evolutions_from_one_field() {
    let spectral = SolverCandidate {
        time_step: Some(0.01),
        tolerance: None,
        coarsening: 2,
        symbol: Symbol::Derivative,
        ..SolverCandidate::of(Method::Spectral)
    };
    let mut setup = setup();
    setup.candidates.push(CandidateSpec::Solver(spectral));
    let inputs = setup.load().unwrap();
    let around = |number: usize| {
        let model = inputs.models[number].as_ref();
        setup.candidates[number].start(&Engine::Cpu, &setup.reference, model, &inputs.field).unwrap()
    };
    let mut reference = setup.reference.start(&Engine::Cpu, &inputs.field).unwrap();
    let mut others = [around(0), around(1)];
    let mut comparison = Comparison::new(inputs.clone(), Engine::Cpu).unwrap();
    assert_eq!(comparison.row().metrics(0).unwrap().rmse, 0.0, "the network starts from the reference's nodes");
    for number in 1..=3 {
        comparison.advance().unwrap();
        reference.advance().unwrap();
        let frame = comparison.frame().unwrap();
        assert_eq!((frame.row.frame, frame.row.time), (number, number as f64 * 0.05));
        assert_eq!(*frame.reference, reference.field().unwrap());
        for (evolution, found) in others.iter_mut().zip(&frame.candidates) {
            evolution.advance().unwrap();
            assert_eq!(**found.as_ref().unwrap(), evolution.field().unwrap());
        }
    }
    let measured = comparison.row().clone();
    assert!(measured.metrics(0).unwrap().rmse > measured.metrics(1).unwrap().rmse);

    comparison.restart().unwrap();
    assert_eq!(comparison.row().frame, 0);
    assert_eq!(*comparison.frame().unwrap().reference, inputs.field);
    for _ in 0..3 {
        comparison.advance().unwrap();
    }
    assert_eq!(*comparison.row(), measured, "a restart repeats the run in every digit");
}

#[test]
fn both_engines_measure_the_same() {
    let inputs = setup().load().unwrap();
    let gpu = Gpu::open().expect("a Vulkan driver, such as lavapipe");
    let [cpu, gpu] = [Engine::Cpu, Engine::Gpu(gpu)].map(|engine| {
        let mut comparison = Comparison::new(inputs.clone(), engine).unwrap();
        comparison.advance().unwrap();
        *comparison.row().metrics(0).unwrap()
    });
    let pairs = [
        (cpu.rmse, gpu.rmse),
        (cpu.displacement, gpu.displacement),
        (cpu.energy_reference, gpu.energy_reference),
        (cpu.energy_candidate, gpu.energy_candidate),
    ];
    for (cpu, gpu) in pairs {
        assert!((cpu - gpu).abs() < 1e-3 * cpu, "{cpu} on the CPU, {gpu} on the GPU");
    }
}

#[test]
fn refuses_grids_and_parameters_that_cannot_be_compared() {
    let mut odd = setup();
    odd.options.grid = Shape::cube(15);
    assert!(matches!(
        odd.load(),
        Err(ComparisonError::Grid(GridError::Indivisible { nearest: Shape([16, 16, 16]), .. }))
    ));
    odd.candidates = vec![CandidateSpec::Network { model: untrained(), coarsening: 1, lead: 0 }];
    assert!(odd.load().is_ok());

    let mut unstable = setup();
    unstable.reference.parameters.time_step = 0.0035;
    let message = unstable.load().unwrap_err().to_string();
    assert!(message.contains("0.003472"), "{message}");
    unstable.reference.method = Method::Spectral;
    assert!(unstable.load().is_ok(), "the spectral scheme has no limit");
}

#[test]
fn what_a_run_may_not_mean_is_said() {
    let doubts = |setup: &Setup| setup.load().unwrap().all_warnings();
    let fitting = Setup { reference: SolverSpec::default(), ..setup() }.with_model(ModelSource::Builtin);
    assert_eq!(doubts(&fitting), [""; 0]);
    assert!(doubts(&setup())[0].contains("trained for a time per frame of 1, not 0.05"), "{:?}", doubts(&setup()));

    let mut relaxing = fitting.clone();
    relaxing.reference.parameters.equation.kinetics = Kinetics::AllenCahn;
    let [doubt] = doubts(&relaxing).try_into().unwrap();
    assert!(doubt.contains("trained for the Cahn–Hilliard equation"), "{doubt}");

    let mut steep = fitting.clone();
    steep.options.noise.amplitude = 2.0;
    let [doubt] = doubts(&steep).try_into().unwrap();
    assert!(doubt.contains("|φ| reaches 1.") || doubt.contains("|φ| reaches 2."), "{doubt}");
    steep.reference.method = Method::Spectral;
    assert_eq!(doubts(&steep), [""; 0], "that scheme has no limit");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.npy");
    let fractions = Field::from_fn(16, |x, _, _| x / 16.0).unwrap();
    npy::write_field(&path, &fractions, false).unwrap();
    let mut file = Setup { initial: Initial::File(path), ..fitting };
    assert!(doubts(&file)[0].contains("lie in [0, 1] and are taken as φ"), "{:?}", doubts(&file));
    file.options.concentration = true;
    assert_eq!(doubts(&file), [""; 0]);

    let mut wild = setup();
    wild.options.noise.amplitude = 2.0;
    let simulation = simulation(wild);
    let start = Instant::now();
    while !matches!(simulation.event(), Some(Event::Doubtful(doubt)) if doubt.contains("|φ| reaches")) {
        assert!(start.elapsed() < PATIENCE, "the simulation never doubted");
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_frame_that_failed_halfway_is_not_gone_on_from() {
    let mut wild = Setup { reference: SolverSpec::default(), ..setup() };
    wild.options.noise.amplitude = 2.0;
    wild.options.noise.mean = 1.0;
    let mut comparison = Comparison::new(wild.load().unwrap(), Engine::Cpu).unwrap();
    let failure = comparison.advance().unwrap_err();
    assert!(matches!(failure, ComparisonError::Evolution(_)), "{failure}");
    assert!(matches!(comparison.advance(), Err(ComparisonError::Torn)));
    comparison.restart().unwrap();
    assert_eq!(comparison.row().frame, 0);
    assert!(matches!(comparison.advance(), Err(ComparisonError::Evolution(_))));
}

#[test]
fn a_setup_survives_its_record() {
    let mut setup = setup();
    setup.initial = Initial::Mesh("some/mesh.stl".into());
    setup.reference.method = Method::Spectral;
    setup.options.volume_fraction = Some(0.3);
    let text = toml::to_string(&setup).unwrap();
    assert_eq!(toml::from_str::<Setup>(&text).unwrap(), setup, "{text}");
    assert_eq!(toml::from_str::<Setup>("").unwrap(), Setup::default());
}

#[test]
fn figures_stay_bounded_and_keep_both_ends() {
    const MOST: usize = 4096;
    const DENSE: usize = 512;
    let field = Arc::new(Field::uniform(5, 0.0).unwrap());
    let candidates = vec![Entry { standing: Standing::Stopped, metrics: None }];
    let row = |frame| Row { frame, time: frame as f64, energy: 0.0, mean: 0.0, candidates: candidates.clone() };
    let recording = Recording::new(1 << 16);
    for frame in 0..=20_000 {
        recording.push(Frame { row: row(frame), reference: field.clone(), candidates: vec![None] });
    }
    let frames: Vec<_> = recording.rows().iter().map(|row| row.frame).collect();
    assert!(frames.len() <= MOST && frames.len() > MOST / 4, "{} rows", frames.len());
    assert_eq!(frames.last(), Some(&20_000));
    assert!(frames.iter().take(DENSE).copied().eq(0..DENSE), "early frames are all there");
    let strides: Vec<_> = frames[DENSE..frames.len() - 1].windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(strides.iter().all(|&stride| stride == strides[0]), "later frames are evenly spaced");
}

#[test]
fn a_network_that_keeps_gaining_free_energy_is_doubted() {
    let setup = Setup { initial: Initial::Sphere, ..setup() };
    let doubted = (0..4).any(|seed| {
        let model = Model::random(CrnnConfig { channels: 3, ..CrnnConfig::default() }, seed);
        let field = setup.initial_field().unwrap();
        let inputs = setup.load_with(field, |_| Ok(model.clone())).unwrap();
        let mut comparison = Comparison::new(inputs, Engine::Cpu).unwrap();
        // One that diverges is stopped, and then says nothing.
        let mut energies = Vec::new();
        for _ in 0..30 {
            comparison.advance().unwrap();
            energies.extend(comparison.row().metrics(0).map(|metrics| metrics.energy_candidate));
        }
        let grew = energies.windows(21).any(|part| part.windows(2).all(|pair| pair[1] > pair[0] * 1.00001));
        let doubts = comparison.candidates()[0].doubts();
        let said = doubts.iter().any(|doubt| doubt == "seen to gain free energy in 20 successive frames");
        assert_eq!(said, grew, "seed {seed}: {energies:?}");
        // Once is enough.
        let before = doubts.len();
        comparison.restart().unwrap();
        (0..30).for_each(|_| comparison.advance().unwrap());
        assert_eq!(comparison.candidates()[0].doubts().len(), before, "seed {seed}");
        said
    });
    assert!(doubted, "none of these networks gained energy for long");
}

#[test]
fn a_candidate_too_large_is_refused_before_it_comes() {
    let adaptive: CandidateSpec = "adaptive".parse().unwrap();
    assert_eq!(adaptive.check_memory(&Grid::cube(16), None), Ok(()));
    if memory::free().is_none() {
        return;
    }
    let error = adaptive.check_memory(&Grid::cube(1 << 13), None).unwrap_err().to_string();
    assert!(error.starts_with("adaptive beside a run on 8192"), "{error}");
    assert!(error.ends_with("are free: take another candidate out, or close other programs"), "{error}");
}
