//! How the program starts, and how it ends.

use super::program::*;
use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

#[test]
fn the_program_does_not_desert_its_display_while_it_starts() {
    // Other servers start anew, and refuse connections meanwhile; this one makes sure that it would be seen.
    let (_server, display) = start_display("-terminate");
    let home = tempfile::tempdir().expect("a temporary folder");
    let mut program = program_on(&display, home.path())
        .args(["--init", "sphere", "--grid", "32"])
        .env("RUST_LOG", "warn,spinodal::app::window::watch=debug")
        .stderr(Stdio::piped())
        .spawn()
        .map(Owned)
        .expect("the program starts");
    let said = program.0.stderr.take().expect("its messages are piped");
    let lines: Vec<_> =
        BufReader::new(said).lines().map_while(Result::ok).take_while(|l| !l.contains("update ")).collect();
    let ended = program.0.try_wait().expect("the program can be asked for its state");
    assert!(ended.is_none(), "the program ended before its window was drawn: {lines:?}");
}

#[test]
fn a_signal_ends_the_program_well() {
    for (signal, playing) in [("INT", true), ("TERM", true), ("INT", false), ("TERM", false)] {
        let mut window = Window::open(&["--init", "sphere", "--grid", "32"]);
        window.wait_for_frame(2);
        window.focus();
        if !playing {
            window.xdotool("key space");
            window.still();
            window.wait_for_sleep();
        }
        window.tool("kill", &[&format!("-{signal}"), &window.program.0.id().to_string()]);
        let start = Instant::now();
        let status = loop {
            if let Some(status) = window.program.0.try_wait().expect("the program can be asked for its state") {
                break status;
            }
            assert!(start.elapsed() < PATIENCE, "SIG{signal} does not end the program (playing: {playing})");
            sleep(Duration::from_millis(50));
        };
        assert!(status.success(), "after SIG{signal} the program ended with {status} (playing: {playing})");
    }
}

#[test]
fn a_display_that_does_not_answer_is_said_to_be_none() {
    // The names of servers that have ended.
    for (x11, wayland) in
        [(Some(":4242"), None), (None, Some("wayland-4242")), (Some(":4242"), Some("/nowhere/wayland-0"))]
    {
        let mut program = Command::new(env!("CARGO_BIN_EXE_spinodal"));
        program.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
        program.envs(x11.map(|name| ("DISPLAY", name))).envs(wayland.map(|name| ("WAYLAND_DISPLAY", name)));
        let output = program.output().expect("the program starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
        assert!(said.contains("there is no display"), "{said}");
    }
}
