//! Done work stays: nothing good is replaced by less, and what was done before a failure can be read.

use super::{Workshop, end, files, has_part, start, text, wait};
use spinodal::formats::npy::read_frames;
use std::{
    fs,
    io::Write,
    process::{Command, Output},
    thread,
    time::{Duration, SystemTime},
};

const RUN: &str = "simulate --init sphere --grid 16 --frames 2 --engine cpu --out a.npy";

#[test]
fn a_result_is_replaced_only_on_demand() {
    let shop = Workshop::new();
    shop.succeed(RUN);
    let before = fs::read(shop.path("a.npy")).unwrap();
    shop.refuse(RUN, "a.npy exists already: choose another name, or --force");
    shop.refuse("rollout --init sphere --grid 16 --frames 1 --engine cpu --out a.npy", "exists already");
    assert_eq!(fs::read(shop.path("a.npy")).unwrap(), before);
    shop.succeed(&format!("{RUN} --force --seed 3"));
    shop.file("t.csv", "mine");
    shop.refuse("simulate --grid 16 --frames 1 --out b.npy --table t.csv", "t.csv exists already");
    assert_eq!(fs::read(shop.path("t.csv")).unwrap(), b"mine");
    fs::copy(super::CRANE, shop.path("m.pt")).unwrap();
    for (words, name) in [
        ("surface a.npy --out own.ply", "own.ply"),
        ("export a.npy --out own.vti", "own.vti"),
        ("export a.npy --series 0..2 --out s.vti", "s_00001.vti"),
        ("import-crane m.pt --out own.safetensors", "own.safetensors"),
        ("evaluate --parts boxes --grid 16 --runs 1 --frames 1 --record own.safetensors", "own.safetensors"),
    ] {
        shop.file(name, "mine");
        shop.refuse(words, &format!("{name} exists already: choose another name, or --force"));
        assert_eq!(fs::read(shop.path(name)).unwrap(), b"mine");
        shop.succeed(&format!("{words} --force"));
        assert_ne!(fs::read(shop.path(name)).unwrap(), b"mine");
    }
}

/// Runs `spinodal` where no file may be larger than so many blocks of 512 bytes, as on a disk without room.
#[cfg(unix)]
fn cramped(shop: &Workshop, blocks: usize, words: &str) -> Output {
    let program = env!("CARGO_BIN_EXE_spinodal");
    let script = format!("ulimit -f {blocks}; exec '{program}' {words}");
    Command::new("sh").args(["-c", &script]).current_dir(shop.0.path()).output().unwrap()
}

#[test]
#[cfg(unix)]
fn a_disk_without_room_leaves_the_frames_before() {
    let shop = Workshop::new();
    // A frame of 32³ fills 256 blocks.
    let output = cramped(&shop, 600, "simulate --init sphere --grid 32 --frames 5 --engine cpu --out a.npy");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot write a.npy") && said.contains("a.npy holds the 2 frames until then"), "{said}");
    assert_eq!(read_frames(&shop.path("a.npy"), false).unwrap().len(), 2);

    let words = "compare --init sphere --grid 32 --frames 5 --engine cpu --candidate frozen --states 9 --out run";
    let output = cramped(&shop, 1000, words);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot write") && said.contains("reference.npy"), "{said}");
    let rows = fs::read_to_string(shop.path("run/metrics.csv")).unwrap();
    assert_eq!(rows.lines().count(), 4, "a header and three frames: {rows}");
    shop.succeed("report run --out page");
    for entry in fs::read_dir(shop.path("run")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "png") {
            assert!(image::open(&path).is_ok(), "{} is cut short", path.display());
        }
    }
    shop.succeed("compare --resume run");
    assert_eq!(read_frames(&shop.path("run/reference.npy"), false).unwrap().len(), 6);
}

#[test]
fn a_run_too_large_for_the_disk_is_refused_before_it_begins() {
    let shop = Workshop::new();
    let words = "simulate --grid 512 --frames 1000000 --out a.npy";
    shop.refuse(words, "its disk has");
    assert!(!shop.path("a.npy").exists() && !has_part(&shop));
    shop.succeed("compare --grid 128 --steps-per-frame 1 --frames 1 --engine cpu --candidate frozen --out run");
    let before = files(&shop.path("run"));
    shop.refuse("compare --resume run --frames 1000000", "its disk has");
    assert!(files(&shop.path("run")) == before);
}

