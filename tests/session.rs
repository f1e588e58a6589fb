//! The window's side of a simulation, without a window.

use crate::comparison::{diverging_model, setup};
use spinodal::{
    app::{Session, curves},
    comparison::{Comparison, RunRecord, Setup, Simulation, Snapshot, Start},
    evolution::{Brush, Form},
    gpu::Engine,
    grid::Shape,
    initial::{Initial, InitialOptions},
    network::ModelSource,
    recording::{RUN, RecordingWriter, Standing},
};
use std::{
    fs,
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(180);

pub fn session(start: impl Into<Start>) -> Session {
    let start = start.into();
    Session::new(Simulation::spawn(start.clone(), || {}).expect("a thread"), &start, true)
}

/// A session at rest at the first frame of a run.
pub fn resting(setup: Setup) -> Session {
    let mut session = session(setup);
    session.toggle();
    wait_for(&mut session, |snapshot| !snapshot.playing);
    session.reset();
    wait_for(&mut session, |snapshot| snapshot.number() == 0);
    session
}

/// Looks at the simulation as the window does, until its snapshot fulfils `condition`.
pub fn wait_for(session: &mut Session, condition: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
    let start = Instant::now();
    loop {
        session.refresh();
        if let Some(snapshot) = session.snapshot.clone().filter(|snapshot| condition(snapshot)) {
            // What is published comes before the event that tells of it.
            thread::sleep(Duration::from_millis(20));
            session.refresh();
            return snapshot;
        }
        assert!(start.elapsed() < PATIENCE, "the session never got there; it says {:?}", session.messages.failures());
        thread::sleep(Duration::from_millis(2));
    }
}

/// Looks at the simulation until so many failures have been said.
fn wait_for_failures(session: &mut Session, count: usize) {
    let start = Instant::now();
    while session.messages.failures().len() < count {
        assert!(start.elapsed() < PATIENCE, "it says {:?}", session.messages.failures());
        session.refresh();
        thread::sleep(Duration::from_millis(2));
    }
}

/// A session at rest at a frame, with every frame recorded.
pub fn resting_at(setup: Setup, frame: usize) -> Session {
    let mut session = resting(setup);
    for next in 1..=frame {
        session.step();
        wait_for(&mut session, |snapshot| snapshot.number() == next);
    }
    session
}

fn no_model() -> ModelSource {
    ModelSource::File("no/such/model.safetensors".into())
}

fn with_fraction(fraction: f64) -> Setup {
    let mut setup = setup();
    (setup.initial, setup.options.volume_fraction) = (Initial::Sphere, Some(fraction));
    setup.candidates.clear();
    setup
}

#[test]
fn a_volume_fraction_does_not_follow_to_another_field() {
    let mut session = resting(with_fraction(0.3));
    assert_eq!(session.note(), None);
    // The same field again keeps it.
    session.start_from(Initial::Sphere);
    wait_for(&mut session, |snapshot| snapshot.run == 1);
    assert_eq!(session.draft.options.volume_fraction, Some(0.3));
    assert_eq!(session.note(), None);

    session.start_from(Initial::Slab);
    assert_eq!(session.draft.options.volume_fraction, None);
    let snapshot = wait_for(&mut session, |snapshot| snapshot.run == 2);
    assert_eq!(snapshot.setup.options.volume_fraction, None);
    assert!((snapshot.initial.mean - (2.0 * 0.3 - 1.0)).abs() > 0.1, "the slab was still given the fraction");
    assert!(session.note().is_some_and(|note| note.contains("volume fraction 0.3")), "{:?}", session.note());
    session.restart();
    wait_for(&mut session, |snapshot| snapshot.run == 3);
    assert_eq!(session.note(), None, "the note ends with its run");
}

#[test]
fn nor_does_it_follow_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("field.npy");
    let field = Initial::Slab.build(&setup().options).unwrap();
    spinodal::formats::npy::write_field(&path, &field, false).unwrap();
    let mut session = resting(with_fraction(0.3));
    session.open(&path);
    let snapshot = wait_for(&mut session, |snapshot| snapshot.run == 1);
    assert_eq!(snapshot.setup.initial, Initial::File(path));
    assert_eq!(*snapshot.frame.reference, field, "the field is not that of the file");
}

