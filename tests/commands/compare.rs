//! `spinodal compare`: what it leaves behind, and how it is resumed and repeated.

use super::{CRANE, Workshop, assert_drawn, text};
use crate::comparison::{diverging_model, wild_model};
use spinodal::formats::npy::read_frames;
use std::{
    fs,
    path::Path,
    process::{Child, Stdio},
    thread,
    time::Duration,
};

#[test]
fn a_comparison_leaves_everything_in_one_folder() {
    let shop = Workshop::new();
    let words =
        format!("compare --init sphere --grid 16 --model {CRANE} --frames 3 --engine cpu --surfaces 0,2 --out run");
    let summary = shop.succeed(&words);
    assert!(summary.contains("RMSE") && summary.contains("per frame: reference"), "{summary}");

    let reference = read_frames(&shop.path("run/reference.npy"), false).unwrap();
    let network = read_frames(&shop.path("run/crane_random.npy"), false).unwrap();
    assert_eq!(
        (reference.len(), reference[0].grid().shape, network.len(), network[0].grid().shape),
        (4, [16; 3], 4, [8; 3])
    );
    assert_eq!(network[0].values(), reference[0].coarsened(2).unwrap().values());

    let metrics = fs::read_to_string(shop.path("run/metrics.csv")).unwrap();
    let lines: Vec<_> = metrics.lines().collect();
    assert!(lines[0].starts_with("frame,time,reference.energy,reference.mean,crane_random.standing,"), "{metrics}");
    assert_eq!(lines.len(), 5);
    assert!(lines[4].starts_with("3,3,"), "{metrics}");

    let toml = |name: &str| -> toml::Table { fs::read_to_string(shop.path(name)).unwrap().parse().unwrap() };
    assert_eq!(toml("run/run.toml")["setup"]["initial"].as_str(), Some("sphere"));
    assert_eq!(toml("run/outcome.toml")["frames"].as_integer(), Some(3));

    for name in ["reference_00000", "reference_00002", "crane_random_00000", "crane_random_00002"] {
        assert!(shop.path(&format!("run/surfaces/{name}.ply")).exists(), "{name}.ply");
        assert_drawn(&shop.path(&format!("run/surfaces/{name}.png")));
    }
    for name in ["error.png", "energy.png"] {
        assert_drawn(&shop.path("run").join(name));
    }
    assert!(!shop.path("run/surfaces/reference_00001.ply").exists());

    shop.refuse(&words, "is not empty");
    fs::write(shop.path("run/surfaces/notes.txt"), "by hand").unwrap();
    shop.succeed(&format!("{} --force", words.replace("0,2", "1")));
    let mut left: Vec<_> =
        fs::read_dir(shop.path("run/surfaces")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    let expected =
        ["crane_random_00001.ply", "crane_random_00001.png", "notes.txt", "reference_00001.ply", "reference_00001.png"];
    assert_eq!(left, expected, "surfaces of the earlier run are gone, and nothing else");
    for input in ["run/reference.npy", "run/surfaces/reference_00001.ply"] {
        shop.refuse(&format!("compare --init {input} --frames 1 --out run --force"), "would be overwritten");
    }
    // A run that was set aside is removed once this one is complete.
    fs::create_dir(shop.path("run/earlier")).unwrap();
    shop.file("run/earlier/.set-aside", "");
    for (name, copy) in [("run.toml", "run.toml"), ("reference.npy", "a.npy")] {
        fs::copy(shop.path("run").join(name), shop.path("run/earlier").join(copy)).unwrap();
    }
    shop.refuse("compare --init run/earlier/a.npy --frames 1 --out run --force", "would be overwritten");
}

/// Names and bytes of all files of a run that are the same whenever it is repeated.
fn bytes_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for sub in ["", "states", "surfaces"] {
        for entry in fs::read_dir(folder.join(sub)).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file())
        {
            let name = format!("{sub}/{}", entry.file_name().to_string_lossy());
            files.push((name, fs::read(entry.path()).unwrap()));
        }
    }
    files.retain(|(name, _)| name != "/outcome.toml");
    files.sort();
    files
}

/// Many candidates of every kind.
const CANDIDATES: &str = "--candidate spectral:dt=0.1,grid=coarse --candidate adaptive:tolerance=0.01 --lead 2";

