//! Meshes: signed distances against analytic ones, whatever is wrong with the mesh.

use super::{build, volume_fraction};
use crate::formats::meshes as cube;
use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use spinodal::{
    formats::mesh::TriangleMesh,
    initial::{Initial, InitialOptions, placed_distance, signed_distance},
};
use std::collections::HashMap;

const SIZE: usize = 40;
const CENTRE: f32 = 20.0;
const RADIUS: f32 = 13.3;

fn length([x, y, z]: [f32; 3]) -> f32 {
    (x * x + y * y + z * z).sqrt()
}

/// A sphere about the centre, by halving the edges of an octahedron five times: 8,192 triangles whose
/// middles lie 0.02 below the sphere.
pub fn sphere() -> TriangleMesh {
    let mut vertices: Vec<[f32; 3]> =
        vec![[1., 0., 0.], [-1., 0., 0.], [0., 1., 0.], [0., -1., 0.], [0., 0., 1.], [0., 0., -1.]];
    let mut triangles: Vec<[u32; 3]> =
        vec![[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]];
    for _ in 0..5 {
        let mut middles = HashMap::new();
        let mut middle = |a: u32, b: u32| {
            *middles.entry([a.min(b), a.max(b)]).or_insert_with(|| {
                let sum: [f32; 3] = std::array::from_fn(|c| vertices[a as usize][c] + vertices[b as usize][c]);
                vertices.push(sum.map(|c| c / length(sum)));
                vertices.len() as u32 - 1
            })
        };
        triangles = triangles
            .iter()
            .flat_map(|&[a, b, c]| {
                let (ab, bc, ca) = (middle(a, b), middle(b, c), middle(c, a));
                [[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]]
            })
            .collect();
    }
    let vertices = vertices.iter().map(|vertex| vertex.map(|c| CENTRE + RADIUS * c)).collect();
    TriangleMesh { vertices, triangles }
}

/// The nodes with coordinates relative to the centre.
fn nodes() -> impl Iterator<Item = [f32; 3]> {
    (0..SIZE.pow(3)).map(|i| [i / (SIZE * SIZE), i / SIZE % SIZE, i % SIZE].map(|c| c as f32 - CENTRE))
}

fn distances_to(mesh: &TriangleMesh) -> Vec<f64> {
    signed_distance(mesh, &SIZE.into()).expect("the mesh is a surface")
}

/// Number of nodes of which the side differs from the analytic sphere's, the surface itself set aside.
fn wrong_sides(distances: &[f64]) -> usize {
    let exact = nodes().map(|node| f64::from(RADIUS - length(node)));
    distances.iter().zip(exact).filter(|(d, exact)| exact.abs() > 0.05 && d.signum() != exact.signum()).count()
}

#[test]
fn the_distance_to_a_sphere_is_right() {
    for (distance, node) in distances_to(&sphere()).iter().zip(nodes()) {
        let exact = f64::from(RADIUS - length(node));
        assert!((distance - exact).abs() < 0.04, "{distance} instead of {exact} at {node:?}");
    }
}

#[test]
fn the_distance_to_a_turned_box_is_right() {
    let half = [11.0, 7.0, 4.0_f64];
    // Columns of a rotation: 3-4-5 about one axis, then 5-12-13 about another.
    let rotation = [
        [0.8, 0.6, 0.0],
        [-0.6 * 5.0 / 13.0, 0.8 * 5.0 / 13.0, 12.0 / 13.0],
        [0.6 * 12.0 / 13.0, -0.8 * 12.0 / 13.0, 5.0 / 13.0],
    ];
    let place = |corner: &[f32; 3]| {
        let local: [f64; 3] = std::array::from_fn(|axis| (2.0 * f64::from(corner[axis]) - 1.0) * half[axis]);
        std::array::from_fn(|c| CENTRE + (0..3).map(|axis| local[axis] * rotation[axis][c]).sum::<f64>() as f32)
    };
    let mesh = TriangleMesh {
        vertices: cube::CORNERS.iter().map(place).collect(),
        triangles: cube::QUADS.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect(),
    };
    for (distance, node) in distances_to(&mesh).iter().zip(nodes()) {
        let local: [f64; 3] = std::array::from_fn(|axis| (0..3).map(|c| f64::from(node[c]) * rotation[axis][c]).sum());
        let over: [f64; 3] = std::array::from_fn(|axis| local[axis].abs() - half[axis]);
        let outside = over.iter().map(|o| o.max(0.0).powi(2)).sum::<f64>().sqrt();
        let exact = -outside - over.into_iter().fold(f64::MIN, f64::max).min(0.0);
        // Farther out an image of the box may be nearer.
        assert!(exact < -8.0 || (distance - exact).abs() < 1e-4, "{distance} instead of {exact} at {node:?}");
    }
}

