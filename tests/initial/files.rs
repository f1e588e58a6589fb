//! Field files as initial conditions.

use super::volume_fraction;
use crate::formats::{
    npy::data,
    volumes::{Page, file, stack},
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use spinodal::{
    equation::interface_profile,
    field::Field,
    formats::npy,
    grid::{Grid, Shape},
    initial::{Crop, Initial, InitialOptions, file_shape},
};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

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

/// A `.npy` file by the letter of NumPy's format, in C order.
fn npy_file(descr: &str, shape: &str, values: &[u8]) -> (TempDir, PathBuf) {
    let dictionary = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((dictionary.len() as u16).to_le_bytes());
    bytes.extend(dictionary.bytes());
    bytes.extend(values);
    file("image.npy", &bytes)
}

/// Distances, by an ε so large that φ is far from ±1.
fn distances(path: &Path, options: &InitialOptions) -> Vec<f64> {
    let epsilon = options.grid.0.into_iter().max().unwrap() as f64;
    let options = InitialOptions { epsilon, ..options.clone() };
    let field = Initial::File(path.to_owned()).build(&options).unwrap();
    field.values().iter().map(|&phi| f64::from(phi).atanh() * epsilon / 3.0).collect()
}

#[test]
fn two_values_of_any_type_are_two_phases_with_the_profile_between_them() {
    let one_of = |low: &[u8], high: &[u8]| -> Vec<u8> {
        (0..16 * 5 * 6).flat_map(|i| if (4..10).contains(&(i / 30)) { high } else { low }).copied().collect()
    };
    for (descr, low, high) in [
        ("|b1", &[0_u8][..], &[1_u8][..]),
        ("|u1", &[0], &[255]),
        ("|i1", &[0xfe], &[0xff]),
        ("<u2", &[1, 0], &[0, 1]),
        (">i4", &[0xff, 0xff, 0xff, 0xff], &[0, 0, 0, 3]),
        ("<i8", &[0; 8], &[1, 0, 0, 0, 0, 0, 0, 0]),
    ] {
        let (_folder, path) = npy_file(descr, "16, 5, 6", &one_of(low, high));
        for concentration in [false, true] {
            let options = InitialOptions { concentration, ..Default::default() };
            let field = Initial::File(path.clone()).build(&options).unwrap();
            for x in 0..16_isize {
                // The faces lie halfway between nodes, at 3.5 and 9.5, and so do their images.
                let faces = [3.5, 9.5, 3.5 + 16.0, 9.5 - 16.0].map(|face: f64| (x as f64 - face).abs());
                let distance = faces.into_iter().fold(f64::MAX, f64::min);
                let depth = if (4..10).contains(&x) { distance } else { -distance };
                assert!((f64::from(field.at(x, 2, 3)) - interface_profile(depth, 3.0)).abs() < 1e-6, "{descr} at {x}");
            }
        }
    }
}

/// Signed distances by the definition: to the nearest point halfway between unlike neighbours, or an image of it.
fn by_search(mask: &[bool], grid: &Grid, steps: [f64; 3]) -> Vec<f64> {
    let nodes = || (0..grid.len()).map(|index| grid.node(index));
    let mut boundary = Vec::new();
    for (node, axis) in nodes().flat_map(|node| (0..3).map(move |axis| (node, axis))) {
        if mask[grid.index(node)] != mask[grid.index(grid.neighbour(node, axis, true))] {
            let mut point = node.map(|c| c as f64);
            point[axis] += 0.5;
            boundary.push(point);
        }
    }
    let distance = |node: [usize; 3], point: &[f64; 3]| {
        let square = |axis: usize| {
            let apart = (node[axis] as f64 - point[axis]).abs();
            (apart.min(grid.shape[axis] as f64 - apart) * steps[axis]).powi(2)
        };
        (square(0) + square(1) + square(2)).sqrt()
    };
    let sign = |node| if mask[grid.index(node)] { 1.0 } else { -1.0 };
    nodes().map(|node| sign(node) * boundary.iter().map(|p| distance(node, p)).fold(f64::MAX, f64::min)).collect()
}

#[test]
fn distances_in_a_segmented_image_are_those_of_a_search() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    for shape in [[7, 6, 9], [12, 1, 8], [1, 30, 1]] {
        let grid = Grid::from(shape);
        for rare in [2, 12, 40] {
            let mut mask: Vec<_> = (0..grid.len()).map(|_| random.random_range(0..rare) == 0).collect();
            (mask[0], mask[1]) = (true, false);
            let values: Vec<_> = mask.iter().map(|&inside| u8::from(inside)).collect();
            let (_folder, path) = npy_file("|b1", &format!("{}, {}, {}", shape[0], shape[1], shape[2]), &values);
            let found = distances(&path, &InitialOptions::default());
            let expected = by_search(&mask, &grid, [1.0; 3]);
            let worst = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(worst < 1e-4, "{shape:?}, one of {rare}: {worst}");

            // Stretched unequally, in the units of the finer grid.
            let steps = [0, 1, 2].map(|axis| if shape[axis] > 1 { [2, 1, 3][axis] } else { 1 });
            let fine = Shape([0, 1, 2].map(|axis| shape[axis] * steps[axis]));
            let options = InitialOptions { grid: fine, resample: true, ..Default::default() };
            let (found, expected) = (distances(&path, &options), by_search(&mask, &grid, steps.map(|s| s as f64)));
            for (index, expected) in expected.iter().enumerate() {
                let [x, y, z] = grid.node(index);
                let found = found[Grid::from(fine).index([x * steps[0], y * steps[1], z * steps[2]])];
                assert!((found - expected).abs() < 1e-4, "{shape:?} stretched: {found} instead of {expected}");
            }
        }
    }
}

