//! A terminal that is gone, or a full disk behind a redirection, is no reason to lose the work.

use super::{CRANE, Workshop, text};
use std::{
    fs::{self, OpenOptions},
    process::{Output, Stdio},
};

/// Runs `spinodal` on words with these two.
fn run(shop: &Workshop, words: &str, stdout: Stdio, stderr: Stdio) -> Output {
    shop.command(words).env("RUST_LOG", "info").stdout(stdout).stderr(stderr).output().unwrap()
}

/// A pipe that nobody reads.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

/// A file on a disk without room.
#[cfg(target_os = "linux")]
fn full() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").unwrap().into()
}

/// Commands of which each writes a result and prints something, and that result.
const WORK: [(&str, &str); 10] = [
    ("simulate --init sphere --grid 16 --frames 2 --engine cpu --out a.npy", "a.npy"),
    ("compare --init sphere --grid 16 --frames 1 --engine cpu --candidate frozen --out run", "run/outcome.toml"),
    ("dataset --sequences 4 --frames 4 --grids 12 --late-share 0 --out data", "data/manifest.json"),
    (
        "train --data data --steps 2 --layers 1 --channels 2 --length 2 --unroll 2 --out trained",
        "trained/last.safetensors",
    ),
    ("rollout --init sphere --grid 16 --frames 1 --engine cpu --out b.npy", "b.npy"),
    ("surface a.npy --out a.ply", "a.ply"),
    ("import-crane model.pt --out model.safetensors", "model.safetensors"),
    ("report run --size 320x200 --out page", "page/report.md"),
    ("render run --size 320x200 --out film.gif", "film.gif"),
    ("evaluate --parts boxes --grid 16 --runs 1 --frames 2 --engine cpu --out measured", "measured/report.md"),
];

#[test]
#[cfg(target_os = "linux")]
fn what_cannot_be_said_is_dropped_and_what_cannot_be_printed_is_an_error_at_the_end() {
    for (name, pipe) in [("closed", closed as fn() -> Stdio), ("full", full)] {
        let shop = Workshop::new();
        fs::copy(CRANE, shop.path("model.pt")).unwrap();
        for (words, result) in WORK {
            let output = run(&shop, words, Stdio::piped(), pipe());
            assert!(output.status.success(), "{words} with stderr {name}: {:?}", output.status);
            assert!(shop.path(result).exists() && !output.stdout.is_empty(), "{words} with stderr {name}");
        }
        let shop = Workshop::new();
        fs::copy(CRANE, shop.path("model.pt")).unwrap();
        for (words, result) in WORK {
            let output = run(&shop, words, pipe(), Stdio::piped());
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{words} with stdout {name}: {said}");
            assert!(said.contains("the results are there, but cannot be printed"), "{said}");
            assert!(shop.path(result).exists(), "{words} with stdout {name}");
        }
        // A pipe may be closed by who has read enough of the help; a disk may not be full.
        for words in ["--help", "--version", "help train"] {
            let code = run(&shop, words, pipe(), Stdio::piped()).status.code();
            assert_eq!(code, Some(i32::from(name == "full")), "{words} with stdout {name}");
        }
        // Not even the failure can be told.
        let output = run(&shop, "surface nothing.npy --out a.ply", pipe(), pipe());
        assert_eq!(output.status.code(), Some(1), "{name}");
    }
}
