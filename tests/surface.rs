//! The surface φ = 0: shapes of known area, volume and topology.

use crate::support::random_field;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use spinodal::{
    field::Field,
    metrics::morphology::{Morphology, percolation},
    surface::{Caps, SurfaceMesh, extract, measures},
};
use std::f64::consts::{PI, TAU};

/// A ball of radius `radius` around the middle of the box, with a tanh interface of width ε = 3.
fn ball(size: usize, radius: f64) -> Field {
    let middle = size as f64 / 2.0 - 0.3;
    Field::from_fn(size, |x, y, z| {
        let distance = [x, y, z].map(|c| (c - middle).powi(2)).iter().sum::<f64>().sqrt();
        (radius - distance).tanh()
    })
    .unwrap()
}

#[test]
fn slopes_beyond_f32_leave_all_coordinates_and_normals_finite() {
    for amplitude in [1e-40, 1.0, 1e19, 1e25, 3e38] {
        let mesh = extract(&random_field(12, 0.0, amplitude), 0.0, Caps::Closed);
        assert!(!mesh.triangles.is_empty());
        assert!(mesh.positions.iter().flatten().all(|c| c.is_finite()), "{amplitude}");
        for normal in &mesh.normals {
            let length = normal.iter().map(|c| c * c).sum::<f32>().sqrt();
            assert!((length - 1.0).abs() < 1e-5, "{normal:?} at {amplitude}");
        }
    }
}

/// Waves of random direction and phase: a bicontinuous periodic structure, mean about `mean`.
fn random_waves(size: usize, mean: f64) -> Field {
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let waves: Vec<[f64; 4]> = (0..30)
        .map(|_| {
            let mut count = || f64::from(random.random_range(-4..=4));
            [count(), count(), count(), random.random_range(0.0..TAU)]
        })
        .collect();
    let scale = TAU / size as f64;
    Field::from_fn(size, |x, y, z| {
        mean + waves.iter().map(|[a, b, c, phase]| (scale * (a * x + b * y + c * z) + phase).cos()).sum::<f64>() / 6.0
    })
    .unwrap()
}

fn assert_closed(mesh: &SurfaceMesh) {
    assert!(!mesh.triangles.is_empty());
    assert_eq!(measures::boundary_edges(mesh), 0);
}

#[test]
fn a_ball_has_its_area_its_volume_and_euler_number_2() {
    let mesh = extract(&ball(40, 13.0), 0.0, Caps::Closed);
    assert_closed(&mesh);
    assert_eq!(measures::euler_number(&mesh), 2);
    assert!((measures::area(&mesh) / (4.0 * PI * 13f64.powi(2)) - 1.0).abs() < 0.01);
    assert!((measures::enclosed_volume(&mesh) / (4.0 / 3.0 * PI * 13f64.powi(3)) - 1.0).abs() < 0.01);
}

#[test]
fn normals_and_triangles_point_out_of_the_ball() {
    let mesh = extract(&ball(40, 13.0), 0.0, Caps::Open);
    let middle = 40.0 / 2.0 - 0.3;
    for (position, normal) in mesh.positions.iter().zip(&mesh.normals) {
        let cosine: f32 = position.iter().zip(normal).map(|(p, n)| (p - middle) / 13.0 * n).sum();
        assert!(cosine > 0.98, "{position:?} {normal:?}");
    }
    assert!(measures::enclosed_volume(&mesh) > 0.0);
}

#[test]
fn normals_of_a_thin_interface_are_those_of_its_shape() {
    // The profile in equilibrium at ε = 3, between the solver's nodes and between the network's, 2 grid units apart.
    for (spacing, radius, turn) in [(1.0, 8.3, 1.5_f64), (2.0, 14.3, 3.5)] {
        let size = 24;
        let middle = [0.13, 0.37, 0.71].map(|c| spacing * (c + size as f64 / 2.0));
        let from_middle = |point: [f64; 3]| [0, 1, 2].map(|c| spacing * point[c] - middle[c]);
        let length = |v: [f64; 3]| v.iter().map(|c| c * c).sum::<f64>().sqrt();
        let field = Field::from_fn(size, |x, y, z| (radius - length(from_middle([x, y, z]))).tanh()).unwrap();
        let mesh = extract(&field, 0.0, Caps::Closed);
        for (position, normal) in mesh.positions.iter().zip(&mesh.normals) {
            let ray = from_middle(position.map(f64::from));
            let along: f64 = (0..3).map(|c| ray[c] / length(ray) * f64::from(normal[c])).sum();
            assert!(along > turn.to_radians().cos(), "turned by {}°", along.acos().to_degrees());
        }
    }
}