#[test]
fn a_segmented_sphere_has_nearly_its_distances_and_its_volume_fraction() {
    let (n, radius) = (40, 13.3);
    let inside =
        Field::from_fn(n, |x, y, z| radius - ((x - 19.6).powi(2) + (y - 20.1).powi(2) + (z - 20.4).powi(2)).sqrt());
    let exact = inside.unwrap();
    let values: Vec<_> = exact.values().iter().map(|d| if *d > 0.0 { 200 } else { 10 }).collect();
    let (_folder, path) = npy_file("|u1", "40, 40, 40", &values);
    let found = distances(&path, &InitialOptions::default());
    let near: Vec<_> = exact.values().iter().zip(&found).filter(|(exact, _)| exact.abs() < 5.0).collect();
    let errors: Vec<_> = near.iter().map(|(exact, found)| *found - f64::from(**exact)).collect();
    let mean = |of: &dyn Fn(&f64) -> f64| errors.iter().map(of).sum::<f64>() / errors.len() as f64;
    assert!(
        mean(&|e| *e).abs() < 0.1 && mean(&|e| e * e).sqrt() < 0.3,
        "{} {}",
        mean(&|e| *e),
        mean(&|e| e * e).sqrt()
    );

    let share = values.iter().filter(|&&v| v == 200).count() as f64 / values.len() as f64;
    let field = Initial::File(path.clone()).build(&InitialOptions::default()).unwrap();
    assert!((volume_fraction(&field) / share - 1.0).abs() < 0.02, "{} of {share}", volume_fraction(&field));
    let options = InitialOptions { volume_fraction: Some(0.3), ..Default::default() };
    let field = Initial::File(path).build(&options).unwrap();
    assert!((volume_fraction(&field) - 0.3).abs() < 1e-4);
    assert!(field.largest() <= 1.0, "it grows, and is not shifted");
}

#[test]
fn other_integers_are_numbers_within_the_phases_only() {
    let values = |of: &[u8]| -> Vec<u8> { of.iter().copied().cycle().take(125).collect() };
    let options = InitialOptions::default();
    let concentration = InitialOptions { concentration: true, ..Default::default() };
    let (_folder, path) = npy_file("|i1", "5, 5, 5", &values(&[0xff, 0, 1]));
    let field = Initial::File(path.clone()).build(&options).unwrap();
    assert_eq!((field.at(0, 0, 0), field.at(0, 0, 1), field.at(0, 0, 2)), (-1.0, 0.0, 1.0));
    let error = Initial::File(path).build(&concentration).unwrap_err().to_string();
    assert!(error.contains("image.npy holds more than two different integers, from -1 to 1, which"), "{error}");
    assert!(error.contains("nor c in [0, 1]: segment it to two values first"), "{error}");

    let (_folder, path) = npy_file("|u1", "5, 5, 5", &values(&[3, 40, 250]));
    let error = Initial::File(path).build(&options).unwrap_err().to_string();
    assert!(error.contains("from 3 to 250, which are neither two phases nor φ in [-1, 1]: segment"), "{error}");

    for (value, options) in [(0, &options), (7, &concentration)] {
        let (_folder, path) = npy_file("|u1", "5, 5, 5", &values(&[value]));
        let error = Initial::File(path).build(options).unwrap_err().to_string();
        assert!(
            error.ends_with(&format!(
                "holds the integer {value} alone: two different ones are needed, one for each phase"
            )),
            "{error}"
        );
    }
}

