//! Scenes: those that come with the program, and those that a user writes.

use spinodal::{
    comparison::{CandidateSpec, Inputs, RunRecord, Setup},
    field::Field,
    gpu::Engine,
    initial::{Initial, pfhub},
    network::ModelSource,
    scene::{CameraPlace, LIBRARY, Scene, SceneView},
    surface::Caps,
    view::ColourBy,
};
use std::{collections::HashSet, f64::consts::PI, fs, path::Path};

fn named(name: &str) -> Scene {
    Scene::find(name).unwrap()
}

fn refusal(text: &str) -> String {
    Scene::parse(text, "mine.toml").unwrap_err().to_string()
}

/// A scene with nothing at its default.
fn unusual(folder: &Path) -> Scene {
    let mut setup = Setup { initial: Initial::Mesh(folder.join("parts/cow.ply")), ..named("pfhub-1a").setup };
    setup.candidates = ["network:lead=3", "spectral:dt=0.1,grid=coarse", "frozen"].map(|c| c.parse().unwrap()).to_vec();
    setup.candidates.push(CandidateSpec::network(ModelSource::File(folder.join("a.safetensors"))));
    setup.options.volume_fraction = Some(0.4);
    setup.options.noise.hurst = 0.3;
    let view = SceneView { camera: CameraPlace::Top, caps: Caps::Open, colour_by: ColourBy::Distance };
    Scene { title: "α “b”".into(), description: "Two\nlines.".into(), frames: Some(7), setup, view: Some(view) }
}

#[test]
fn every_scene_of_the_library_can_be_run() {
    let mut titles = HashSet::new();
    for (name, text) in LIBRARY {
        let scene = Scene::parse(text, name).unwrap();
        assert!(titles.insert(scene.title.clone()), "{name} has another scene's title");
        let sentences = scene.description.matches(". ").count();
        assert!(scene.description.ends_with('.') && sentences == 0, "{name} is not told in one sentence");
        assert!(scene.frames.is_some() && !scene.setup.candidates.is_empty(), "{name}");
        let Inputs { field, .. } = scene.setup.load().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(field.grid().shape(), scene.setup.options.grid, "{name}");
        let (low, high) = field.range();
        assert!(low < high, "{name} is uniform");
    }
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/scenes")).unwrap().count();
    let left_out = usize::from(!cfg!(feature = "bunny"));
    assert_eq!(files, LIBRARY.len() + left_out, "a file is not listed");
}

#[test]
fn the_benchmark_has_its_own_units() {
    let setup = named("pfhub-1a").setup;
    let parameters = setup.reference.parameters;
    assert!((parameters.frame_time() * pfhub::time_unit(setup.options.grid) - 1.0).abs() < 1e-12);
    assert!((parameters.equation.epsilon / pfhub::epsilon(setup.options.grid) - 1.0).abs() < 1e-12);
}

#[test]
fn what_is_written_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    let scenes = LIBRARY.iter().map(|(name, _)| named(name)).chain([unusual(folder.path())]);
    for scene in scenes {
        scene.write(&path).unwrap();
        assert_eq!(Scene::read(&path).unwrap(), scene);
    }
}

#[test]
fn paths_are_those_beside_the_scene() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut scene = unusual(folder.path());
    let apart = elsewhere.path().join("b.safetensors");
    scene.setup.candidates.push(CandidateSpec::network(ModelSource::File(apart.clone())));
    scene.write(&folder.path().join("mine.toml")).unwrap();
    let text = fs::read_to_string(folder.path().join("mine.toml")).unwrap();
    assert!(text.contains("\"parts/cow.ply\"") && text.contains("network:model=a.safetensors"), "{text}");

    // Scene and files are moved together.
    fs::copy(folder.path().join("mine.toml"), elsewhere.path().join("mine.toml")).unwrap();
    let setup = Scene::read(&elsewhere.path().join("mine.toml")).unwrap().setup;
    assert_eq!(setup.initial, Initial::Mesh(elsewhere.path().join("parts/cow.ply")));
    let models: Vec<_> = setup.candidates.iter().filter_map(CandidateSpec::model).cloned().collect();
    assert_eq!(models[1..], [elsewhere.path().join("a.safetensors"), apart].map(ModelSource::File));
}

