//! Folders of results: what is the user's stays, and one run at a time writes there.

use super::{Workshop, end, files, has_part, start, text, wait};
use std::{fs, process::Stdio};

/// A comparison of a few frames into a folder.
fn record(shop: &Workshop, folder: &str, options: &str) {
    shop.succeed(&format!(
        "compare --grid 12 --steps-per-frame 4 --engine cpu --candidate frozen --states 3 --out {folder} {options}"
    ));
}

/// One that takes longer than any test.
const ENDLESS: &str = "compare --grid 64 --steps-per-frame 1000000 --frames 9 --engine cpu --candidate frozen --out";

#[test]
fn pictures_and_reports_keep_out_of_a_folder_in_use() {
    let shop = Workshop::new();
    record(&shop, "run", "--frames 2");
    let child = start(&shop, "render run --out pictures --size 400x200 --turntable 100000");
    wait("its first picture", || shop.path("pictures/00000.png").exists());
    for words in [
        "render run --out pictures --size 64x64 --force",
        "report run --out pictures --size 64x64 --force",
        "evaluate --parts boxes --grid 12 --runs 1 --frames 1 --engine cpu --out pictures --force",
        &format!("{ENDLESS} pictures --force"),
    ] {
        let output = shop.run(words);
        let said = text(&output.stderr);
        assert!(output.status.code() == Some(1) && said.contains("is in use by another run"), "{words}: {said}");
    }
    assert!(end(child, "-INT").status.success());
    let child = start(&shop, &format!("{ENDLESS} live"));
    wait("its first states", || shop.path("live/states/00000.safetensors").exists());
    for words in ["render run --out live --size 64x64 --force", "evaluate --parts boxes --out live --force"] {
        let output = shop.run(words);
        let said = text(&output.stderr);
        assert!(output.status.code() == Some(1) && said.contains("is in use by another run"), "{words}: {said}");
    }
    assert!(end(child, "-INT").status.success());
}

#[test]
fn a_run_whose_folder_is_moved_writes_into_no_other() {
    let shop = Workshop::new();
    let child =
        start(&shop, "compare --grid 12 --frames 100000 --states 100 --engine cpu --candidate frozen --out run");
    wait("its first states", || shop.path("run/states/00000.safetensors").exists());
    fs::rename(shop.path("run"), shop.path("moved")).unwrap();
    fs::create_dir(shop.path("run")).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("error: run was moved or removed"), "{}", text(&output.stderr));
    assert!(shop.names_in("run").is_empty());
    assert!(shop.succeed("info moved").contains("frozen"));
}

#[test]
fn a_training_whose_folder_is_replaced_writes_into_no_other() {
    let shop = Workshop::new();
    shop.succeed(DATASET);
    let long = TRAIN.replace("--steps 6", "--steps 100000");
    let child = start(&shop, &format!("{long} run"));
    wait("its first curves", || shop.path("run/energy_error.png").exists());
    fs::rename(shop.path("run"), shop.path("moved")).unwrap();
    fs::create_dir(shop.path("run")).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("error: the training failed: "), "{}", text(&output.stderr));
    assert!(shop.names_in("run").is_empty(), "{:?}", shop.names_in("run"));
}

#[test]
fn what_is_called_like_a_picture_and_is_none_is_left_alone() {
    let shop = Workshop::new();
    record(&shop, "run", "--frames 1");
    let render = "render run --out pictures --size 64x64 --force";
    fs::create_dir_all(shop.path("pictures")).unwrap();
    shop.file("pictures/20240131.png", "a photo").file("pictures/00007.png", "an earlier picture");
    shop.succeed(render);
    assert_eq!(shop.names_in("pictures"), [".lock", "00000.png", "00001.png", "20240131.png"]);
    // Nothing is removed where something cannot be replaced.
    let before = files(&shop.path("pictures"));
    fs::create_dir(shop.path("pictures/00003.png")).unwrap();
    let refuse = |reason: &str| {
        let output = shop.run(render);
        assert!(output.status.code() == Some(1) && text(&output.stderr).contains(reason), "{}", text(&output.stderr));
    };
    refuse("it is a folder");
    fs::remove_dir(shop.path("pictures/00003.png")).unwrap();
    assert!(files(&shop.path("pictures")) == before);
    {
        std::os::unix::fs::symlink("20240131.png", shop.path("pictures/00003.png")).unwrap();
        refuse("it is a link to another file");
        assert!(shop.path("pictures/00003.png").is_symlink());
        shop.succeed("render run --out film.gif --size 64x64");
        std::os::unix::fs::symlink("film.gif", shop.path("link.gif")).unwrap();
        shop.refuse("render run --out link.gif --size 64x64 --force", "it is a link to another file");
    }
}

