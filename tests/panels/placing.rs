//! A mesh is opened, placed, and added to a run, by clicks.

use crate::{comparison::setup, session::resting};
use bevy_egui::egui::{Pos2, Ui};
use egui_kittest::{Harness, kittest::Queryable};
use spinodal::{
    app::{Session, ViewId, placing::Placing},
    comparison::{InitialInfo, Snapshot},
    initial::{Initial, Placement},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(180);

struct Desk {
    session: Session,
    placing: Placing,
}

impl Desk {
    fn snapshot(&self) -> Arc<Snapshot> {
        self.session.snapshot.clone().expect("there is a run")
    }

    /// The body that is shown over the reference.
    fn is_shown(&self) -> bool {
        self.session.subject(ViewId::Reference).is_some_and(|subject| self.placing.over(subject).placing)
    }
}

fn draw(ui: &mut Ui, desk: &mut Desk) {
    desk.session.refresh();
    desk.placing.refresh(&mut desk.session);
    desk.placing.show(ui.ctx(), Pos2::new(10.0, 10.0));
}

fn bunny() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/meshes/stanford_bunny.ply")
}

/// With the bunny opened in a run that rests.
fn harness() -> Harness<'static, Desk> {
    let desk = Desk { session: resting(setup()), placing: Placing::default() };
    let mut harness = Harness::builder().with_size([600.0, 500.0]).build_ui_state(draw, desk);
    harness.state_mut().session.open(&bunny());
    wait(&mut harness, "the body", Desk::is_shown);
    harness
}

fn wait(harness: &mut Harness<Desk>, what: &str, condition: impl Fn(&Desk) -> bool) {
    let start = Instant::now();
    while !condition(harness.state()) {
        assert!(start.elapsed() < PATIENCE, "no sign of {what}");
        thread::sleep(Duration::from_millis(10));
        harness.step();
    }
    harness.run_steps(2);
}

fn click(harness: &mut Harness<Desk>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(2);
}

#[test]
fn a_mesh_is_seen_first_then_added_or_cut_out_and_taken_back() {
    let mut harness = harness();
    let clean = harness.state().snapshot();
    assert_eq!(clean.painting.undo, 0, "it is only looked at");
    for (purpose, apply, sign) in [("Add", "Add it", 1.0), ("Cut out", "Cut it out", -1.0)] {
        click(&mut harness, purpose);
        click(&mut harness, apply);
        wait(&mut harness, "the stroke", |desk| desk.snapshot().painting.undo == 1);
        let painted = harness.state().snapshot();
        assert_eq!(painted.run, clean.run);
        let [before, after] = [&clean, &painted].map(|snapshot| &snapshot.frame);
        assert!(sign * (after.row.mean - before.row.mean) > 0.02, "the mean went to {}", after.row.mean);
        let own = |frame: &spinodal::recording::Frame| frame.candidates[0].clone().expect("a network").mean();
        assert!(sign * (own(after) - own(before)) > 0.02, "the candidate was left out");
        assert!(!harness.state().is_shown(), "it is still being placed");

        harness.state_mut().session.undo();
        wait(&mut harness, "the undo", |desk| desk.snapshot().painting.redo == 1);
        assert_eq!(harness.state().snapshot().frame.reference, clean.frame.reference);
        harness.state_mut().session.open(&bunny());
        wait(&mut harness, "the body", Desk::is_shown);
    }
    click(&mut harness, "Cancel");
    assert!(!harness.state().is_shown());
    assert_eq!(harness.state().snapshot().painting.undo, 0);
}

#[test]
fn a_run_starts_from_a_mesh_where_it_was_placed() {
    let mut harness = harness();
    let placement = Placement { size: 0.7, turn: [0.0, 0.0, 45.0], ..Placement::default() };
    harness.state_mut().session.draft.options.placement = placement;
    harness.state_mut().session.open(&bunny());
    harness.run_steps(2);
    click(&mut harness, "Start the run");
    wait(&mut harness, "the run", |desk| desk.snapshot().run == 1);
    let snapshot = harness.state().snapshot();
    assert_eq!((&snapshot.setup.initial, snapshot.setup.options.placement), (&Initial::Mesh(bunny()), placement));
    let expected = snapshot.setup.initial.build(&snapshot.setup.options).expect("a field");
    assert_eq!(*snapshot.initial, InitialInfo::from(&expected));
}

#[test]
fn a_file_that_is_no_mesh_is_refused_and_nothing_is_placed() {
    let file = tempfile::Builder::new().suffix(".ply").tempfile().expect("a temporary file");
    let mut harness = harness();
    harness.state_mut().session.open(file.path());
    wait(&mut harness, "a message", |desk| !desk.session.messages.failures().is_empty());
    let said = harness.state().session.messages.failures()[0].to_string();
    assert!(said.contains("is not a usable PLY file"), "{said}");
    assert!(harness.query_by_label("Start the run").is_none() && !harness.state().is_shown());
}
