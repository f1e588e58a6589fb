//! The program itself: what it writes, what it says, and how it ends.

mod compare;
mod report;

use spinodal::{
    field::Field,
    formats::{
        mesh,
        npy::{FrameReader, read_field, read_frames},
    },
    network::{self, Model},
};
use std::{
    fs, mem,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::Duration,
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

    /// Runs `spinodal` on words separated by spaces.
    fn run(&self, words: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_spinodal"))
            .args(words.split_whitespace())
            .current_dir(self.0.path())
            .env_remove("RUST_LOG")
            .output()
            .unwrap()
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

    fn names(&self) -> Vec<PathBuf> {
        let mut names: Vec<_> = fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        names
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
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
fn exports_a_frame_for_paraview() {
    let shop = Workshop::new();
    shop.file("field.npy", npy("(24, 24, 24)", &reference_start()));
    shop.succeed("export field.npy --spacing 2 --out field.vti");
    let file = fs::read(shop.path("field.vti")).unwrap();
    let head = String::from_utf8_lossy(&file[..400]).into_owned();
    assert!(head.contains(r#"WholeExtent="0 23 0 23 0 23" Origin="0 0 0" Spacing="2 2 2""#), "{head}");
    // The second value along x is the first of the second plane.
    let start = file.windows(2).position(|pair| pair == b"_\x00").unwrap() + 1 + 8;
    let second = f32::from_le_bytes(file[start + 4..][..4].try_into().unwrap());
    assert_eq!(second, reference_start()[24 * 24] as f32);
    shop.refuse("export field.npy --spacing 0 --out field.vti", "spacing must be a positive number");
    shop.refuse("export field.npy --frame 1 --out field.vti", "frame 1");
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
            "simulate --init sphere --grid 20 --equation {equation} --frames 2 --engine cpu --out run.npy --table run.csv"
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
fn measures_the_surface_it_writes() {
    let shop = Workshop::new();
    shop.succeed("simulate --init sphere --grid 48 --frames 0 --engine cpu --out sphere.npy");
    let printed = shop.succeed("surface sphere.npy --out sphere.ply");
    let figure = |name: &str| -> f64 {
        let line = printed.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().last().unwrap().parse().unwrap()
    };
    let radius = 0.3 * 48.0;
    let (area, volume) = (4.0 * std::f64::consts::PI * radius * radius, figure("volume"));
    assert!((figure("area") / area - 1.0).abs() < 0.01, "{printed}");
    assert!((volume / (area * radius / 3.0) - 1.0).abs() < 0.01, "{printed}");
    assert_eq!(figure("euler number"), 2.0);
    let header = fs::read(shop.path("sphere.ply")).unwrap();
    assert!(header.starts_with(b"ply\n"));
    for name in ["sphere.obj", "sphere.stl"] {
        assert_eq!(shop.succeed(&format!("surface sphere.npy --out {name}")), printed);
        let triangles = mesh::read(&shop.path(name)).unwrap().triangles.len();
        assert_eq!(triangles as f64, figure("triangles"), "{name}");
    }
    shop.refuse("surface sphere.npy --out sphere.gltf", "the name must end in .ply, .obj or .stl");
}

#[test]
fn starts_from_a_part_of_an_image_stretched_over_the_grid() {
    let shop = Workshop::new();
    shop.succeed("simulate --init slab --grid 24 --frames 0 --engine cpu --out slab.npy");
    shop.succeed("export slab.npy --out slab.vti");
    shop.succeed(
        "simulate --init slab.vti --crop :12,4:20,: --grid 24x16x12 --resample --frames 0 --engine cpu --out part.npy",
    );
    let (whole, part) = (read_field(&shop.path("slab.npy"), false), read_field(&shop.path("part.npy"), false));
    let (whole, part) = (whole.unwrap(), part.unwrap());
    assert_eq!(part.grid(), [24, 16, 12].into());
    for (x, y, z) in [(0, 0, 4), (10, 7, 6), (22, 15, 11)] {
        assert!((part.at(x, y, z) - whole.at(x / 2, y + 4, 2 * z)).abs() < 1e-5);
    }
    shop.succeed("simulate --init slab.vti --crop :12,4:20,: --grid 12x16x24 --frames 0 --engine cpu --out crop.npy");
    shop.refuse(
        "simulate --init slab.vti --grid 12 --out out.npy",
        "but --grid says 12³: leave --grid out, or --resample",
    );
    shop.refuse(
        "simulate --init slab.vti --crop 0:30 --out out.npy",
        "the part 0:30,:,: is empty or does not lie within",
    );
    assert_eq!(shop.run("simulate --init slab.vti --resample --out out.npy").status.code(), Some(2));
    assert_eq!(shop.run("simulate --init slab.vti --crop 5 --out out.npy").status.code(), Some(2));
    shop.succeed("simulate --init fbm --grid 16 --frames 0 --engine cpu --out fbm.npy");
}

#[test]
fn an_adapter_that_is_not_there_is_named() {
    let output = Command::new(env!("CARGO_BIN_EXE_spinodal"))
        .args("simulate --engine gpu --grid 12 --frames 1 --out out.npy".split_whitespace())
        .env("WGPU_ADAPTER_NAME", "abacus")
        .current_dir(Workshop::new().0.path())
        .output()
        .unwrap();
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(message.contains("no graphics adapter is called abacus") && message.contains("there are: "), "{message}");
}

#[test]
fn refuses_damaged_fields() {
    let shop = Workshop::new();
    let whole = npy("(6, 6, 6)", &[0.5; 216]);
    let mut hole = [0.5; 216];
    hole[100] = f64::NAN;
    shop.file("cut.npy", &whole[..whole.len() - 100])
        .file("header.npy", &whole[..40])
        .file("thin.npy", npy("(72, 3)", &[0.5; 216]))
        .file("line.npy", npy("(216,)", &[0.5; 216]))
        .file("nan.npy", npy("(6, 6, 6)", &hole))
        .file("own.npy", &whole)
        .file("huge.npy", npy("(1000000, 1000000, 1000000)", &[0.5; 216]))
        .file("text.npy", "not an array")
        .file("empty.npy", "");
    for name in ["cut", "header", "thin", "line", "nan", "huge", "text", "empty", "missing"] {
        let file = format!("{name}.npy");
        shop.refuse(&format!("simulate --init {file} --out out.npy"), &file);
        shop.refuse(&format!("surface {file} --out out.ply"), &file);
    }
    shop.refuse("simulate --init own.npy --out own.npy", "own.npy would be written over");
    assert_eq!(fs::read(shop.path("own.npy")).unwrap(), whole);
}

#[test]
fn refuses_damaged_meshes() {
    let shop = Workshop::new();
    let ply = |vertices: &str| {
        format!(
            "ply\nformat ascii 1.0\nelement vertex {vertices}\nproperty float x\nproperty float y\nproperty float z\n\
             element face 0\nproperty list uchar int vertex_indices\nend_header\n"
        )
    };
    shop.file("empty.ply", ply("0"))
        .file("claims.ply", ply("1000000000"))
        .file("empty.obj", "# nothing\n")
        .file("empty.stl", [0; 84])
        .file("claims.stl", [&[0; 80][..], &1_000_000_000_u32.to_le_bytes()].concat())
        .file("dangling.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9\n")
        .file("text.ply", "not a mesh");
    for file in ["empty.ply", "claims.ply", "empty.obj", "empty.stl", "claims.stl", "dangling.obj", "text.ply"] {
        shop.refuse(&format!("simulate --init {file} --grid 16 --out out.npy"), file);
    }
}

#[test]
fn refuses_what_makes_no_sense_and_says_why() {
    let shop = Workshop::new();
    shop.file("model.safetensors", "nonsense").file("model.pt", "nonsense");
    shop.file("uniform.npy", npy("(6, 6, 6)", &[-0.5; 216]));
    shop.refuse("simulate --init bunnny --out out.npy", "bunny");
    shop.refuse("simulate --dt 0.0035 --out out.npy", "0.003472");
    shop.refuse("simulate --epsilon 65 --out out.npy", "ε must lie between 0.1 and 64 grid units");
    shop.refuse("simulate --init gyroid --periods 17 --out out.npy", "periods must lie between 1 and 16");
    shop.refuse("simulate --grid 2 --out out.npy", "grid");
    shop.refuse("simulate --init uniform.npy --grid 12 --out out.npy", "6³");
    shop.refuse("simulate --out nowhere/out.npy", "nowhere");
    shop.refuse("simulate --out out.txt", ".npy");
    shop.refuse("simulate --out .", ".npy");
    shop.refuse(&format!("rollout --grid 15 --model {CRANE} --out out.npy"), "the nearest that fits is 16³");
    shop.refuse("rollout --model missing.safetensors --out out.npy", "missing.safetensors");
    shop.refuse("rollout --model model.safetensors --out out.npy", "model.safetensors");
    shop.refuse("rollout --model model.pt --out out.npy", "model.pt");
    shop.refuse("import-crane model.pt --out out.safetensors", "model.pt");
    shop.refuse(&format!("compare --model {CRANE} --frames 3 --surfaces 4 --out run"), "frame 4");
    shop.refuse("surface uniform.npy --out out.ply", "no φ = 0 surface");
    shop.refuse("rollout --init noise --grid 8 --out out.npy", "the nearest that fits is 10³");
    shop.refuse("surface uniform.npy --frame 1 --out out.ply", "frame 1");
}

#[test]
fn wrong_usage_has_its_own_exit_code() {
    let shop = Workshop::new();
    for words in [
        "simulate",
        "simulat",
        "simulate --init",
        "simulate --engine tpu --out out.npy",
        "simulate --epsilon -1 --out out.npy",
        "simulate --steps-per-frame 0 --out out.npy",
        "rollout --coarsening 3 --out out.npy",
        "--nonsense",
        "bench --frames 0",
        "bench --training-grids 16,0",
        "train --engine tpu",
    ] {
        assert_eq!(shop.run(words).status.code(), Some(2), "{words}");
    }
    assert_eq!(shop.run("--help").status.code(), Some(0));
    assert_eq!(shop.run("--version").status.code(), Some(0));
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_was_done() {
    let shop = Workshop::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_spinodal"))
        .args("simulate --grid 16 --frames 1000000 --engine cpu --out out.npy".split_whitespace())
        .current_dir(shop.0.path())
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    // The unfinished file grows beside its later name.
    while !shop.names().iter().any(|path| fs::metadata(path).is_ok_and(|file| file.len() > 100_000)) {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        thread::sleep(Duration::from_millis(20));
    }
    assert!(!shop.path("out.npy").exists());
    let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let reader = FrameReader::open(&shop.path("out.npy"), false).unwrap();
    assert!(reader.frames() > 2 && reader.frames() < 1_000_000);
    assert_eq!(shop.names(), [shop.path("out.npy")]);
}

/// A training that is killed at a moment it cannot see coming continues as if nothing had happened.
#[test]
fn a_killed_training_continues_with_the_same_curve() {
    const TRAINING: &str = "--data data --steps 60 --batch 1 --length 3..6 --unroll 2 --warmup 2 --validate-every 9";
    let workshop = Workshop::new();
    workshop.succeed("dataset --out data --sequences 5 --frames 6 --grids 12,16 --late-frames 1..3");
    workshop.succeed(&format!("train {TRAINING} --out straight"));

    let rows = |run: &str| fs::read_to_string(workshop.path(run).join("metrics.csv")).unwrap_or_default();
    let mut killed = Command::new(env!("CARGO_BIN_EXE_spinodal"))
        .args(format!("train {TRAINING} --out broken").split_whitespace())
        .current_dir(workshop.0.path())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
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