#[test]
fn no_file_is_its_own_input() {
    let shop = Workshop::new();
    shop.succeed(RUN);
    let before = fs::read(shop.path("a.npy")).unwrap();
    fs::copy(super::CRANE, shop.path("model.safetensors")).unwrap();
    fs::copy(shop.path("a.npy"), shop.path("a.vti")).unwrap();
    for words in ["export a.vti --out a.vti", "import-crane model.safetensors --out ./model.safetensors"] {
        shop.refuse(words, "is the input itself");
    }
    shop.refuse("rollout --init a.npy --out a.npy --frames 1 --force", "would be overwritten");
    assert_eq!(fs::read(shop.path("a.npy")).unwrap(), before);
}

#[test]
#[cfg(unix)]
fn links_and_pipes_are_not_replaced() {
    let shop = Workshop::new();
    shop.succeed(RUN);
    shop.file("mine.ply", "mine");
    std::os::unix::fs::symlink(shop.path("mine.ply"), shop.path("link.ply")).unwrap();
    shop.refuse("surface a.npy --out link.ply --force", "it is a link to another file");
    assert_eq!(fs::read(shop.path("mine.ply")).unwrap(), b"mine");
    assert!(Command::new("mkfifo").arg(shop.path("pipe.ply")).status().unwrap().success());
    shop.refuse("surface a.npy --out pipe.ply --force", "it is not an ordinary file");
}

#[test]
#[cfg(unix)]
fn what_killed_runs_leave_is_cleaned_and_what_others_write_is_not() {
    let shop = Workshop::new();
    let half = |name: &str| shop.file(name, "half").path(name);
    let [left, written, other] = [".spinodal-abc.part", ".spinodal-def.part", "spinodal.part"].map(half);
    let lock = fs::File::open(&written).unwrap();
    lock.lock().unwrap();
    // Folders that were killed before they were locked: one long ago, one that may still be about to be.
    let [old, new] = [".spinodal-old.part", ".spinodal-new.part"].map(|name| shop.path(name));
    [&old, &new].iter().for_each(|folder| fs::create_dir(folder).unwrap());
    fs::File::open(&old).unwrap().set_modified(SystemTime::now() - Duration::from_secs(100)).unwrap();
    shop.succeed(RUN);
    assert!(!left.exists() && written.exists() && other.exists());
    assert!(!old.exists() && new.exists());
}

#[test]
#[cfg(unix)]
fn an_earlier_comparison_is_kept_until_another_is_complete() {
    let shop = Workshop::new();
    let run = "compare --grid 16 --steps-per-frame 4 --engine cpu --candidate frozen --out run";
    shop.succeed(&format!("{run} --frames 2"));
    let before = fs::read(shop.path("run/reference.npy")).unwrap();
    shop.file("run/notes.txt", "mine");
    let endless =
        "compare --grid 64 --steps-per-frame 1000000 --frames 9 --engine cpu --candidate frozen --out run --force";
    for _ in 0..2 {
        let states = shop.path("run/states/00000.safetensors");
        fs::remove_file(&states).unwrap();
        let child = start(&shop, endless);
        wait("its first states", || states.exists());
        let output = end(child, "-TERM");
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert_eq!(fs::read(shop.path("run/earlier/reference.npy")).unwrap(), before);
        assert!(shop.succeed("info run/earlier").contains("frozen"));
        assert!(shop.succeed("info run").contains("64³"));
    }
    shop.file("run/earlier/notes.txt", "mine, too");
    shop.succeed(&format!("{run} --frames 3 --force"));
    assert_eq!(fs::read_to_string(shop.path("run/notes.txt")).unwrap(), "mine");
    assert_eq!(shop.names_in("run/earlier"), ["notes.txt"]);
    fs::remove_dir_all(shop.path("run/earlier")).unwrap();
    assert_eq!(read_frames(&shop.path("run/reference.npy"), false).unwrap().len(), 4);
    shop.succeed(&format!("{run} --frames 2 --force"));
    let left = shop.names_in("run");
    assert!(!left.iter().any(|name| name.contains("earlier")), "{left:?}");
}

