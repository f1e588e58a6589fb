//! Scenes in the window: opened, saved, and previewed.

use crate::{
    comparison::setup,
    session::{resting, wait_for},
};
use bevy_egui::egui;
use egui_kittest::{Harness, kittest::Queryable};
use spinodal::{
    app::{
        Session, Sketches,
        scenes::{Scenes, show, small},
    },
    comparison::Setup,
    field::Field,
    gpu::EngineChoice,
    grid::Shape,
    initial::{Initial, InitialOptions},
    scene::{CameraPlace, Scene, SceneView},
    surface::Caps,
    view::ColourBy,
};
use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(60);

const VIEW: SceneView = SceneView { camera: CameraPlace::Front, caps: Caps::Open, colour_by: ColourBy::Curvature };

/// A scene that is quickly run.
fn scene() -> Scene {
    let setup = Setup { initial: Initial::Slab, engine: EngineChoice::Auto, candidates: Vec::new(), ..setup() };
    Scene { title: "A slab".into(), description: "It flattens.".into(), frames: Some(3), setup, view: Some(VIEW) }
}

#[test]
fn a_scene_is_opened_with_its_view() {
    let mut session = resting(setup());
    assert_eq!(session.take_view(), None);
    session.open_scene(scene());
    let snapshot = wait_for(&mut session, |snapshot| snapshot.run == 1);
    assert!(session.playing, "it plays, though the run before was at rest");
    assert_eq!(snapshot.setup.initial, Initial::Slab);
    assert_eq!(snapshot.setup.engine, EngineChoice::Cpu, "the engine that was chosen stays");
    assert_eq!(session.take_view(), Some(VIEW));
    assert_eq!(session.take_view(), None, "it is taken up once");
    session.restart();
    wait_for(&mut session, |snapshot| snapshot.run == 2);
    assert_eq!(session.take_view(), None, "the next run is looked at as the user left it");
}

#[test]
fn a_scene_that_cannot_be_run_changes_nothing() {
    let mut session = resting(setup());
    let mut wrong = scene();
    wrong.setup.initial = Initial::File("no/such/field.npy".into());
    session.open_scene(wrong);
    let start = Instant::now();
    while session.messages.failures().is_empty() {
        assert!(start.elapsed() < PATIENCE, "nothing was said");
        session.refresh();
        thread::sleep(Duration::from_millis(2));
    }
    assert_eq!((session.draft.clone(), session.take_view(), session.playing), (setup(), None, false));
}

#[test]
fn files_of_scenes_open_like_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("slab.toml");
    scene().write(&path).unwrap();
    let mut session = resting(setup());
    session.open(&path);
    assert!(session.is_reading());
    let snapshot = wait_for(&mut session, |snapshot| snapshot.run == 1);
    assert_eq!((&snapshot.setup.initial, session.take_view()), (&Initial::Slab, Some(VIEW)));

    std::fs::write(&path, "titel = 3").unwrap();
    session.open(&path);
    let start = Instant::now();
    while session.messages.failures().is_empty() {
        assert!(start.elapsed() < PATIENCE, "nothing was said");
        session.refresh();
        thread::sleep(Duration::from_millis(2));
    }
    let said = &session.messages.failures()[0];
    assert!(said.ends_with("did you mean “title”?"), "{said}");
}

/// Correlation of two fields of one shape.
fn correlation(one: &Field, other: &Field) -> f64 {
    let (a, b) = (one.mean(), other.mean());
    let pairs = || one.values().iter().zip(other.values()).map(|(x, y)| (f64::from(*x) - a, f64::from(*y) - b));
    let [xy, xx, yy] = pairs().fold([0.0; 3], |[xy, xx, yy], (x, y)| [xy + x * y, xx + x * x, yy + y * y]);
    xy / (xx * yy).sqrt()
}

#[test]
fn a_preview_looks_like_the_field() {
    let options = InitialOptions { grid: Shape::cube(96), ..InitialOptions::default() };
    for (name, initial) in Initial::presets() {
        let preview = small(&initial, &options).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(preview.grid().shape(), Shape::cube(48), "{name}");
        // White noise is another on other nodes; the bunny takes a while.
        if !["white-noise", "bunny"].contains(&name) {
            let field = initial.build(&options).unwrap().coarsened(2).unwrap();
            let correlation = correlation(&field, &preview);
            assert!(correlation > 0.98, "{name}: {correlation}");
        }
    }
    let flat = InitialOptions { grid: Shape([512, 256, 1]), ..InitialOptions::default() };
    assert_eq!(small(&Initial::Noise, &flat).unwrap().grid().shape(), Shape([48, 24, 1]));
    let few = InitialOptions { grid: Shape::cube(20), ..InitialOptions::default() };
    assert_eq!(small(&Initial::Sphere, &few).unwrap(), Initial::Sphere.build(&few).unwrap());
    let wrong = InitialOptions { fluctuation: -1.0, ..InitialOptions::default() };
    assert!(small(&Initial::WhiteNoise, &wrong).unwrap_err().contains("fluctuation"));
}

struct State {
    scenes: Scenes,
    session: Session,
    sketches: Sketches,
}

