//! Shapes against geometry.

use super::{build, volume_fraction};
use spinodal::{
    equation::{Equation, Parameters, free_energy_density, interface_profile},
    evolution::Evolution,
    field::Field,
    grid::Shape,
    initial::{Initial, InitialOptions},
    solver::explicit::cpu::ExplicitSolver,
};
use std::f64::consts::{PI, TAU};

/// F/V at ε = 3, spacing 1.
fn energy_density(field: &Field) -> f64 {
    let phi: Vec<_> = field.values().iter().map(|&v| f64::from(v)).collect();
    free_energy_density(&phi, &field.grid(), &Equation::default())
}

#[test]
fn a_sphere_has_its_volume_and_its_area() {
    let options = InitialOptions::default();
    let field = build(Initial::Sphere, &options);
    let (n, radius) = (64.0_f64, 0.3 * 64.0_f64);
    let volume = 4.0 / 3.0 * PI * radius.powi(3);
    assert!((volume_fraction(&field) * n.powi(3) / volume - 1.0).abs() < 0.01);
    // On a grid of this spacing an interface has somewhat less energy than its area, also before it relaxes to 0.94.
    let ratio = energy_density(&field) * n.powi(3) / (4.0 * PI * radius * radius);
    assert!((0.94..1.0).contains(&ratio), "{ratio}");
    for (x, distance) in [(32, radius), (51, 0.2), (52, -0.8), (60, radius - 28.0)] {
        assert!((f64::from(field.at(x, 32, 32)) - interface_profile(distance, 3.0)).abs() < 1e-6);
    }
}

#[test]
fn a_flat_slab_is_the_profile_of_two_flat_interfaces() {
    let mut options = InitialOptions { grid: 40.into(), epsilon: 4.0, ..Default::default() };
    (options.shape.undulation, options.shape.thickness) = (0.0, 0.5);
    let field = build(Initial::Slab, &options);
    for z in 0..40_i32 {
        let expected = interface_profile(10.0 - (f64::from(z) - 20.0).abs(), 4.0);
        assert!((f64::from(field.at(3, 7, z as isize)) - expected).abs() < 1e-6);
    }
}

#[test]
fn a_film_is_as_thick_and_as_rough_as_asked_for_and_lies_where_the_seed_says() {
    let faces = |options: &InitialOptions, seed: u64| -> Vec<[f64; 2]> {
        let (n, field) = (options.grid.0[0], build(Initial::Film, &InitialOptions { seed, ..options.clone() }));
        let column = |i: usize| -> [f64; 2] {
            let phi = |z: usize| f64::from(field.at((i / n) as isize, (i % n) as isize, z as isize));
            let crossing = |up: bool| {
                let z = (0..n).find(|&z| (phi(z) < 0.0) == up && (phi(z + 1) < 0.0) != up).unwrap();
                z as f64 + phi(z) / (phi(z) - phi(z + 1))
            };
            [crossing(true), crossing(false)]
        };
        (0..n * n).map(column).collect()
    };
    let mut options = InitialOptions { grid: 48.into(), ..Default::default() };
    (options.shape.thickness, options.shape.roughness, options.noise.correlation_length) = (0.4, 0.0, 16.0);
    let flat = faces(&options, 3);
    let thickness = |[low, high]: [f64; 2]| (high - low).rem_euclid(48.0);
    assert!(flat.iter().all(|&face| (thickness(face) - 19.2).abs() < 0.05 && face == flat[0]));
    assert!((faces(&options, 4)[0][0] - flat[0][0]).abs() > 0.1, "another seed, another height");

    options.shape.roughness = 3.0 / 48.0;
    let rough = faces(&options, 3);
    let heights = |side: usize| -> Vec<f64> {
        rough.iter().map(|face| (face[side] - flat[0][side] + 24.0).rem_euclid(48.0) - 24.0).collect()
    };
    for heights in [heights(0), heights(1)] {
        let peak = heights.iter().fold(0.0_f64, |peak, height| peak.max(height.abs()));
        assert!((peak - 3.0).abs() < 0.05 && heights.iter().sum::<f64>().abs() < 0.05 * heights.len() as f64, "{peak}");
    }
    assert!(
        heights(0).iter().zip(heights(1)).any(|(low, high)| (low - high).abs() > 1.0),
        "each face has its own hills"
    );
}

#[test]
fn the_faces_of_a_slab_undulate() {
    let mut options = InitialOptions::default();
    (options.shape.undulation, options.shape.waves, options.shape.thickness) = (0.08, 1, 0.4);
    let field = build(Initial::Slab, &options);
    for (x, y) in [(16, 16), (48, 16), (0, 30), (10, 55)] {
        let lift = 0.08 * 64.0 * (TAU * x as f64 / 64.0).sin() * (TAU * y as f64 / 64.0).sin();
        for face in [32.0 + lift - 12.8, 32.0 + lift + 12.8] {
            let crossings = (0..64).find(|&z| {
                let (here, next) = (field.at(x, y, z), field.at(x, y, z + 1));
                let crossing = z as f64 + f64::from(here / (here - next));
                here * next <= 0.0 && (crossing - face).abs() < 0.1
            });
            assert!(crossings.is_some(), "no face at {face} over ({x}, {y})");
        }
    }
}

