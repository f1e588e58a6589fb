//! Recordings in memory and on disk, and the comparisons that they are of.

use crate::support::random_field;
use spinodal::{
    comparison::{CandidateSpec, Comparison, RunRecord, Setup},
    evolution::State,
    field::Field,
    formats::npy::read_frames,
    gpu::{Engine, EngineChoice},
    grid::Shape,
    initial::InitialOptions,
    metrics::PairMetrics,
    network::ModelSource,
    recording::{Entry, Frame, METRICS, Recording, RecordingReader, RecordingWriter, Row, Saved, Standing},
};
use std::{fs, io::Write, path::Path, sync::Arc};

/// A run on 16³ with an untrained network and other candidates.
pub fn setup(candidates: &[&str]) -> Setup {
    let mut setup = Setup {
        engine: EngineChoice::Cpu,
        candidates: candidates.iter().map(|text| text.parse().unwrap()).collect(),
        options: InitialOptions { grid: Shape::cube(16), ..InitialOptions::default() },
        ..Setup::default()
    };
    setup.reference.parameters.steps_per_frame = 20;
    setup
}

const UNTRAINED: &str = concat!("network:model=", env!("CARGO_MANIFEST_DIR"), "/tests/data/crane_random.pt");

pub fn begin(setup: &Setup) -> Comparison {
    Comparison::new(setup.load().unwrap(), Engine::Cpu).unwrap()
}

#[test]
fn candidates_are_written_as_they_are_read() {
    for text in [
        "network",
        "network:model=a/b.safetensors,coarsening=1,lead=5",
        "explicit:grid=coarse",
        "spectral:dt=0.1,grid=coarse,symbol=derivative",
        "adaptive:tolerance=0.01",
        "frozen:grid=coarse",
    ] {
        assert_eq!(text.parse::<CandidateSpec>().unwrap().to_string(), text);
    }
    let refused = |text: &str| text.parse::<CandidateSpec>().unwrap_err().to_string();
    assert!(refused("netwrok").contains("netwrok"));
    assert!(refused("spectral:tolerance=1").contains("it knows dt, grid and symbol"));
    assert!(refused("spectral:dt=-1").contains("the time step must lie between"));
    assert!(refused("adaptive:dt=0.1").contains("tolerance"));
    assert!(refused("network:coarsening=3").contains("between 1 and 2"));
    assert!(refused("frozen:grid=7").contains("fine or coarse"));
}

#[test]
fn candidates_of_one_name_are_told_apart() {
    let setup = setup(&["spectral:dt=0.01", "frozen", "spectral:dt=0.01"]);
    assert_eq!(setup.names(), ["spectral-0.01", "frozen", "spectral-0.01-2"]);
    // A name that was given to another, and one that differs in its capitals.
    let setup = self::setup(&["a", "b/a", "a-2", "A"].map(network).each_ref().map(String::as_str));
    assert_eq!(setup.names(), ["a", "a-2", "a-2-2", "A-3"]);
}

/// The candidate whose model's file has this stem.
fn network(stem: &str) -> String {
    format!("network:model={stem}.safetensors")
}

#[test]
fn no_candidate_takes_the_name_of_the_reference() {
    let setup = setup(&[&network("reference"), &network("a/Reference")]);
    assert_eq!(setup.names(), ["reference-2", "Reference-3"]);
}

#[test]
fn models_of_any_path_are_recorded() {
    for path in ["a,b/c=d,lead=3.safetensors", "two\nlines.safetensors", "größe.pt", " ends with.pt\u{a0} ", " "] {
        let candidate = CandidateSpec::network(ModelSource::File(path.into()));
        assert_eq!(candidate.to_string().parse::<CandidateSpec>().unwrap(), candidate);
        let named = Setup { candidates: vec![candidate], ..Setup::default() };
        let text = toml::to_string(&named).unwrap();
        assert_eq!(toml::from_str::<Setup>(&text).unwrap(), named, "{text}");
        assert!(!named.names()[0].contains(char::is_control));
    }
}

