//! What needs more memory than there is.

use super::{Workshop, text};
use spinodal::memory;
use std::process::Command;

/// Bytes that the runs below would take, at least: no machine that runs these tests has as many.
const HUGE: u64 = 300 << 30;

#[test]
fn what_does_not_fit_is_refused_with_what_would() {
    let free = 8 << 30;
    assert_eq!(memory::check_within(free, "a run", free, |_| unreachable!()), Ok(()));
    let error =
        memory::check_within(free, "a run on 900³ nodes", 3 * free, |free| format!("{free} B fit")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a run on 900³ nodes needs about 24.0 GiB of memory, but 8.0 GiB are free: 8589934592 B fit"
    );
}

#[test]
fn what_is_free_is_less_than_what_there_is() {
    let Some(free) = memory::free() else { return };
    assert!(free > 1 << 20, "{free}");
    #[cfg(target_os = "linux")]
    {
        let table = std::fs::read_to_string("/proc/meminfo").unwrap();
        let total =
            table.lines().find_map(|line| line.strip_prefix("MemTotal:")?.strip_suffix("kB")?.trim().parse().ok());
        assert!(free <= total.map(|kib: u64| kib << 10).unwrap(), "{free}");
    }
}

#[test]
fn a_run_too_large_is_refused_before_it_begins() {
    if memory::free().is_none_or(|free| free >= HUGE) {
        return;
    }
    let shop = Workshop::new();
    let candidates = "--candidate adaptive --candidate adaptive --candidate adaptive";
    shop.refuse(&format!("compare --init gyroid --grid 1024 {candidates} --out run"), "the largest cube that fits has");
    shop.succeed("simulate --init gyroid --grid 8 --frames 0 --engine cpu --out small.npy");
    shop.refuse(
        &format!("compare --init small.npy --grid 1024 --resample {candidates} --out run"),
        "the largest cube that fits has",
    );
    shop.succeed("dataset --sequences 4 --frames 12 --grids 16 --validation-share 0.5 --late-share 0 --out data");
    shop.refuse(
        "train --data data --out trained --batch 4096 --channels 64 --layers 8 --unroll 11",
        "the largest --batch that fits is",
    );
    shop.refuse(
        "evaluate --parts boxes --grid 1024 --runs 1 --frames 1 --out report",
        "the largest cube that fits has",
    );
    shop.refuse("bench --only training --training-grids 12,4096", "the largest of --training-grids that fits is");
    shop.refuse(
        "dataset --method adaptive --grids 1024 --threads 4 --sequences 4 --frames 2 --out large",
        "in smaller boxes",
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_system_that_tells_nothing_is_trusted() {
    let shop = Workshop::new();
    let program = env!("CARGO_BIN_EXE_spinodal");
    let line = format!(
        "mount -t tmpfs tmpfs /proc || exit 99; exec '{program}' simulate --engine cpu --grid 16 --frames 1 --out a.npy"
    );
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &line]).current_dir(shop.path(""));
    let output = command.output().unwrap();
    match output.status.code() {
        Some(0) => assert!(shop.path("a.npy").exists()),
        Some(99) => println!("skipped: nothing can be mounted here: {}", text(&output.stderr)),
        code => panic!("{code:?}: {}", text(&output.stderr)),
    }
}

/// Without the estimate, which does not know of this limit.
#[cfg(target_os = "linux")]
#[test]
fn running_out_of_memory_is_an_error_like_any_other() {
    let shop = Workshop::new();
    let program = env!("CARGO_BIN_EXE_spinodal");
    let line =
        format!("ulimit -v 700000; exec '{program}' simulate --engine cpu --init gyroid --grid 500 --out out.npy");
    let output = Command::new("sh").args(["-c", &line]).current_dir(shop.path("")).output().unwrap();
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains("error: memory ran out"), "{message}");
    assert!(!shop.path("out.npy").exists());
}
