//! Data are made, a network is trained on them and joins the comparison, all by clicks.

use crate::comparison::setup;
use bevy_egui::egui::Ui;
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use spinodal::{
    app::{
        Session,
        training::{self, Phase, Training},
        views::{Sketches, ViewId},
    },
    comparison::{CandidateSpec, Setup, Simulation, Start},
    grid::Shape,
    network::{Model, ModelSource},
    settings::Span,
    training::{dataset_summary::DatasetSummary, run_summary::RunSummary},
};
use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(180);

struct Desk {
    training: Training,
    session: Session,
    sketches: Sketches,
}

impl Desk {
    fn new(home: &Path) -> Self {
        let start: Start = Setup { candidates: Vec::new(), ..setup() }.into();
        let simulation = Simulation::spawn(start.clone(), || {}).expect("a thread");
        let mut desk = Self {
            training: Training::new(home),
            session: Session::new(simulation, &start, true),
            sketches: Sketches::default(),
        };
        desk.session.toggle();
        desk.take_tiny_data();
        let recipe = &mut desk.training.recipe.draft;
        (recipe.steps, recipe.validate_every, recipe.network.channels, recipe.network.layers) = (6, 2, 2, 1);
        recipe.length = Span::point(4.0);
        desk
    }

    fn take_tiny_data(&mut self) {
        let data = &mut self.training.data.draft;
        (data.sequences, data.frames, data.grids) = (4, Span::point(6.0), vec![Shape::cube(16)]);
    }
}

fn draw(ui: &mut Ui, desk: &mut Desk) {
    desk.session.refresh();
    desk.training.refresh();
    if let Some((model, count)) = desk.training.run.model() {
        desk.session.take_up(model, count);
    }
    training::show(ui, &mut desk.training, &mut desk.session, &mut desk.sketches);
}

fn harness(home: &TempDir) -> Harness<'static, Desk> {
    let mut harness = Harness::builder().with_size([420.0, 2400.0]).build_ui_state(draw, Desk::new(home.path()));
    harness.run_steps(3);
    harness
}

/// Draws the panel until `condition` holds.
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
    // Not by its place, which pictures that come in may move.
    harness.get_by_label(label).click_accesskit();
    harness.run_steps(2);
}

fn is_disabled(harness: &Harness<Desk>, label: &str) -> bool {
    harness.get_by_label(label).accesskit_node().is_disabled()
}

fn make_data(harness: &mut Harness<Desk>) {
    wait(harness, "the search", |desk| !desk.training.data.is_busy());
    click(harness, "Make the dataset");
    wait(harness, "the dataset", |desk| desk.training.data.chosen().is_some());
}

#[test]
fn a_network_is_trained_by_clicks_and_takes_part_while_it_learns() {
    let home = TempDir::new().unwrap();
    let mut harness = harness(&home);
    make_data(&mut harness);
    let data = DatasetSummary::list(&home.path().join("data"));
    assert!(data.len() == 1 && data[0].finished && data[0].config.sequences == 4, "{data:?}");

    click(&mut harness, "Start");
    wait(&mut harness, "the first model", |desk| desk.training.run.model().is_some());
    wait(&mut harness, "the end", |desk| *desk.training.run.phase() == Phase::Done);
    let run = &harness.state().training.run;
    assert_eq!(run.progress(), Some((6, 6)));
    let steps: Vec<_> = run.curves().validations.iter().map(|validation| validation.step).collect();
    assert_eq!(steps, [0, 2, 4, 6], "the untrained network is shown, too");
    // The preview is of the latest weights, and its truth is no prediction.
    let preview = run.preview().unwrap();
    assert_eq!(preview.step, 6);
    for view in [ViewId::Truth, ViewId::Prediction] {
        let subject = harness.state().training.subject(view).expect("the views have something to show");
        assert_eq!(subject.field.unwrap().grid().shape, [8, 8, 8]);
    }
    let model = run.model().unwrap().0.to_owned();
    assert_eq!(Model::load(&model).unwrap().config.channels, 2);

    // It joins the run beside the reference, which is not restarted.
    let begun = harness.state().session.snapshot.as_ref().unwrap().run;
    click(&mut harness, "Use in the comparison");
    wait(&mut harness, "the candidate", |desk| desk.session.follows(&model));
    let snapshot = harness.state().session.snapshot.clone().unwrap();
    assert_eq!(snapshot.run, begun);
    assert!(matches!(
        snapshot.setup.candidates.as_slice(),
        [CandidateSpec::Network { model: ModelSource::File(path), .. }] if *path == model
    ));
    click(&mut harness, "Leave the comparison");
    wait(&mut harness, "the reference alone", |desk| !desk.session.follows(&model));
}

