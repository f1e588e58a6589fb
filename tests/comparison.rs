//! A running comparison, on this thread and on one of its own.

use spinodal::{
    comparison::{
        CandidateSpec, Command, Comparison, ComparisonError, Event, Setup, Simulation, Snapshot, SolverCandidate,
    },
    equation::{Kinetics, Parameters},
    field::Field,
    formats::npy,
    fourier::Symbol,
    gpu::{Engine, EngineChoice, Gpu},
    grid::{GridError, Shape},
    initial::{Initial, InitialOptions},
    network::{CrnnConfig, Model, ModelSource},
    recording::{Entry, Frame, Recording, Row, Standing},
    solver::{Method, SolverSpec},
};
use std::{
    fs,
    io::Write,
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
    let config = CrnnConfig { channels: 3, ..CrnnConfig::default() };
    let mut model = Model::random(config, 1);
    let last = config.weights().into_iter().rfind(|weight| weight.shape.len() == 5).unwrap();
    model.weights.0.get_mut(&last.name).unwrap().values.fill(3e38);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wild.safetensors");
    model.save(&path).unwrap();
    (folder, ModelSource::File(path))
}

pub fn simulation(setup: Setup) -> Simulation {
    Simulation::spawn(setup, || {}).expect("a thread")
}

fn no_model() -> ModelSource {
    ModelSource::File("no/such/model.safetensors".into())
}

#[cfg(target_os = "linux")]
const BUNNY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/meshes/stanford_bunny.ply");

/// A mesh whose reader waits until there is something to read.
#[cfg(target_os = "linux")]
struct SlowFile {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

#[cfg(target_os = "linux")]
impl SlowFile {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slow.ply");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        Self { path, _folder: folder }
    }

    /// Waits for the reader and gives it the whole file.
    fn fill(&self, bytes: &[u8]) {
        fs::OpenOptions::new().write(true).open(&self.path).unwrap().write_all(bytes).unwrap();
    }
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

/// The next event but doubts: the network of these tests has not learnt their equation.
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
    let doubts = |setup: &Setup| setup.load().unwrap().warnings;
    let fitting = Setup { reference: SolverSpec::default(), ..setup() }.with_model(ModelSource::Builtin);
    assert_eq!(doubts(&fitting), [""; 0]);
    assert!(doubts(&setup())[0].contains("trained for a time per frame of 1, not 0.05"), "{:?}", doubts(&setup()));

    let mut relaxing = fitting.clone();
    relaxing.reference.parameters.equation.kinetics = Kinetics::AllenCahn;
    let [doubt] = doubts(&relaxing).try_into().unwrap();
    assert!(doubt.contains("trained on the Cahn–Hilliard equation"), "{doubt}");

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