#[test]
fn what_comes_while_a_command_works_is_not_replaced() {
    let shop = Workshop::new();
    shop.succeed("simulate --init gyroid --grid 96 --frames 0 --engine cpu --out a.npy");
    shop.succeed("compare --grid 16 --steps-per-frame 4 --engine cpu --candidate frozen --frames 1 --out run");
    let works = [
        ("surface a.npy --out", "m.ply"),
        ("export a.npy --out", "m.vti"),
        ("render run --size 320x180 --out", "m.png"),
        ("render run --size 320x180 --out", "m.gif"),
    ];
    for ((words, name), pause) in works.into_iter().flat_map(|work| [10, 40, 100, 200].map(|pause| (work, pause))) {
        let child = start(&shop, &format!("{words} {name}"));
        thread::sleep(Duration::from_millis(pause));
        // Unless the command was done by then.
        let came = fs::File::create_new(shop.path(name)).and_then(|mut file| file.write_all(b"mine")).is_ok();
        let output = child.wait_with_output().unwrap();
        let own = fs::read(shop.path(name)).unwrap();
        assert!(!came || own == b"mine", "{words} {name} after {pause} ms: {}", text(&output.stderr));
        for path in shop.names().into_iter().filter(|path| path.to_string_lossy().contains("/m")) {
            fs::remove_file(path).unwrap();
        }
    }
}

#[test]
#[cfg(unix)]
fn an_interrupted_film_leaves_the_earlier_one() {
    let shop = Workshop::new();
    shop.succeed("compare --grid 16 --steps-per-frame 4 --engine cpu --candidate frozen --frames 2 --out run");
    for (out, first) in [("film.gif", "film.gif"), ("pictures", "pictures/00000.png")] {
        shop.succeed(&format!("render run --out {out} --size 160x90"));
        let before = fs::read(shop.path(first)).unwrap();
        let child = start(&shop, &format!("render run --out {out} --size 1600x900 --turntable 5000 --force"));
        thread::sleep(Duration::from_secs(2));
        let output = end(child, "-INT");
        assert!(text(&output.stdout).contains("interrupted after"), "{}{}", text(&output.stdout), text(&output.stderr));
        assert_eq!(fs::read(shop.path(first)).unwrap(), before, "{out}");
        shop.succeed(&format!("render run --out {out} --size 170x90 --force"));
        assert_ne!(fs::read(shop.path(first)).unwrap(), before, "{out}");
    }
}

#[test]
fn a_folder_of_the_user_outlives_a_comparison() {
    let shop = Workshop::new();
    fs::create_dir_all(shop.path("run/earlier")).unwrap();
    shop.file("run/earlier/notes.txt", "mine");
    let run = "compare --grid 16 --steps-per-frame 4 --engine cpu --candidate frozen --frames 1 --out run --force";
    for _ in 0..2 {
        shop.succeed(run);
        assert_eq!(fs::read_to_string(shop.path("run/earlier/notes.txt")).unwrap(), "mine");
    }
    // Or a recording of the user's.
    fs::remove_dir_all(shop.path("run/earlier")).unwrap();
    shop.succeed(&run.replace("--out run", "--out run/earlier"));
    let before = files(&shop.path("run/earlier"));
    shop.succeed(run);
    assert!(files(&shop.path("run/earlier")) == before);
}

#[test]
#[cfg(unix)]
fn an_interrupted_report_leaves_the_earlier_one() {
    let shop = Workshop::new();
    let evaluate = "evaluate --parts boxes --grid 16 --runs 1 --engine cpu --out report";
    shop.succeed(&format!("{evaluate} --frames 2"));
    let before = files(&shop.path("report"));
    let child = start(&shop, &format!("{evaluate} --frames 1000000 --force"));
    let page = "report/unfinished/report.md";
    wait("another report", || shop.path(page).exists());
    let output = end(child, "-INT");
    assert!(text(&output.stdout).contains(page), "{}{}", text(&output.stdout), text(&output.stderr));
    assert!(fs::read_to_string(shop.path(page)).unwrap().contains("Interrupted"));
    fs::rename(shop.path("report/unfinished"), shop.path("unfinished")).unwrap();
    assert!(files(&shop.path("report")) == before);
    fs::rename(shop.path("unfinished"), shop.path("report/unfinished")).unwrap();
    shop.succeed(&format!("{evaluate} --frames 3 --force"));
    let names = shop.names_in("report");
    assert!(files(&shop.path("report")) != before && !names.iter().any(|name| name.starts_with("unf")), "{names:?}");
}

