//! Clicks, strokes and keys.

use super::{pixels::*, program::*};
use std::{thread::sleep, time::Duration};

#[test]
fn no_click_is_lost_after_a_rest() {
    let mut window = Window::open(&["--init", "sphere", "--grid", "32"]);
    window.wait_for_frame(2);
    window.focus();
    window.xdotool("key space");
    window.still();
    let mut frame = window.frame().expect("there is a frame");
    window.xdotool(&format!("mousemove {ON_STEP}"));
    // What a slow hand holds down is a click, too.
    for press in [0, 0, 0, 0, 0, 0, 0, 0, 1500, 1500] {
        window.still();
        sleep(Duration::from_millis(1500));
        window.xdotool("mousedown 1");
        sleep(Duration::from_millis(press));
        window.xdotool("mouseup 1");
        frame += 1;
        window.wait_for(&format!("frame {frame}"), |window| (window.frame() == Some(frame)).then_some(()));
    }
    window.quit();
}

#[test]
fn what_is_painted_and_looked_at_again_is_seen() {
    let mut window = Window::open(&["--init", "sphere", "--grid", "32"]);
    window.wait_for_frame(3);
    window.focus();
    window.xdotool("key space");
    let sphere = window.still();
    // A stroke across the sphere's middle leaves a bump on both.
    window.xdotool("key p");
    window.xdotool("mousemove 250 430 mousedown 1");
    window.still();
    window.xdotool("mouseup 1 mousemove 700 21");
    let painted = window.still();
    for (view, area) in [("reference", SOLVER), ("candidate", NETWORK)] {
        assert!(change(&sphere, &painted, area) > 0.003, "the {view} shows nothing of the stroke");
    }
    window.xdotool("key p");
    window.xdotool("key ctrl+z");
    window.xdotool("mousemove 700 21");
    window.wait_for("the sphere as it was", |window| {
        let shown = window.screenshot();
        [SOLVER, NETWORK].into_iter().all(|area| change(&sphere, &shown, area) < 0.001).then_some(())
    });
    let undone = window.still();
    // Two frames back and forth again: the same pictures.
    let frame = window.frame().expect("there is a frame");
    for (key, shown) in [("Left", frame - 1), ("Left", frame - 2), ("Right", frame - 1), ("Right", frame)] {
        window.xdotool(&format!("key {key}"));
        window.wait_for(&format!("frame {shown}"), |window| (window.frame() == Some(shown)).then_some(()));
    }
    let back = window.still();
    assert!(change(&undone, &back, SOLVER) < 0.001, "the latest frame looks otherwise");
    window.quit();
}