impl State {
    /// Looks as the window does until something is there.
    fn until(&mut self, there: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !there(self) {
            self.session.refresh();
            self.scenes.refresh(&self.session, true);
            assert!(start.elapsed() < PATIENCE, "it never came");
            thread::sleep(Duration::from_millis(2));
        }
    }
}

fn panel(home: &Path) -> Harness<'static, State> {
    let state = State { scenes: Scenes::new(home), session: resting(setup()), sketches: Sketches::default() };
    let draw = |ui: &mut egui::Ui, state: &mut State| {
        show(ui, &mut state.scenes, &mut state.session, &mut state.sketches, VIEW);
    };
    let mut harness = Harness::builder().with_size(egui::vec2(420.0, 1600.0)).build_ui_state(draw, state);
    harness.run();
    harness
}

#[test]
fn the_panel_asks_for_fields_and_starts_them() {
    let home = tempfile::tempdir().unwrap();
    let mut harness = panel(home.path());
    harness.get_by_label("sphere").click();
    harness.run();
    let state = harness.state_mut();
    assert_eq!(state.session.draft.initial, Initial::Sphere);
    // The preview of a small box is the field.
    let field = state.session.draft.initial_field().unwrap();
    state.until(|state| matches!(state.scenes.preview().field(), Some(Ok(preview)) if **preview == field));
    assert_eq!(state.session.snapshot.as_ref().unwrap().run, 0, "nothing was started yet");
    harness.run();

    // The limit that the equation gives: 0.003472 at ε = 3.
    harness.get_by_label("Δt < 0.003472").hover();
    harness.get_by_label("Start this run").click();
    harness.run();
    let snapshot = wait_for(&mut harness.state_mut().session, |snapshot| snapshot.run == 1);
    assert_eq!(snapshot.setup.initial, Initial::Sphere);
}

#[test]
fn one_click_opens_a_scene() {
    let home = tempfile::tempdir().unwrap();
    let mut harness = panel(home.path());
    let scene = Scene::find("droplets").unwrap();
    harness.get_by_label(&scene.title).click();
    harness.run();
    assert_eq!(harness.state().session.draft.initial, scene.setup.initial);
    assert_eq!(harness.state().session.draft.candidates, scene.setup.candidates);
}

#[test]
fn the_present_setup_is_saved_and_listed() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("scenes");
    let mut harness = panel(&folder);
    let state = harness.state_mut();
    state.scenes.title = "My run, no. 2".into();
    state.scenes.description = "Look.".into();
    harness.run();
    harness.get_by_label("Save as a scene").click();
    harness.run();
    harness.state_mut().until(|state| !state.scenes.own().is_empty());
    let (path, scene) = &harness.state().scenes.own()[0];
    let scene = scene.as_ref().unwrap();
    assert_eq!(path.file_name().unwrap(), "my-run-no-2.toml");
    assert_eq!((&scene.setup, scene.view), (&setup(), Some(VIEW)));
    assert_eq!(Scene::read(path).unwrap(), *scene);
    harness.run();
    harness.get_by_label("My run, no. 2");
}

#[test]
fn scenes_of_different_titles_take_different_files() {
    let home = tempfile::tempdir().unwrap();
    let mut harness = panel(home.path());
    let state = harness.state_mut();
    let listed = |state: &State| -> Vec<_> {
        let scenes = state.scenes.own().iter().map(|(path, scene)| (path, scene.as_ref().unwrap()));
        let names = scenes.map(|(path, scene)| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            [name, scene.title.clone(), scene.description.clone()]
        });
        names.collect()
    };
    let plus = |about: &str| ["mean-0-1.toml", "Mean +0.1", about].map(str::to_owned);
    let minus = ["mean-0-1-2.toml", "Mean −0.1", ""].map(str::to_owned);
    for (title, description, expected) in [
        ("Mean +0.1", "", vec![plus("")]),
        ("Mean −0.1", "", vec![minus.clone(), plus("")]),
        ("Mean +0.1", "Again.", vec![minus, plus("Again.")]),
    ] {
        state.scenes.title = title.into();
        state.scenes.description = description.into();
        state.scenes.save(&state.session, VIEW);
        state.until(|state| {
            let mut found = listed(state);
            found.sort();
            found == expected
        });
    }
}

#[test]
fn a_file_that_is_no_scene_is_listed_with_the_reason_and_kept() {
    let home = tempfile::tempdir().unwrap();
    let broken = home.path().join("slab.toml");
    std::fs::write(&broken, "titel = 3").unwrap();
    let mut harness = panel(home.path());
    harness.state_mut().until(|state| !state.scenes.own().is_empty());
    harness.run();
    harness.get_by_label("slab.toml");
    harness.get_by_label_contains("did you mean “title”?");
    let state = harness.state_mut();
    state.scenes.title = "Slab".into();
    state.scenes.save(&state.session, VIEW);
    state.until(|state| state.scenes.own().iter().any(|(_, scene)| scene.is_ok()));
    assert_eq!(std::fs::read_to_string(&broken).unwrap(), "titel = 3");
    assert_eq!(Scene::read(&home.path().join("slab-2.toml")).unwrap().title, "Slab");
}