#[test]
fn a_folder_called_earlier_is_the_users_whatever_it_holds() {
    for holds_record in [false, true] {
        let shop = Workshop::new();
        record(&shop, "run", "--frames 4");
        let before = files(&shop.path("run"));
        fs::create_dir(shop.path("run/earlier")).unwrap();
        shop.file("run/earlier/notes.txt", "mine");
        if holds_record {
            // A copy as `cp` makes it, without the hidden file.
            fs::copy(shop.path("run/run.toml"), shop.path("run/earlier/run.toml")).unwrap();
        }
        let own = files(&shop.path("run/earlier"));
        let child = start(&shop, &format!("{ENDLESS} run --force"));
        wait("its first states", || {
            shop.path("run/earlier-2").exists() && shop.path("run/states/00000.safetensors").exists()
        });
        assert!(end(child, "-INT").status.success());
        let kept = files(&shop.path("run/earlier-2"));
        let mut results = before.iter().filter(|(name, _)| *name != ".lock");
        assert!(results.all(|(name, bytes)| kept.get(name) == Some(bytes)), "the good run is gone");
        record(&shop, "run", "--frames 2 --force");
        assert!(!shop.path("run/earlier-2").exists() && files(&shop.path("run/earlier")) == own);
    }
}

#[test]
fn a_run_that_is_extended_and_interrupted_keeps_its_frames() {
    let shop = Workshop::new();
    let small = "--grid 24 --engine cpu --candidate frozen --states 50";
    shop.succeed(&format!("compare {small} --frames 7 --out run"));
    let child = start(&shop, "compare --resume run --frames 10000");
    wait("the next frames", || fs::read_to_string(shop.path("run/metrics.csv")).unwrap().lines().count() > 9);
    assert!(end(child, "-INT").status.success());
    let rows = || fs::read_to_string(shop.path("run/metrics.csv")).unwrap().lines().count();
    let reached = rows();
    shop.succeed(&format!("compare --resume run --frames {reached}"));
    shop.succeed(&format!("compare {small} --frames {reached} --out whole"));
    let [found, whole] = ["run", "whole"].map(|folder| {
        let mut found = files(&shop.path(folder));
        found.retain(|name, _| name != "outcome.toml" && !name.starts_with("surfaces/"));
        found
    });
    assert_eq!(found.keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>());
    assert!(found == whole, "the run differs from one that was never interrupted");
}

#[test]
fn a_table_that_another_program_has_written_is_continued() {
    let shop = Workshop::new();
    record(&shop, "run", "--frames 4");
    record(&shop, "whole", "--frames 8");
    let table = fs::read_to_string(shop.path("run/metrics.csv")).unwrap();
    shop.file("run/metrics.csv", table.replace('\n', "\r\n"));
    shop.succeed("compare --resume run --frames 8");
    let read = |folder: &str| fs::read(shop.path(folder).join("metrics.csv")).unwrap();
    assert!(read("run") == read("whole"));
}

#[test]
fn states_of_another_frame_or_run_are_refused() {
    let shop = Workshop::new();
    record(&shop, "run", "--frames 6");
    fs::copy(shop.path("run/states/00000.safetensors"), shop.path("run/states/00006.safetensors")).unwrap();
    let before = files(&shop.path("run"));
    shop.refuse("compare --resume run --frames 8", "the states that were saved at frame 6 are of frame 0");
    assert!(files(&shop.path("run")) == before);
    let states = shop.path("run/states/00006.safetensors");
    let refuse = |states_of: &dyn Fn() -> Vec<u8>| {
        fs::write(&states, states_of()).unwrap();
        let before = files(&shop.path("run"));
        shop.refuse("compare --resume run --frames 8", "its checksum does not match this run: remove it");
        assert!(files(&shop.path("run")) == before);
    };
    record(&shop, "other", "--frames 6 --seed 2");
    refuse(&|| fs::read(shop.path("other/states/00006.safetensors")).unwrap());
    refuse(&|| {
        let mut damaged = before["states/00000.safetensors"].clone();
        *damaged.last_mut().unwrap() ^= 1;
        damaged
    });
    fs::remove_file(&states).unwrap();
    shop.succeed("compare --resume run --frames 8");
    record(&shop, "whole", "--frames 8");
    assert!(fs::read(shop.path("run/reference.npy")).unwrap() == fs::read(shop.path("whole/reference.npy")).unwrap());
    let before = files(&shop.path("run"));
    shop.refuse("compare --resume run --frames 3", "run has 8 frames already, more than the 3 asked for");
    assert!(files(&shop.path("run")) == before);
    let record = fs::read_to_string(shop.path("run/run.toml")).unwrap();
    shop.file("run/run.toml", record.replace("frames = 8", "frames = 6000000"));
    shop.refuse("compare --resume run", "number of frames");
}

