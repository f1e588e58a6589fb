//! The real program in a real window, on a virtual display of its own.
//!
//! Needs Xvfb, xdotool and ImageMagick's `import`. Nothing here depends on how fast the machine is.

mod drag;
mod drawing;
mod ending;
mod files;
mod glance;
mod hand;
mod learning;
mod pixels;
mod program;

use files::open_file;
use pixels::*;
use program::*;
use std::{io::Write, thread::sleep, time::Instant};

#[test]
fn the_bunny_coarsens_in_both_views_and_the_window_obeys() {
    let bunny = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/meshes/stanford_bunny.ply");
    let mut window = Window::open(&["--init", bunny, "--grid", "32"]);
    window.wait_for_frame(2);
    window.assert_computation_stands_back();
    let (early, start) = (window.screenshot(), Instant::now());
    window.wait_for_frame(6);
    let four_frames = start.elapsed();

    // Paused, it comes to rest once the frame under way is done: nothing flickers, and no frame follows.
    window.focus();
    window.xdotool("key space");
    sleep(four_frames);
    let paused = window.still();
    let frame = window.frame();
    assert_both_surfaces(&paused);
    window.wait_for_sleep();
    assert!(change(&early, &paused, FIGURES) > 0.001, "the figures have not moved");

    // One drag turns both views. The button is held until they have turned: a slow window may see a whole drag as one
    // moment.
    window.xdotool("mousedown 1");
    for (view, area) in [("dragged", SOLVER), ("other", NETWORK)] {
        let mut path = (250..450).step_by(20).cycle();
        window.wait_for(&format!("the {view} view turning"), |window| {
            window.xdotool(&format!("mousemove {} 520", path.next()?));
            (change(&paused, &window.screenshot(), area) > 0.02).then_some(())
        });
    }
    window.xdotool("mouseup 1");
    let turned = window.still();
    assert_both_surfaces(&turned);
    assert_eq!(window.frame(), frame, "frames went on although paused");

    // A file that cannot be read leaves a message, and nothing else.
    let mut bad = tempfile::Builder::new().suffix(".ply").tempfile().expect("a temporary file");
    bad.write_all(b"ply\nformat ascii 1.0\nelement vertex 9\nend_header\n").expect("a temporary file can be written");
    open_file(&mut window, bad.path());
    window.wait_for("a message", |window| (alerts(&window.screenshot()) > 0.2).then_some(()));
    assert_both_surfaces(&window.still());
    assert_eq!(window.frame(), frame, "the run was given up for a file that cannot be read");
    window.xdotool("key space");
    window.wait_for_frame(frame.unwrap_or_default() + 2);
    window.quit();
}