#[test]
fn a_start_that_fails_brings_the_menus_back() {
    let mut session = resting(with_fraction(0.3));
    session.open(Path::new("no/such/field.npy"));
    wait_for_failures(&mut session, 1);
    assert_eq!(session.draft, with_fraction(0.3));
    assert_eq!(session.note(), None);
}

#[test]
fn what_was_changed_in_the_menus_stays_until_it_is_started() {
    let mut session = resting(setup());
    let epsilon = |setup: &Setup| setup.reference.parameters.equation.epsilon;
    let choose = |session: &mut Session, epsilon| session.draft.reference.parameters.equation.epsilon = epsilon;
    // A failure of something else.
    choose(&mut session, 4.0);
    session.add_network(no_model(), 2);
    wait_for_failures(&mut session, 1);
    assert_eq!(epsilon(&session.draft), 4.0);
    // A start that was asked for before.
    session.restart();
    choose(&mut session, 5.0);
    let begun = wait_for(&mut session, |snapshot| snapshot.run == 1);
    assert_eq!((epsilon(&begun.setup), epsilon(&session.draft)), (4.0, 5.0));
    // Another model: only that goes again.
    session.set_model(no_model());
    wait_for_failures(&mut session, 2);
    assert_eq!((epsilon(&session.draft), session.draft.model()), (5.0, setup().model()));
    session.set_model(ModelSource::Builtin);
    let begun = wait_for(&mut session, |snapshot| snapshot.run == 2);
    assert_eq!((epsilon(&begun.setup), epsilon(&session.draft)), (4.0, 5.0));
    assert_eq!(session.draft.model(), Some(&ModelSource::Builtin));
}

#[test]
fn a_folder_that_cannot_be_opened_leaves_the_run_playing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(RUN), "this is no record of a run").unwrap();
    let mut session = session(Setup { candidates: Vec::new(), ..setup() });
    wait_for(&mut session, |snapshot| snapshot.playing);
    session.open(folder.path());
    wait_for_failures(&mut session, 1);
    assert!(session.playing, "the button offers to play what plays");
    session.toggle();
    wait_for(&mut session, |snapshot| !snapshot.playing);

    // One that can be opened is paused.
    session.toggle();
    wait_for(&mut session, |snapshot| snapshot.playing);
    let folder = tempfile::tempdir().unwrap();
    record(folder.path());
    session.open(folder.path());
    let opened = wait_for(&mut session, |snapshot| snapshot.run == 1);
    assert!(!opened.playing && !session.playing);
    session.toggle();
    wait_for(&mut session, |snapshot| snapshot.playing);
}

#[test]
fn a_frame_that_the_run_went_back_to_can_be_stepped_from_again() {
    let mut session = resting_at(Setup { candidates: Vec::new(), ..setup() }, 3);
    session.backward();
    assert_eq!(session.cursor(), Some(2));
    session.continue_from(2);
    wait_for(&mut session, |snapshot| snapshot.number() == 2 && snapshot.catching_up.is_none());
    session.step();
    wait_for(&mut session, |snapshot| snapshot.number() == 3);
}

#[test]
fn grids_are_typed_as_on_the_command_line() {
    let mut session = resting(Setup { candidates: Vec::new(), ..setup() });
    for wrong in ["", "many", "16x", "3", "16x16x16x16"] {
        assert!(session.set_grid(wrong).is_err(), "“{wrong}” was taken");
    }
    assert_eq!(session.draft.options.grid, Shape::cube(16), "what is refused changes nothing");
    session.set_grid(" 20x16x10 ").unwrap();
    let snapshot = wait_for(&mut session, |snapshot| snapshot.run == 1);
    assert_eq!(snapshot.reference.grid.shape, [20, 16, 10]);
}