#[test]
fn a_led_candidate_is_the_reference_until_it_starts() {
    let led = format!("{UNTRAINED},lead=3");
    let mut comparison = begin(&setup(&[&led, UNTRAINED]));
    for frame in 0..=5 {
        if frame > 0 {
            comparison.advance().unwrap();
        }
        let entries = comparison.row().candidates.clone();
        let standing = if frame < 3 { Standing::Led } else { Standing::Running };
        assert_eq!(entries[0].standing, standing, "frame {frame}");
        let rmse = |entry: &Entry| entry.metrics.unwrap().rmse;
        assert_eq!(rmse(&entries[0]) == 0.0, frame <= 3, "frame {frame}");
        assert_eq!(rmse(&entries[1]) == 0.0, frame == 0, "frame {frame}");
    }
    // From there it goes as one that was started from the reference's field at that frame.
    let now = comparison.frame().unwrap();
    let mut reference = begin(&setup(&[]));
    (0..3).for_each(|_| reference.advance().unwrap());
    let at_start = reference.frame().unwrap().reference;
    let spec: CandidateSpec = UNTRAINED.parse().unwrap();
    let model = spec.model().unwrap().load().unwrap();
    let solver = reference.setup().reference;
    let mut alone = spec.start(&Engine::Cpu, &solver, Some(&model), &at_start).unwrap();
    (0..2).for_each(|_| alone.advance().unwrap());
    assert_eq!(**now.candidates[0].as_ref().unwrap(), alone.field().unwrap());
}

#[test]
fn a_saved_comparison_goes_on_to_the_same_bits() {
    let led = format!("{UNTRAINED},lead=9");
    let mut comparison = begin(&setup(&[UNTRAINED, &led, "adaptive", "spectral:dt=0.01,grid=coarse", "frozen"]));
    (0..7).for_each(|_| comparison.advance().unwrap());
    let states = comparison.save().unwrap();
    let go_on = |comparison: &mut Comparison| {
        (0..5).for_each(|_| comparison.advance().unwrap());
        let frame = comparison.frame().unwrap();
        (frame.row.clone(), frame.candidates.clone(), frame.reference)
    };
    let end = go_on(&mut comparison);
    comparison.restore(7, &states).unwrap();
    assert_eq!(go_on(&mut comparison), end);
    assert!(comparison.restore(7, &states[1..]).is_err());
}

/// A frame with one value everywhere.
fn frame(number: usize) -> Frame {
    let field = Arc::new(Field::uniform(8, 0.001 * number as f32).unwrap());
    let row =
        Row { frame: number, time: number as f64, energy: 1.0 / (3.0 + number as f64), mean: 0.1, candidates: vec![] };
    Frame { row, reference: field, candidates: Vec::new() }
}

/// States of a run without candidates, as large as its frames.
fn saved(frame: usize) -> Saved {
    Saved { reference: State::at(frame).with("phi", vec![0.0; 8 * 8 * 8]), candidates: Vec::new() }
}

#[test]
fn a_recording_keeps_to_its_budget_with_the_first_and_the_latest_frame() {
    let bytes = 8 * 8 * 8 * 4;
    let recording = Recording::new(20 * bytes);
    for number in 0..=1000 {
        recording.push(frame(number));
        if number % 25 == 0 {
            recording.keep_states(number, saved(number));
        }
        let frames = recording.frames();
        assert_eq!((frames.first(), frames.last()), (Some(&0), Some(&number)));
        let (used, budget) = recording.memory();
        assert!(used <= budget, "{used} of {budget} at frame {number}");
        let strides: Vec<_> = frames[..frames.len() - 1].windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(strides.iter().all(|stride| *stride == strides[0]), "{frames:?}");
    }
    assert!(recording.frames().len() > 5);
    assert_eq!(recording.at_or_before(999).unwrap().row.frame, recording.frames().into_iter().rev().nth(1).unwrap());
    let (at, states) = recording.states_for(1000).unwrap();
    assert_eq!(states.reference.frame, at);
    recording.truncate(100);
    assert!(recording.frames().iter().all(|&frame| frame <= 100));
    assert!(recording.rows().iter().all(|row| row.frame <= 100));
    let held = recording.frames().len();
    assert!(recording.memory().0 >= held * bytes && recording.memory().0 <= 20 * bytes);
}