#[test]
fn a_box_on_the_nodes_is_right_and_its_images_count() {
    let place = |corner: &[f32; 3]| [1.0 + 3.0 * corner[0], 10.0 + 20.0 * corner[1], 10.0 + 20.0 * corner[2]];
    let mesh = TriangleMesh {
        vertices: cube::CORNERS.iter().map(place).collect(),
        triangles: cube::QUADS.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect(),
    };
    let distances = distances_to(&mesh);
    let expected = |x: usize| match x {
        0 => -1.0,
        1..=4 => (x as f64 - 1.0).min(4.0 - x as f64),
        _ => -(x as f64 - 4.0).min(41.0 - x as f64),
    };
    for x in 0..SIZE {
        let distance = distances[(x * SIZE + 20) * SIZE + 20];
        assert!((distance - expected(x)).abs() < 1e-4, "{distance} instead of {} at {x}", expected(x));
    }
}

#[test]
fn flipped_doubled_and_unshared_triangles_change_nothing() {
    let whole = sphere();
    let expected = distances_to(&whole);
    assert_eq!(wrong_sides(&expected), 0);
    let mut random = ChaCha8Rng::seed_from_u64(1);

    let mut flipped = whole.clone();
    flipped.triangles.iter_mut().filter(|_| random.random_bool(0.2)).for_each(|triangle| triangle.reverse());
    assert_ne!(flipped, whole);

    let mut doubled = whole.clone();
    doubled.triangles.extend(whole.triangles.iter().step_by(3).map(|&[a, b, c]| [b, a, c]));

    let corners = whole.triangles.iter().flatten().map(|&i| whole.vertices[i as usize]);
    let unshared = TriangleMesh {
        vertices: corners.collect(),
        triangles: (0..whole.triangles.len() as u32).map(|i| [3 * i, 3 * i + 1, 3 * i + 2]).collect(),
    };
    for (name, mesh) in [("flipped", flipped), ("doubled", doubled), ("unshared", unshared)] {
        let distances = distances_to(&mesh);
        let error = distances.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(error < 1e-5, "{name}: {error}");
    }
}

#[test]
fn missing_triangles_do_not_leak() {
    let mut mesh = sphere();
    let mut random = ChaCha8Rng::seed_from_u64(2);
    mesh.triangles.shuffle(&mut random);
    mesh.triangles.truncate(mesh.triangles.len() * 95 / 100);
    let distances = distances_to(&mesh);
    assert!(wrong_sides(&distances) <= 3, "{}", wrong_sides(&distances));
}

