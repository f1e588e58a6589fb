//! The program itself: what it writes, what it says, and how it ends.

mod compare;
mod faults;
mod fields;
#[cfg(unix)]
mod folders;
mod keeping;
mod kills;
mod memory;
mod pictures;
mod races;
mod refusals;
mod report;
mod scenes;
#[cfg(unix)]
mod signals;
mod terminal;

use spinodal::{
    field::Field,
    formats::npy::{FrameReader, read_field, read_frames},
    network::{self, Model},
};
use std::{
    collections::BTreeMap,
    fs, mem,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

const REFERENCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/cahn_hilliard_24_f64.npy");
const CRANE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/crane_random.pt");
const CRANE_ROLLOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/crane_random_rollout.npy");

/// A folder in which the program runs.
struct Workshop(TempDir);

impl Workshop {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        fs::write(self.path(name), bytes).unwrap();
        self
    }

    /// `spinodal` on words separated by spaces.
    fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spinodal"));
        command.args(words.split_whitespace()).current_dir(self.0.path()).env_remove("RUST_LOG");
        command
    }

    /// The same without pictures, which take most of the time, unless `words` ask for nothing else.
    fn quick(&self, words: &str) -> Command {
        let mut command = self.command(words);
        skip_pictures(&mut command, words);
        command
    }

    fn run(&self, words: &str) -> Output {
        self.command(words).output().unwrap()
    }

    /// Runs `spinodal`, which must succeed, and gives what it printed.
    fn succeed(&self, words: &str) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{words}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// Runs `spinodal`, which must fail with one sentence that contains `reason` and leave nothing behind.
    fn refuse(&self, words: &str, reason: &str) {
        let before = self.names();
        let output = self.run(words);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{words}: {message}");
        assert_eq!(message.lines().count(), 1, "{words}: {message}");
        assert!(message.starts_with("error: ") && message.contains(reason), "{words}: {message}");
        assert!(output.stdout.is_empty(), "{words}");
        assert_eq!(self.names(), before, "{words}");
    }

    /// The names of what lies in a folder, in order.
    fn names_in(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn names(&self) -> Vec<PathBuf> {
        let mut names: Vec<_> = fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        names
    }
}

const PATIENCE: Duration = Duration::from_secs(120);