#[test]
fn a_run_is_stopped_and_continued_and_a_change_is_recorded() {
    let home = TempDir::new().unwrap();
    let mut harness = harness(&home);
    make_data(&mut harness);
    harness.state_mut().training.recipe.draft.steps = 100_000;
    harness.run_steps(2);
    click(&mut harness, "Start");
    wait(&mut harness, "a step", |desk| desk.training.run.progress().is_some_and(|(made, _)| made > 0));
    click(&mut harness, "Pause");
    wait(&mut harness, "the pause", |desk| *desk.training.run.phase() == Phase::Paused);
    let made = harness.state().training.run.progress().unwrap().0;
    harness.run_steps(5);
    assert_eq!(harness.state().training.run.progress().unwrap().0, made);
    let change = spinodal::training::adjustment::Adjustment { batch: Some(2), ..Default::default() };
    harness.state_mut().training.run.adjust(change);
    click(&mut harness, "Stop");
    wait(&mut harness, "the stop", |desk| *desk.training.run.phase() == Phase::Stopped);
    wait(&mut harness, "the list of runs", |desk| !desk.training.run.found().is_empty());
    let found = RunSummary::list(&home.path().join("runs"));
    assert!(found.len() == 1 && !found[0].finished, "{found:?}");
    click(&mut harness, "Continue");
    wait(&mut harness, "more steps", |desk| {
        desk.training.run.is_active() && desk.training.run.progress().is_some_and(|(now, _)| now > made)
    });
    click(&mut harness, "Stop");
    wait(&mut harness, "the stop", |desk| *desk.training.run.phase() == Phase::Stopped);
}

#[test]
fn a_second_training_does_not_take_the_place_of_the_first() {
    let home = TempDir::new().unwrap();
    let mut harness = harness(&home);
    make_data(&mut harness);
    let recipe = &mut harness.state_mut().training.recipe;
    (recipe.draft.steps, recipe.name) = (100_000, "first".into());
    harness.run_steps(2);
    click(&mut harness, "Start");
    wait(&mut harness, "a step", |desk| desk.training.run.progress().is_some_and(|(made, _)| made > 0));
    let training = &mut harness.state_mut().training;
    training.recipe.name = "second".into();
    training.begin();
    training.train_small();
    training.run.resume(&home.path().join("runs/first"), None);
    assert!(training.run.is_active() && training.run.folder().unwrap().ends_with("first"));
    assert!(training.data.job().is_none() && !home.path().join("runs/second").exists());
    click(&mut harness, "Stop");
    wait(&mut harness, "the stop", |desk| *desk.training.run.phase() == Phase::Stopped);
}

#[test]
fn a_small_network_whose_data_are_stopped_is_not_trained_on_others() {
    let home = TempDir::new().unwrap();
    let mut harness = harness(&home);
    harness.state_mut().training.data.name = "first".into();
    make_data(&mut harness);
    wait(&mut harness, "the search", |desk| !desk.training.data.is_busy());
    assert!(!is_disabled(&harness, "Start"));
    click(&mut harness, "Train a small network now");
    assert!(harness.state().training.data.job().is_some() && is_disabled(&harness, "Start"));
    click(&mut harness, "Stop");
    wait(&mut harness, "the stop", |desk| desk.training.data.job().is_none());
    assert!(!is_disabled(&harness, "Start"));

    harness.state_mut().take_tiny_data();
    harness.state_mut().training.data.name = "second".into();
    harness.run_steps(2);
    click(&mut harness, "Make the dataset");
    wait(&mut harness, "the dataset", |desk| {
        desk.training.data.chosen().is_some_and(|folder| folder.ends_with("second"))
    });
    assert_eq!(*harness.state().training.run.phase(), Phase::None);
}

#[test]
fn the_cost_of_a_dataset_follows_its_name_and_what_is_made() {
    let home = TempDir::new().unwrap();
    let mut harness = harness(&home);
    make_data(&mut harness);
    let present = |desk: &Desk| desk.training.data.plan().and_then(|plan| plan.as_ref().ok()).map(|plan| plan.present);
    wait(&mut harness, "what was made", |desk| present(desk) == Some(4));
    harness.state_mut().training.data.name = "other".into();
    wait(&mut harness, "what is missing", |desk| present(desk) == Some(0));
}

#[test]
fn the_pace_is_that_of_the_steps_however_late_they_are_heard() {
    let home = TempDir::new().unwrap();
    let mut harness = harness(&home);
    make_data(&mut harness);
    let recipe = &mut harness.state_mut().training.recipe.draft;
    (recipe.steps, recipe.validate_every) = (40, 40);
    harness.run_steps(2);
    click(&mut harness, "Start");
    let start = Instant::now();
    while !RunSummary::list(&home.path().join("runs")).iter().any(|run| run.finished) {
        assert!(start.elapsed() < PATIENCE, "no end");
        thread::sleep(Duration::from_millis(10));
    }
    wait(&mut harness, "the end", |desk| *desk.training.run.phase() == Phase::Done);
    let pace = harness.state().training.run.pace().unwrap();
    assert!(pace > 3e-4 && pace < start.elapsed().as_secs_f64() / 2.0, "{pace} s per step");
}

#[test]
fn what_is_refused_is_said_where_it_was_asked_for() {
    let home = TempDir::new().unwrap();
    let mut harness = harness(&home);
    wait(&mut harness, "the search", |desk| !desk.training.data.is_busy());
    assert!(is_disabled(&harness, "Start"));
    harness.state_mut().training.data.draft.grids = vec![Shape::cube(7)];
    wait(&mut harness, "the refusal", |desk| desk.training.data.plan().is_some_and(Result::is_err));
    assert!(harness.query_by_label_contains("must have sides of 1 or multiples of the coarsening").is_some());
    assert!(!home.path().join("data").exists(), "nothing was made");
}