#[test]
fn a_torus_has_euler_number_0() {
    let torus = Field::from_fn(40, |x, y, z| {
        let ring = (x - 20.0).hypot(y - 20.0) - 11.0;
        (5.0 - ring.hypot(z - 20.0)).tanh()
    });
    let mesh = extract(&torus.unwrap(), 0.0, Caps::Closed);
    assert_closed(&mesh);
    assert_eq!(measures::euler_number(&mesh), 0);
    assert!((measures::area(&mesh) / (4.0 * PI * PI * 11.0 * 5.0) - 1.0).abs() < 0.02);
}

#[test]
fn caps_close_a_random_structure_whatever_its_topology() {
    for (size, mean) in [(20, 0.0), (33, 0.3), (24, -0.4)] {
        let field = random_waves(size, mean);
        let mesh = extract(&field, 0.0, Caps::Closed);
        assert_closed(&mesh);
        let (open, volume) = (extract(&field, 0.0, Caps::Open), (size as f64).powi(3));
        assert!(measures::boundary_edges(&open) > 0);
        let fraction = inside_fraction(&field);
        assert!((measures::enclosed_volume(&mesh) / volume - fraction).abs() < 0.01, "{fraction}");
    }
}

/// Share of the box where the trilinear interpolant is positive, from 4³ points per cell.
fn inside_fraction(field: &Field) -> f64 {
    let fine = field.refined(4);
    fine.values().iter().filter(|&&value| value > 0.0).count() as f64 / fine.values().len() as f64
}

#[test]
fn noise_from_node_to_node_stays_closed() {
    let field = random_field(16, 0.0, 1.0);
    assert_closed(&extract(&field, 0.0, Caps::Closed));
}

#[test]
fn nodes_exactly_at_the_level_leave_no_hole() {
    let field = Field::from_fn(12, |x, y, z| ((x * 7.0 + y * 3.0 + z * 5.0) % 3.0 - 1.0).round()).unwrap();
    let mesh = extract(&field, 0.0, Caps::Closed);
    assert_closed(&mesh);
    assert!(mesh.positions.iter().chain(&mesh.normals).flatten().all(|value| value.is_finite()));
}

#[test]
fn a_slab_is_two_sheets_when_open_and_a_box_when_capped() {
    let size = 16;
    let slab = Field::from_fn(size, |x, _, _| (4.25 - (x - 8.0).abs()).clamp(-1.0, 1.0)).unwrap();
    let face = (size * size) as f64;
    let open = extract(&slab, 0.0, Caps::Open);
    assert_eq!(measures::boundary_edges(&open), 2 * 4 * size);
    assert!((measures::area(&open) - 2.0 * face).abs() < 1e-3);
    let closed = extract(&slab, 0.0, Caps::Closed);
    assert_closed(&closed);
    assert_eq!(measures::euler_number(&closed), 2);
    assert!((measures::area(&closed) - 2.0 * face - 4.0 * 8.5 * size as f64).abs() < 1e-3);
    assert!((measures::enclosed_volume(&closed) - 8.5 * face).abs() < 1e-3);
}

#[test]
fn caps_are_flat_and_face_outwards() {
    let mesh = extract(&random_waves(20, 0.0), 0.0, Caps::Closed);
    for (position, normal) in mesh.positions.iter().zip(&mesh.normals) {
        assert!(position.iter().all(|c| (0.0..=20.0).contains(c)));
        let length: f32 = normal.iter().map(|c| c * c).sum();
        assert!((length - 1.0).abs() < 1e-5);
    }
    let capped = |axis: usize, face: f32, sign: f32| {
        let on_cap = mesh.positions.iter().zip(&mesh.normals).filter(|(_, n)| n[axis] == sign);
        on_cap.filter(|(p, _)| p[axis] == face).count()
    };
    for axis in 0..3 {
        assert!(capped(axis, 0.0, -1.0) > 0 && capped(axis, 20.0, 1.0) > 0);
    }
}

#[test]
fn the_gyroid_is_open_at_the_faces_and_has_its_known_area() {
    let size = 48;
    let k = TAU / size as f64;
    let gyroid = Field::from_fn(size, |x, y, z| {
        (k * x).sin() * (k * y).cos() + (k * y).sin() * (k * z).cos() + (k * z).sin() * (k * x).cos()
    });
    let open = extract(&gyroid.unwrap(), 0.0, Caps::Open);
    assert!(measures::boundary_edges(&open) > 0);
    // The nodal approximation of the gyroid has 3.09 times the area of a face of its cubic cell.
    assert!((measures::area(&open) / (size * size) as f64 - 3.09).abs() < 0.02);
}

