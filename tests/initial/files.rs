//! Field files as initial conditions.

use super::volume_fraction;
use crate::formats::npy::data;
use spinodal::{
    field::Field,
    formats::npy,
    initial::{Initial, InitialOptions},
};

#[test]
fn a_field_file_sets_the_grid_and_gives_its_last_frame() {
    let path = data("cahn_hilliard_24_f64.npy");
    let field = Initial::File(path.clone()).build(&InitialOptions::default()).unwrap();
    assert_eq!(field.grid(), 24.into());
    assert_eq!(Some(&field), npy::read_frames(&path, false).unwrap().last());

    let options = InitialOptions { volume_fraction: Some(0.4), ..Default::default() };
    let shifted = Initial::File(path).build(&options).unwrap();
    assert!((volume_fraction(&shifted) - 0.4).abs() < 1e-6);
}

#[test]
fn concentrations_are_read_when_asked_for_and_far_values_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.npy");
    npy::write_field(&path, &Field::uniform(5, 0.25).unwrap(), false).unwrap();
    let options = InitialOptions { concentration: true, ..Default::default() };
    assert_eq!(Initial::File(path.clone()).build(&options).unwrap().at(0, 0, 0), -0.5);

    npy::write_field(&path, &Field::uniform(5, -255.0).unwrap(), false).unwrap();
    let error = Initial::File(path.clone()).build(&InitialOptions::default()).unwrap_err().to_string();
    assert!(error.contains("c.npy reach -255") && error.contains("concentrations"), "{error}");
}