#[test]
fn images_and_stacks_are_segmented_as_arrays_are() {
    let inside = |i: usize| (4..10).contains(&i);
    let text: Vec<_> = (0..16 * 5 * 6).map(|i| if inside(i % 16) { "8" } else { "5" }).collect();
    let xml = format!(
        r#"<VTKFile type="ImageData"><ImageData WholeExtent="0 15 0 4 0 5"><Piece Extent="0 15 0 4 0 5">
        <PointData><DataArray type="UInt8" format="ascii">{}</DataArray></PointData></Piece></ImageData></VTKFile>"#,
        text.join(" ")
    );
    let pixels: Vec<_> = (0..16 * 5).map(|i| if inside(i % 16) { 255 } else { 0 }).collect();
    let pages: Vec<_> = (0..6).map(|_| Page { size: [16, 5], format: 1, bits: 8, pixels: &pixels }).collect();
    let values: Vec<_> = (0..16 * 5 * 6).map(|i| u8::from(inside(i / 30))).collect();
    let (_folder, array) = npy_file("|b1", "16, 5, 6", &values);
    let expected = Initial::File(array).build(&InitialOptions::default()).unwrap();
    for (name, bytes) in [("image.vti", xml.into_bytes()), ("stack.tif", stack(&pages, true))] {
        let (_folder, path) = file(name, &bytes);
        let initial = Initial::parse(path.to_str().unwrap()).unwrap();
        assert_eq!(initial.build(&InitialOptions::default()).unwrap(), expected, "{name}");
    }
}

/// A field file whose φ tells the node.
fn indexed_file() -> (TempDir, PathBuf) {
    let (folder, path) = file("field.npy", &[]);
    let field = Field::from_fn([12, 8, 9], |x, y, z| (100.0 * x + 10.0 * y + z) / 1500.0).unwrap();
    npy::write_field(&path, &field, false).unwrap();
    (folder, path)
}

fn cropped(path: &Path, crop: &str, options: InitialOptions) -> Result<Field, String> {
    let options = InitialOptions { crop: Some(crop.parse().unwrap()), ..options };
    Initial::File(path.to_owned()).build(&options).map_err(|error| error.to_string())
}

#[test]
fn a_part_of_a_file_is_taken() {
    let (_folder, path) = indexed_file();
    let usual = InitialOptions::default;
    let field = cropped(&path, "2:9,1:6,3:8", usual()).unwrap();
    assert_eq!(field.grid(), [7, 5, 5].into());
    for (x, y, z) in [(0, 0, 0), (6, 4, 4), (1, 2, 3)] {
        let node = [x + 2, y + 1, z + 3].map(|c| c as f32);
        assert_eq!(field.at(x, y, z), (100.0 * node[0] + 10.0 * node[1] + node[2]) / 1500.0);
    }
    for (crop, shape) in [(":", [12, 8, 9]), ("7:", [5, 8, 9]), (":,:,4:", [12, 8, 5]), (":,2:7,8:9", [12, 5, 1])] {
        assert_eq!(cropped(&path, crop, usual()).unwrap().grid(), shape.into(), "{crop}");
        assert_eq!(file_shape(&path, Some(crop.parse().unwrap())).unwrap(), Shape(shape), "{crop}");
    }
    for (crop, reason) in [
        ("3:3", "the part 3:3,:,: is empty or does not lie within the 12×8×9 nodes"),
        ("9:3,:,:", "is empty or does not lie within"),
        (":,:,:10", "is empty or does not lie within"),
        ("12:", "is empty or does not lie within"),
        ("0:3", "a grid of 3×8×9 is too small"),
        ("0:1,0:1,0:1", "too small"),
    ] {
        let error = cropped(&path, crop, usual()).unwrap_err();
        assert!(error.contains(reason), "{crop}: {error}");
    }
}

