//! Files that are dropped, and paths that are typed.

use super::{drag::Drag, pixels::*, program::*};
use std::path::Path;

#[test]
fn files_come_in_by_drag_and_drop_and_a_desktop_without_dialogs_is_no_dead_end() {
    let mut window = Window::open(&["--init", "sphere", "--grid", "32"]);
    window.wait_for_frame(2);
    window.focus();
    window.xdotool("key space");
    let sphere = window.still();

    // The dropped mesh is first seen in its place, over the sphere; then it starts a run of its own, paused as the one
    // before.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a bunny.ply");
    let bunny = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/meshes/stanford_bunny.ply");
    std::fs::copy(bunny, &path).expect("the bunny can be copied");
    let mut drag = Drag::over(&window.display, window.id(), &path);
    let taken = window.wait_for("the end of the drag", |_| drag.go_on());
    assert!(taken, "the window did not take the file");
    window.wait_for("the panel and the body", |window| {
        let shown = window.screenshot();
        (change(&sphere, &shown, SOLVER) > 0.05 && change(&sphere, &shown, NETWORK) > 0.01).then_some(())
    });
    assert_ne!(window.frame(), Some(0), "a run has started");
    window.still();
    window.xdotool("key Return");
    window.wait_for("the run of the file", |window| (window.frame() == Some(0)).then_some(()));
    let bunny = window.still();
    assert_both_surfaces(&bunny);
    assert!(change(&sphere, &bunny, SOLVER) > 0.05, "the surface is still the sphere's");
    assert!(alerts(&bunny) < 0.01, "something went wrong");

    // There is no dialog of the system here, which is said where a path can be typed instead.
    window.control("o", "the dialog", |window| change(&bunny, &window.screenshot(), NETWORK) > 0.5);
    window.still();
    for key in ["Tab", "Tab", "space"] {
        window.xdotool(&format!("key {key}"));
        window.still();
    }
    let red = |[red, green, blue]: [i32; 3]| red > 160 && red > green + 60 && red > blue + 60;
    window.wait_for("a hint", |window| (fraction(&window.screenshot(), DIALOG, red) > 0.002).then_some(()));
    window.xdotool("key Escape");
    window.wait_for("the dialog closing", |window| (change(&bunny, &window.screenshot(), SOLVER) < 0.01).then_some(()));
    window.xdotool("key space");
    window.wait_for_frame(2);
    window.quit();
}

/// Types a path into the dialog that Ctrl+O opens.
pub fn open_file(window: &mut Window, path: &Path) {
    let before = window.still();
    window.control("o", "the dialog", |window| change(&before, &window.screenshot(), NETWORK) > 0.5);
    window.still();
    window.tool("xdotool", &["type", "--delay", "50", &path.display().to_string()]);
    window.still();
    window.xdotool("key Return");
}