/// Starts `spinodal`, of which everything it prints is kept.
fn start(shop: &Workshop, words: &str) -> Child {
    shop.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits until something is `done`, or fails with `what` it was.
fn wait(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < PATIENCE, "no sign of {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Asks a program to end, and waits until it has.
fn end(child: Child, signal: &str) -> Output {
    let kill = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    child.wait_with_output().unwrap()
}

/// Whether an unfinished file is there.
fn has_part(shop: &Workshop) -> bool {
    fs::read_dir(shop.0.path()).unwrap().any(|entry| {
        let name = entry.unwrap().file_name();
        name.to_string_lossy().starts_with(".spinodal-")
    })
}

/// Hides the graphics adapter from a command, unless its `words` ask for nothing but pictures.
fn skip_pictures(command: &mut Command, words: &str) {
    if !words.starts_with("render") {
        command.env("WGPU_ADAPTER_NAME", "none");
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The files of a folder and its subfolders, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            found.extend(files(&entry.path()).into_iter().map(|(file, bytes)| (format!("{name}/{file}"), bytes)));
        } else {
            found.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    found
}

/// An `.npy` file as NumPy writes it: version 1.0, f64, C order.
fn npy(shape: &str, values: &[f64]) -> Vec<u8> {
    let mut header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
    while (header.len() + 11) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

/// The first frame of the reference run, in f64.
fn reference_start() -> Vec<f64> {
    let bytes = fs::read(REFERENCE).unwrap();
    let data = bytes.len() - 4 * 24 * 24 * 24 * 8;
    bytes[data..][..24 * 24 * 24 * 8].chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect()
}

fn largest_difference(a: &Field, b: &Field) -> f32 {
    assert_eq!(a.grid(), b.grid());
    a.values().iter().zip(b.values()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

fn assert_same_frames(found: &Path, expected: &[Field], tolerance: f32) {
    let found = read_frames(found, false).unwrap();
    assert_eq!(found.len(), expected.len());
    for (frame, (found, expected)) in found.iter().zip(expected).enumerate() {
        let difference = largest_difference(found, expected);
        assert!(difference < tolerance, "frame {frame} differs by {difference}");
    }
}

#[test]
fn simulates_a_numpy_field_as_the_reference_does() {
    let shop = Workshop::new();
    shop.file("start.npy", npy("(24, 24, 24)", &reference_start()));
    let expected = read_frames(Path::new(REFERENCE), false).unwrap();
    for engine in ["cpu", "gpu"] {
        shop.succeed(&format!("simulate --init start.npy --frames 3 --engine {engine} --out {engine}.npy"));
        assert_same_frames(&shop.path(&format!("{engine}.npy")), &expected, 1e-4);
    }
}

#[test]
fn reads_and_writes_concentrations() {
    let shop = Workshop::new();
    let concentrations: Vec<f64> = reference_start().iter().map(|phi| (phi + 1.0) / 2.0).collect();
    shop.file("c.npy", npy("(24, 24, 24)", &concentrations));
    shop.succeed("simulate --init c.npy --concentration --frames 1 --engine cpu --out out.npy");
    let expected = read_frames(Path::new(REFERENCE), false).unwrap();
    for (frame, expected) in expected.iter().take(2).enumerate() {
        let mut reader = FrameReader::open(&shop.path("out.npy"), true).unwrap();
        assert!(largest_difference(&reader.read(frame).unwrap(), expected) < 1e-4);
    }
    let (low, high) = read_field(&shop.path("out.npy"), false).unwrap().range();
    assert!(low > -0.1 && high < 1.1, "the file holds c: {low} to {high}");
}

#[test]
fn the_seed_makes_a_run_repeatable() {
    let shop = Workshop::new();
    for (name, seed) in [("a", 5), ("b", 5), ("c", 6)] {
        shop.succeed(&format!("simulate --grid 16 --seed {seed} --frames 2 --engine cpu --out {name}.npy"));
    }
    let [a, b, c] = ["a.npy", "b.npy", "c.npy"].map(|name| fs::read(shop.path(name)).unwrap());
    assert_eq!(a, b);
    assert_ne!(a, c);
}

#[test]
fn imports_a_crane_checkpoint_and_rolls_it_out() {
    let shop = Workshop::new();
    let expected = read_frames(Path::new(CRANE_ROLLOUT), true).unwrap();
    let start: Vec<f64> = expected[0].values().iter().map(|&phi| phi.into()).collect();
    shop.file("start.npy", npy("(16, 16, 16)", &start));
    assert!(shop.succeed(&format!("import-crane {CRANE} --out model.safetensors")).contains("29183 parameters"));
    shop.succeed(
        "rollout --init start.npy --model model.safetensors --coarsening 1 --frames 10 --engine cpu --out out.npy",
    );
    assert_same_frames(&shop.path("out.npy"), &expected, 1e-4);

    shop.succeed(&format!("rollout --init start.npy --model {CRANE} --frames 1 --engine cpu --out coarse.npy"));
    let coarse = read_frames(&shop.path("coarse.npy"), false).unwrap();
    assert_eq!(coarse[0].values(), network::start(&expected[0], 2).unwrap().values());
}

#[test]
fn the_benchmark_runs_in_its_own_units() {
    let shop = Workshop::new();
    shop.succeed("simulate --init pfhub-1a --frames 20 --engine cpu --out run.npy --table run.csv");
    let mut table = csv::Reader::from_path(shop.path("run.csv")).unwrap();
    let columns: Vec<_> = table.headers().unwrap().iter().map(str::to_owned).collect();
    let column = |name: &str| columns.iter().position(|column| column == name).unwrap();
    let rows: Vec<_> = table.records().map(Result::unwrap).collect();
    let value = |row: usize, name: &str| -> f64 { rows[row][column(name)].parse().unwrap() };
    assert_eq!(rows.len(), 21);
    for (frame, energy) in [(10, 298.697), (20, 209.291)] {
        assert!((value(frame, "benchmark_time") - frame as f64).abs() < 1e-9);
        assert!(
            (value(frame, "benchmark_energy") / energy - 1.0).abs() < 0.003,
            "{}",
            value(frame, "benchmark_energy")
        );
    }
    assert_eq!(read_frames(&shop.path("run.npy"), false).unwrap()[0].grid().shape, [90, 90, 1]);
}

#[test]
fn both_equations_are_on_the_command_line() {
    let shop = Workshop::new();
    for (equation, conserves) in [("cahn-hilliard", true), ("allen-cahn", false)] {
        shop.succeed(&format!(
            "simulate --init sphere --grid 20 --equation {equation} --frames 2 --engine cpu --out run.npy --table run.csv --force"
        ));
        let mut table = csv::Reader::from_path(shop.path("run.csv")).unwrap();
        let mean = table.headers().unwrap().iter().position(|name| name == "mean").unwrap();
        let means: Vec<f64> = table.records().map(|row| row.unwrap()[mean].parse().unwrap()).collect();
        assert_eq!((means[2] - means[0]).abs() < 1e-6, conserves, "{equation}: {means:?}");
    }
}

/// An image is there, and not all of one colour.
fn assert_drawn(path: &Path) {
    let image = image::open(path).unwrap().to_rgb8();
    let first = *image.get_pixel(0, 0);
    assert!(image.pixels().filter(|&&pixel| pixel != first).count() > 1000, "{}", path.display());
}

#[test]
fn an_adapter_that_is_not_there_is_named() {
    let shop = Workshop::new();
    let mut command = shop.command("simulate --engine gpu --grid 12 --frames 1 --out out.npy");
    let output = command.env("WGPU_ADAPTER_NAME", "abacus").output().unwrap();
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(message.contains("no graphics adapter is called abacus") && message.contains("there are: "), "{message}");
}

/// A training that is killed at a moment it cannot see coming continues as if nothing had happened.
#[test]
fn a_killed_training_continues_with_the_same_curve() {
    const TRAINING: &str = "--data data --steps 60 --batch 1 --length 3..6 --unroll 2 --warmup 2 --validate-every 9";
    let workshop = Workshop::new();
    workshop.succeed("dataset --out data --sequences 5 --frames 6 --grids 12,16 --late-frames 1..3");
    workshop.succeed(&format!("train {TRAINING} --out straight"));

    let rows = |run: &str| fs::read_to_string(workshop.path(run).join("metrics.csv")).unwrap_or_default();
    let mut command = workshop.command(&format!("train {TRAINING} --out broken"));
    let mut killed = command.stderr(Stdio::null()).spawn().unwrap();
    while rows("broken").lines().count() < 20 && killed.try_wait().unwrap().is_none() {
        thread::sleep(Duration::from_millis(1));
    }
    // SIGKILL, which no program can answer.
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert!(rows("broken").lines().count() < 60, "it was too quick to be killed");

    workshop.refuse("train --resume broken --batch 3", "--start broken/last.safetensors");
    workshop.succeed("train --resume broken");
    assert_eq!(rows("broken"), rows("straight"));
    // Of the models, the cards alone tell which run took how long.
    let model = |run: &str| {
        let mut model = Model::load(workshop.path(run).join("last.safetensors")).unwrap();
        assert_eq!(mem::take(&mut model.card.command), format!("spinodal train {TRAINING} --out {run}"));
        assert!(mem::take(&mut model.card.training_seconds) > 0.0);
        model
    };
    assert_eq!(model("broken"), model("straight"));
    for picture in ["loss.png", "rmse.png", "energy_error.png"] {
        assert_drawn(&workshop.path("broken").join(picture));
    }
}
