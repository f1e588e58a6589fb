//! Scenes on the command line.

use super::{Workshop, files};
use spinodal::{
    comparison::RunRecord,
    formats::npy::read_frames,
    grid::Shape,
    initial::{Initial, pfhub},
    scene::{LIBRARY, Scene},
};
use std::fs;

#[test]
fn the_library_is_listed_and_a_scene_told() {
    let shop = Workshop::new();
    let listed = shop.succeed("info --scenes");
    for (name, toml) in LIBRARY {
        let Scene { title, description, .. } = Scene::parse(toml, name).unwrap();
        let line = listed.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap();
        assert!(line.ends_with(&format!("{title}: {description}")), "{line}");
    }
    assert_eq!(listed.lines().count(), LIBRARY.len());
    shop.file("mine.toml", LIBRARY[0].1);
    let told = shop.succeed("info mine.toml");
    assert!(told.contains("Watch it separate") && told.contains("64³") && told.contains("built-in"), "{told}");
    assert_eq!(shop.run("info").status.code(), Some(2));
}

#[test]
fn options_beside_a_scene_replace_what_it_says() {
    let shop = Workshop::new();
    shop.file(
        "mine.toml",
        "title = \"a\"\ndescription = \"b\"\nframes = 2\n[setup]\ninitial = \"droplets\"\nengine = \"cpu\"\n\
         candidates = [\"frozen\", \"network:lead=1\"]\n[setup.options]\ngrid = 20\nseed = 4\n[setup.options.shape]\n\
         radius = 0.21\n[setup.reference.parameters]\nepsilon = 2.5\ntime_step = 0.001\nsteps_per_frame = 10\n",
    );
    let record = |out: &str| RunRecord::read(&shop.path(out)).unwrap();
    shop.succeed("compare --scene mine.toml --out as-it-is");
    let whole = record("as-it-is");
    assert_eq!((whole.frames, &whole.setup), (2, &Scene::read(&shop.path("mine.toml")).unwrap().setup));

    shop.succeed(
        "compare --scene mine.toml --grid 24 --radius 0.2 --dt 0.0005 --epsilon 3 --lead 2 --frames 3 --method spectral \
         --out changed",
    );
    let changed = record("changed");
    let mut expected = whole.setup.clone();
    (expected.options.grid, expected.options.shape.radius) = (Shape::cube(24), 0.2);
    expected.reference.method = spinodal::solver::Method::Spectral;
    expected.reference.parameters.time_step = 0.0005;
    expected.reference.parameters.equation.epsilon = 3.0;
    expected.candidates[1] = "network:lead=2".parse().unwrap();
    assert_eq!((changed.frames, changed.setup), (3, expected));

    shop.succeed("compare --scene mine.toml --init sphere --candidate adaptive --frames 1 --out other");
    let other = record("other").setup;
    assert_eq!((other.initial, other.options.seed), (Initial::Sphere, 4));
    assert_eq!(other.candidates, ["adaptive".parse().unwrap()]);

    shop.succeed("simulate --scene mine.toml --out frames.npy");
    let frames = read_frames(&shop.path("frames.npy"), false).unwrap();
    assert_eq!((frames.len(), frames[0].grid().shape()), (3, Shape::cube(20)));
}

#[test]
fn the_benchmark_keeps_its_units_on_another_grid() {
    let shop = Workshop::new();
    shop.succeed("compare --scene pfhub-1a --grid 60x60 --frames 1 --engine cpu --out run");
    let RunRecord { setup, .. } = RunRecord::read(&shop.path("run")).unwrap();
    let (shape, parameters) = (Shape([60, 60, 1]), setup.reference.parameters);
    assert!((parameters.equation.epsilon / pfhub::epsilon(shape) - 1.0).abs() < 1e-9);
    assert!((parameters.frame_time() * pfhub::time_unit(shape) - 1.0).abs() < 1e-9);
}

#[test]
fn scenes_that_make_no_sense_are_refused() {
    let shop = Workshop::new();
    shop.file("bad.toml", "title = \"a\"\ndescription = \"b\"\n[setup.options]\nsede = 1\n");
    shop.refuse(
        "compare --scene bad.toml --out run",
        "bad.toml is not understood: line 4: there is no key “sede” here",
    );
    shop.refuse("compare --scene rabbit --out run", "there is no scene and no file called rabbit");
    shop.refuse("info bad.toml", "did you mean “seed”?");
    for (words, reason) in [("gyroid", "write --scene gyroid"), ("rabbit.toml", "no scene file called rabbit.toml")] {
        let output = shop.run(words);
        assert_eq!(output.status.code(), Some(2));
        assert!(super::text(&output.stderr).contains(reason), "{}", super::text(&output.stderr));
    }
    assert_eq!(shop.run("compare --resume run --scene gyroid").status.code(), Some(2));
}

#[test]
fn frames_become_a_series_for_paraview() {
    let shop = Workshop::new();
    shop.succeed("simulate --grid 12 --frames 6 --engine cpu --out run.npy");
    shop.succeed("export run.npy --series 0..6..3 --frame-time 0.5 --spacing 2 --out field.vti");
    let list: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(shop.path("field.vti.series")).unwrap()).unwrap();
    let frames = read_frames(&shop.path("run.npy"), false).unwrap();
    let listed = list["files"].as_array().unwrap();
    assert_eq!(listed.len(), 3);
    for (index, file) in listed.iter().enumerate() {
        assert_eq!(file["time"].as_f64().unwrap(), 1.5 * index as f64);
        let read = spinodal::formats::field::read(&shop.path(file["name"].as_str().unwrap()), false).unwrap();
        assert_eq!((read.field.values(), read.spacing), (frames[3 * index].values(), [2.0; 3]));
    }
    // A series is replaced as a whole.
    shop.succeed("simulate --init sphere --grid 12 --frames 6 --engine cpu --out other.npy");
    let before = files(shop.0.path());
    fs::remove_file(shop.path("field_00006.vti")).unwrap();
    fs::create_dir(shop.path("field_00006.vti")).unwrap();
    assert_eq!(shop.run("export other.npy --series 0..6..3 --out field.vti --force").status.code(), Some(1));
    fs::remove_dir(shop.path("field_00006.vti")).unwrap();
    shop.file("field_00006.vti", &before["field_00006.vti"]);
    assert!(files(shop.0.path()) == before);
    shop.succeed("export other.npy --series 0..6..3 --out field.vti --force");
    assert!(files(shop.0.path()) != before);
    shop.refuse("export run.npy --series 0..7 --out other.vti", "there is no frame 7 in a run of 6 frames");
    assert_eq!(shop.run("export run.npy --series 6..2 --out other.vti").status.code(), Some(2));
}
