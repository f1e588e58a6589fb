//! Recordings that are looked at and continued from any frame, in memory and on disk.

use crate::{
    comparison::{setup, simulation, wait_for, wait_for_event},
    recording::record,
};
use spinodal::{
    comparison::{Command, Comparison, Event, RunRecord, Setup, Simulation, Snapshot, Start, write_report},
    evolution::{Brush, Form, State},
    field::Field,
    formats::checksum,
    gpu::Engine,
    network::{CrnnConfig, Model, ModelSource},
    recording::{Entry, Frame, Recording, RecordingReader, RecordingWriter, Row, Saved, Standing},
};
use std::{fs, sync::Arc, thread, time::Duration};

fn mixed() -> Setup {
    let mut setup = setup();
    setup.candidates.extend(["adaptive", "spectral:grid=coarse,dt=0.01"].map(|text| text.parse().unwrap()));
    setup
}

fn arrived(simulation: &Simulation, frame: usize) -> Arc<Snapshot> {
    wait_for(simulation, |snapshot| snapshot.number() == frame && snapshot.catching_up.is_none())
}

fn assert_same(found: &Frame, expected: &Frame) {
    assert_eq!(found.row, expected.row);
    assert_eq!(found.reference, expected.reference);
    assert_eq!(found.candidates, expected.candidates);
}

#[test]
fn a_run_continues_from_any_frame_to_the_same_bits() {
    let simulation = simulation(mixed());
    wait_for(&simulation, |_| true);
    (0..34).for_each(|_| simulation.send(Command::Step));
    let end = arrived(&simulation, 34);
    let first: Vec<_> = (0..=34).map(|frame| end.recording.frame(frame).unwrap()).collect();
    for from in [31, 25, 24, 3, 0] {
        simulation.send(Command::Continue { from });
        let back = arrived(&simulation, from);
        assert_same(&back.frame, &first[from]);
        assert_eq!(back.rows.len(), from + 1, "later frames are forgotten");
        assert_eq!(back.recording.frames().last(), Some(&from));
        (0..3).for_each(|_| simulation.send(Command::Step));
        assert_same(&arrived(&simulation, from + 3).frame, &first[from + 3]);
    }
    assert_eq!(wait_for_event(&simulation), Event::Started);
    simulation.send(Command::Continue { from: 999 });
    let far = wait_for_event(&simulation);
    assert!(matches!(&far, Event::Failed { message, .. } if message == "frame 999 was not kept"), "{far:?}");
}

#[test]
fn what_was_painted_is_part_of_the_run() {
    let simulation = simulation(mixed());
    wait_for(&simulation, |_| true);
    (0..4).for_each(|_| simulation.send(Command::Step));
    arrived(&simulation, 4);
    simulation.send(Command::Paint(Brush {
        form: Form::Sphere { centre: [8.0; 3], radius: 3.0 },
        edge: 3.0,
        value: 1.0,
    }));
    (0..4).for_each(|_| simulation.send(Command::Step));
    let end = arrived(&simulation, 8);
    let first: Vec<_> = (0..=8).map(|frame| end.recording.frame(frame).unwrap()).collect();
    for from in [6, 4, 2] {
        simulation.send(Command::Continue { from });
        assert_same(&arrived(&simulation, from).frame, &first[from]);
        simulation.send(Command::Step);
        let next = arrived(&simulation, from + 1);
        assert_same(&next.frame, &first[from + 1]);
    }
    // From before the stroke, it is as if there had been none.
    simulation.send(Command::Step);
    let clean = arrived(&simulation, 4);
    let mut alone = Comparison::new(mixed().load().unwrap(), Engine::Cpu).unwrap();
    (0..4).for_each(|_| alone.advance().unwrap());
    assert_same(&clean.frame, &alone.frame().unwrap());
    assert_eq!(clean.painting.undo, 0);
}

#[test]
fn fields_alone_are_enough_to_continue() {
    let mut comparison = Comparison::new(mixed().load().unwrap(), Engine::Cpu).unwrap();
    (0..3).for_each(|_| comparison.advance().unwrap());
    let recorded = comparison.frame().unwrap();
    let mut other = Comparison::new(mixed().load().unwrap(), Engine::Cpu).unwrap();
    other.resume(&recorded).unwrap();
    assert_same(&other.frame().unwrap(), &recorded);
    (0..2).for_each(|_| [&mut comparison, &mut other].into_iter().for_each(|run| run.advance().unwrap()));
    let [end, found] = [comparison.frame().unwrap(), other.frame().unwrap()];
    assert_eq!(found.row.frame, 5);
    let apart = end.reference.values().iter().zip(found.reference.values());
    assert!(apart.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) < 1e-4, "the reference has hardly a memory");
}

