//! The periodic field: sampling and interpolation between grids.

use crate::support::random_field;
use spinodal::{
    field::{Field, FieldError},
    grid::{Grid, GridError, Shape},
};
use std::f64::consts::TAU;

#[test]
fn the_last_axis_is_contiguous_and_all_axes_wrap() {
    let field = Field::from_fn(6, |x, y, z| 100.0 * x + 10.0 * y + z).unwrap();
    assert_eq!(field.values()[6 * 6 + 2 * 6 + 3], 123.0);
    assert_eq!(field.at(1, 2, 3), 123.0);
    assert_eq!(field.at(-1, 6, -7), 505.0);
}

#[test]
fn coarsening_undoes_refinement() {
    let field = random_field(6, 0.0, 1.0);
    for step in [1, 2, 3] {
        assert_eq!(field.refined(step).coarsened(step).unwrap(), field);
    }
}

#[test]
fn coarsening_keeps_aligned_nodes() {
    let (field, coarse) = (random_field(12, 0.0, 1.0), random_field(12, 0.0, 1.0).coarsened(2).unwrap());
    assert_eq!(coarse.grid(), Grid { shape: [6; 3], spacing: 2.0 });
    for (x, y, z) in [(0, 0, 0), (5, 0, 3), (1, 4, 2)] {
        assert_eq!(coarse.at(x, y, z), field.at(2 * x, 2 * y, 2 * z));
    }
}

#[test]
fn refinement_is_trilinear_in_the_profile_across_the_faces() {
    let (field, fine) = (random_field(5, 0.0, 0.9), random_field(5, 0.0, 0.9).refined(4));
    for (x, y, z) in [(0, 0, 0), (4, 1, 4), (4, 4, 4)] {
        for (i, j, k) in [(1, 2, 3), (3, 0, 2), (2, 2, 2)] {
            let weight = |corner: isize, part: isize| if corner == 1 { part as f64 } else { 4.0 - part as f64 } / 4.0;
            let corners = (0..8).map(|c| (c >> 2 & 1, c >> 1 & 1, c & 1));
            let profile = |a, b, c| f64::from(field.at(x + a, y + b, z + c)).atanh();
            let expected: f64 =
                corners.map(|(a, b, c)| weight(a, i) * weight(b, j) * weight(c, k) * profile(a, b, c)).sum();
            assert!((f64::from(fine.at(4 * x + i, 4 * y + j, 4 * z + k)) - expected.tanh()).abs() < 1e-6);
        }
    }
}

#[test]
fn refinement_reproduces_the_profile_of_a_flat_interface() {
    let profile = |x: f64, y: f64, z: f64| ((x + 2.0 * y - z) / 6.0).tanh();
    let fine = Field::from_fn(8, profile).unwrap().refined(2);
    for node in [(1, 3, 5), (13, 0, 7), (14, 14, 14)] {
        let [x, y, z] = [node.0, node.1, node.2].map(|c| c as f64 / 2.0);
        assert!((f64::from(fine.at(node.0, node.1, node.2)) - profile(x, y, z)).abs() < 1e-5, "{node:?}");
    }
}

#[test]
fn what_is_not_a_field_is_refused() {
    assert_eq!(Field::uniform(4, 0.0), Err(GridError::TooSmall(Shape::cube(4)).into()));
    let short = Field::from_values(5, vec![0.0; 124]);
    assert_eq!(short, Err(FieldError::WrongLength { grid: 5.into(), found: 124 }));
    let mut values = vec![0.0; 125];
    values[(3 * 5 + 1) * 5 + 4] = f32::NAN;
    assert_eq!(Field::from_values(5, values), Err(FieldError::NotFinite(3, 1, 4)));
    assert_eq!(
        random_field(9, 0.0, 1.0).coarsened(2),
        Err(GridError::Indivisible { shape: Shape::cube(9), step: 2, nearest: Shape::cube(10) }.into())
    );
    assert_eq!(
        random_field(8, 0.0, 1.0).coarsened(2),
        Err(GridError::Indivisible { shape: Shape::cube(8), step: 2, nearest: Shape::cube(10) }.into())
    );
}

#[test]
fn the_mean_and_the_range_are_those_of_the_values() {
    let field = Field::from_fn(5, |x, _, _| x - 2.0).unwrap();
    assert_eq!((field.mean(), field.range()), (0.0, (-2.0, 2.0)));
}

#[test]
fn resampling_to_whole_multiples_is_refinement_and_to_the_same_shape_nothing() {
    let field = random_field([6, 5, 1], 0.0, 0.9);
    let (resampled, refined) = (field.resampled(Shape([18, 15, 1])).unwrap(), field.refined(3));
    assert_eq!(resampled.grid(), [18, 15, 1].into());
    assert!(resampled.values().iter().zip(refined.values()).all(|(a, b)| (a - b).abs() < 1e-6));
    assert_eq!(field.resampled(Shape([6, 5, 1])).unwrap(), field);

    let thick = field.resampled(Shape([6, 5, 7])).unwrap();
    assert!((0..7).all(|z| (thick.at(3, 2, z) - field.at(3, 2, 0)).abs() < 1e-6), "nothing varies along a new axis");
    assert!(field.resampled(Shape([6, 3, 1])).is_err());
}

#[test]
fn resampling_follows_a_smooth_field_to_any_number_of_nodes() {
    let wave = |n: f64, x: f64| 0.5 * (TAU * x / n).sin();
    let field = Field::from_fn([40, 5, 5], |x, _, _| wave(40.0, x)).unwrap();
    for n in [27_usize, 40, 61, 97] {
        let resampled = field.resampled(Shape([n, 5, 8])).unwrap();
        let errors = (0..n).map(|x| f64::from(resampled.at(x as isize, 1, 6)) - wave(n as f64, x as f64));
        assert!(errors.fold(0.0, |most: f64, e| most.max(e.abs())) < 3e-3, "{n}");
    }
}
