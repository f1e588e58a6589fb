//! Initial conditions: random fields, shapes, meshes and files.

mod files;
mod meshes;
mod placement;
mod random;
mod shapes;

use spinodal::{
    field::Field,
    grid::Shape,
    initial::{Initial, InitialOptions},
};

fn build(initial: Initial, options: &InitialOptions) -> Field {
    initial.build(options).unwrap()
}

/// The mean of c = (φ + 1)/2.
fn volume_fraction(field: &Field) -> f64 {
    (field.mean() + 1.0) / 2.0
}

#[test]
fn every_preset_has_the_volume_fraction_asked_for() {
    for (name, preset) in Initial::presets() {
        for target in [0.12, 0.5, 0.7] {
            let options = InitialOptions { grid: Shape::cube(32), volume_fraction: Some(target), ..Default::default() };
            let reached = volume_fraction(&build(preset.clone(), &options));
            assert!((reached - target).abs() < 1e-5, "{name}: {reached} instead of {target}");
        }
    }
}

#[test]
fn names_and_paths_are_understood_written_and_recorded() {
    for text in ["noise", "gyroid", "pfhub-1a", "my mesh.OBJ", "a/b.ply", "c.stl", "run.npy"] {
        let initial = Initial::parse(text).unwrap();
        assert_eq!(initial.to_string(), text);
        let recorded = serde_json::to_string(&initial).unwrap();
        assert_eq!(recorded, format!("{text:?}"));
        assert_eq!(serde_json::from_str::<Initial>(&recorded).unwrap(), initial);
    }
    let error = Initial::parse("rabbit").unwrap_err().to_string();
    assert!(error.contains("“rabbit”") && error.contains("column, slab, film, gyroid, "), "{error}");
    assert!(serde_json::from_str::<Initial>("\"rabbit\"").is_err());
}

#[test]
fn the_bunny_is_there_or_its_absence_is_told() {
    let found = Initial::parse("bunny").and_then(|bunny| bunny.build(&InitialOptions::default()));
    if cfg!(feature = "bunny") {
        assert!(Initial::names().contains(&"bunny") && found.is_ok());
    } else {
        let error = found.unwrap_err().to_string();
        assert!(!Initial::names().contains(&"bunny") && error.contains("built without the Stanford bunny"), "{error}");
    }
}

#[test]
fn options_are_recorded_whole_and_unknown_ones_refused() {
    let options = InitialOptions { seed: u64::MAX, volume_fraction: Some(0.25), ..Default::default() };
    let recorded = serde_json::to_string(&options).unwrap();
    assert_eq!(serde_json::from_str::<InitialOptions>(&recorded).unwrap(), options);
    assert_eq!(serde_json::from_str::<InitialOptions>("{}").unwrap(), InitialOptions::default());
    assert!(serde_json::from_str::<InitialOptions>(r#"{"sede": 1}"#).is_err());
}

#[test]
fn periods_matter_to_the_gyroid_alone() {
    let small = InitialOptions { grid: Shape::cube(5), ..Default::default() };
    assert_eq!(build(Initial::Noise, &small).grid(), 5.into());
    let refusal = Initial::Gyroid.build(&small).unwrap_err().to_string();
    assert!(refusal.contains("the number of periods must lie between 1 and 1, but is 2"), "{refusal}");
}

#[test]
fn options_out_of_bounds_are_named() {
    let with = |change: fn(&mut InitialOptions)| {
        let mut options = InitialOptions::default();
        change(&mut options);
        Initial::Noise.build(&options).unwrap_err().to_string()
    };
    for (error, expected) in [
        (with(|o| o.grid = Shape::cube(4)), "a grid of 4³ is too small"),
        (with(|o| o.grid = Shape([usize::MAX, 8, 8])), "a grid of 18446744073709551615×8×8 has too many nodes"),
        (with(|o| o.epsilon = 0.0), "the interface width ε must lie"),
        (with(|o| o.epsilon = f64::NAN), "the interface width ε must lie"),
        (with(|o| o.volume_fraction = Some(1.0)), "the volume fraction must lie"),
        (with(|o| o.noise.correlation_length = 0.0), "the correlation length must lie"),
        (with(|o| o.noise.octaves = 100), "the number of octaves must lie"),
        (with(|o| o.shape.radius = 0.6), "the radius must lie"),
        (with(|o| o.margin = 0.5), "the margin must lie"),
    ] {
        assert!(error.starts_with(expected), "{error}");
    }
}
