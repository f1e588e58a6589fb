//! What a run leaves behind: files as the window writes them, read back by other means.

use crate::{
    comparison::setup,
    gpu_device::gpu,
    recording,
    session::{resting, session, wait_for},
};
use bevy_egui::egui::Context;
use spinodal::{
    app::{
        Session, finish_output,
        outputs::{Kind, OutputSpec, Outputs, Source, write},
        views::Look,
    },
    comparison::{CandidateSpec, RunRecord, Setup, Simulation, Start},
    field::Field,
    formats::{mesh, npy, vtk},
    grid::Shape,
    initial::{Initial, InitialOptions},
    recording::{Frame, RecordingWriter},
    surface::{Caps, extract},
    view::{Camera, Ground, sides},
};
use std::{
    fs,
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Some frames of a run, at rest.
fn source() -> Source {
    let start: Start = setup().into();
    let mut session = Session::new(Simulation::spawn(start.clone(), || {}).expect("a thread"), &start, true);
    let begun = Instant::now();
    let enough = |session: &Session| session.snapshot.as_ref().is_some_and(|snapshot| snapshot.number() >= 3);
    while !enough(&session) {
        assert!(begun.elapsed() < Duration::from_secs(180), "no frames");
        thread::sleep(Duration::from_millis(5));
        session.refresh();
    }
    session.toggle();
    source_of(&session)
}

/// The run that a session shows.
fn source_of(session: &Session) -> Source {
    let camera = Camera::framing(sides(&session.frame().unwrap().reference.grid()));
    Source::of(session, camera, Look::default()).unwrap()
}

/// The recording in a folder, opened.
fn opened(folder: &Path) -> Session {
    let mut session = session(Start::Recording(folder.to_owned()));
    wait_for(&mut session, |_| true);
    session
}

/// The fields of one evolution in a series, and their times.
fn series(folder: &Path, evolution: &str) -> Vec<(f64, Field)> {
    let text = fs::read_to_string(folder.join(format!("{evolution}.vti.series"))).unwrap();
    let list: serde_json::Value = serde_json::from_str(&text).unwrap();
    let read = |file: &serde_json::Value| {
        let path = folder.join(file["name"].as_str().unwrap());
        (file["time"].as_f64().unwrap(), vtk::read_vti(&path, false).unwrap().field)
    };
    list["files"].as_array().unwrap().iter().map(read).collect()
}

fn spec(kind: Kind, path: &Path) -> OutputSpec {
    OutputSpec { kind, path: path.to_owned(), size: [320, 160], ..OutputSpec::default() }
}

#[test]
fn a_picture_shows_both_evolutions_on_the_ground_that_was_asked_for() {
    let (folder, source) = (TempDir::new().unwrap(), source());
    let path = folder.path().join("picture.png");
    let asked = OutputSpec { ground: Some(Ground::Transparent), ..spec(Kind::Picture, &path) };
    write(&asked, &source, Some(&gpu()), &Default::default()).unwrap();
    let picture = image::open(&path).unwrap().into_rgba8();
    assert_eq!(picture.dimensions(), (320, 160));
    // Below the captions: opaque pixels, the warm and the cool ones of them.
    let count = |left: u32, is: fn(&[u8; 4]) -> bool| {
        let places = (0..160 * 130).map(|place| (left + place % 160, 30 + place / 160));
        places.filter(|&(x, y)| picture.get_pixel(x, y).0[3] == 255 && is(&picture.get_pixel(x, y).0)).count()
    };
    let warm = |pixel: &[u8; 4]| pixel[0] > pixel[2].saturating_add(20);
    let cool = |pixel: &[u8; 4]| pixel[2] > pixel[0].saturating_add(20);
    assert!(count(0, warm) > 500 && count(0, cool) < 50, "the reference is warm");
    assert!(count(160, cool) > 500 && count(160, warm) < 50, "the network is cool");
    assert_eq!(picture.get_pixel(2, 157).0[3], 0, "the corner is empty");
    // What is there is never replaced.
    let refused = write(&asked, &source, Some(&gpu()), &Default::default()).unwrap_err().to_string();
    assert!(refused.contains("choose another name"), "{refused}");
}

#[test]
fn a_film_holds_a_picture_per_frame_and_can_go_round() {
    let (folder, source) = (TempDir::new().unwrap(), source());
    let frames = source.history.length();
    let path = folder.path().join("film");
    write(&spec(Kind::Film, &path), &source, Some(&gpu()), &Default::default()).unwrap();
    assert_eq!(fs::read_dir(&path).unwrap().count(), frames);
    let path = folder.path().join("round");
    let asked = OutputSpec { turntable: frames + 2, ..spec(Kind::Film, &path) };
    write(&asked, &source, Some(&gpu()), &Default::default()).unwrap();
    assert_eq!(fs::read_dir(&path).unwrap().count(), frames + 2);
    let picture = |number: usize| image::open(path.join(format!("{number:05}.png"))).unwrap().into_rgba8();
    // The last frame is shown twice more, from elsewhere.
    assert_ne!(picture(frames), picture(frames + 1));
}

#[test]
fn surfaces_fields_table_and_report_are_those_of_the_frame() {
    let (folder, source) = (TempDir::new().unwrap(), source());
    let place = |name: &str| folder.path().join(name);
    write(&spec(Kind::Surfaces, &place("s.stl")), &source, None, &Default::default()).unwrap();
    let expected = extract(&source.frame.reference, 0.0, Caps::Closed).triangles.len();
    assert_eq!(mesh::read(&place("s-reference.stl")).unwrap().triangles.len(), expected);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "one for each evolution");
    let again = write(&spec(Kind::Surfaces, &place("s.stl")), &source, None, &Default::default()).unwrap_err();
    assert!(again.to_string().contains("s-reference.stl") && again.to_string().contains("choose another name"));
    let mut named = spec(Kind::Surfaces, &place("any.stl"));
    named.rename("stl");
    assert_eq!(named.path, place("spinodal-surfaces.stl"));
    write(&named, &source, None, &Default::default()).unwrap();
    named.rename("stl");
    assert_eq!(named.path, place("spinodal-surfaces-2.stl"));
    write(&spec(Kind::Fields, &place("f.npy")), &source, None, &Default::default()).unwrap();
    let field = npy::read_field(&place("f-reference.npy"), false).unwrap();
    assert_eq!(field.values(), source.frame.reference.values());
    write(&spec(Kind::Table, &place("t.csv")), &source, None, &Default::default()).unwrap();
    let table = fs::read_to_string(place("t.csv")).unwrap();
    assert_eq!(table.lines().count(), 1 + source.snapshot.rows.len());
    write(&spec(Kind::Report, &place("report")), &source, Some(&gpu()), &Default::default()).unwrap();
    assert!(place("report").join("report.md").is_file() && place("report").join("last.png").is_file());
    // It is a recording, too.
    let (record, reader) = RunRecord::open(&place("report")).unwrap();
    assert_eq!((record.frames, reader.rows().len()), (source.snapshot.number(), source.snapshot.number() + 1));
    let last = reader.frame(record.frames).unwrap().unwrap();
    assert_eq!(
        (&last.reference, &last.candidates),
        (&source.snapshot.frame.reference, &source.snapshot.frame.candidates)
    );
    assert_eq!(reader.rows(), &*source.snapshot.rows);
    let refused = write(&spec(Kind::Picture, &place("p.png")), &source, None, &Default::default());
    assert!(refused.unwrap_err().to_string().contains("no graphics device"));
}