#[test]
fn every_frame_of_a_recording_can_be_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let layout = record(folder.path(), &mixed(), 9).layout().unwrap();
    let reader = RecordingReader::open(folder.path(), &layout).unwrap();
    let simulation = Simulation::spawn(Start::Recording(folder.path().to_owned()), || {}).unwrap();
    let opened = wait_for(&simulation, |_| true);
    assert_eq!((opened.recording.frames(), opened.recording.on_disk(), opened.rows.len()), (vec![9], 10, 10));
    for frame in [0, 7, 3, 9, 4] {
        simulation.send(Command::Fetch(frame));
        let read = wait_for(&simulation, |snapshot| snapshot.recording.frame(frame).is_some());
        assert_same(&read.recording.frame(frame).unwrap(), &reader.frame(frame).unwrap().unwrap());
        assert_eq!(read.number(), 9, "to look is not to go there");
    }
    assert_eq!(opened.recording.frames(), [0, 3, 4, 7, 9]);
    // Of several at once the latest is there in the end.
    (0..9).for_each(|frame| simulation.send(Command::Fetch(frame)));
    wait_for(&simulation, |snapshot| snapshot.recording.frame(8).is_some());
    simulation.send(Command::Fetch(10));
    // A candidate that goes is gone from what is read later, too.
    simulation.send(Command::RemoveCandidate(opened.candidates[1].number));
    wait_for(&simulation, |snapshot| snapshot.candidates.len() == 2);
    simulation.send(Command::Fetch(1));
    let read = wait_for(&simulation, |snapshot| snapshot.recording.frame(1).is_some()).recording.frame(1).unwrap();
    let whole = reader.frame(1).unwrap().unwrap();
    assert_eq!(read.candidates, [whole.candidates[0].clone(), whole.candidates[2].clone()]);
}

#[test]
fn a_recording_continues_from_any_frame_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let layout = record(folder.path(), &mixed(), 9).layout().unwrap();
    let reader = RecordingReader::open(folder.path(), &layout).unwrap();
    let open = || {
        let simulation = Simulation::spawn(Start::Recording(folder.path().to_owned()), || {}).unwrap();
        assert_eq!(wait_for_event(&simulation), Event::Started);
        simulation
    };
    let expected = |frame: usize| reader.frame(frame).unwrap().unwrap();
    let simulation = open();
    for from in [6, 5, 1] {
        simulation.send(Command::Continue { from });
        let back = arrived(&simulation, from);
        assert_same(&back.frame, &expected(from));
        assert_eq!((back.rows.len(), back.recording.on_disk()), (from + 1, from));
    }
    simulation.send(Command::Step);
    assert_same(&arrived(&simulation, 2).frame, &expected(2));

    // Painting begins at the frame that is shown, not at the states before it.
    let simulation = open();
    simulation.send(Command::Paint(Brush {
        form: Form::Sphere { centre: [8.0; 3], radius: 3.0 },
        edge: 3.0,
        value: 1.0,
    }));
    let painted = wait_for(&simulation, |snapshot| snapshot.painting.undo == 1);
    assert_eq!(painted.number(), 9);
    simulation.send(Command::Undo);
    let undone = wait_for(&simulation, |snapshot| snapshot.painting.undo == 0);
    assert_same(&undone.frame, &expected(9));

    // Without states, fields have to do once the evolutions have moved on.
    fs::read_dir(folder.path().join("states"))
        .unwrap()
        .for_each(|entry| fs::remove_file(entry.unwrap().path()).unwrap());
    let simulation = open();
    simulation.send(Command::Continue { from: 3 });
    assert_same(&arrived(&simulation, 3).frame, &expected(3));
    simulation.send(Command::Continue { from: 2 });
    let back = arrived(&simulation, 2);
    assert_eq!((&back.frame.reference, &back.frame.candidates), (&expected(2).reference, &expected(2).candidates));
    let doubts = || {
        thread::sleep(Duration::from_millis(2));
        simulation.event()
    };
    let told = (0..1000).filter_map(|_| doubts()).any(
        |event| matches!(event, Event::Doubtful(doubt) if doubt.contains("frame 2 continues from its fields alone")),
    );
    assert!(told, "it must be said");
}