/// Records `frames` frames after the first with states every 4, as `compare` does.
pub fn record(folder: &Path, setup: &Setup, frames: usize) -> RunRecord {
    let record = RunRecord { frames, state_interval: 4, ..RunRecord::new(setup.clone(), "CPU".into()) };
    record.write(folder).unwrap();
    let mut comparison = begin(setup);
    let mut writer = RecordingWriter::create(folder, &record.layout().unwrap()).unwrap();
    for number in 0..=frames {
        if number > 0 {
            comparison.advance().unwrap();
        }
        writer.append(&comparison.frame().unwrap()).unwrap();
        if number % 4 == 0 {
            writer.keep_states(number, &comparison.save().unwrap()).unwrap();
        }
    }
    record
}

#[test]
fn what_was_recorded_is_read_back_to_the_last_bit() {
    let folder = tempfile::tempdir().unwrap();
    let setup = setup(&[UNTRAINED, "spectral:dt=0.01,grid=coarse"]);
    record(folder.path(), &setup, 6);
    let record = RunRecord::read(folder.path()).unwrap();
    assert_eq!(record.setup, setup);
    let reader = RecordingReader::open(folder.path(), &record.layout().unwrap()).unwrap();
    let mut comparison = begin(&setup);
    for number in 0..=6 {
        if number > 0 {
            comparison.advance().unwrap();
        }
        let (expected, found) = (comparison.frame().unwrap(), reader.frame(number).unwrap().unwrap());
        assert_eq!(
            (found.row, found.reference, found.candidates),
            (expected.row, expected.reference, expected.candidates)
        );
    }
    assert!(reader.frame(7).unwrap().is_none());
    // The table is one that any program reads: a group of columns for each candidate.
    let mut table = csv::Reader::from_path(folder.path().join(METRICS)).unwrap();
    let columns: Vec<_> = table.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(&columns[..4], ["frame", "time", "reference.energy", "reference.mean"]);
    for group in ["crane_random.rmse", "spectral-coarse-0.01.rmse"] {
        assert_eq!(columns.iter().filter(|column| *column == group).count(), 1, "{columns:?}");
    }
    assert_eq!(table.records().count(), 7);
    // And so are the fields.
    assert_eq!(read_frames(&folder.path().join("reference.npy"), false).unwrap().len(), 7);
}

#[test]
fn states_come_back_to_the_last_digit() {
    let folder = tempfile::tempdir().unwrap();
    let record = record(folder.path(), &setup(&[]), 0);
    let writer = RecordingWriter::resume(folder.path(), &record.layout().unwrap(), 0).unwrap();
    let reader = RecordingReader::open(folder.path(), &record.layout().unwrap()).unwrap();
    // JSON read by serde_json would round one number in twelve.
    for k in 1..200 {
        let states = vec![Some(State::at(0).with_number("number", f64::from(k) / 1997.0)), None];
        writer.keep_states(0, &states).unwrap();
        assert_eq!(reader.states(0).unwrap(), states);
    }
}

#[test]
fn fields_of_other_nodes_are_no_part_of_a_recording() {
    let folder = tempfile::tempdir().unwrap();
    let record = record(folder.path(), &setup(&["frozen:grid=coarse"]), 2);
    let reader = RecordingReader::open(folder.path(), &record.layout().unwrap()).unwrap();
    assert!(reader.frame(2).unwrap().is_some());
    fs::copy(folder.path().join("frozen-coarse.npy"), folder.path().join("reference.npy")).unwrap();
    let refusal = RecordingReader::open(folder.path(), &record.layout().unwrap()).unwrap_err().to_string();
    assert!(refusal.contains("its frames have 8³ nodes, but the run has 16³"), "{refusal}");
}

#[test]
fn a_recording_that_is_replaced_while_it_is_read_stays_what_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let before = record(folder.path(), &setup(&["frozen"]), 2);
    let reader = RecordingReader::open(folder.path(), &before.layout().unwrap()).unwrap();
    let first = |reader: &RecordingReader| reader.frame(0).unwrap().unwrap().reference;
    let expected = first(&reader);
    // As `compare --force` does.
    for name in ["reference.npy", "frozen.npy", METRICS] {
        fs::rename(folder.path().join(name), folder.path().join(format!("earlier {name}"))).unwrap();
    }
    let other = Setup { options: InitialOptions { seed: 99, ..before.setup.options.clone() }, ..before.setup.clone() };
    record(folder.path(), &other, 2);
    assert_eq!(first(&reader), expected);
    let again = RecordingReader::open(folder.path(), &before.layout().unwrap()).unwrap();
    assert_ne!(first(&again), expected);
}

