//! A comparison on a thread of its own: commands, loads that fail or take long, candidates that diverge.

use super::*;
#[cfg(target_os = "linux")]
use std::os::fd::AsRawFd;

fn no_model() -> ModelSource {
    ModelSource::File("no/such/model.safetensors".into())
}

#[cfg(target_os = "linux")]
const BUNNY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/meshes/stanford_bunny.ply");

/// The bunny in a file whose reader waits, as on a network that does not answer: it is leased to this program, and the
/// system asks for it back by a signal and in `/proc/sys/fs/lease-break-time`, 45 s unless set otherwise.
#[cfg(target_os = "linux")]
struct SlowFile {
    path: PathBuf,
    file: fs::File,
    _folder: tempfile::TempDir,
}

#[cfg(target_os = "linux")]
impl SlowFile {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slow.ply");
        fs::copy(BUNNY, &path).unwrap();
        let file = fs::File::open(&path).unwrap();
        // SAFETY: the call takes numbers only.
        unsafe { libc::signal(libc::SIGIO, libc::SIG_IGN) };
        let slow = Self { path, file, _folder: folder };
        slow.lease(libc::F_WRLCK);
        slow
    }

    /// Lets the reader go on.
    fn release(&self) {
        self.lease(libc::F_UNLCK);
    }

    fn lease(&self, kind: i32) {
        // SAFETY: the file is open, and the other arguments are numbers.
        let outcome = unsafe { libc::fcntl(self.file.as_raw_fd(), libc::F_SETLEASE, kind) };
        assert_eq!(outcome, 0, "{}", std::io::Error::last_os_error());
    }
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
    let Event::Failed { action, message, .. } = wait_for_event(&simulation) else { panic!("it must fail") };
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
    slow.release();
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
    slow.release();
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