#[test]
fn a_wall_inside_does_not_split_a_body() {
    // Two boxes and the wall between them: the edges of the wall have three faces each.
    let vertices = [8.3, 20.3, 32.3]
        .into_iter()
        .flat_map(|x| [(9.6, 9.6), (29.6, 9.6), (29.6, 29.6), (9.6, 29.6)].map(|(y, z)| [x, y, z]));
    let ring =
        |first: u32| (0..4).map(move |i| [first + i, first + (i + 1) % 4, first + 4 + (i + 1) % 4, first + 4 + i]);
    let ends = [0, 4, 8].map(|first| [first, first + 1, first + 2, first + 3]);
    let quads = ring(0).chain(ring(4)).chain(ends);
    let triangles = quads.flat_map(|[a, b, c, d]| [[a, b, c], [a, c, d]]).collect();
    let distances = distances_to(&TriangleMesh { vertices: vertices.collect(), triangles });
    let mut wrong = 0;
    for (distance, [x, y, z]) in distances.iter().zip(nodes()) {
        let inside = (8.3..32.3).contains(&(x + CENTRE)) && [y, z].iter().all(|c| (9.6..29.6).contains(&(c + CENTRE)));
        wrong += usize::from((*distance > 0.0) != inside);
    }
    assert_eq!(wrong, 0);
}

/// A copy of the sphere with another radius, moved along axis 0.
fn resized(radius: f32, shift: f32) -> TriangleMesh {
    let mut mesh = sphere();
    for vertex in &mut mesh.vertices {
        *vertex = vertex.map(|c| CENTRE + (c - CENTRE) * radius / RADIUS);
        vertex[0] += shift;
    }
    mesh
}

fn together(mut one: TriangleMesh, other: TriangleMesh) -> TriangleMesh {
    let first = one.vertices.len() as u32;
    one.vertices.extend(other.vertices);
    one.triangles.extend(other.triangles.iter().map(|triangle| triangle.map(|i| first + i)));
    one
}

#[test]
fn bodies_that_overlap_unite() {
    let distances = distances_to(&together(resized(9.3, -5.0), resized(9.3, 5.0)));
    for (distance, [x, y, z]) in distances.iter().zip(nodes()) {
        let exact = f64::from((9.3 - length([x + 5.0, y, z])).max(9.3 - length([x - 5.0, y, z])));
        assert!(exact.abs() < 0.05 || distance.signum() == exact.signum(), "{distance}, {exact} at {:?}", [x, y, z]);
        // The faces inside are no boundary, except right beside it.
        assert!(exact < 4.0 || *distance > 2.0, "{distance} instead of {exact} at {:?}", [x, y, z]);
    }
}

#[test]
fn bodies_that_share_a_corner_and_an_edge_unite() {
    // The two bars of an angle bracket, which overlap in a cube.
    let sides = [[20.0, 10.0, 10.0], [10.0, 20.0, 10.0]];
    let bar = |side: [f32; 3]| TriangleMesh {
        vertices: cube::CORNERS.map(|corner| std::array::from_fn(|axis| 6.3 + side[axis] * corner[axis])).to_vec(),
        triangles: cube::QUADS.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect(),
    };
    let distances = distances_to(&together(bar(sides[0]), bar(sides[1])));
    let mut wrong = 0;
    for (distance, node) in distances.iter().zip(nodes()) {
        let within = |side: &[f32; 3]| (0..3).all(|axis| (6.3..6.3 + side[axis]).contains(&(node[axis] + CENTRE)));
        wrong += usize::from((*distance > 0.0) != sides.iter().any(within));
    }
    assert_eq!(wrong, 0);
}

#[test]
fn a_shell_turned_inside_out_bounds_a_cavity() {
    let mut inner = resized(6.3, 0.0);
    inner.triangles.iter_mut().for_each(|triangle| triangle.reverse());
    for (distance, node) in distances_to(&together(sphere(), inner)).iter().zip(nodes()) {
        let exact = f64::from((RADIUS - length(node)).min(length(node) - 6.3));
        assert!((distance - exact).abs() < 0.04, "{distance} instead of {exact} at {node:?}");
    }
}

