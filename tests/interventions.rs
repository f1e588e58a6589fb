//! Candidates that come, go, change and take over while a run is at work, and strokes that are undone.

use crate::comparison::{PATIENCE, setup, simulation, untrained, wait_for, wait_for_event};
use spinodal::{
    comparison::{CandidateSpec, Command, Comparison, Event, Heir, Setup, Simulation, Snapshot},
    evolution::{Brush, Form},
    gpu::Engine,
    grid::Shape,
    network::{CrnnConfig, Model, ModelSource},
    recording::{Frame, Standing},
    solver::Method,
};
use std::{path::Path, sync::Arc, thread, time::Duration};

/// A paused run at `frame`.
fn at_frame(setup: Setup, frame: usize) -> Simulation {
    let simulation = simulation(setup);
    assert_eq!(wait_for_event(&simulation), Event::Started);
    step(&simulation, frame);
    simulation
}

/// Steps to a frame, one by one.
fn step(simulation: &Simulation, frame: usize) -> Arc<Snapshot> {
    let present = wait_for(simulation, |snapshot| snapshot.catching_up.is_none()).number();
    (present..frame).for_each(|_| simulation.send(Command::Step));
    wait_for(simulation, |snapshot| snapshot.number() == frame && snapshot.catching_up.is_none())
}

/// The number of the candidate at a place.
fn number(simulation: &Simulation, place: usize) -> u64 {
    wait_for(simulation, |snapshot| snapshot.candidates.len() > place).candidates[place].number
}

/// A run of its own at `frame`.
fn alone(setup: &Setup, frame: usize) -> Frame {
    let mut comparison = Comparison::new(setup.load().unwrap(), Engine::Cpu).unwrap();
    (0..frame).for_each(|_| comparison.advance().unwrap());
    comparison.frame().unwrap()
}

fn led(model: ModelSource, lead: usize) -> CandidateSpec {
    CandidateSpec::Network { model, coarsening: 2, lead }
}

fn assert_same(found: &Frame, expected: &Frame) {
    assert_eq!(found.row, expected.row);
    assert_eq!(found.reference, expected.reference);
    assert_eq!(found.candidates, expected.candidates);
}

fn lengths(snapshot: &Snapshot) -> Vec<usize> {
    snapshot.rows.iter().map(|row| row.candidates.len()).collect()
}

/// Saves another untrained network.
fn save(path: &Path, seed: u64) -> ModelSource {
    Model::random(CrnnConfig { channels: 3, ..CrnnConfig::default() }, seed).save(path).unwrap();
    ModelSource::File(path.to_owned())
}

#[test]
fn a_candidate_that_comes_at_a_frame_is_one_that_was_led_there() {
    let simulation = at_frame(setup(), 3);
    simulation.send(Command::AddCandidate(CandidateSpec::network(untrained())));
    let come = wait_for(&simulation, |snapshot| snapshot.candidates.len() == 2);
    assert_eq!((come.number(), come.run, come.setup.candidates.len()), (3, 0, 2));
    assert_eq!((come.candidates[1].since, come.candidates[1].led_to), (3, 3));
    assert_ne!(come.candidates[1].number, come.candidates[0].number);
    assert_eq!(&*come.candidates[1].name, "crane_random-2");
    assert_eq!(come.frame.row.metrics(1).unwrap().rmse, 0.0);
    let end = step(&simulation, 5);
    assert_eq!(lengths(&end), [1, 1, 1, 2, 2, 2]);

    let mut from_the_start = setup();
    from_the_start.candidates.push(led(untrained(), 3));
    assert_same(&end.frame, &alone(&from_the_start, 5));

    // Back before it came, it is led, and starts where it did.
    simulation.send(Command::Continue { from: 1 });
    let before = wait_for(&simulation, |snapshot| snapshot.number() == 1 && snapshot.catching_up.is_none());
    assert_eq!(before.candidates[1].standing, Standing::Led);
    assert_same(&step(&simulation, 5).frame, &end.frame);
}

#[test]
fn one_that_cannot_come_changes_nothing() {
    let simulation = at_frame(setup(), 1);
    let missing = ModelSource::File("no/such/model.safetensors".into());
    simulation.send(Command::AddCandidate(CandidateSpec::network(missing)));
    assert!(matches!(wait_for_event(&simulation), Event::Failed { action, .. } if action.starts_with("add network")));
    simulation.send(Command::AddCandidate("spectral:grid=coarse".parse().unwrap()));
    wait_for(&simulation, |snapshot| snapshot.candidates.len() == 2);
    assert_eq!(lengths(&step(&simulation, 2)), [1, 2, 2]);
}