#[test]
fn a_scene_holds_the_setup_of_a_record() {
    let folder = tempfile::tempdir().unwrap();
    let setup = unusual(folder.path()).setup;
    let record = RunRecord { frames: 3, state_interval: 5, ..RunRecord::new(setup.clone(), "CPU".into()) };
    record.write(folder.path()).unwrap();
    let text = fs::read_to_string(folder.path().join("run.toml")).unwrap();
    let setup_of_record = &text[text.find("[setup]").unwrap()..];
    let scene = Scene::parse(&format!("title = \"a\"\ndescription = \"b\"\n{setup_of_record}"), "copied").unwrap();
    assert_eq!(scene.setup, setup);
}

#[test]
fn names_that_do_not_exist_are_refused_with_the_nearest_that_does() {
    let heading = "title = \"a\"\ndescription = \"b\"\n";
    for (text, expected) in [
        ("titel = \"a\"", "line 1: there is no key “titel” here; did you mean “title”?"),
        ("[setup]\ninital = \"noise\"", "line 4: there is no key “inital” here; did you mean “initial”?"),
        ("[setup.options]\nsede = 3", "did you mean “seed”?"),
        ("[setup.reference.parameters]\nepsilom = 3.0", "did you mean “epsilon”?"),
        ("[setup.reference]\nmethod = \"spektral\"", "there is no value “spektral” here; did you mean “spectral”?"),
        ("[view]\ncamera = \"fromt\"", "line 4: there is no value “fromt” here; did you mean “front”?"),
        ("[view]\ncolour_by = \"curvatur\"", "did you mean “curvature”?"),
        ("[view]\nbackground = 3", "here; there are camera, caps, colour_by"),
        ("[setup]\ninitial = \"bunnny\"", "“bunnny” is neither an initial condition"),
        ("[setup]\ninitial = \"fbm\"", "“fbm” is “noise” with parameters that"),
        ("[setup]\ncandidates = [\"netwrok\"]", "“netwrok” is no candidate"),
        ("[setup.options]\ngrid = \"64x\"", "line 4: "),
    ] {
        let refusal = refusal(&if text.starts_with("titel") { text.to_owned() } else { format!("{heading}{text}") });
        assert!(refusal.starts_with("the scene mine.toml is not understood: "), "{refusal}");
        assert!(refusal.contains(expected) && refusal.lines().count() == 1, "{text}: {refusal}");
    }
    let frames = refusal(&format!("{heading}frames = 2000000"));
    assert!(frames.contains("number of frames must lie between 0 and 1000000, but is 2000000"), "{frames}");
    assert!(refusal("title = \"a\"").contains("description"), "{}", refusal("title = \"a\""));
    let missing = Scene::find("bunnny").unwrap_err().to_string();
    assert!(missing.starts_with("there is no scene and no file called bunnny; the scenes are noise, "), "{missing}");
}

#[test]
fn the_sphere_shrinks_as_its_scene_says() {
    let Inputs { setup, field, .. } = named("shrinking-sphere").setup.load().unwrap();
    let mut solver = setup.reference.start(&Engine::Cpu, &field).unwrap();
    // (3V/4π)^⅔
    let square_of_radius = |field: &Field| {
        let volume = (field.mean() + 1.0) / 2.0 * field.grid().len() as f64;
        (3.0 * volume / (4.0 * PI)).powf(2.0 / 3.0)
    };
    // The profile relaxes to the nodes at first.
    solver.advance().unwrap();
    let before = square_of_radius(&solver.field().unwrap());
    (0..8).for_each(|_| solver.advance().unwrap());
    let rate = (before - square_of_radius(&solver.field().unwrap())) / 8.0;
    assert!((rate / 16.0 - 1.0).abs() < 0.05, "R² falls by {rate} per unit of time, not by 4Mε");
}