    let simulation = simulation(setup());
    let start = Instant::now();
    while !matches!(simulation.event(), Some(Event::Doubtful(_))) {
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
fn obeys_play_pause_step_and_reset() {
    let simulation = simulation(setup());
    let first = wait_for(&simulation, |_| true);
    assert_eq!((first.number(), first.playing, first.run), (0, false, 0));
    assert_eq!(
        (first.reference.grid.shape, first.candidates[0].grid.shape, first.initial.grid.shape),
        ([16; 3], [8; 3], [16; 3])
    );
    assert_eq!(wait_for_event(&simulation), Event::Started);

    simulation.send(Command::Step);
    simulation.send(Command::Step);
    let stepped = wait_for(&simulation, |s| s.number() == 2);
    assert!(!stepped.playing && stepped.reference.milliseconds.is_some());
    assert_eq!(stepped.rows.iter().map(|row| row.frame).collect::<Vec<_>>(), [0, 1, 2]);

    simulation.send(Command::Play);
    wait_for(&simulation, |s| s.number() >= 5 && s.playing);
    simulation.send(Command::Pause);
    let paused = wait_for(&simulation, |s| !s.playing);
    simulation.send(Command::Step);
    wait_for(&simulation, |s| s.number() == paused.number() + 1);

    simulation.send(Command::Reset);
    let again = wait_for(&simulation, |s| s.number() == 0);
    assert_eq!(again.frame.reference, first.frame.reference);
    assert_eq!(again.rows.len(), 1);
    simulation.send(Command::Step);
    simulation.send(Command::Step);
    assert_eq!(wait_for(&simulation, |s| s.number() == 2).rows, stepped.rows);
}

#[test]
fn keeps_to_the_speed_asked_for() {
    let simulation = simulation(setup());
    wait_for(&simulation, |_| true);
    simulation.send(Command::SetSpeed(Some(20.0)));
    let start = Instant::now();
    simulation.send(Command::Play);
    wait_for(&simulation, |s| s.number() >= 10);
    assert!(start.elapsed() >= Duration::from_millis(400), "10 frames at 20 per second took {:?}", start.elapsed());
}

#[test]
fn a_failed_load_changes_nothing() {
    let simulation = simulation(setup());
    wait_for(&simulation, |_| true);
    assert_eq!(wait_for_event(&simulation), Event::Started);
    simulation.send(Command::Play);

    let missing = Setup { initial: Initial::File("no/such/field.npy".into()), ..setup() };
    simulation.send(Command::Restart(Box::new(missing)));
    let Event::Failed { action, message } = wait_for_event(&simulation) else { panic!("it must fail") };
    assert_eq!(action, "start from no/such/field.npy");
    assert!(message.contains("no/such/field.npy"), "{message}");

    simulation.send(Command::SetModel(no_model()));
    assert!(matches!(wait_for_event(&simulation), Event::Failed { .. }));

    let before = wait_for(&simulation, |s| s.loading.is_none());
    let after = wait_for(&simulation, |s| s.number() > before.number() + 2);
    assert!(after.playing && after.run == 0 && after.setup.initial == Initial::Noise);

    let larger = Setup { options: InitialOptions { grid: Shape::cube(20), ..InitialOptions::default() }, ..setup() };
    simulation.send(Command::Restart(Box::new(larger)));
    assert_eq!(wait_for_event(&simulation), Event::Started);
    let next = wait_for(&simulation, |s| s.run == 1);
    assert_eq!((next.reference.grid.shape, next.candidates[0].grid.shape), ([20; 3], [10; 3]));
    assert!(next.playing, "it keeps playing");
}

#[test]
fn after_a_failed_start_another_network_gets_the_start_asked_for() {
    let bad = Setup { initial: Initial::Sphere, ..setup() }.with_model(no_model());
    let simulation = simulation(bad);
    simulation.send(Command::Play);
    assert!(matches!(wait_for_event(&simulation), Event::Failed { .. }));
    simulation.send(Command::SetModel(untrained()));
    let snapshot = wait_for(&simulation, |snapshot| snapshot.number() > 0);
    assert_eq!(*snapshot.setup, Setup { initial: Initial::Sphere, ..setup() });
}

#[cfg(target_os = "linux")]
#[test]
fn only_the_latest_of_several_requests_counts() {
    let simulation = simulation(setup());
    assert_eq!(wait_for_event(&simulation), Event::Started);
    let slow = SlowFile::new();
    simulation.send(Command::Restart(Box::new(Setup { initial: Initial::Mesh(slow.path.clone()), ..setup() })));
    let restart = |size| {
        let options = InitialOptions { grid: Shape::cube(size), ..InitialOptions::default() };
        simulation.send(Command::Restart(Box::new(Setup { options, ..setup() })));
        assert_eq!(wait_for_event(&simulation), Event::Started);
        let snapshot = wait_for(&simulation, |_| true);
        assert_eq!(snapshot.reference.grid.shape, [size; 3]);
        snapshot.run
    };
    assert_eq!(restart(18), 1);
    // Now the earlier request can be answered.
    slow.fill(&fs::read(BUNNY).unwrap());
    assert_eq!([restart(20), restart(18), restart(20)], [2, 3, 4], "it has not begun another run");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_does_not_come_keeps_nobody_waiting() {
    let simulation = simulation(setup());
    wait_for(&simulation, |_| true);
    let slow = SlowFile::new();
    simulation.send(Command::Restart(Box::new(Setup { initial: Initial::Mesh(slow.path.clone()), ..setup() })));
    wait_for(&simulation, |snapshot| snapshot.loading.is_some());
    simulation.send(Command::Step);
    wait_for(&simulation, |snapshot| snapshot.number() == 1 && snapshot.loading.is_some());
    let (ended, end) = crossbeam_channel::bounded(1);
    thread::spawn(move || {
        drop(simulation);
        ended.send(()).unwrap();
    });
    end.recv_timeout(PATIENCE).expect("the end does not wait for the file");
    slow.fill(&[]);
}

#[test]
fn wakes_its_owner_and_ends_when_dropped() {
    let woken = Arc::new(AtomicUsize::new(0));
    let simulation = {
        let woken = woken.clone();
        let wake = move || {
            woken.fetch_add(1, Ordering::Relaxed);
        };
        Simulation::spawn(setup(), wake).expect("a thread")
    };
    simulation.send(Command::Play);
    wait_for(&simulation, |s| s.number() >= 2);
    drop(simulation);
    assert!(woken.load(Ordering::Relaxed) >= 2);
    assert_eq!(Arc::strong_count(&woken), 1, "the thread has ended, and let go of all that it had");
}

#[test]
fn steps_asked_for_before_a_start_that_fails_are_not_made_up_for() {
    let simulation = simulation(Setup { initial: Initial::Sphere, ..setup() }.with_model(no_model()));
    (0..3).for_each(|_| simulation.send(Command::Step));
    assert!(matches!(wait_for_event(&simulation), Event::Failed { .. }));
    simulation.send(Command::Restart(Box::new(setup())));
    assert_eq!(wait_for_event(&simulation), Event::Started);
    simulation.send(Command::Step);
    wait_for(&simulation, |snapshot| snapshot.number() == 1);
    // While a file that is not there is looked for, there is time for steps that are due.
    for _ in 0..5 {
        simulation.send(Command::SetModel(no_model()));
        assert!(matches!(wait_for_event(&simulation), Event::Failed { .. }));
    }
    assert_eq!(wait_for(&simulation, |_| true).number(), 1);
}

#[test]
fn a_frame_that_failed_leaves_the_one_before() {
    let mut wild = Setup { reference: SolverSpec::default(), ..setup() };
    (wild.options.noise.amplitude, wild.options.noise.mean) = (2.0, 1.0);
    let simulation = simulation(wild);
    let before = wait_for(&simulation, |_| true);
    assert_eq!(wait_for_event(&simulation), Event::Started);
    for _ in 0..2 {
        simulation.send(Command::Step);
        let failed = matches!(wait_for_event(&simulation), Event::Failed { action, .. } if action == "advance");
        assert!(failed);
        assert!(Arc::ptr_eq(&before.frame, &wait_for(&simulation, |_| true).frame));
    }
}

#[test]
fn a_candidate_that_diverges_is_stopped_and_the_others_go_on() {
    let (_folder, model) = diverging_model();
    let mut wild = setup();
    wild.candidates.insert(0, CandidateSpec::network(model));
    let simulation = simulation(wild);
    (0..2).for_each(|_| simulation.send(Command::Step));
    let snapshot = wait_for(&simulation, |s| s.number() == 2);
    let standings: Vec<_> = snapshot.candidates.iter().map(|candidate| candidate.standing).collect();
    assert_eq!(standings, [Standing::Stopped, Standing::Running]);
    let fields: Vec<_> = snapshot.frame.candidates.iter().map(Option::is_some).collect();
    assert_eq!(fields, [false, true]);
    assert_eq!(snapshot.rows.iter().map(|row| row.metrics(0).is_some()).collect::<Vec<_>>(), [true, false, false]);
}
