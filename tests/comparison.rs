//! A running comparison, on this thread and on one of its own.

use spinodal::{
    comparison::{
        CAPACITY, Command, Comparison, ComparisonError, DENSE, Event, History, Method, Setup, Simulation, Snapshot,
    },
    equation::Parameters,
    field::Field,
    formats::npy,
    gpu::{Engine, EngineChoice, Gpu},
    grid::{GridError, Shape},
    initial::{Initial, InitialOptions},
    metrics::{PairMetrics, series::FrameMetrics},
    surface::Caps,
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
const PATIENCE: Duration = Duration::from_secs(180);

/// A small comparison with an untrained network and few solver steps per frame, on the CPU.
fn setup() -> Setup {
    Setup {
        parameters: Parameters { steps_per_frame: 20, ..Parameters::default() },
        options: InitialOptions { grid: Shape::cube(16), ..InitialOptions::default() },
        model: Some(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/crane_random.pt"))),
        engine: EngineChoice::Cpu,
        ..Setup::default()
    }
}

fn simulation(setup: Setup) -> Simulation {
    Simulation::spawn(setup, None, || {}).expect("a thread")
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
fn wait_for(simulation: &Simulation, condition: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
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
fn wait_for_event(simulation: &Simulation) -> Event {
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
fn runs_both_evolutions_from_one_field() {
    let setup = setup();
    let inputs = setup.load().unwrap();
    let (mut solver, mut network) = (
        setup.solver(&Engine::Cpu, &inputs.field).unwrap(),
        spinodal::network::evolve(&Engine::Cpu, &inputs.model, &inputs.field.coarsened(2).unwrap()).unwrap(),
    );
    let mut comparison = Comparison::new(inputs.clone(), Engine::Cpu).unwrap();
    assert_eq!(comparison.measured().rmse, 0.0, "the network starts from the solver's nodes");
    for frame in 1..=3 {
        comparison.advance().unwrap();
        solver.advance().unwrap();
        network.advance().unwrap();
        assert_eq!(comparison.frame(), frame);
        assert_eq!(comparison.time(), frame as f64 * 0.05);
        assert_eq!(*comparison.solver.field().unwrap(), solver.field().unwrap());
        assert_eq!(*comparison.network.field().unwrap(), network.field().unwrap());
    }
    let measured = *comparison.measured();
    assert!(measured.rmse > 0.0);
    assert_eq!(comparison.history().rows().len(), 4);

    comparison.restart().unwrap();
    assert_eq!((comparison.frame(), comparison.history().rows().len()), (0, 1));
    assert_eq!(*comparison.solver.field().unwrap(), inputs.field);
    for _ in 0..3 {
        comparison.advance().unwrap();
    }
    assert_eq!(*comparison.measured(), measured, "a restart repeats the run in every digit");
}

#[test]
fn both_engines_measure_the_same() {
    let inputs = setup().load().unwrap();
    let gpu = Gpu::open().expect("a Vulkan driver, such as lavapipe");
    let [cpu, gpu] = [Engine::Cpu, Engine::Gpu(gpu)].map(|engine| {
        let mut comparison = Comparison::new(inputs.clone(), engine).unwrap();
        comparison.advance().unwrap();
        *comparison.measured()
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
fn a_surface_stays_that_of_its_frame_as_long_as_someone_has_it() {
    let gpu = Gpu::open().expect("a Vulkan driver, such as lavapipe");
    let simulation = Simulation::spawn(setup(), Some(gpu.clone()), || {}).expect("a thread");
    let triangles = |snapshot: &Snapshot| -> Vec<_> {
        [&snapshot.solver, &snapshot.network]
            .map(|side| side.surface.as_ref().expect("it draws").triangles(&gpu).unwrap())
            .concat()
    };
    let first = wait_for(&simulation, |snapshot| snapshot.frame == 0);
    let before = triangles(&first);
    assert!(!before.is_empty());
    for frame in 1..=4 {
        simulation.send(Command::Step);
        let later = wait_for(&simulation, |snapshot| snapshot.frame == frame);
        assert!(triangles(&later) != before, "frame {frame} has not moved");
        assert!(triangles(&first) == before, "frame {frame} is drawn where frame 0 was");
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
    odd.coarsening = 1;
    assert!(odd.load().is_ok());
    odd.coarsening = 3;
    assert!(matches!(odd.load(), Err(ComparisonError::Coarsening(3))));

    let mut unstable = setup();
    unstable.parameters.time_step = 0.0035;
    let message = unstable.load().unwrap_err().to_string();
    assert!(message.contains("0.003472"), "{message}");
    unstable.method = Method::Spectral;
    assert!(unstable.load().is_ok(), "the spectral scheme has no limit");
}

#[test]
fn what_a_run_may_not_mean_is_said() {
    let doubts = |setup: &Setup| setup.load().unwrap().warnings;
    let fitting = Setup { parameters: Parameters::default(), model: None, ..setup() };
    assert_eq!(doubts(&fitting), [""; 0]);
    assert!(doubts(&setup())[0].contains("trained for a time per frame of 1, not 0.05"), "{:?}", doubts(&setup()));

    let mut steep = fitting.clone();
    steep.options.noise.amplitude = 2.0;
    let [doubt] = doubts(&steep).try_into().unwrap();
    assert!(doubt.contains("|φ| reaches 1.") || doubt.contains("|φ| reaches 2."), "{doubt}");
    steep.method = Method::Spectral;
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
    let mut wild = Setup { parameters: Parameters::default(), ..setup() };
    wild.options.noise.amplitude = 2.0;
    wild.options.noise.mean = 1.0;
    let mut comparison = Comparison::new(wild.load().unwrap(), Engine::Cpu).unwrap();
    let failure = comparison.advance().unwrap_err();
    assert!(matches!(failure, ComparisonError::Evolution(_)), "{failure}");
    assert!(matches!(comparison.advance(), Err(ComparisonError::Torn)));
    comparison.restart().unwrap();
    assert_eq!(comparison.frame(), 0);
    assert!(matches!(comparison.advance(), Err(ComparisonError::Evolution(_))));
}

#[test]
fn a_setup_survives_its_record() {
    let mut setup = setup();
    setup.initial = Initial::Mesh("some/mesh.stl".into());
    setup.method = Method::Spectral;
    setup.options.volume_fraction = Some(0.3);
    let text = toml::to_string(&setup).unwrap();
    assert_eq!(toml::from_str::<Setup>(&text).unwrap(), setup, "{text}");
    assert_eq!(toml::from_str::<Setup>("").unwrap(), Setup::default());
}

#[test]
fn history_stays_bounded_and_keeps_both_ends() {
    let row = |frame| FrameMetrics {
        frame,
        time: frame as f64,
        metrics: PairMetrics {
            rmse: 0.0,
            displacement: 0.0,
            rmse_fine: 0.0,
            rmse_floor: 0.0,
            displacement_fine: 0.0,
            displacement_floor: 0.0,
            energy_reference: 0.0,
            energy_candidate: 0.0,
            energy_error: 0.0,
            mean_reference: 0.0,
            mean_candidate: 0.0,
        },
    };
    let mut history = History::from(row(0));
    for frame in 1..=100_000 {
        history.push(row(frame));
        assert!(history.rows().len() <= CAPACITY);
        assert_eq!(history.rows().last().unwrap().frame, frame);
    }
    let frames: Vec<_> = history.rows().iter().map(|row| row.frame).collect();
    assert!(frames.iter().take(DENSE).copied().eq(0..DENSE), "early frames are all there");
    let strides: Vec<_> = frames[DENSE..frames.len() - 1].windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(strides.iter().all(|&stride| stride == strides[0]), "later frames are evenly spaced");
    assert!(frames.len() > CAPACITY / 2);
}

#[test]
fn obeys_play_pause_step_and_reset() {
    let simulation = simulation(setup());
    let first = wait_for(&simulation, |_| true);
    assert_eq!((first.frame, first.playing, first.run), (0, false, 0));
    assert_eq!(
        (first.solver.grid.shape, first.network.grid.shape, first.initial.grid.shape),
        ([16; 3], [8; 3], [16; 3])
    );
    assert_eq!(wait_for_event(&simulation), Event::Started);

    simulation.send(Command::Step);
    simulation.send(Command::Step);
    let stepped = wait_for(&simulation, |s| s.frame == 2);
    assert!(!stepped.playing && stepped.solver.milliseconds.is_some());
    assert_eq!(stepped.metrics.iter().map(|row| row.frame).collect::<Vec<_>>(), [0, 1, 2]);

    simulation.send(Command::Play);
    wait_for(&simulation, |s| s.frame >= 5 && s.playing);
    simulation.send(Command::Pause);
    let paused = wait_for(&simulation, |s| !s.playing);
    simulation.send(Command::Step);
    wait_for(&simulation, |s| s.frame == paused.frame + 1);

    simulation.send(Command::Reset);
    let again = wait_for(&simulation, |s| s.frame == 0);
    assert_eq!(again.solver.field, first.solver.field);
    assert_eq!(again.metrics.len(), 1);
    simulation.send(Command::Step);
    simulation.send(Command::Step);
    assert_eq!(wait_for(&simulation, |s| s.frame == 2).metrics, stepped.metrics);
}

#[test]
fn keeps_to_the_speed_asked_for() {
    let simulation = simulation(setup());
    wait_for(&simulation, |_| true);
    simulation.send(Command::SetSpeed(Some(20.0)));
    let start = Instant::now();
    simulation.send(Command::Play);
    wait_for(&simulation, |s| s.frame >= 10);
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

    simulation.send(Command::SetModel(Some("no/such/model.safetensors".into())));
    assert!(matches!(wait_for_event(&simulation), Event::Failed { .. }));

    let before = wait_for(&simulation, |s| s.loading.is_none());
    let after = wait_for(&simulation, |s| s.frame > before.frame + 2);
    assert!(after.playing && after.run == 0 && after.setup.initial == Initial::Noise);

    let larger = Setup { options: InitialOptions { grid: Shape::cube(20), ..InitialOptions::default() }, ..setup() };
    simulation.send(Command::Restart(Box::new(larger)));
    assert_eq!(wait_for_event(&simulation), Event::Started);
    let next = wait_for(&simulation, |s| s.run == 1);
    assert_eq!((next.solver.grid.shape, next.network.grid.shape), ([20; 3], [10; 3]));
    assert!(next.playing, "playing goes on");
}

#[test]
fn after_a_failed_start_another_network_gets_the_start_asked_for() {
    let bad = Setup { model: Some("no/such/model.safetensors".into()), initial: Initial::Sphere, ..setup() };
    let simulation = simulation(bad);
    simulation.send(Command::Play);
    assert!(matches!(wait_for_event(&simulation), Event::Failed { .. }));
    simulation.send(Command::SetModel(setup().model));
    let snapshot = wait_for(&simulation, |snapshot| snapshot.frame > 0);
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
        assert_eq!(snapshot.solver.grid.shape, [size; 3]);
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
    wait_for(&simulation, |snapshot| snapshot.frame == 1 && snapshot.loading.is_some());
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
        Simulation::spawn(setup(), None, wake).expect("a thread")
    };
    simulation.send(Command::Play);
    wait_for(&simulation, |s| s.frame >= 2);
    drop(simulation);
    assert!(woken.load(Ordering::Relaxed) >= 2);
    assert_eq!(Arc::strong_count(&woken), 1, "the thread has ended, and let go of all that it had");
}

#[test]
fn steps_asked_for_before_a_start_that_fails_are_not_made_up_for() {
    let simulation = simulation(Setup { initial: Initial::Sphere, model: Some("no/such/model".into()), ..setup() });
    (0..3).for_each(|_| simulation.send(Command::Step));
    assert!(matches!(wait_for_event(&simulation), Event::Failed { .. }));
    simulation.send(Command::Restart(Box::new(setup())));
    assert_eq!(wait_for_event(&simulation), Event::Started);
    simulation.send(Command::Step);
    wait_for(&simulation, |snapshot| snapshot.frame == 1);
    // While a file that is not there is looked for, there is time for steps that are due.
    for _ in 0..5 {
        simulation.send(Command::SetModel(Some("no/such/model".into())));
        assert!(matches!(wait_for_event(&simulation), Event::Failed { .. }));
    }
    assert_eq!(wait_for(&simulation, |_| true).frame, 1);
}

#[test]
fn surfaces_of_a_failed_frame_stay_those_of_the_frame_before() {
    let gpu = Gpu::open().expect("a Vulkan driver, such as lavapipe");
    let mut wild = Setup { parameters: Parameters::default(), ..setup() };
    (wild.options.noise.amplitude, wild.options.noise.mean) = (2.0, 1.0);
    let simulation = Simulation::spawn(wild, Some(gpu), || {}).expect("a thread");
    let surface_of = |snapshot: &Snapshot| snapshot.solver.surface.clone().expect("a surface");
    let before = surface_of(&wait_for(&simulation, |_| true));
    simulation.send(Command::Step);
    assert_eq!(wait_for_event(&simulation), Event::Started);
    let failed = |event| matches!(event, Event::Failed { action, .. } if action == "go on");
    assert!(failed(wait_for_event(&simulation)));
    simulation.send(Command::SetCaps(Caps::Open));
    simulation.send(Command::Step);
    assert!(failed(wait_for_event(&simulation)), "and not: could not draw");
    assert!(Arc::ptr_eq(&before, &surface_of(&wait_for(&simulation, |_| true))));
}

#[test]
fn a_surface_too_large_to_be_drawn_does_not_stop_the_run() {
    let gpu = Gpu::open().expect("a Vulkan driver, such as lavapipe");
    // White noise has a few triangles per cell, too many for 128 MiB, the least that a device allows; a frame later,
    // it is smooth.
    let options = InitialOptions { grid: Shape::cube(112), ..InitialOptions::default() };
    let simulation =
        Simulation::spawn(Setup { initial: Initial::WhiteNoise, options, ..setup() }, Some(gpu.clone()), || {})
            .expect("a thread");
    simulation.send(Command::Play);
    let later = wait_for(&simulation, |snapshot| snapshot.frame > 0 && snapshot.solver.surface.is_some());
    assert!(later.playing);
    simulation.send(Command::Pause);
    if gpu.largest_binding() <= 128 << 20 {
        let Event::Failed { action, message } = wait_for_event(&simulation) else { panic!("it must be said") };
        assert!(action == "draw" && message.contains("drawn once it is smaller"), "{action}: {message}");
    }
    assert_eq!(wait_for_event(&simulation), Event::Started);
}

#[test]
fn publishes_surfaces_on_the_drawing_device() {
    let gpu = Gpu::open().expect("a Vulkan driver, such as lavapipe");
    for engine in [EngineChoice::Cpu, EngineChoice::Gpu] {
        let setup = Setup { initial: Initial::Sphere, engine, ..setup() };
        let simulation = Simulation::spawn(setup, Some(gpu.clone()), || {}).expect("a thread");
        simulation.send(Command::Step);
        let snapshot = wait_for(&simulation, |s| s.frame == 1);
        let [solver, network] =
            [&snapshot.solver, &snapshot.network].map(|side| side.surface.clone().expect("a surface"));
        assert_eq!((solver.grid.shape, network.grid.shape), ([16; 3], [8; 3]));
        let closed = solver.triangle_count(&gpu).unwrap();
        assert!(closed > 100, "{closed} triangles");

        simulation.send(Command::SetCaps(Caps::Open));
        let open = wait_for(&simulation, |s| !Arc::ptr_eq(s.solver.surface.as_ref().expect("a surface"), &solver));
        let open = open.solver.surface.clone().expect("a surface").triangle_count(&gpu).unwrap();
        assert_eq!(open, closed, "a sphere inside the box needs no caps");
    }
}