#[test]
fn a_series_holds_every_recorded_frame_of_every_evolution_with_its_time() {
    let (folder, source) = (TempDir::new().unwrap(), source());
    let path = folder.path().join("series");
    write(&spec(Kind::Series, &path), &source, None, &Default::default()).unwrap();
    let recording = &source.snapshot.recording;
    let name = source.snapshot.setup.names().remove(0);
    for (evolution, candidate) in [("reference", None), (&*name, Some(0))] {
        let written = series(&path, evolution);
        assert_eq!(written.len(), source.history.length());
        for (number, (time, written)) in written.into_iter().enumerate() {
            let frame = recording.frame(number).unwrap();
            assert_eq!(time, frame.row.time);
            let expected = candidate.map_or(&frame.reference, |place: usize| frame.candidates[place].as_ref().unwrap());
            assert_eq!(written.values(), expected.values(), "{evolution}, frame {number}");
        }
    }
}

#[test]
fn places_that_no_evolution_fills_have_the_ground_of_the_others() {
    let folder = TempDir::new().unwrap();
    let source = source_of(&resting(Setup { candidates: vec![CandidateSpec::default(); 2], ..setup() }));
    let path = folder.path().join("picture.png");
    let asked = OutputSpec { ground: Some(Ground::Light), size: [400, 400], ..spec(Kind::Picture, &path) };
    write(&asked, &source, Some(&gpu()), &Default::default()).unwrap();
    let picture = image::open(&path).unwrap().into_rgba8();
    // Corners of the places: three with an evolution, the fourth without.
    for (x, y) in [(198, 198), (398, 198), (198, 398), (398, 398)] {
        let pixel = picture.get_pixel(x, y).0;
        assert!(pixel[3] == 255 && pixel[..3].iter().all(|value| *value > 150), "{pixel:?} at {x}, {y}");
    }
}