#[test]
fn inputs_are_not_written_over() {
    let shop = Workshop::new();
    record(&shop, "run", "--frames 1");
    shop.refuse("compare --rerun run --out run --force", "run is the input itself");
    fs::copy(super::CRANE, shop.path("model.npy")).unwrap();
    let rollout = "rollout --init sphere --grid 16 --frames 1 --engine cpu --model model.npy --out model.npy --force";
    shop.refuse(rollout, "model.npy is the input itself");
    fs::create_dir(shop.path("scene")).unwrap();
    shop.file("scene/run.toml", "title = \"A sphere\"\n[initial]\nkind = \"sphere\"\n");
    shop.refuse("compare --scene scene/run.toml --frames 1 --out scene --force", "is the input itself");
    shop.file("front.safetensors", "grid,evolution,frame,milliseconds_per_frame,rmse\n12,network,2,1.0,0.1\n");
    shop.refuse("evaluate --ablation front.safetensors --record front.safetensors --force", "is the input itself");
    shop.refuse("evaluate --front front.safetensors --record front.safetensors --force", "is the input itself");
}

#[test]
fn of_two_runs_into_one_file_both_results_stay() {
    let shop = Workshop::new();
    let simulate = "simulate --grid 16 --frames 2 --engine cpu --out a.npy";
    let child = start(&shop, "simulate --grid 24 --frames 40 --engine cpu --out a.npy");
    wait("its first frame", || super::has_part(&shop));
    shop.succeed(simulate);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && text(&output.stdout).contains("a-2.npy"), "{}", text(&output.stdout));
    assert_eq!(shop.names(), ["a-2.npy", "a.npy"].map(|name| shop.path(name)));
}

const DATASET: &str = "dataset --out data --sequences 5 --frames 6 --grids 12,16 --late-frames 1..3";
const TRAIN: &str = "train --data data --steps 6 --batch 1 --layers 1 --channels 2 --length 3..6 --unroll 2 --warmup 2 \
                     --validate-every 3 --engine cpu --out";

#[test]
fn a_training_that_cannot_be_resumed_is_left_as_it_is() {
    let shop = Workshop::new();
    shop.succeed(DATASET);
    shop.succeed(&format!("{TRAIN} run"));
    shop.succeed(&format!("{TRAIN} other --channels 3").replace("--channels 2 ", ""));
    let whole = files(&shop.path("run"));
    let refuse = |words: &str, reason: &str| {
        let before = files(&shop.path("run"));
        shop.refuse(words, reason);
        assert!(files(&shop.path("run")) == before, "{words}");
    };
    record(&shop, "recording", "--frames 1");
    refuse("report recording --out run --size 64x64 --force", "run holds a training");
    fs::remove_file(shop.path("run/checkpoint.safetensors")).unwrap();
    refuse("train --resume run", "checkpoint.safetensors is not there, but the run has made steps");
    fs::copy(shop.path("other/checkpoint.safetensors"), shop.path("run/checkpoint.safetensors")).unwrap();
    refuse("train --resume run --steps 9", "checkpoint.safetensors is of another run");
    fs::write(shop.path("run/checkpoint.safetensors"), &whole["checkpoint.safetensors"]).unwrap();
    let config = text(&whole["config.toml"]);
    shop.file("run/config.toml", config.replace("seed = 1\n", "seed = 2\n"));
    refuse("train --resume run --steps 9", "checkpoint.safetensors is of another run");
    shop.file("run/config.toml", config);
    shop.succeed("train --resume run --steps 9");
}