#[test]
fn breaks_keep_their_states_and_are_not_passed() {
    let field = Arc::new(Field::uniform(8, 0.5).unwrap());
    let bytes = size_of_val(field.values());
    let frame = |frame| Frame {
        row: Row { frame, time: 0.0, energy: 0.0, mean: 0.0, candidates: Vec::new() },
        reference: field.clone(),
        candidates: Vec::new(),
    };
    let saved = |frame| Saved { reference: State::at(frame).with("phi", vec![0.0; 512]), candidates: Vec::new() };
    let recording = Recording::new(16 * bytes);
    for number in 0..200 {
        recording.push(frame(number));
        match number {
            37 | 61 => recording.keep_break(number, saved(number)),
            number if number % 25 == 0 => recording.keep_states(number, saved(number)),
            _ => {}
        }
        assert!(recording.memory().0 <= 16 * bytes);
    }
    let states_for = |frame| recording.states_for(frame).map(|(at, _)| at);
    assert_eq!([states_for(38), states_for(60), states_for(70)], [Some(37), Some(37), Some(61)]);
    assert_eq!(states_for(36), Some(0));
    // Too many for their share: the oldest go, and nothing before them leads past them.
    (100..120).for_each(|number| {
        recording.truncate(number);
        recording.keep_break(number, saved(number));
    });
    assert_eq!((states_for(38), states_for(100)), (None, None));
    assert!((states_for(119), recording.is_break(38), recording.is_break(37)) == (Some(119), false, true));
    assert!(recording.memory().0 <= 16 * bytes);
}

#[test]
fn a_candidate_that_came_later_is_recorded_from_there() {
    let folder = tempfile::tempdir().unwrap();
    let setup = mixed();
    let record = record(folder.path(), &setup, 0);
    let layout = record.layout().unwrap();
    let mut comparison = Comparison::new(
        Setup { candidates: setup.candidates[..1].to_vec(), ..setup.clone() }.load().unwrap(),
        Engine::Cpu,
    )
    .unwrap();
    let mut writer = RecordingWriter::create(folder.path(), &layout).unwrap();
    let mut frames = Vec::new();
    for number in 0..6 {
        if number > 0 {
            comparison.advance().unwrap();
        }
        match number {
            2 => comparison.add(setup.candidates[1].clone(), None).unwrap(),
            4 => comparison.add(setup.candidates[2].clone(), None).unwrap(),
            _ => {}
        }
        frames.push(comparison.frame().unwrap());
        writer.append(frames.last().unwrap()).unwrap();
    }
    let counts: Vec<_> = frames.iter().map(|frame| frame.row.candidates.len()).collect();
    assert_eq!(counts, [1, 1, 2, 2, 3, 3]);
    let read = |frames: &[Frame], last: usize| {
        let reader = RecordingReader::open(folder.path(), &layout).unwrap();
        assert_eq!(reader.rows().len(), last + 1);
        frames[..=last].iter().for_each(|frame| assert_same(&reader.frame(frame.row.frame).unwrap().unwrap(), frame));
    };
    read(&frames, 5);
    let mut resumed = RecordingWriter::resume(folder.path(), &layout, 3).unwrap();
    read(&frames, 3);
    frames[4..].iter().for_each(|frame| resumed.append(frame).unwrap());
    read(&frames, 5);
    // One that was stopped and started again has a gap, not an end.
    let stopped = |frame: &Frame| {
        let mut frame = frame.clone();
        frame.row.candidates[0] = Entry { standing: Standing::Stopped, metrics: None };
        frame.candidates[0] = None;
        frame
    };
    let mut writer = RecordingWriter::create(folder.path(), &layout).unwrap();
    frames[3] = stopped(&frames[3]);
    frames.iter().for_each(|frame| writer.append(frame).unwrap());
    read(&frames, 5);
}

fn stroke() -> Command {
    Command::Paint(Brush { form: Form::Sphere { centre: [8.0; 3], radius: 3.0 }, edge: 3.0, value: 1.0 })
}

/// Steps to a frame.
fn step(simulation: &Simulation, frame: usize) -> Arc<Snapshot> {
    let present = wait_for(simulation, |snapshot| snapshot.catching_up.is_none()).number();
    (present..frame).for_each(|_| simulation.send(Command::Step));
    arrived(simulation, frame)
}

#[test]
fn a_run_that_was_painted_on_is_recorded_as_such_and_continues_with_the_stroke() {
    let folder = tempfile::tempdir().unwrap();
    let simulation = simulation(mixed());
    wait_for(&simulation, |_| true);
    step(&simulation, 3);
    simulation.send(stroke());
    let painted = wait_for(&simulation, |snapshot| snapshot.painting.undo == 1);
    assert_eq!(painted.changes(&painted.history()), [3], "it is known before the run goes on");
    let end = step(&simulation, 7);
    let history = end.history();
    assert_eq!(end.changes(&history), [3]);
    assert!(end.write_recording(&history, folder.path(), "CPU".into()).unwrap());
    let ends = [&*end.frame, &*end.frame];
    write_report(folder.path(), &end.setup, &history.rows(), &end.changes(&history), ends, None, [16; 2]).unwrap();
    let page = fs::read_to_string(folder.path().join("report.md")).unwrap();
    assert!(page.contains("was changed by hand") && page.contains("at frame 3:"), "{page}");

    let (record, reader) = RunRecord::open(folder.path()).unwrap();
    assert_eq!(record.changed, [3]);
    let states = reader.state_frames().unwrap();
    assert!(states.contains(&0) && states.contains(&3), "{states:?}");
    let refusal = record.check_repeatable(folder.path()).unwrap_err().to_string();
    assert!(refusal.contains("was changed by hand") && refusal.contains("at frame 3"), "{refusal}");

    let opened = Simulation::spawn(Start::Recording(folder.path().to_owned()), || {}).unwrap();
    assert_same(&arrived(&opened, 7).frame, &end.frame);
    for from in [6, 3, 2] {
        opened.send(Command::Continue { from });
        assert_same(&arrived(&opened, from).frame, &history.frame(from).unwrap().unwrap());
    }
    // What is left follows from the setup.
    let left = step(&opened, 4);
    assert_eq!(left.changes(&left.history()), [0; 0]);
}