#[test]
fn a_candidate_that_goes_leaves_no_trace_and_the_others_their_numbers() {
    let mut two = setup();
    two.candidates.push("frozen".parse().unwrap());
    let simulation = at_frame(two, 2);
    let [first, second] = [0, 1].map(|place| number(&simulation, place));
    simulation.send(Command::RemoveCandidate(first));
    let gone = wait_for(&simulation, |snapshot| snapshot.candidates.len() == 1);
    assert_eq!((&*gone.candidates[0].name, gone.candidates[0].number), ("frozen", second));
    let only_frozen = Setup { candidates: vec!["frozen".parse().unwrap()], ..setup() };
    assert_eq!(*gone.setup, only_frozen);
    for frame in 0..=2 {
        assert_same(&gone.recording.frame(frame).unwrap(), &alone(&only_frozen, frame));
    }
    assert_same(&step(&simulation, 3).frame, &alone(&only_frozen, 3));
    simulation.send(Command::AddCandidate("spectral".parse().unwrap()));
    let come = wait_for(&simulation, |snapshot| snapshot.candidates.len() == 2);
    assert!(![first, second].contains(&come.candidates[1].number), "a number is given once");
}

#[test]
fn what_is_asked_of_a_candidate_that_is_gone_meets_no_other() {
    let mut three = setup();
    three.candidates.extend(["frozen", "spectral"].map(|text| text.parse().unwrap()));
    let simulation = at_frame(three.clone(), 2);
    let gone = number(&simulation, 0);
    (0..3).for_each(|_| simulation.send(Command::RemoveCandidate(gone)));
    for to in [Heir::Candidate, Heir::Reference] {
        simulation.send(Command::HandOver { candidate: gone, to });
    }
    simulation.send(Command::Reload { candidate: gone, model: untrained() });
    let rest = Setup { candidates: three.candidates[1..].to_vec(), ..three.clone() };
    let end = step(&simulation, 3);
    assert_eq!(*end.setup, rest);
    assert_same(&end.frame, &alone(&rest, 3));

    // Nor one of the next run.
    let before = number(&simulation, 0);
    simulation.send(Command::Restart(Box::new(three)));
    assert_eq!(wait_for_event(&simulation), Event::Started);
    simulation.send(Command::RemoveCandidate(before));
    assert_eq!(step(&simulation, 1).candidates.len(), 3);
}

#[test]
fn a_candidate_that_was_asked_for_comes_whichever_frame_the_run_goes_to() {
    // Slow enough for a candidate to be there before the run is back at a frame.
    let mut slow = Setup { candidates: Vec::new(), ..setup() };
    slow.options.grid = Shape::cube(32);
    slow.reference.parameters.steps_per_frame = 1000;
    let simulation = at_frame(slow, 0);
    for (count, instead, frame) in [(1, Command::Reset, 0), (2, Command::Continue { from: 3 }, 3)] {
        step(&simulation, 12);
        simulation.send(Command::Continue { from: 11 });
        simulation.send(Command::AddCandidate("frozen".parse().unwrap()));
        wait_for(&simulation, |snapshot| snapshot.loading.is_some() && snapshot.catching_up.is_some_and(|at| at > 4));
        simulation.send(instead);
        let come = wait_for(&simulation, |snapshot| snapshot.candidates.len() == count);
        assert_eq!((come.number(), come.candidates[count - 1].since), (frame, frame));
        assert_eq!(come.loading, None, "nothing is on its way any more");
    }
    // Nor does one stay that was to go.
    let gone = number(&simulation, 0);
    step(&simulation, 12);
    simulation.send(Command::Continue { from: 11 });
    wait_for(&simulation, |snapshot| snapshot.catching_up.is_some_and(|at| at > 4));
    simulation.send(Command::RemoveCandidate(gone));
    simulation.send(Command::Reset);
    let left = wait_for(&simulation, |snapshot| snapshot.candidates.len() == 1);
    assert_eq!((left.number(), left.candidates[0].number != gone), (0, true));
}

