//! The surface φ = 0: shapes of known area, volume and topology.

use crate::support::random_field;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use spinodal::{
    field::Field,
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