#[test]
fn a_wide_hole_is_closed_smoothly() {
    // Without the cap above a height of 0.9 radii, the hole is 11.6 wide.
    let mut mesh = sphere();
    let height = |i: u32| mesh.vertices[i as usize][2] - CENTRE;
    let open: Vec<_> = mesh.triangles.iter().filter(|t| t.iter().any(|&i| height(i) < 0.9 * RADIUS)).copied().collect();
    assert!(open.len() < mesh.triangles.len());
    mesh.triangles = open;
    let distances = distances_to(&mesh);
    for (distance, node) in distances.iter().zip(nodes()) {
        let exact = f64::from(RADIUS - length(node));
        let near_hole = node[2] > 0.7 * RADIUS && node[0].hypot(node[1]) < 0.6 * RADIUS;
        assert!(near_hole || distance.signum() == exact.signum() || exact.abs() < 0.05, "at {node:?}");
    }
    // Neighbours cannot differ by more than the step between them, across the hole neither.
    let jump = distances.windows(2).enumerate().filter(|(i, _)| i % SIZE != SIZE - 1);
    let jump = jump.map(|(_, pair)| (pair[0] - pair[1]).abs()).fold(0.0, f64::max);
    assert!(jump < 1.01, "{jump}");
}

#[cfg(feature = "bunny")]
#[test]
fn the_bunny_stands_upright_with_the_volume_of_its_mesh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/meshes/stanford_bunny.ply");
    let mesh = spinodal::formats::mesh::read(path.as_ref()).unwrap();
    assert_eq!((mesh.vertices.len(), mesh.triangles.len()), (1839, 3674));
    let corner = |i: u32| mesh.vertices[i as usize].map(f64::from);
    let triple = |[a, b, c]: [[f64; 3]; 3]| {
        a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0])
    };
    let volume = mesh.triangles.iter().map(|t| triple(t.map(corner)) / 6.0).sum::<f64>();
    let range = |axis: usize| {
        let values = mesh.vertices.iter().map(move |vertex| f64::from(vertex[axis]));
        values.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)))
    };
    let extent = (0..3).map(|axis| range(axis).1 - range(axis).0).fold(0.0, f64::max);

    let field = build(Initial::Bunny, &InitialOptions { epsilon: 1.5, ..Default::default() });
    let expected = volume.abs() * (0.8 / extent).powi(3);
    let reached = volume_fraction(&field);
    assert!((reached / expected - 1.0).abs() < 0.02, "{reached} instead of {expected}");

    // The ears are thin, the body is not; nothing touches the box.
    let inside = |z: isize| (0..64 * 64).filter(|i| field.at(i / 64, i % 64, z) > 0.0).count();
    assert!(inside(5) == 0 && inside(58) == 0);
    assert!(inside(15) > 4 * inside(52) && inside(52) > 0, "{} and {}", inside(15), inside(52));
}

#[test]
fn meshes_of_any_size_and_place_are_fitted_into_the_box() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cube.obj");
    let options = InitialOptions { grid: SIZE.into(), margin: 0.25, ..Default::default() };
    let mut fields = Vec::new();
    for (scale, shift) in [(1.0, 0.0), (1e-3, 0.02), (5e4, -1e5)] {
        let vertices = cube::CORNERS.iter().map(|c| c.map(|c| c * scale + shift));
        let mut text: String = vertices.map(|[x, y, z]| format!("v {x} {y} {z}\n")).collect();
        text.extend(cube::QUADS.iter().map(|q| format!("f {} {} {} {}\n", q[0] + 1, q[1] + 1, q[2] + 1, q[3] + 1)));
        std::fs::write(&path, text).unwrap();
        fields.push(build(Initial::parse(path.to_str().unwrap()).unwrap(), &options));
    }
    for field in &fields {
        assert!((volume_fraction(field) - 0.125).abs() < 0.004, "{}", volume_fraction(field));
        assert!(field.values().iter().zip(fields[0].values()).all(|(a, b)| (a - b).abs() < 0.01));
    }
}