#[test]
fn what_is_usual_for_a_field_gives_way_with_it() {
    let usual = Setup { options: InitialOptions::default(), candidates: Vec::new(), ..setup() };
    let mut session = session(usual.clone());
    session.toggle();
    let epsilon = |session: &Session| session.draft.reference.parameters.equation.epsilon;
    session.start_from(Initial::Pfhub1a);
    assert_eq!(session.draft.options.grid, Shape([90, 90, 1]));
    assert_eq!(epsilon(&session), Initial::Pfhub1a.usual_epsilon(Shape([90, 90, 1])));
    session.set_grid("60x60").unwrap();
    assert_eq!(epsilon(&session), Initial::Pfhub1a.usual_epsilon(Shape([60, 60, 1])));
    session.set_grid("90x90").unwrap();
    session.start_from(Initial::Noise);
    assert_eq!((session.draft.options.grid, epsilon(&session)), (Shape::cube(64), 3.0));
    session.set_grid("32").unwrap();
    session.start_from(Initial::Pfhub1a);
    assert_eq!(session.draft.options.grid, Shape::cube(32), "a grid that was chosen stays");
}

#[test]
fn candidates_come_and_go() {
    let mut session = resting(setup());
    assert_eq!(session.shown(), Some(0));
    assert!(session.add_candidate("spectral:dt=fast").is_err());
    session.add_candidate("frozen:grid=coarse").unwrap();
    let snapshot = wait_for(&mut session, |snapshot| snapshot.candidates.len() == 2);
    let grids: Vec<_> = snapshot.candidates.iter().map(|candidate| candidate.grid.shape).collect();
    assert_eq!(grids, [[8; 3], [8; 3]]);
    assert_eq!(session.shown(), Some(1), "what was added is shown");
    session.take_out(0);
    wait_for(&mut session, |snapshot| snapshot.candidates.len() == 1);
    assert_eq!(session.shown(), Some(0));
    session.take_out(0);
    let snapshot = wait_for(&mut session, |snapshot| snapshot.candidates.is_empty());
    assert_eq!(session.shown(), None);
    assert_eq!(snapshot.run, 0, "the run was restarted");
}

#[test]
fn asking_twice_takes_out_one_candidate() {
    let candidates = ["frozen", "frozen:grid=coarse", "adaptive"].map(|text| text.parse().unwrap()).to_vec();
    let mut session = resting(Setup { candidates, ..setup() });
    // No snapshot shows yet that it is gone.
    session.take_out(0);
    session.take_out(0);
    session.step();
    let left = wait_for(&mut session, |snapshot| snapshot.number() == 1);
    let names: Vec<_> = left.candidates.iter().map(|candidate| &*candidate.name).collect();
    assert_eq!(names, ["frozen-coarse", "adaptive"]);
}

#[test]
fn what_is_doubtful_about_a_candidate_goes_with_it() {
    let mut session = resting(setup());
    let doubts = |session: &Session| session.note().map_or(0, |note| note.matches("time per frame").count());
    assert_eq!(doubts(&session), 1);
    for _ in 0..3 {
        session.add_network(setup().model().cloned().unwrap(), 2);
        wait_for(&mut session, |snapshot| snapshot.candidates.len() == 2);
        assert_eq!(doubts(&session), 2);
        session.take_out(1);
        wait_for(&mut session, |snapshot| snapshot.candidates.len() == 1);
        assert_eq!(doubts(&session), 1);
    }
    session.take_out(0);
    wait_for(&mut session, |snapshot| snapshot.candidates.is_empty());
    assert_eq!(doubts(&session), 0, "{:?}", session.note());
}