#[test]
fn a_field_of_one_phase_has_no_surface_unless_its_faces_are_capped() {
    let empty = Field::uniform(8, -1.0).unwrap();
    assert_eq!(extract(&empty, 0.0, Caps::Closed), SurfaceMesh::default());
    let full = Field::uniform(8, 1.0).unwrap();
    assert_eq!(extract(&full, 0.0, Caps::Open), SurfaceMesh::default());
    let mesh = extract(&full, 0.0, Caps::Closed);
    assert_closed(&mesh);
    assert!((measures::area(&mesh) - 6.0 * 64.0).abs() < 1e-9);
    assert!((measures::enclosed_volume(&mesh) - 512.0).abs() < 1e-9);
}

/// Distance of a point from the middle of a periodic box, along the axes of `across` only.
fn distance(point: [f64; 3], middle: [f64; 3], size: f64, across: [bool; 3]) -> f64 {
    let along = |axis: usize| {
        let d = (point[axis] - middle[axis] + size / 2.0).rem_euclid(size) - size / 2.0;
        if across[axis] { d * d } else { 0.0 }
    };
    (along(0) + along(1) + along(2)).sqrt()
}

#[test]
fn the_periodic_euler_number_does_not_know_where_the_box_was_cut() {
    // A ball around a corner of the box is eight pieces of it, and still one sphere.
    for (middle, open) in [([12.3; 3], 2), ([0.3; 3], 8)] {
        let ball = Field::from_fn(24, |x, y, z| 7.0 - distance([x, y, z], middle, 24.0, [true; 3])).unwrap();
        assert_eq!(measures::euler_number(&extract(&ball, 0.0, Caps::Open)), open);
        assert_eq!(measures::periodic_euler_number(&extract(&ball, 0.0, Caps::Open), &24.into()), 2);
    }
    let gyroid = {
        let size = 32;
        let k = TAU / size as f64;
        Field::from_fn(size, |x, y, z| {
            let (x, y, z) = (k * x + 0.1, k * y + 0.2, k * z + 0.3);
            x.sin() * y.cos() + y.sin() * z.cos() + z.sin() * x.cos()
        })
        .unwrap()
    };
    // The gyroid has Euler characteristic −8 per cubic cell (genus 5 on the cubic torus).
    assert_eq!(measures::periodic_euler_number(&extract(&gyroid, 0.0, Caps::Open), &32.into()), -8);
    assert_eq!(Morphology::of(&gyroid), Morphology::Other);
    assert_eq!((percolation(&gyroid, true), percolation(&gyroid, false)), (3, 3));
}

#[test]
fn structures_are_classified_wherever_they_lie_and_whichever_phase_they_are() {
    let n = 24;
    let size = n as f64;
    let cases = [
        ([true, true, true], Morphology::Spherical),
        ([true, true, false], Morphology::Tubular),
        ([true, false, true], Morphology::Tubular),
        ([false, false, true], Morphology::Layered),
        ([true, false, false], Morphology::Layered),
    ];
    for (across, expected) in cases {
        for (middle, sign) in [([11.7; 3], 1.0), ([0.4; 3], 1.0), ([23.1, 6.2, 0.3], -1.0)] {
            let body = |x, y, z| sign * (5.3 - distance([x, y, z], middle, size, across));
            let field = Field::from_fn(n, body).unwrap();
            assert_eq!(Morphology::of(&field), expected, "{across:?} {middle:?} {sign}");
        }
    }
    // Tilted by 45°, a layer percolates along all three axes, but in two independent directions; so for a tube.
    let tilted = |x: f64, y: f64| (x + y + 0.3).rem_euclid(size) - size / 2.0;
    let layer = Field::from_fn(n, |x, y, _| 6.1 - tilted(x, y).abs()).unwrap();
    assert_eq!(Morphology::of(&layer), Morphology::Layered);
    let across_z = |z: f64| (z + 0.4).rem_euclid(size) - size / 2.0;
    let tube = Field::from_fn(n, |x, y, z| 6.1 - tilted(x, y).hypot(across_z(z))).unwrap();
    assert_eq!(Morphology::of(&tube), Morphology::Tubular);
    // A layer with a hole through it, and a layer beside a drop.
    let hole = |x: f64, y: f64| (x - 12.3).hypot(y - 12.3) - 5.0;
    let perforated = Field::from_fn(n, |x, y, z| (4.2 - (z - 12.1).abs()).min(hole(x, y))).unwrap();
    assert_eq!(Morphology::of(&perforated), Morphology::Other);
    let drop = |x: f64, y: f64, z: f64| 4.0 - (x - 12.3).hypot(y - 12.3).hypot(z - 12.3);
    let mixture = Field::from_fn(n, |x, y, z| drop(x, y, z).max(z.min(size - z).mul_add(-1.0, 3.3))).unwrap();
    assert_eq!(Morphology::of(&mixture), Morphology::Other);
    assert_eq!(Morphology::of(&Field::uniform(8, 1.0).unwrap()), Morphology::Uniform);
}