#[test]
fn newer_weights_start_where_they_come_and_leave_the_reference_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("last.safetensors");
    let source = save(&path, 1);
    let start = setup().with_model(source.clone());
    let simulation = at_frame(start.clone(), 3);
    save(&path, 2);
    let candidate = number(&simulation, 0);
    simulation.send(Command::Reload { candidate, model: source.clone() });
    let come = wait_for(&simulation, |snapshot| snapshot.candidates[0].since == 3);
    assert_eq!(come.candidates[0].card.as_ref().unwrap().seed, Some(2));
    assert_eq!(come.rows.last().unwrap().metrics(0).unwrap().rmse, 0.0);
    assert_eq!((come.run, come.rows.len()), (0, 4));
    let end = step(&simulation, 5);
    let expected = Setup { candidates: vec![led(source.clone(), 3)], ..start };
    assert_same(&end.frame, &alone(&expected, 5));

    // The weights before are gone: back there, the candidate is led.
    simulation.send(Command::Continue { from: 2 });
    let before = wait_for(&simulation, |snapshot| snapshot.number() == 2 && snapshot.catching_up.is_none());
    assert_eq!(before.candidates[0].standing, Standing::Led);
    assert_same(&step(&simulation, 5).frame, &end.frame);

    simulation.send(Command::Reload { candidate, model: ModelSource::File("no/such.safetensors".into()) });
    assert!(matches!(wait_for_event(&simulation), Event::Failed { .. }));
    assert_same(&step(&simulation, 6).frame, &alone(&expected, 6));
    simulation.send(Command::AddCandidate("frozen".parse().unwrap()));
    simulation.send(Command::Reload { candidate: number(&simulation, 1), model: source });
    assert!(matches!(wait_for_event(&simulation), Event::Failed { message, .. } if message.contains("only a network")));
}

#[test]
fn fields_are_handed_over_both_ways() {
    let simulation = at_frame(setup(), 3);
    let before = wait_for(&simulation, |_| true);
    let (own, candidate) = (before.frame.candidates[0].clone().unwrap(), before.candidates[0].number);
    simulation.send(Command::HandOver { candidate, to: Heir::Reference });
    let given = wait_for(&simulation, |snapshot| snapshot.reference.since == 3);
    assert_eq!(*given.frame.reference, own.refined(2));
    assert_eq!(given.frame.candidates[0].as_ref(), Some(&own));
    assert_eq!(given.frame.row.metrics(0).unwrap().rmse, 0.0);
    let next = step(&simulation, 5);

    // What was done from outside is part of the run when it comes back here.
    simulation.send(Command::Continue { from: 4 });
    wait_for(&simulation, |snapshot| snapshot.number() == 4 && snapshot.catching_up.is_none());
    assert_same(&step(&simulation, 5).frame, &next.frame);

    simulation.send(Command::HandOver { candidate, to: Heir::Candidate });
    let taken = wait_for(&simulation, |snapshot| snapshot.candidates[0].since == 5);
    assert_eq!(taken.frame.reference, next.frame.reference);
    let expected = spinodal::network::start(&next.frame.reference, 2).unwrap();
    assert_eq!(*taken.frame.candidates[0].clone().unwrap(), expected);
}

