//! What the program refuses, and what it says then.

use super::{CRANE, Workshop, npy};
use spinodal::network::{CrnnConfig, Model};
use std::fs;

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
    shop.refuse("simulate --init own.npy --out own.npy", "own.npy would be overwritten");
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
fn shows_no_control_characters() {
    let shop = Workshop::new();
    shop.file("red\u{1b}[31m.ply", "not a mesh\u{7}");
    for words in ["simulate --init red\u{1b}[31m.ply --out out.npy", "simulate --init \u{1b}[2Jbunny --out out.npy"] {
        let output = shop.run(words);
        assert_eq!(output.status.code(), Some(1), "{words}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(!message.trim_end().contains(char::is_control), "{message:?}");
    }
    // Nor in results and warnings.
    shop.file("a\nb.npy", npy("(8, 8, 8)", &[0.5; 512]));
    let mut command = shop.command("simulate --frames 1 --engine cpu");
    let output = command.args(["--init", "a\nb.npy", "--out", "c\u{1b}[2J.npy"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(!stdout.trim_end().contains(char::is_control), "{stdout:?}");
    let warnings: Vec<_> = stderr.lines().filter(|line| line.contains("WARN")).collect();
    assert!(warnings.iter().any(|line| line.ends_with("not as concentrations c = (φ + 1)/2")), "{stderr:?}");
}

/// What cannot be written is found before the work begins.
#[test]
#[cfg(unix)]
fn nothing_is_written_through_links() {
    let shop = Workshop::new();
    for link in ["link.csv", "link.safetensors", "link.npy"] {
        std::os::unix::fs::symlink(shop.path("nowhere"), shop.path(link)).unwrap();
    }
    for words in [
        "simulate --grid 16 --frames 1 --out a.npy --table link.csv",
        "simulate --grid 16 --frames 1 --out link.npy",
        "evaluate --parts boxes --grid 16 --runs 1 --frames 1 --record link.safetensors",
    ] {
        shop.refuse(words, "it is a link to another file");
    }
}

#[test]
#[cfg(unix)]
fn a_series_has_names_that_its_list_can_hold() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let shop = Workshop::new();
    shop.file("a.npy", npy("(2, 6, 6, 6)", &[0.5; 432]));
    let output =
        shop.command("export a.npy --series 0..1 --out").arg(OsStr::from_bytes(b"e\xff.vti")).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("must be Unicode"));
    let long = format!("{}.vti", "n".repeat(245));
    shop.refuse(&format!("export a.npy --series 0..1 --out {long}"), "cannot write nnn");
    assert_eq!(shop.names(), [shop.path("a.npy")]);
}

#[test]
fn refuses_what_makes_no_sense_and_says_why() {
    let shop = Workshop::new();
    shop.file("model.safetensors", "nonsense").file("model.pt", "nonsense");
    shop.file("uniform.npy", npy("(6, 6, 6)", &[-0.5; 216])).file("uniform.txt", "-0.5");
    shop.refuse("info missing.npy", "cannot read missing.npy: No such file");
    shop.refuse("info uniform.txt", "uniform.txt is not a usable Spinodal file: it is neither a model, nor a field");
    shop.refuse("simulate --init sfere --out out.npy", "sphere");
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
    shop.file("flat.npy", npy("(6, 6, 1)", &[-0.5; 36]));
    shop.refuse("surface flat.npy --out out.ply", "it is flat, and a surface needs a box of three dimensions");
    let empty = shop.run("compare --candidate network:model= --out run");
    assert_eq!(empty.status.code(), Some(2), "{empty:?}");
    assert!(String::from_utf8_lossy(&empty.stderr).contains("it must be a file"), "{empty:?}");
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

/// A device never ends, and a pipe may have no writer.
#[test]
#[cfg(unix)]
fn devices_and_pipes_are_not_read() {
    let shop = Workshop::new();
    let words = |file: &str| match file.rsplit_once('.').unwrap().1 {
        "safetensors" => format!("rollout --model {file} --grid 16 --frames 1 --out out.npy"),
        "toml" => format!("simulate --scene {file} --frames 1 --out out.npy"),
        "pt" => format!("import-crane {file} --out out.safetensors"),
        _ => format!("simulate --init {file} --grid 16 --frames 1 --out out.npy"),
    };
    for ending in ["npy", "vti", "tif", "ply", "obj", "stl", "safetensors", "pt", "toml"] {
        let [device, pipe] = ["device", "pipe"].map(|name| format!("{name}.{ending}"));
        std::os::unix::fs::symlink("/dev/zero", shop.path(&device)).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(shop.path(&pipe)).status().unwrap().success());
        for file in [device, pipe] {
            shop.refuse(&words(&file), "it is not an ordinary file");
        }
    }
}

/// A card may come from anywhere, and a terminal obeys some characters.
#[test]
fn what_a_file_says_of_itself_does_not_command_the_terminal() {
    let shop = Workshop::new();
    let mut model = Model::random(CrnnConfig::default(), 1);
    model.card.notes = "one\u{1b}[2J\rtwo\u{7f}\nthree\u{9b}31m".into();
    model.save(shop.path("model.safetensors")).unwrap();
    let printed = shop.succeed("info model.safetensors");
    assert!(printed.contains("one [2J two \n") && printed.contains(" three 31m"), "{printed:?}");
    assert!(!printed.contains(|letter: char| letter.is_control() && letter != '\n'), "{printed:?}");
}

#[test]
#[cfg(unix)]
fn files_larger_than_the_memory_are_refused() {
    let shop = Workshop::new();
    for (name, words) in [
        ("vast.ply", "simulate --init vast.ply --grid 16 --frames 1 --out out.npy"),
        ("vast.safetensors", "rollout --model vast.safetensors --grid 16 --frames 1 --out out.npy"),
        ("vast.toml", "simulate --scene vast.toml --frames 1 --out out.npy"),
    ] {
        // All of it is a hole, which takes no room on the disk.
        fs::File::create(shop.path(name)).unwrap().set_len(1 << 42).unwrap();
        shop.refuse(words, "it is larger than the free memory");
    }
}
