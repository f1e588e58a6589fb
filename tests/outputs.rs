//! What a run leaves behind: files as the window writes them, read back by other means.

use crate::{comparison::setup, gpu_device::gpu, session::resting};
use spinodal::{
    app::{
        Session,
        outputs::{Kind, OutputSpec, Source, write},
        views::Look,
    },
    comparison::{CandidateSpec, RunRecord, Setup, Simulation, Start},
    formats::{mesh, npy, vtk},
    surface::{Caps, extract},
    view::{Camera, Ground, sides},
};
use std::{
    fs,
    path::Path,
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
    let (snapshot, frame) = (session.snapshot.clone().unwrap(), session.frame().unwrap());
    let camera = Camera::framing(sides(&frame.reference.grid()));
    Source { snapshot, frame, shown: Some(0), camera, look: Look::default(), engine: "CPU" }
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
    let frames = source.snapshot.recording.frames().len();
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
        let text = fs::read_to_string(path.join(format!("{evolution}.vti.series"))).unwrap();
        let list: serde_json::Value = serde_json::from_str(&text).unwrap();
        let files = list["files"].as_array().unwrap();
        assert_eq!(files.len(), recording.frames().len());
        for (file, number) in files.iter().zip(recording.frames()) {
            let frame = recording.frame(number).unwrap();
            assert_eq!(file["time"].as_f64(), Some(frame.row.time));
            let written = vtk::read_vti(&path.join(file["name"].as_str().unwrap()), false).unwrap().field;
            let expected = candidate.map_or(&frame.reference, |place: usize| frame.candidates[place].as_ref().unwrap());
            assert_eq!(written.values(), expected.values(), "{evolution}, frame {number}");
        }
    }
}

#[test]
fn places_that_no_evolution_fills_have_the_ground_of_the_others() {
    let (folder, mut source) = (TempDir::new().unwrap(), source());
    let session = resting(Setup { candidates: vec![CandidateSpec::default(); 2], ..setup() });
    (source.snapshot, source.frame) = (session.snapshot.clone().unwrap(), session.frame().unwrap());
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