#[test]
fn options_without_sense_are_refused() {
    let shop = Workshop::new();
    record(&shop, "run", "--frames 1");
    for words in [
        "render run --out film.gif --turntable 1000000000000000000",
        "export run/reference.npy --series 0..1 --out f.vti --frame-time nan",
        "export run/reference.npy --series 0..1 --out f.vti --frame-time 1e308",
    ] {
        let output = shop.command(words).stdout(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{words}: {}", text(&output.stderr));
    }
    let long = format!(
        "grid,evolution,frame,milliseconds_per_frame,rmse\n12,network,2,1.0,0.1\n12,{},2,1.0,0.1\n",
        "e".repeat(70_000)
    );
    shop.file("front.csv", long);
    shop.succeed("evaluate --front front.csv --record model.safetensors");
    assert!(shop.succeed("info model.safetensors").contains("eeee"));
}

#[test]
fn a_resumed_run_leaves_the_users_files_among_its_own() {
    let shop = Workshop::new();
    record(&shop, "run", "--frames 7");
    let own = [
        "run/surfaces/holiday_2023.jpg",
        "run/surfaces/other_00001.ply",
        "run/states/7.txt",
        "run/states/5.safetensors",
    ];
    for name in own {
        shop.file(name, "mine");
    }
    fs::create_dir(shop.path("run/surfaces/old_1.d")).unwrap();
    shop.succeed("compare --resume run --frames 8");
    for name in own {
        assert_eq!(fs::read_to_string(shop.path(name)).unwrap(), "mine", "{name}");
    }
}

#[test]
fn what_is_called_like_a_result_and_is_none_is_not_replaced() {
    let shop = Workshop::new();
    let compare = "compare --grid 12 --frames 1 --steps-per-frame 4 --engine cpu --candidate frozen --force --out";
    for (folder, name) in [("a", "run.toml"), ("b", "metrics.csv"), ("c", "reference.npy"), ("d", "frozen.npy")] {
        fs::create_dir_all(shop.path(&format!("{folder}/states"))).unwrap();
        shop.file(&format!("{folder}/{name}"), "x = 1").file(&format!("{folder}/states/mine"), "mine");
        let before = files(&shop.path(folder));
        let output = shop.run(&format!("{compare} {folder}"));
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(text(&output.stderr).contains("is of no earlier result that can be read"), "{}", text(&output.stderr));
        assert!(files(&shop.path(folder)) == before, "{name}");
    }
    shop.succeed(&format!("{compare} run"));
    fs::create_dir(shop.path("run/.earlier")).unwrap();
    shop.file("run/.earlier/mine", "mine");
    shop.succeed(&format!("{compare} run"));
    assert_eq!(shop.names_in("run/.earlier"), ["mine"]);
    assert!(!shop.path("run/earlier").exists() && !shop.path("run/.earlier-2").exists());
    fs::create_dir(shop.path("report")).unwrap();
    shop.file("report/cost.csv", "mine");
    let evaluate = "evaluate --parts boxes --grid 12 --runs 1 --frames 1 --engine cpu --out report --force";
    shop.refuse(evaluate, "report/cost.csv is of no earlier result");
}

#[test]
fn what_comes_while_a_run_is_under_way_is_not_replaced() {
    let shop = Workshop::new();
    let words = "simulate --grid 16 --frames 300 --steps-per-frame 400 --engine cpu --out a.npy --table a.csv";
    let child = start(&shop, words);
    wait("its first frame", || has_part(&shop));
    shop.file("a.npy", "mine").file("a.csv", "mine");
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && text(&output.stdout).contains("a-2.npy"), "{output:?}");
    assert_eq!(["a.npy", "a.csv"].map(|name| fs::read(shop.path(name)).unwrap()), [b"mine", b"mine"]);
    assert!(shop.path("a-2.csv").exists());
}

#[test]
fn an_unfinished_dataset_is_told_and_made_no_smaller() {
    let shop = Workshop::new();
    let dataset = "dataset --out data --frames 40 --grids 32 --late-share 0 --threads 1 --sequences";
    let child = start(&shop, &format!("{dataset} 4000"));
    wait("some sequences", || shop.path("data/sequences/00002.npy").exists());
    assert!(end(child, "-INT").status.success());
    let told = shop.succeed("info data");
    assert!(told.contains("of 4000, unfinished"), "{told}");
    let before = files(&shop.path("data"));
    shop.refuse(&format!("{dataset} 2"), "ask for as many or more");
    assert!(files(&shop.path("data")) == before);
    let (kept, elsewhere) = (shop.path("data/sequences"), shop.path("elsewhere"));
    fs::rename(&kept, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &kept).unwrap();
    shop.refuse(&format!("{dataset} 4000"), "data/sequences holds something else");
    assert_eq!(fs::read_dir(elsewhere).unwrap().count() + 3, before.len());
}