#[test]
fn strokes_are_undone_and_redone_to_the_same_bits() {
    let simulation = at_frame(setup(), 2);
    let clean = wait_for(&simulation, |_| true);
    let brush = |x| Brush { form: Form::Sphere { centre: [x, 8.0, 8.0], radius: 3.0 }, edge: 3.0, value: 1.0 };
    simulation.send(Command::BeginStroke);
    [4.0, 6.0, 8.0].into_iter().for_each(|x| simulation.send(Command::Paint(brush(x))));
    simulation.send(Command::EndStroke);
    simulation.send(Command::Undo);
    let undone = wait_for(&simulation, |snapshot| snapshot.painting.redo == 1);
    assert_same(&undone.frame, &clean.frame);
    simulation.send(Command::Redo);
    let painted = wait_for(&simulation, |snapshot| snapshot.painting.undo == 1 && snapshot.painting.redo == 0);
    let change = painted.frame.row.mean - clean.frame.row.mean;
    assert!(change > 0.01 && (painted.painting.mean_change.unwrap() - change).abs() < 1e-9);
    assert_eq!(painted.rows.len(), 3);
    step(&simulation, 4);
    // A brush stroke outside any other is one of its own.
    simulation.send(Command::Paint(brush(12.0)));
    let end = wait_for(&simulation, |snapshot| snapshot.painting.undo == 2);
    simulation.send(Command::Undo);
    let once = wait_for(&simulation, |snapshot| snapshot.painting.undo == 1);
    assert_eq!((once.number(), once.painting.redo), (4, 1));
    simulation.send(Command::Undo);
    let twice = wait_for(&simulation, |snapshot| snapshot.painting.undo == 0);
    assert_same(&twice.frame, &clean.frame);
    assert_eq!((twice.number(), twice.painting.redo, twice.painting.mean_change), (2, 2, None));
    assert_same(&step(&simulation, 5).frame, &alone(&setup(), 5));

    (0..2).for_each(|_| simulation.send(Command::Redo));
    let again = wait_for(&simulation, |snapshot| snapshot.painting.undo == 2);
    assert_same(&again.frame, &end.frame);
    simulation.send(Command::Undo);
    wait_for(&simulation, |snapshot| snapshot.painting.undo == 1);
    simulation.send(Command::Paint(brush(2.0)));
    let other = wait_for(&simulation, |snapshot| snapshot.painting.undo == 2);
    assert_eq!(other.painting.redo, 0, "another future");
}

#[test]
fn strokes_are_bounded_and_undone_while_playing() {
    let simulation = at_frame(setup(), 0);
    let brush = Brush { form: Form::Sphere { centre: [8.0; 3], radius: 2.0 }, edge: 2.0, value: -1.0 };
    (0..12).for_each(|_| simulation.send(Command::Paint(brush.clone())));
    let painted = wait_for(&simulation, |snapshot| snapshot.painting.undo == 8);
    assert_eq!(painted.rows.len(), 1, "a frame that is painted on stays one");
    assert_eq!(painted.recording.memory().0, painted.frame.bytes());
    simulation.send(Command::Play);
    wait_for(&simulation, |snapshot| snapshot.number() >= 3);
    simulation.send(Command::Pause);
    simulation.send(Command::Undo);
    let undone = wait_for(&simulation, |snapshot| snapshot.painting.undo == 7);
    assert_eq!((undone.number(), undone.rows.len()), (0, 1));
    simulation.send(Command::Reset);
    assert_eq!(wait_for(&simulation, |snapshot| snapshot.painting.undo == 0).number(), 0);
}

/// A run whose first frame never ends.
fn endless(method: Method) -> Setup {
    let mut setup = Setup { candidates: Vec::new(), ..setup() };
    setup.options.grid = Shape::cube(32);
    setup.reference.method = method;
    setup.reference.parameters.steps_per_frame = 100_000_000;
    setup
}

/// A simulation within that frame.
fn within_a_frame(method: Method) -> Simulation {
    let simulation = at_frame(endless(method), 0);
    simulation.send(Command::Play);
    let begun = || simulation.progress().is_some_and(|progress| progress.evolution == 0 && progress.share > 0.0);
    let end = std::time::Instant::now() + PATIENCE;
    while !begun() {
        assert!(std::time::Instant::now() < end, "no progress was told");
        thread::sleep(Duration::from_millis(2));
    }
    simulation
}

#[test]
fn a_frame_is_broken_off_for_what_takes_its_place() {
    for method in [Method::Explicit, Method::Spectral] {
        let simulation = within_a_frame(method);
        simulation.send(Command::Pause);
        simulation.send(Command::Continue { from: 0 });
        let back = wait_for(&simulation, |snapshot| !snapshot.playing);
        assert_eq!(back.number(), 0);
        assert_same(&back.frame, &alone(&endless(method), 0));
        assert_eq!(simulation.progress(), None);

        simulation.send(Command::Play);
        simulation.send(Command::Restart(Box::new(setup())));
        let next = wait_for(&simulation, |snapshot| snapshot.run == 1 && snapshot.number() >= 1);
        assert_same(&next.recording.frame(1).unwrap(), &alone(&setup(), 1));
    }
}

#[test]
fn a_frame_is_broken_off_at_the_end() {
    let simulation = within_a_frame(Method::Explicit);
    let (ended, end) = crossbeam_channel::bounded(1);
    thread::spawn(move || {
        drop(simulation);
        ended.send(()).unwrap();
    });
    end.recv_timeout(PATIENCE).expect("the end does not wait for the frame");
}