#[test]
fn a_run_is_repeated_from_its_record() {
    let shop = Workshop::new();
    shop.succeed(&format!(
        "compare --grid 16x12x10 --seed 3 --model {CRANE} {CANDIDATES} --frames 5 --states 2 --engine cpu --out run"
    ));
    shop.succeed("compare --rerun run");
    shop.succeed("compare --rerun run --out elsewhere");
    let first = bytes_of(&shop.path("run"));
    assert_eq!(first.iter().filter(|(name, _)| name.starts_with("states/")).count(), 4);
    for again in ["run-rerun", "elsewhere"] {
        assert!(bytes_of(&shop.path(again)) == first, "{again} differs");
    }
    shop.refuse("compare --rerun run", "is not empty");
    shop.refuse("compare --rerun nowhere", "nowhere");
    assert_eq!(shop.run("compare --rerun run --grid 20").status.code(), Some(2), "what was recorded is not changed");
}

#[test]
fn a_run_that_is_killed_is_resumed_to_the_same_bytes() {
    let shop = Workshop::new();
    let words = |out: &str| {
        format!(
            "compare --grid 24 --seed 3 --model {CRANE} {CANDIDATES} --dt 0.001 --steps-per-frame 500 --frames 9 \
             --states 2 --engine cpu --out {out}"
        )
    };
    shop.succeed(&words("whole"));
    let expected = bytes_of(&shop.path("whole"));
    let rows = || fs::read_to_string(shop.path("cut/metrics.csv")).map_or(0, |text| text.lines().count());
    let kill_at = |child: &mut Child, row: usize| {
        while rows() < row && child.try_wait().unwrap().is_none() {
            thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    };
    let start = |words: &str| shop.command(words).stderr(Stdio::null()).spawn().unwrap();
    kill_at(&mut start(&words("cut")), 5);
    assert!(rows() < 10, "it was killed too late");
    kill_at(&mut start("compare --resume cut"), 7);
    shop.succeed("compare --resume cut");
    let found = bytes_of(&shop.path("cut"));
    for ((name, expected), (found_name, found)) in expected.iter().zip(&found) {
        assert!(name == found_name && expected == found, "{name} or {found_name} differs");
    }
    assert_eq!(expected.len(), found.len());
    // Resumed once more it is as before, with what an interrupted run left out, and it can be made longer.
    fs::remove_file(shop.path("cut/surfaces/reference_00000.ply")).unwrap();
    shop.succeed("compare --resume cut");
    assert!(bytes_of(&shop.path("cut")) == expected);
    // What there is beyond the states that it begins from is lost at no moment.
    for name in ["00002", "00004", "00006", "00008", "00009"] {
        fs::remove_file(shop.path(&format!("cut/states/{name}.safetensors"))).unwrap();
    }
    let mut child = start("compare --resume cut");
    super::wait("the next states", || shop.path("cut/states/00002.safetensors").exists());
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(rows(), 11);
    assert_eq!(read_frames(&shop.path("cut/reference.npy"), false).unwrap().len(), 10);
    shop.succeed("compare --resume cut --frames 9");
    assert!(bytes_of(&shop.path("cut")) == expected);
    // The untrained network then diverges, and the run goes on.
    assert_eq!(shop.run("compare --resume cut --frames 11").status.code(), Some(1));
    assert_eq!(rows(), 13);
    shop.refuse("compare --resume nowhere", "nowhere");
}

#[test]
fn a_run_is_resumed_and_repeated_with_what_it_began_from_alone() {
    let shop = Workshop::new();
    shop.succeed("simulate --grid 16 --frames 1 --engine cpu --out start.npy");
    fs::copy(CRANE, shop.path("m.pt")).unwrap();
    let words = "compare --init start.npy --model m.pt --frames 4 --states 2 --engine cpu --out";
    shop.succeed(&format!("{words} whole"));
    shop.succeed(&format!("{words} run"));
    let cut = |frames: usize| {
        let table = fs::read_to_string(shop.path("whole/metrics.csv")).unwrap();
        let rows: Vec<_> = table.lines().take(1 + frames).collect();
        shop.file("run/metrics.csv", rows.join("\n") + "\n");
    };
    cut(3);
    let record = fs::read_to_string(shop.path("run/run.toml")).unwrap();
    let edit = |from: &str, to: &str| {
        assert!(record.contains(from), "{record}");
        shop.file("run/run.toml", record.replace(from, to));
    };

    let model = fs::read(CRANE).unwrap();
    shop.file("m.pt", [&model[..], b"more"].concat());
    shop.refuse("compare --resume run", "m.pt is no longer the file that the run began from");
    shop.refuse("compare --rerun run --out again", "m.pt is no longer the file that the run began from");
    shop.file("m.pt", model);
    edit("steps_per_frame = 400", "steps_per_frame = 500");
    shop.refuse("compare --resume run", "was edited after the run began");
    edit("setup_sha256", "changed = [2]\nsetup_sha256");
    for words in ["compare --resume run", "compare --rerun run --out again"] {
        shop.refuse(words, "was changed by hand, or continued from its fields alone, at frame 2");
    }
    assert!(shop.succeed("info run").contains("changed at"));
    edit("version = \"", "version = \"0.0.");
    let resumed = shop.run("compare --resume run");
    assert!(resumed.status.success() && text(&resumed.stderr).contains("was computed by version 0.0."), "{resumed:?}");
    edit("version", "version");

    // The recording holds the initial field.
    fs::remove_file(shop.path("start.npy")).unwrap();
    cut(3);
    shop.succeed("compare --resume run");
    assert!(bytes_of(&shop.path("run")) == bytes_of(&shop.path("whole")));
    shop.refuse("compare --rerun run --out again", "start.npy");
    shop.succeed("simulate --grid 16 --seed 7 --frames 1 --engine cpu --out start.npy");
    shop.refuse("compare --rerun run --out again", "start.npy is no longer the file that the run began from");
}

#[test]
fn a_candidate_that_is_lost_does_not_end_the_run() {
    let shop = Workshop::new();
    let (_folder, model) = diverging_model();
    let model = model.path().unwrap().display();
    let words = format!("compare --grid 16 --model {model} --model {CRANE} --frames 3 --engine cpu --out run");
    let output = shop.run(&words);
    assert_eq!(output.status.code(), Some(1), "diverged means failed");
    let summary = super::text(&output.stdout);
    assert!(summary.contains("wild: diverged and was stopped; likely cause: it"), "{summary}");
    assert!(super::text(&output.stderr).contains("diverged and stopped: wild;"), "{}", super::text(&output.stderr));
    let metrics = fs::read_to_string(shop.path("run/metrics.csv")).unwrap();
    let last = metrics.lines().last().unwrap();
    assert!(last.starts_with("3,3,") && last.contains(",stopped,"), "{metrics}");
    assert!(last.contains("running"), "{metrics}");
}

#[test]
fn values_far_beyond_the_phases_are_a_failure_though_they_are_finite() {
    let shop = Workshop::new();
    let (_folder, model) = wild_model(1e4);
    let model = model.path().unwrap().display();
    let output =
        shop.run(&format!("compare --grid 16 --model {model} --candidate frozen --frames 3 --engine cpu --out run"));
    assert_eq!(output.status.code(), Some(1));
    let metrics = fs::read_to_string(shop.path("run/metrics.csv")).unwrap();
    let last = metrics.lines().last().unwrap();
    assert!(last.starts_with("3,3,") && last.contains(",stopped,") && last.contains("running"), "{metrics}");
    assert!(shop.succeed("info run").contains("stopped"));

    // It replaces nothing.
    let compare = "compare --grid 16 --frames 1 --engine cpu --candidate frozen --out kept";
    shop.succeed(compare);
    let whole = fs::read(shop.path("kept/reference.npy")).unwrap();
    let wild = format!("compare --grid 16 --seed 2 --model {model} --frames 3 --engine cpu --out kept --force");
    for _ in 0..2 {
        let output = shop.run(&wild);
        assert!(super::text(&output.stdout).contains("the earlier run is kept in kept/earlier"));
        assert_eq!(fs::read(shop.path("kept/earlier/reference.npy")).unwrap(), whole);
    }
    shop.succeed(&format!("{compare} --force"));
    assert!(!shop.path("kept/earlier").exists());

    // One that diverges in its last frame replaces nothing either.
    shop.file("old.npy", "of an earlier run");
    let output = shop.run(&format!("rollout --grid 16 --model {model} --frames 1 --engine cpu --out old.npy --force"));
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read(shop.path("old.npy")).unwrap(), b"of an earlier run");
    let output = shop.run(&format!("rollout --grid 16 --model {model} --frames 9 --engine cpu --out wild.npy"));
    let said = super::text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("far beyond the phases") && said.contains("wild.npy holds the"), "{said}");
    let frames = read_frames(&shop.path("wild.npy"), false).unwrap();
    assert!(frames.len() > 1 && frames.last().unwrap().largest() > 2.0);
}