#[test]
fn a_gyroid_halves_the_box_and_has_its_area() {
    let mut options = InitialOptions::default();
    options.shape.periods = 1;
    let field = build(Initial::Gyroid, &options);
    assert!(field.mean().abs() < 1e-6);
    // The area of a gyroid is 3.0915 per cell of side 1 (Schoen 1970).
    let area = energy_density(&field) * 64.0;
    assert!((0.9..1.05).contains(&(area / 3.0915)), "{area}");
    let mirrored = Field::from_fn(64, |x, y, z| -f64::from(field.at(-x as isize, -y as isize, -z as isize))).unwrap();
    assert!(field.values().iter().zip(mirrored.values()).all(|(a, b)| (a - b).abs() < 1e-5));
}

#[test]
fn droplets_touch_and_have_the_volume_and_area_of_two_spheres() {
    let mut options = InitialOptions { grid: 64.into(), ..Default::default() };
    options.shape.radius = 0.2;
    let field = build(Initial::Droplets, &options);
    let radius = 0.2 * 64.0_f64;
    let (volume, area) = (8.0 / 3.0 * PI * radius.powi(3), 8.0 * PI * radius * radius);
    assert!((volume_fraction(&field) * 64.0_f64.powi(3) / volume - 1.0).abs() < 0.015);
    let ratio = energy_density(&field) * 64.0_f64.powi(3) / area;
    assert!((0.93..1.0).contains(&ratio), "{ratio}");
    // They touch in the middle, where the line between their centres lies in both.
    assert!(field.at(32, 32, 32).abs() < 1e-6);
    for centre in [25, 39] {
        assert!(field.at(centre, centre, centre) > 0.999);
    }
    // A turn by half about the middle exchanges them.
    let turned = Field::from_fn(64, |x, y, z| f64::from(field.at(-x as isize, -y as isize, -z as isize))).unwrap();
    assert!(field.values().iter().zip(turned.values()).all(|(a, b)| (a - b).abs() < 1e-5));
    // Two discs in a plane.
    let plane = InitialOptions { grid: Shape([64, 64, 1]), ..options };
    let covered = volume_fraction(&build(Initial::Droplets, &plane)) * 64.0 * 64.0;
    assert!((covered / (2.0 * PI * radius * radius) - 1.0).abs() < 0.02, "{covered}");
}

#[test]
fn a_column_has_its_volume_and_its_area() {
    let mut options = InitialOptions { grid: Shape([48, 40, 96]), ..Default::default() };
    (options.shape.radius, options.shape.undulation, options.shape.waves) = (0.3, 0.075, 3);
    let field = build(Initial::Column, &options);
    let (radius, amplitude, length) = (12.0, 3.0, 96.0);
    let k = TAU * 3.0 / length;
    // Solid of revolution: ∫ πR² dz, and ∫ 2πR √(1 + R'²) dz by the midpoint rule.
    let volume = PI * (radius * radius + amplitude * amplitude / 2.0) * length;
    let area: f64 = (0..9600)
        .map(|i| (i as f64 + 0.5) / 100.0)
        .map(|z| (radius + amplitude * (k * z).cos(), amplitude * k * (k * z).sin()))
        .map(|(r, slope)| TAU * r * (1.0_f64 + slope * slope).sqrt() / 100.0)
        .sum();
    let nodes = field.grid().len() as f64;
    assert!((volume_fraction(&field) * nodes / volume - 1.0).abs() < 0.015);
    let ratio = energy_density(&field) * nodes / area;
    assert!((0.93..1.01).contains(&ratio), "{ratio}");
    // Thick at a crest in the middle, thin between crests.
    for (z, r) in [(48, 15.0), (32, 9.0), (64, 9.0), (0, 9.0), (16, 15.0)] {
        let [inside, outside] = [-1.0, 1.0].map(|step| field.at(24 + (r + step) as isize, 20, z));
        assert!(inside > 0.5 && outside < -0.5, "{inside} {outside} at {z}");
    }
}

#[test]
fn a_column_breaks_up_only_where_its_waves_are_longer_than_it_is_round() {
    // 2πR = 44: one wave of 72 grows, two of 36 fade (Plateau, Rayleigh). The lattice holds back what is much smaller.
    let growth = |waves: u32| {
        let mut options = InitialOptions { grid: Shape([32, 32, 72]), ..Default::default() };
        (options.shape.radius, options.shape.undulation, options.shape.waves) = (7.0 / 32.0, 1.5 / 32.0, waves);
        let start = build(Initial::Column, &options);
        let mut solver = ExplicitSolver::new(&start, Parameters::default()).unwrap();
        // Of the areas of cross sections, the wave that the column began with.
        let wave = |field: &Field| -> f64 {
            let [nx, ny, nz] = field.grid().shape;
            let phase = |z: usize| (TAU * f64::from(waves) * (z as f64 / nz as f64 - 0.5)).cos();
            let node = |i: usize| (f64::from(field.values()[i]) + 1.0) * phase(i % nz);
            (0..nx * ny * nz).map(node).sum()
        };
        let before = wave(&start);
        (0..200).for_each(|_| solver.advance().unwrap());
        wave(&solver.field().unwrap()) / before
    };
    let (long, short) = (growth(1), growth(2));
    assert!(long > 1.3 && short < 0.7, "the long wave grows by {long}, the short one by {short}");
}
