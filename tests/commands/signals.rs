//! Ctrl-C, SIGTERM and a terminal that closes.

use super::{Workshop, end, has_part, start, text, wait};
use spinodal::{
    formats::npy::{FrameReader, read_frames},
    training::folder::RunFolder,
};
use std::{
    fs::{self, File},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

#[test]
fn ctrl_c_keeps_what_was_done() {
    let shop = Workshop::new();
    let mut command = shop.command("simulate --grid 16 --frames 100000 --engine cpu --out out.npy");
    let mut child = command.stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
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
    assert!(reader.frames() > 2 && reader.frames() < 100_000);
    assert_eq!(shop.names(), [shop.path("out.npy")]);
}

#[test]
fn an_interrupted_run_keeps_what_was_there_and_what_it_did() {
    let shop = Workshop::new();
    shop.succeed("simulate --init sphere --grid 16 --frames 2 --engine cpu --out a.npy");
    let before = fs::read(shop.path("a.npy")).unwrap();
    // A frame of this one takes a minute or more: the signal reaches it within one.
    for signal in ["-INT", "-TERM"] {
        let child =
            start(&shop, "simulate --grid 64 --steps-per-frame 1000000 --frames 9 --engine cpu --out a.npy --force");
        wait("its first frame", || has_part(&shop));
        let output = end(child, signal);
        assert!(output.status.success(), "{signal}: {}", text(&output.stderr));
        assert!(text(&output.stdout).contains("interrupted after 0 of 9 frames"), "{}", text(&output.stdout));
    }
    assert_eq!(fs::read(shop.path("a.npy")).unwrap(), before, "the older result is gone");
    for name in ["a-2.npy", "a-3.npy"] {
        assert_eq!(read_frames(&shop.path(name), false).unwrap().len(), 1, "{name}");
    }
    let child = start(
        &shop,
        "compare --grid 64 --steps-per-frame 1000000 --frames 9 --engine cpu --candidate frozen --out run",
    );
    wait("its first frame", || {
        fs::read_to_string(shop.path("run/metrics.csv")).is_ok_and(|rows| rows.lines().count() > 1)
    });
    // Surfaces and states of the first frame are written then.
    wait("its first states", || shop.path("run/states/00000.safetensors").exists());
    let output = end(child, "-TERM");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(shop.succeed("info run").contains("frozen"));
    assert!(shop.path("run/outcome.toml").exists());
}

#[test]
fn signals_that_come_together_are_one() {
    let shop = Workshop::new();
    let child = start(&shop, "simulate --grid 64 --steps-per-frame 1000000 --frames 9 --engine cpu --out a.npy");
    wait("its first frame", || has_part(&shop));
    // As systemd does when it ends a session.
    let signals = format!("kill -TERM {0}; kill -HUP {0}; kill -HUP {0}", child.id());
    assert!(Command::new("sh").args(["-c", &signals]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{:?}: {}", output.status, text(&output.stderr));
    assert!(text(&output.stdout).contains("interrupted after 0 of 9 frames"), "{}", text(&output.stdout));
    assert_eq!(read_frames(&shop.path("a.npy"), false).unwrap().len(), 1);
}

#[test]
fn a_run_that_nohup_started_outlives_its_terminal() {
    let shop = Workshop::new();
    let script = format!(
        "trap '' HUP; exec '{}' simulate --grid 16 --frames 300 --steps-per-frame 400 --engine cpu --out a.npy",
        env!("CARGO_BIN_EXE_spinodal")
    );
    let mut command = Command::new("sh");
    command.args(["-c", &script]).current_dir(shop.0.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    wait("its first frame", || has_part(&shop));
    let output = end(child, "-HUP");
    assert!(output.status.success(), "{:?}: {}", output.status, text(&output.stderr));
    assert_eq!(read_frames(&shop.path("a.npy"), false).unwrap().len(), 301);
}

#[test]
fn a_dataset_stops_within_a_frame() {
    let shop = Workshop::new();
    // A sequence has one frame to compute, which takes minutes: asked between frames alone, it would be there.
    let dataset = "dataset --out data --method adaptive --tolerance 1e-7 --grids 128 --sequences 1 --frames 2 --threads 1 \
                   --late-share 0";
    let child = start(&shop, dataset);
    wait("its sequence", || shop.path("data/sequences").exists() && !shop.names_in("data/sequences").is_empty());
    let output = end(child, "-TERM");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("the same command resumes it"), "{}", text(&output.stdout));
    assert!(shop.names_in("data/sequences").is_empty());
}

#[test]
fn a_training_stops_within_a_step_and_can_be_resumed() {
    let shop = Workshop::new();
    shop.succeed("dataset --sequences 4 --frames 4 --grids 32 --validation-share 0.25 --late-share 0 --out data");
    // A step takes a quarter of a minute or more.
    let train = "train --data data --channels 64 --layers 4 --batch 32 --length 2..4 --unroll 4 --engine cpu --out run";
    let child = start(&shop, train);
    wait("its checkpoint", || shop.path("run/checkpoint.safetensors").exists());
    let output = end(child, "-INT");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("continue with --resume"), "{}", text(&output.stdout));
    let table = fs::read_to_string(shop.path("run/metrics.csv")).unwrap();
    assert_eq!(table.lines().count(), 1, "it waited for the step: {table}");
    let resumed = RunFolder::resume(&shop.path("run")).unwrap();
    assert_eq!(resumed.state.as_ref().map(|state| state.step), Some(0));
    drop(resumed);
    // Nor does one that cannot say so wait for its step.
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut command = shop.command("train --resume run");
    let child = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    wait("its lock", || RunFolder::is_busy(&shop.path("run")));
    thread::sleep(Duration::from_secs(2));
    let output = end(child, "-INT");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("error: the results are there, but cannot be printed"));
    let table = fs::read_to_string(shop.path("run/metrics.csv")).unwrap();
    assert_eq!(table.lines().count(), 1, "it waited for the step: {table}");
}

#[test]
fn an_evaluation_stops_within_a_frame() {
    let shop = Workshop::new();
    // Its one frame takes many seconds.
    let evaluate = "evaluate --parts boxes --grid 160 --runs 1 --frames 1 --engine cpu --out report";
    let child = start(&shop, evaluate);
    wait("its page", || shop.path("report/report.md").exists());
    let output = end(child, "-INT");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(fs::read_to_string(shop.path("report/report.md")).unwrap().contains("Interrupted"));
    // Before its first frame there are its field and the errors of that.
    let child = start(&shop, &evaluate.replace("160", "224").replace("report", "large"));
    wait("its page", || shop.path("large/report.md").exists());
    let output = end(child, "-INT");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("large/report.md"), "{}", text(&output.stdout));
}

#[test]
fn a_series_that_is_interrupted_leaves_nothing() {
    let shop = Workshop::new();
    shop.succeed("simulate --grid 96 --frames 60 --steps-per-frame 1 --engine cpu --out a.npy");
    let child = start(&shop, "export a.npy --series 0..60 --out field.vti");
    wait("its first file", || shop.names().iter().any(|path| fs::read_dir(path).is_ok_and(|files| files.count() > 2)));
    let output = end(child, "-INT");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("none is kept"), "{}", text(&output.stdout));
    assert_eq!(shop.names(), [shop.path("a.npy")]);
}

#[test]
fn a_report_that_is_interrupted_leaves_nothing() {
    let shop = Workshop::new();
    shop.succeed("compare --grid 16 --steps-per-frame 4 --engine cpu --candidate frozen --frames 1 --out run");
    let child = start(&shop, "report run --size 4096x4096 --out page");
    wait("its files", || shop.path("page").exists() && shop.names_in("page").len() > 1);
    let output = end(child, "-TERM");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("interrupted before the report was complete"), "{}", text(&output.stdout));
    assert_eq!(shop.names_in("page"), [".lock"]);
    shop.succeed("report run --size 160x90 --out page");
}