#[test]
fn outputs_of_an_opened_recording_hold_all_its_frames() {
    let folder = TempDir::new().unwrap();
    let place = |name: &str| folder.path().join(name);
    fs::create_dir(place("run")).unwrap();
    recording::record(&place("run"), &recording::setup(&["frozen"]), 9);
    let (_, reader) = RunRecord::open(&place("run")).unwrap();
    let source = source_of(&opened(&place("run")));
    assert_eq!(source.snapshot.recording.frames(), [9], "only the latest is in memory");

    let film = write(&spec(Kind::Film, &place("film")), &source, Some(&gpu()), &Default::default()).unwrap();
    assert_eq!((fs::read_dir(place("film")).unwrap().count(), film.missing), (10, None));
    write(&spec(Kind::Series, &place("series")), &source, None, &Default::default()).unwrap();
    let written = series(&place("series"), "reference");
    assert_eq!(written.len(), 10);
    for (number, (_, field)) in written.into_iter().enumerate() {
        assert_eq!(field.values(), reader.frame(number).unwrap().unwrap().reference.values(), "frame {number}");
    }
    write(&spec(Kind::Report, &place("report")), &source, Some(&gpu()), &Default::default()).unwrap();
    let [first, last] = ["first.png", "last.png"].map(|name| fs::read(place("report").join(name)).unwrap());
    assert_ne!(first, last, "the first picture is of the first frame");
    let (_, again) = RunRecord::open(&place("report")).unwrap();
    assert_eq!((again.rows(), again.state_frames().unwrap()), (reader.rows(), vec![0, 4, 8]));
    assert_eq!(again.states(8).unwrap(), reader.states(8).unwrap());
}

#[test]
fn a_report_of_a_long_run_is_a_whole_recording() {
    const FRAMES: usize = 4200;
    let folder = TempDir::new().unwrap();
    let place = |name: &str| folder.path().join(name);
    let options = InitialOptions { grid: Shape::cube(8), ..InitialOptions::default() };
    let setup = Setup { options, ..recording::setup(&[]) };
    let record = RunRecord { frames: FRAMES, ..RunRecord::new(setup, "CPU".into()) };
    fs::create_dir(place("run")).unwrap();
    record.write(&place("run")).unwrap();
    let mut frame = recording::begin(&record.setup).frame().unwrap();
    let mut writer = RecordingWriter::create(&place("run"), &record.layout().unwrap()).unwrap();
    for number in 0..=FRAMES {
        (frame.row.frame, frame.row.time, frame.row.energy) = (number, number as f64, 1.0 / (3.0 + number as f64));
        writer.append(&frame).unwrap();
    }

    let source = source_of(&opened(&place("run")));
    assert!(source.snapshot.rows.len() < FRAMES, "the rows in memory are thinned");
    let table = write(&spec(Kind::Table, &place("t.csv")), &source, None, &Default::default()).unwrap();
    let lines = fs::read_to_string(place("t.csv")).unwrap().lines().count();
    assert_eq!((lines, table.missing), (FRAMES + 2, None));
    write(&spec(Kind::Report, &place("report")), &source, None, &Default::default()).unwrap();
    let (_, reader) = RunRecord::open(&place("report")).unwrap();
    assert_eq!(reader.rows().len(), FRAMES + 1);
}

