//! Panels are there in every picture, in every size.

use super::{glance::Glance, pixels::*, program::*};
use std::time::Instant;

#[test]
fn a_new_size_is_laid_out_without_the_pointer() {
    let mut window = Window::open(&["--init", "sphere", "--grid", "32"]);
    window.wait_for_frame(2);
    window.focus();
    window.xdotool("key space");
    window.still();
    for (width, height) in [(1200, 700), (1440, 900), (1030, 660), (1300, 800), (1100, 880), (1440, 700), (1440, 900)] {
        window.xdotool(&format!("search --onlyvisible --name ^Spinodal windowsize {width} {height}"));
        // The status line: a text, and a panel behind it.
        let line = (0, height - 24, 600, 22);
        window.wait_for(&format!("the layout for {width} x {height}"), |window| {
            let panel = fraction(&window.screenshot(), line, |colour| colour == [0x17, 0x1a, 0x20]);
            (0.5..0.99).contains(&panel).then_some(())
        });
    }
    window.quit();
}

#[test]
fn no_picture_lacks_the_panels() {
    let window = Window::open(&["--init", "noise", "--grid", "32"]);
    let camera = Glance::at(&window.display);
    let start = Instant::now();
    let (mut seen, mut lacking) = (false, 0);
    while start.elapsed() < PATIENCE && window.frame() < Some(3) {
        for _ in 0..50 {
            let empty = camera.is_plain(BAR);
            seen |= !empty;
            lacking += usize::from(seen && empty);
        }
    }
    assert!(seen, "the panels were never seen");
    assert_eq!(lacking, 0, "the panels had been there and were gone again");
    window.focus();
    window.quit();
}