#[test]
fn parts_are_written_as_they_are_read() {
    for (text, written) in [("10:74,0:64,32:96", "10:74,0:64,32:96"), (" : , 2 : ", ":,2:,:"), (":5", ":5,:,:")] {
        let crop: Crop = text.parse().unwrap();
        assert_eq!(crop.to_string(), written);
        let options = InitialOptions { crop: Some(crop), resample: true, ..Default::default() };
        let recorded = toml::to_string(&options).unwrap();
        assert!(recorded.contains(&format!("crop = \"{written}\"")), "{recorded}");
        assert_eq!(toml::from_str::<InitialOptions>(&recorded).unwrap(), options);
    }
    for text in ["", "5", "1:2,3", "1:2,3:4,5:6,7:8", "a:b", "-1:5", "1:2:3", "1:99999999999999999999999"] {
        let error = text.parse::<Crop>().unwrap_err().to_string();
        assert!(error.starts_with(&format!("“{text}” is not a part of a box")), "{error}");
    }
}

#[test]
fn a_file_is_stretched_over_the_grid_by_the_profile_of_its_interfaces() {
    let (_folder, path) = file("field.npy", &[]);
    let slab = |x: f64| 5.0 - (x - 10.0).abs();
    let field = Field::from_fn([20, 5, 8], |x, _, _| interface_profile(slab(x), 6.0)).unwrap();
    npy::write_field(&path, &field, false).unwrap();
    let options = InitialOptions { grid: Shape([50, 5, 16]), resample: true, ..Default::default() };
    let stretched = Initial::File(path.clone()).build(&options).unwrap();
    assert_eq!(stretched.grid(), [50, 5, 16].into());
    // The distance is linear away from the middles of both phases: there the profile is hit between the nodes, too.
    for x in (3..22).chain(28..47) {
        let expected = interface_profile(slab(f64::from(x) * 0.4), 6.0);
        assert!((f64::from(stretched.at(x as isize, 3, 11)) - expected).abs() < 1e-5, "{x}");
    }
    let part = cropped(&path, "5:15,:,:", InitialOptions { grid: Shape([40, 5, 8]), ..options.clone() }).unwrap();
    assert!((part.at(0, 0, 0)).abs() < 1e-6 && (part.at(20, 0, 0) - field.at(10, 0, 0)).abs() < 1e-6);

    let flat = InitialOptions { grid: Shape([20, 20, 1]), ..options };
    let error = Initial::File(path).build(&flat).unwrap_err().to_string();
    assert!(error.contains("20×5×8 nodes and cannot be resampled to 20×20×1: crop it to one node"), "{error}");
}

#[test]
fn nodes_unequally_far_apart_are_resampled_or_refused() {
    let xml = |spacing: &str| {
        format!(
            r#"<VTKFile type="ImageData"><ImageData WholeExtent="0 4 0 4 0 0" Spacing="{spacing}"><Piece Extent="0 4 0 4 0 0">
            <PointData><DataArray type="Float32" format="ascii">{}</DataArray></PointData></Piece></ImageData></VTKFile>"#,
            "0.5 ".repeat(25)
        )
    };
    let (_folder, path) = file("image.vti", xml("0.5 1 1").as_bytes());
    let initial = Initial::File(path.clone());
    let error = initial.build(&InitialOptions::default()).unwrap_err().to_string();
    assert!(error.contains("image.vti lie 0.5, 1 and 1 apart along x, y and z: resample it to a grid"), "{error}");
    let options = InitialOptions { grid: Shape([5, 10, 1]), resample: true, ..Default::default() };
    assert!(initial.build(&options).unwrap().values().iter().all(|v| (v - 0.5).abs() < 1e-6));
    std::fs::write(&path, xml("2 2 7")).unwrap();
    assert!(initial.build(&InitialOptions::default()).is_ok(), "the third axis has one node");
}