#[test]
fn meshes_that_enclose_nothing_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sheet.obj");
    for (text, expected) in [
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "sheet.obj encloses no node of a 64³ grid"),
        ("v 1 1 1\nf 1 1 1\n", "sheet.obj has no extent"),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = Initial::Mesh(path.clone()).build(&InitialOptions::default()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

/// Triangles between random corners in the box.
fn soup(random: &mut ChaCha8Rng, triangles: usize) -> TriangleMesh {
    let mut corner = || [0; 3].map(|_| random.random_range(0.1..0.9) * SIZE as f32);
    let vertices = (0..1000).map(|_| corner()).collect();
    let mut triangle = || [0; 3].map(|_| random.random_range(0..1000));
    TriangleMesh { vertices, triangles: (0..triangles).map(|_| triangle()).collect() }
}

#[test]
fn overlapping_triangles_take_bounded_work_or_are_refused() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    // Each crosses hundreds of lines in every direction: 2,000 of them are a body with many holes, 100,000 are nothing.
    let distances = signed_distance(&soup(&mut random, 2000), &SIZE.into()).expect("so many can be told apart");
    assert!(distances.iter().all(|distance| distance.is_finite()));
    assert_eq!(signed_distance(&soup(&mut random, 100_000), &SIZE.into()), None);

    // Needles cross few lines, but their boxes lie over one another.
    let mut needles = soup(&mut random, 60_000);
    needles.vertices.extend_from_within(..);
    needles.vertices[1000..].iter_mut().for_each(|vertex| vertex[0] += 0.01);
    needles.triangles.iter_mut().for_each(|triangle| triangle[2] = triangle[0] + 1000);
    assert_eq!(signed_distance(&needles, &SIZE.into()), None);
}

#[test]
fn many_triangles_at_one_edge_are_soon_told_apart() {
    // All share the edge between two poles, where telling each from every other one takes 10¹⁰ comparisons.
    const COUNT: u32 = 100_000;
    let around = |i: u32| {
        let angle = std::f32::consts::TAU * i as f32 / COUNT as f32;
        [CENTRE + 0.3 * angle.cos(), CENTRE + 0.3 * angle.sin(), CENTRE]
    };
    let mut vertices = vec![[CENTRE, CENTRE, CENTRE - 0.3], [CENTRE, CENTRE, CENTRE + 0.3]];
    vertices.extend((0..COUNT).map(around));
    let book = TriangleMesh { vertices, triangles: (0..COUNT).map(|i| [0, 1, 2 + i]).collect() };
    let distances = distances_to(&together(sphere(), book));
    assert_eq!(wrong_sides(&distances), 0);
}

#[test]
fn a_mesh_of_too_many_overlapping_triangles_is_refused_by_name() {
    let mesh = soup(&mut ChaCha8Rng::seed_from_u64(4), 100_000);
    let options = InitialOptions { grid: SIZE.into(), ..Default::default() };
    let error = placed_distance(&mesh, &options, "soup.ply").unwrap_err().to_string();
    assert!(error.contains("soup.ply has too many triangles over one another for a 40³ grid"), "{error}");
}

#[test]
fn coordinates_at_the_ends_of_their_range_cause_no_panic() {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let ends = [0.0, -0.0, 1e-45, 1e-30, 1.0, 20.0, 1e10, -1e38, 3.4e38, f32::MAX, f32::MIN];
    for _ in 0..20 {
        let mut pick = || [0; 3].map(|_| ends[random.random_range(0..ends.len())]);
        let vertices: Vec<_> = (0..6).map(|_| pick()).collect();
        let triangles = (0..8).map(|_| [0; 3].map(|_| random.random_range(0..6))).collect();
        let mesh = TriangleMesh { vertices, triangles };
        let options = InitialOptions { grid: 16.into(), ..Default::default() };
        if let Ok(distances) = placed_distance(&mesh, &options, "of the test") {
            assert!(distances.iter().all(|distance| !distance.is_nan()), "{mesh:?}");
        }
        // Where they are too far from the box for distances in f32, it may give up.
        if let Some(distances) = signed_distance(&mesh, &16.into()) {
            assert_eq!(distances.len(), 16 * 16 * 16);
        }
    }
}