#[test]
fn an_output_is_of_the_run_as_it_was_when_it_was_asked_for() {
    let folder = TempDir::new().unwrap();
    let mut session = resting(Setup {
        candidates: vec![setup().candidates.remove(0), CandidateSpec::Frozen { coarsening: 1 }],
        ..setup()
    });
    for frame in 1..=3 {
        session.step();
        wait_for(&mut session, |snapshot| snapshot.number() == frame);
    }
    let source = source_of(&session);
    let before: Vec<_> = (0..=3).map(|frame| source.history.frame(frame).unwrap().unwrap()).collect();
    session.take_out(0);
    wait_for(&mut session, |snapshot| snapshot.candidates.len() == 1);
    session.continue_from(1);
    wait_for(&mut session, |snapshot| snapshot.number() == 1 && snapshot.catching_up.is_none());
    assert_eq!(source.snapshot.recording.frame(1).unwrap().candidates.len(), 2, "what was published stays as it was");

    write(&spec(Kind::Series, folder.path().join("series").as_path()), &source, None, &Default::default()).unwrap();
    for (place, name) in source.snapshot.setup.names().into_iter().enumerate() {
        let written = series(&folder.path().join("series"), &name);
        assert_eq!(written.len(), 4, "{name}");
        for ((_, field), frame) in written.iter().zip(&before) {
            assert_eq!(field.values(), frame.candidates[place].as_ref().unwrap().values(), "{name}");
        }
    }
}

/// Waits until an output is written. Returns what is said of it if it failed.
fn finish(outputs: &mut Outputs) -> Option<String> {
    let begun = Instant::now();
    loop {
        let told = outputs.refresh(&Context::default());
        if outputs.under_way().is_none() {
            return told;
        }
        assert!(begun.elapsed() < Duration::from_secs(180), "it was never written");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_rescued_run_is_called_saved_once_it_is() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("rescued");
    let mut outputs = Outputs::new(None);
    assert_eq!(outputs.fate(), "");
    outputs.rescue(source(), path.clone());
    assert!(outputs.fate().contains("is being saved in"), "{}", outputs.fate());
    assert_eq!(finish(&mut outputs), None);
    assert!(outputs.fate().contains("is saved in") && path.join("report.md").is_file(), "{}", outputs.fate());
    // What fails is told.
    outputs.rescue(source(), path);
    let failure = finish(&mut outputs).expect("it is there already");
    assert!(failure.starts_with("Could not save") && failure.contains("already exists"), "{failure}");
    assert!(outputs.fate().contains("could not be saved"), "{}", outputs.fate());
}

#[test]
fn a_path_may_begin_at_home() {
    let path = Path::new("~/no such folder of spinodal/table.csv");
    let refused = write(&spec(Kind::Table, path), &source(), None, &Default::default()).unwrap_err().to_string();
    let home = dirs::home_dir().expect("a home");
    assert!(refused.contains(&*home.join("no such folder of spinodal").to_string_lossy()), "{refused}");
}

#[test]
fn a_picture_of_what_the_device_cannot_draw_is_refused() {
    let folder = TempDir::new().unwrap();
    let mut source = source_of(&resting(Setup { candidates: Vec::new(), ..setup() }));
    // White noise has a few triangles per cell, too many for 128 MiB, the least that a device allows.
    let options = InitialOptions { grid: Shape::cube(112), ..InitialOptions::default() };
    let noise = Arc::new(Initial::WhiteNoise.build(&options).unwrap());
    source.frame = Arc::new(Frame { reference: noise, ..Frame::clone(&source.frame) });
    let written = write(&spec(Kind::Picture, &folder.path().join("p.png")), &source, Some(&gpu()), &Default::default());
    if gpu().largest_binding() <= 128 << 20 {
        let refused = written.unwrap_err().to_string();
        assert!(refused.contains("drawn once it is smaller"), "{refused}");
    }
}

#[test]
fn a_window_that_closes_leaves_what_it_was_writing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("table.csv");
    let mut outputs = Outputs::new(None);
    outputs.spec = spec(Kind::Table, &path);
    outputs.begin(source());
    finish_output(&mut outputs);
    assert!(outputs.under_way().is_none() && path.is_file());
}