#[test]
fn a_painted_frame_without_states_is_not_passed_by_those_before() {
    let folder = tempfile::tempdir().unwrap();
    let simulation = simulation(mixed());
    wait_for(&simulation, |_| true);
    step(&simulation, 3);
    simulation.send(stroke());
    let painted = wait_for(&simulation, |snapshot| snapshot.painting.undo == 1);
    assert!(painted.write_recording(&painted.history(), folder.path(), "CPU".into()).unwrap());
    let opened = Simulation::spawn(Start::Recording(folder.path().to_owned()), || {}).unwrap();
    let shown = arrived(&opened, 3);
    assert_same(&shown.frame, &painted.frame);
    // From frame 0 it would be as if there had been no stroke.
    let [next, expected] = [step(&opened, 4), step(&simulation, 4)].map(|snapshot| snapshot.frame.reference.clone());
    let apart = next.values().iter().zip(expected.values()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(apart < 1e-4, "{apart}");
}

#[test]
fn a_stroke_that_was_undone_leaves_a_run_that_follows_from_its_setup() {
    let simulation = simulation(mixed());
    wait_for(&simulation, |_| true);
    let changes = |snapshot: &Snapshot| snapshot.changes(&snapshot.history());
    step(&simulation, 2);
    simulation.send(stroke());
    step(&simulation, 4);
    simulation.send(Command::Undo);
    wait_for(&simulation, |snapshot| snapshot.painting.redo == 1);
    assert_eq!(changes(&step(&simulation, 3)), [0; 0]);
    simulation.send(Command::Redo);
    let again = wait_for(&simulation, |snapshot| snapshot.painting.redo == 0);
    assert_eq!(changes(&again), [4], "it does not follow from the frame before");
}

#[test]
fn a_candidate_that_came_later_is_recorded_as_a_change() {
    let folder = tempfile::tempdir().unwrap();
    let simulation = simulation(setup());
    wait_for(&simulation, |_| true);
    step(&simulation, 2);
    simulation.send(Command::AddCandidate("spectral:grid=coarse,dt=0.01".parse().unwrap()));
    wait_for(&simulation, |snapshot| snapshot.candidates.len() == 2);
    let end = step(&simulation, 4);
    assert_eq!(end.changes(&end.history()), [2]);
    assert!(end.write_recording(&end.history(), folder.path(), "CPU".into()).unwrap());
    let opened = Simulation::spawn(Start::Recording(folder.path().to_owned()), || {}).unwrap();
    assert_same(&arrived(&opened, 4).frame, &end.frame);
}

#[test]
fn a_recording_names_the_files_that_the_run_began_with() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("model.safetensors");
    let save = |seed| Model::random(CrnnConfig { channels: 3, ..CrnnConfig::default() }, seed).save(&model).unwrap();
    save(1);
    let first = checksum(&model).unwrap();
    let begun = wait_for(&simulation(setup().with_model(ModelSource::File(model.clone()))), |_| true);
    let record = |name: &str| {
        let out = folder.path().join(name);
        assert!(begun.write_recording(&begun.history(), &out, "CPU".into()).unwrap());
        RunRecord::read(&out).unwrap()
    };
    save(2);
    let overwritten = record("overwritten");
    assert_eq!(overwritten.files.iter().map(|file| file.sha256.clone()).collect::<Vec<_>>(), [first]);
    assert!(overwritten.check_models().unwrap_err().to_string().contains("no longer the file"));
    fs::remove_file(&model).unwrap();
    assert_eq!(record("removed").files, overwritten.files);
    // What was opened keeps what was recorded.
    save(2);
    let opened = Simulation::spawn(Start::Recording(folder.path().join("removed")), || {}).unwrap();
    let opened = wait_for(&opened, |_| true);
    assert_eq!(opened.files.records().cloned().collect::<Vec<_>>(), overwritten.files);
}
