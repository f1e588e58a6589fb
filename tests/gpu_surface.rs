//! Marching cubes on the GPU against the CPU's and against geometry.

use crate::gpu_device::gpu;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use spinodal::{
    field::Field,
    gpu::Gpu,
    surface::{
        Caps, extract,
        gpu::{GpuSurface, SurfaceExtractor, Vertex},
    },
};
use std::collections::HashMap;

fn random(size: usize, seed: u64) -> Field {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    Field::from_fn(size, |_, _, _| random.random_range(-1.0..1.0)).unwrap()
}

/// Signed distance to a sphere about the middle of the box, positive inside.
fn sphere(size: usize, radius: f64) -> Field {
    let middle = size as f64 / 2.0;
    Field::from_fn(size, |x, y, z| radius - ((x - middle).powi(2) + (y - middle).powi(2) + (z - middle).powi(2)).sqrt())
        .unwrap()
}

fn surface(gpu: &Gpu, field: &Field, caps: Caps) -> GpuSurface {
    let buffer = gpu.upload("field", field.values()).unwrap();
    let mut extractor = SurfaceExtractor::new(gpu, field.grid(), caps).unwrap();
    extractor.extract_buffer(&buffer, 0.0).unwrap().clone()
}

/// Twice the area, along the side from which the corners run counter-clockwise.
fn cross([a, b, c]: [Vertex; 3]) -> [f64; 3] {
    let along = |to: Vertex| [0, 1, 2].map(|i| f64::from(to.position[i]) - f64::from(a.position[i]));
    let (u, v) = (along(b), along(c));
    [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]]
}

fn length(vector: [f64; 3]) -> f64 {
    vector.iter().map(|c| c * c).sum::<f64>().sqrt()
}

#[test]
fn both_engines_find_the_same_number_of_triangles() {
    let gpu = gpu();
    for (seed, size) in [5, 17, 24].into_iter().enumerate() {
        let field = random(size, seed as u64);
        for caps in [Caps::Closed, Caps::Open] {
            let found = surface(&gpu, &field, caps).triangle_count(&gpu).unwrap();
            assert_eq!(found, extract(&field, 0.0, caps).triangles.len(), "{size}³, {caps:?}");
        }
    }
}

#[test]
fn a_sphere_has_its_area_and_faces_outwards() {
    let (gpu, radius) = (gpu(), 12.0);
    let triangles = surface(&gpu, &sphere(32, radius), Caps::Closed).triangles(&gpu).unwrap();
    let area: f64 = triangles.iter().map(|&triangle| length(cross(triangle)) / 2.0).sum();
    let expected = 4.0 * std::f64::consts::PI * radius * radius;
    assert!((area / expected - 1.0).abs() < 0.01, "{area} is not {expected}");
    for vertex in triangles.as_flattened() {
        let outwards = vertex.position.map(|c| f64::from(c) - 16.0);
        let along: f64 = outwards.iter().zip(vertex.normal).map(|(o, n)| o * f64::from(n)).sum();
        assert!(along / length(outwards) > 0.99, "{vertex:?}");
    }
}

#[test]
fn normals_are_those_of_the_cpu() {
    let gpu = gpu();
    // A profile in equilibrium between the network's nodes.
    let mut field = sphere(24, 7.15);
    field.values_mut().iter_mut().for_each(|distance| *distance = (2.0 * *distance).tanh());
    let key = |position: [f32; 3]| position.map(|c| (c * 256.0).round() as i32);
    let mesh = extract(&field, 0.0, Caps::Closed);
    let expected: HashMap<_, _> = mesh.positions.iter().map(|&p| key(p)).zip(&mesh.normals).collect();
    for vertex in surface(&gpu, &field, Caps::Closed).triangles(&gpu).unwrap().as_flattened() {
        let normal = expected.get(&key(vertex.position)).expect("the CPU finds no vertex there");
        assert!(normal.iter().zip(vertex.normal).all(|(a, b)| (a - b).abs() < 1e-3), "{vertex:?}, not {normal:?}");
    }
}

#[test]
fn caps_close_the_surface_and_their_absence_opens_it() {
    let gpu = gpu();
    let field = random(12, 7);
    let unmatched = |caps| {
        let mut edges = HashMap::<_, i32>::new();
        for triangle in surface(&gpu, &field, caps).triangles(&gpu).unwrap() {
            let [a, b, c] = triangle.map(|vertex| vertex.position.map(f32::to_bits));
            for (from, to) in [(a, b), (b, c), (c, a)] {
                *edges.entry((from.min(to), from.max(to))).or_default() += if from < to { 1 } else { -1 };
            }
        }
        edges.into_iter().filter(|&((from, to), uses)| from != to && uses != 0).count()
    };
    assert_eq!(unmatched(Caps::Closed), 0);
    assert!(unmatched(Caps::Open) > 0);
}

#[test]
fn caps_lie_on_the_faces_and_face_outwards() {
    let gpu = gpu();
    // All of the box but a hole in its middle: the caps are the six faces.
    let mut field = sphere(8, 2.5);
    field.values_mut().iter_mut().for_each(|v| *v = -*v);
    let on_face =
        |v: &Vertex| (0..3).any(|i| v.normal[i].abs() > 0.999 && v.position[i] == 4.0 + 4.0 * v.normal[i].round());
    let triangles = surface(&gpu, &field, Caps::Closed).triangles(&gpu).unwrap();
    let caps = triangles.iter().filter(|triangle| triangle.iter().all(on_face));
    let area: f64 = caps.map(|&triangle| length(cross(triangle)) / 2.0).sum();
    assert!((area - 6.0 * 64.0).abs() < 1e-3, "{area}");
}

#[test]
fn room_is_made_for_a_surface_that_does_not_fit() {
    let gpu = gpu();
    let (calm, wild) = (sphere(40, 10.0), random(40, 3));
    let mut extractor = SurfaceExtractor::new(&gpu, 40.into(), Caps::Closed).unwrap();
    for field in [&calm, &wild, &calm] {
        let buffer = gpu.upload("field", field.values()).unwrap();
        let found = extractor.extract_buffer(&buffer, 0.0).unwrap().triangle_count(&gpu).unwrap();
        assert_eq!(found, extract(field, 0.0, Caps::Closed).triangles.len());
    }
}

#[test]
fn a_uniform_field_has_no_surface() {
    let gpu = gpu();
    for value in [-1.0, 1.0] {
        let field = Field::uniform(8, value).unwrap();
        assert_eq!(surface(&gpu, &field, Caps::Open).triangle_count(&gpu).unwrap(), 0);
    }
}