#[test]
fn frames_before_the_end_of_a_file_cut_short_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let record = record(folder.path(), &setup(&["frozen"]), 3);
    let path = folder.path().join("frozen.npy");
    let length = fs::metadata(&path).unwrap().len();
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(length - 1).unwrap();
    let reader = RecordingReader::open(folder.path(), &record.layout().unwrap()).unwrap();
    assert!(reader.frame(2).unwrap().is_some());
    assert!(reader.rows().len() == 3 && reader.frame(3).unwrap().is_none());
}

#[test]
fn a_recording_cut_anywhere_opens_with_its_complete_frames() {
    let folder = tempfile::tempdir().unwrap();
    let record = record(folder.path(), &setup(&[UNTRAINED]), 6);
    let whole = fs::read(folder.path().join(METRICS)).unwrap();
    let rows = || RecordingReader::open(folder.path(), &record.layout().unwrap()).map(|reader| reader.rows().to_vec());
    let all = rows().unwrap();
    let heading = whole.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    for length in (0..whole.len()).step_by(17) {
        fs::write(folder.path().join(METRICS), &whole[..length]).unwrap();
        let found = rows().unwrap();
        assert_eq!(found, all[..whole[heading.min(length)..length].iter().filter(|&&byte| byte == b'\n').count()]);
    }
    // Fields that were written without their row do not count, nor do half a field's bytes.
    fs::write(folder.path().join(METRICS), &whole).unwrap();
    let path = folder.path().join("crane_random.npy");
    fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(&[7; 1001]).unwrap();
    let reader = RecordingReader::open(folder.path(), &record.layout().unwrap()).unwrap();
    assert!(reader.frame(6).unwrap().is_some());
    // A damaged table is refused.
    fs::write(folder.path().join(METRICS), [&whole[..], b"7,junk\n"].concat()).unwrap();
    assert!(rows().unwrap_err().to_string().contains("line 9"));
}

#[test]
fn a_stopped_candidate_has_an_empty_group_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let setup = setup(&["frozen"]);
    let record = RunRecord { frames: 2, ..RunRecord::new(setup, String::new()) };
    record.write(folder.path()).unwrap();
    let mut writer = RecordingWriter::create(folder.path(), &record.layout().unwrap()).unwrap();
    let field = Arc::new(random_field(16, 0.0, 0.5));
    let metrics = PairMetrics {
        rmse: 0.1,
        displacement: f64::INFINITY,
        rmse_fine: 0.3,
        rmse_floor: 0.4,
        displacement_fine: 0.5,
        displacement_floor: 0.6,
        energy_reference: 0.7,
        energy_candidate: 0.8,
        energy_error: 0.9,
        mean_reference: 1e-17,
        mean_candidate: -1.5e-300,
    };
    let frames = [Some(metrics), None, None].into_iter().enumerate().map(|(number, metrics)| Frame {
        row: Row {
            frame: number,
            time: 0.1 * number as f64,
            energy: 0.7,
            mean: 1e-17,
            candidates: vec![Entry {
                standing: if metrics.is_some() { Standing::Running } else { Standing::Stopped },
                metrics,
            }],
        },
        reference: field.clone(),
        candidates: vec![metrics.map(|_| field.clone())],
    });
    let rows: Vec<_> = frames
        .map(|frame| {
            writer.append(&frame).unwrap();
            frame.row
        })
        .collect();
    let reader = RecordingReader::open(folder.path(), &record.layout().unwrap()).unwrap();
    assert_eq!(reader.rows(), rows);
    assert!(reader.frame(2).unwrap().unwrap().candidates[0].is_none());
    assert_eq!(read_frames(&folder.path().join("frozen.npy"), false).unwrap().len(), 1);
}

#[test]
fn the_built_in_model_and_files_have_names() {
    let names: Vec<_> =
        [ModelSource::Builtin, ModelSource::File("a/b.c.safetensors".into())].iter().map(ModelSource::name).collect();
    assert!(!names[0].is_empty() && names[1] == "b.c", "{names:?}");
}