#[test]
fn the_users_files_among_states_outlive_a_comparison() {
    let shop = Workshop::new();
    let compare = "compare --grid 16 --steps-per-frame 4 --engine cpu --states 1 --out run";
    shop.succeed(&format!("{compare} --candidate frozen --frames 2"));
    for name in ["start.npy", "123.safetensors", "00001.safetensors.old"] {
        fs::copy(shop.path("run/reference.npy"), shop.path(&format!("run/states/{name}"))).unwrap();
    }
    shop.file("run/surfaces/reference_mine.ply", "mine");
    let inputs = format!("{compare} --init run/states/start.npy --candidate frozen --frames 1 --force");
    let before = files(&shop.path("run"));
    shop.refuse(&inputs.replace("--grid 16", ""), "run/states/start.npy");
    fs::copy(super::CRANE, shop.path("run/states/model.pt")).unwrap();
    shop.refuse(&format!("{compare} --model run/states/model.pt --frames 1 --force"), "run/states/model.pt");
    fs::remove_file(shop.path("run/states/model.pt")).unwrap();
    assert!(files(&shop.path("run")) == before);
    shop.succeed(&format!("{compare} --candidate frozen --frames 1 --force"));
    assert_eq!(
        shop.names_in("run/states"),
        ["00000.safetensors", "00001.safetensors", "00001.safetensors.old", "123.safetensors", "start.npy"]
    );
    assert!(shop.path("run/surfaces/reference_mine.ply").exists());
}

#[test]
fn what_a_killed_run_left_is_not_among_the_pictures_of_the_next() {
    let shop = Workshop::new();
    shop.succeed("compare --grid 16 --steps-per-frame 4 --engine cpu --candidate frozen --frames 1 --out run");
    let render = "render run --size 64x64 --force --out pictures";
    shop.succeed(render);
    fs::create_dir(shop.path("pictures/unfinished")).unwrap();
    for name in [".lock", "00000.png", "00007.png", ".spinodal-Ab12.part"] {
        shop.file(&format!("pictures/unfinished/{name}"), "half");
    }
    shop.succeed(render);
    assert_eq!(shop.names_in("pictures"), [".lock", "00000.png", "00001.png"]);
}

#[test]
fn a_report_removes_no_recording() {
    let shop = Workshop::new();
    let compare = "compare --grid 16 --steps-per-frame 4 --engine cpu --candidate frozen --frames 1 --out";
    for name in ["run", "other", "page/unfinished"] {
        shop.succeed(&format!("{compare} {name}"));
    }
    let before = files(&shop.path("other"));
    shop.refuse("report run --out other --force", "other holds a recording");
    assert!(files(&shop.path("other")) == before);
    // That is what pictures call their own folder until it is complete.
    let before = files(&shop.path("page/unfinished"));
    shop.succeed("report run --out page --force --size 160x90");
    shop.succeed("render run --out page --force --size 160x90");
    assert!(files(&shop.path("page/unfinished")) == before);
    shop.file("page/unfinished/notes.txt", "mine");
    shop.succeed("report run --out page --force --size 160x90");
    assert_eq!(shop.names_in("page").iter().filter(|name| name.starts_with("unf")).count(), 1);
}

#[test]
#[cfg(unix)]
fn a_comparison_does_not_write_through_links() {
    let shop = Workshop::new();
    shop.file("own.npy", "mine");
    let link = |name: &str| std::os::unix::fs::symlink(shop.path("own.npy"), shop.path(name)).unwrap();
    fs::create_dir(shop.path("run")).unwrap();
    link("run/frozen.npy");
    let run = "compare --grid 16 --steps-per-frame 4 --engine cpu --candidate frozen --frames 1 --out run --force";
    let refused = |words: &str| {
        let output = shop.run(words);
        let said = text(&output.stderr);
        assert!(output.status.code() == Some(1) && said.contains("it is a link to another file"), "{words}: {said}");
        assert_eq!(fs::read(shop.path("own.npy")).unwrap(), b"mine", "{words}");
    };
    refused(run);
    assert_eq!(shop.names_in("run"), ["frozen.npy"], "nothing is begun");
    fs::remove_file(shop.path("run/frozen.npy")).unwrap();
    shop.succeed(run);
    for name in ["run/reference.npy", "run/metrics.csv"] {
        fs::rename(shop.path(name), shop.path("own.npy")).unwrap();
        let whole = fs::read(shop.path("own.npy")).unwrap();
        link(name);
        let output = shop.run("compare --resume run --frames 2");
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains("it is a link to another file"), "{}", text(&output.stderr));
        assert!(fs::read(shop.path("own.npy")).unwrap() == whole, "{name}");
        assert_eq!(fs::read_to_string(shop.path("run/metrics.csv")).unwrap().lines().count(), 3, "nothing is lost");
        fs::remove_file(shop.path(name)).unwrap();
        fs::rename(shop.path("own.npy"), shop.path(name)).unwrap();
    }
    shop.succeed("compare --resume run --frames 2");
}