#[test]
fn a_candidate_that_diverges_is_told_of_while_its_run_lasts() {
    let (_folder, model) = diverging_model();
    let mut session = resting(setup().with_model(model));
    assert!(session.note().is_none_or(|note| !note.contains("stopped")));
    session.step();
    let snapshot = wait_for(&mut session, |snapshot| snapshot.number() == 1);
    assert_eq!(snapshot.candidates[0].standing, Standing::Stopped);
    let note = session.note().expect("something to say");
    assert!(note.contains("diverged and was stopped at frame 1; likely cause: it"), "{note}");
    assert!(curves::of_candidate(&snapshot.rows, 0, |metrics| metrics.rmse).len() == 1, "its curve ends before");
    session.set_model(setup().model().cloned().unwrap());
    wait_for(&mut session, |snapshot| snapshot.run == 1);
    assert!(session.note().is_none_or(|note| !note.contains("stopped")), "{:?}", session.note());
}

/// Records five frames of the setup of these tests, with states at frame 2.
pub fn record(folder: &Path) -> Setup {
    let setup = setup();
    let record = RunRecord { frames: 4, state_interval: 2, ..RunRecord::new(setup.clone(), String::new()) };
    record.write(folder).unwrap();
    let mut comparison = Comparison::new(setup.load().unwrap(), Engine::Cpu).unwrap();
    let mut writer = RecordingWriter::create(folder, &record.layout().unwrap()).unwrap();
    for frame in 0..5 {
        writer.append(&comparison.frame().unwrap()).unwrap();
        if frame == 2 {
            writer.keep_states(frame, &comparison.save().unwrap()).unwrap();
        }
        comparison.advance().unwrap();
    }
    setup
}

#[test]
fn a_recording_opens_at_its_end_and_goes_on_from_its_states() {
    let folder = tempfile::tempdir().unwrap();
    let setup = record(folder.path());
    let mut session = session(Start::Recording(folder.path().to_owned()));
    let shown = wait_for(&mut session, |_| true);
    assert_eq!((shown.number(), shown.playing, session.playing), (4, false, false));
    assert_eq!(shown.rows.iter().map(|row| row.frame).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    assert_eq!(session.draft, setup);
    assert!(session.note().is_some_and(|note| note.contains("continues from frame 2")), "{:?}", session.note());

    session.step();
    let next = wait_for(&mut session, |snapshot| snapshot.number() == 3);
    let again: Vec<_> = next.rows.iter().map(|row| row.frame).collect();
    assert_eq!(again, [0, 1, 2, 3], "what came after the states is forgotten");
    assert_eq!(next.rows[3], shown.rows[3], "it goes on as it went before");
    session.reset();
    let first = wait_for(&mut session, |snapshot| snapshot.number() == 0);
    assert_eq!(first.rows[0], shown.rows[0]);
}

#[test]
fn curves_have_as_many_points_as_a_plot_has_pixels() {
    let points = |count: usize| (0..count).map(|x| [x as f64, 1.0]);
    assert_eq!(curves::thinned(points(100)).len(), 100);
    let thinned = curves::thinned(points(100_000));
    assert!((500..=700).contains(&thinned.len()), "{} points", thinned.len());
    assert_eq!(thinned.first(), Some(&[0.0, 1.0]));
    assert_eq!(thinned.last(), Some(&[99_999.0, 1.0]));
}

#[test]
fn a_stroke_is_taken_back_however_soon() {
    let mut session = resting(setup());
    let clean = session.snapshot.clone().expect("a snapshot");
    session.begin_stroke();
    session.paint(Brush { form: Form::Sphere { centre: [4.0; 3], radius: 3.0 }, edge: 1.0, value: 1.0 });
    session.end_stroke();
    // No snapshot shows the stroke yet.
    session.undo();
    let undone = wait_for(&mut session, |snapshot| snapshot.painting.redo == 1);
    assert_eq!(undone.frame.reference, clean.frame.reference);
    session.redo();
    session.undo();
    session.redo();
    let again = wait_for(&mut session, |snapshot| snapshot.painting.undo == 1 && snapshot.painting.redo == 0);
    assert_ne!(again.frame.reference, clean.frame.reference);
}
