//! Meshes placed in the box: signed distances against analytic ones.

use super::meshes::sphere;
use crate::formats::meshes as cube;
use spinodal::{
    evolution::{Brush, Form},
    field::Field,
    formats::mesh::TriangleMesh,
    grid::{Grid, Shape},
    initial::{InitialError, InitialOptions, Placement, placed_distance},
};
use std::sync::Arc;

const SHAPE: [usize; 3] = [24, 32, 40];
const MARGIN: f64 = 0.1;

fn placed(mesh: &TriangleMesh, placement: Placement) -> Vec<f64> {
    let options = InitialOptions { grid: Shape(SHAPE), placement, margin: MARGIN, ..InitialOptions::default() };
    placed_distance(mesh, &options, "of the test").expect("the mesh is sound")
}

/// Offset of a node from a centre, by the shortest way through a periodic box.
fn offset(node: [usize; 3], centre: [f64; 3]) -> [f64; 3] {
    std::array::from_fn(|axis| {
        let side = SHAPE[axis] as f64;
        let apart = (node[axis] as f64 - centre[axis]).rem_euclid(side);
        if apart > side / 2.0 { apart - side } else { apart }
    })
}

fn length(vector: [f64; 3]) -> f64 {
    vector.iter().map(|c| c * c).sum::<f64>().sqrt()
}

fn assert_distances(found: &[f64], tolerance: f64, exact: impl Fn([usize; 3]) -> f64) {
    let grid = Grid::from(Shape(SHAPE));
    for (index, found) in found.iter().enumerate() {
        let node = grid.node(index);
        let exact = exact(node);
        assert!((found - exact).abs() < tolerance, "{found} instead of {exact} at {node:?}");
    }
}

#[test]
fn a_needle_across_millions_of_boxes_is_refused() {
    let mut needle = cuboid();
    needle.vertices.iter_mut().for_each(|vertex| vertex[0] *= 10_000.0);
    let placement = Placement { size: 2.0, turn: [0.0, 45.0, 45.0], ..Placement::default() };
    let grid = Shape([8192, 5, 5]);
    let options = InitialOptions { grid, placement, margin: 0.0, ..InitialOptions::default() };
    let error = placed_distance(&needle, &options, "of the test").unwrap_err().to_string();
    assert!(error.contains("the mesh of the test reaches across"), "{error}");
}

#[test]
fn a_sphere_that_leaves_the_box_enters_it_on_the_other_side() {
    // Across the face x = 0, the edge between two faces, and the corner of three.
    for centre in [[0.0, 0.5, 0.5], [0.95, 0.03, 0.5], [0.1, 0.97, 1.0]] {
        let placement = Placement { centre, size: 0.75, ..Placement::default() };
        // The largest sphere is as wide as the shortest side less its margins.
        let radius = 0.75 * 24.0 * (1.0 - 2.0 * MARGIN) / 2.0;
        let middle = std::array::from_fn(|axis| centre[axis] * SHAPE[axis] as f64);
        assert_distances(&placed(&sphere(), placement), 0.03, |node| radius - length(offset(node, middle)));
    }
}

/// A cuboid with sides in the ratio 2 : 3 : 5.
fn cuboid() -> TriangleMesh {
    TriangleMesh {
        vertices: cube::CORNERS.iter().map(|[x, y, z]| [2.0 * x - 7.0, 3.0 * y, 5.0 * z + 1.0]).collect(),
        triangles: cube::QUADS.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect(),
    }
}

#[test]
fn a_cuboid_is_turned_about_x_then_y_then_z() {
    // It fills 40 along z, less the margins, at size 1.
    let size = 0.5;
    let unit = size * 40.0 * (1.0 - 2.0 * MARGIN) / 5.0;
    let turn = [30.0, -50.0, 110.0];
    let placement = Placement { size, turn, ..Placement::default() };
    let turn_back = |[x, y, z]: [f64; 3]| {
        let [a, b, c] = turn.map(f64::to_radians);
        // About z, then y, then x, each by the angle backwards.
        let [x, y] = [x * c.cos() + y * c.sin(), y * c.cos() - x * c.sin()];
        let [x, z] = [x * b.cos() - z * b.sin(), z * b.cos() + x * b.sin()];
        [x, y * a.cos() + z * a.sin(), z * a.cos() - y * a.sin()]
    };
    let half = [2.0, 3.0, 5.0].map(|side| side * unit / 2.0);
    // The signed distance to a box: https://iquilezles.org/articles/distfunctions/
    let exact = |node: [usize; 3]| {
        let own = turn_back(offset(node, SHAPE.map(|side| side as f64 / 2.0)));
        let beyond: [f64; 3] = std::array::from_fn(|axis| own[axis].abs() - half[axis]);
        let outside = length(beyond.map(|c| c.max(0.0)));
        -(outside + beyond.into_iter().fold(f64::MIN, f64::max).min(0.0))
    };
    let found = placed(&cuboid(), placement);
    let grid = Grid::from(Shape(SHAPE));
    // Farther away, an image may be nearer.
    let near: Vec<_> = (0..found.len()).filter(|&index| exact(grid.node(index)) > -2.0).collect();
    assert!(near.len() > 2000);
    for index in near {
        let exact = exact(grid.node(index));
        assert!((found[index] - exact).abs() < 1e-3, "{} instead of {exact}", found[index]);
    }
}

#[test]
fn what_cannot_be_placed_is_refused() {
    for placement in [
        Placement { centre: [0.5, 1.5, 0.5], ..Placement::default() },
        Placement { size: f64::NAN, ..Placement::default() },
        Placement { turn: [0.0, 0.0, 200.0], ..Placement::default() },
    ] {
        let options = InitialOptions { placement, ..InitialOptions::default() };
        let refused = options.validate_for(&spinodal::initial::Initial::Mesh("cow.ply".into()));
        assert!(matches!(refused, Err(InitialError::Setting(_))), "{placement:?}: {refused:?}");
    }
}

#[test]
fn a_body_paints_what_a_brush_of_its_form_paints_on_any_grid() {
    let centre = [3.0, 30.0, 20.0];
    let fractions = std::array::from_fn(|axis| centre[axis] / SHAPE[axis] as f64);
    let distances = placed(&sphere(), Placement { centre: fractions, ..Placement::default() });
    let distances = distances.iter().map(|distance| *distance as f32).collect();
    let body = Form::Body(Arc::new(Field::from_values(Shape(SHAPE), distances).unwrap()));
    let radius = 24.0 * (1.0 - 2.0 * MARGIN) / 2.0;
    for every in [1, 2] {
        let grid = Grid { spacing: every as f64, ..Shape(SHAPE.map(|side| side / every)).into() };
        let painted = [body.clone(), Form::Sphere { centre, radius }].map(|form| {
            let mut field = Field::from_values(grid, vec![-0.3; grid.len()]).unwrap();
            let nodes = Brush { form, edge: 3.0, value: 1.0 }.paint(&mut field);
            (field, nodes.len())
        });
        let [(by_body, nodes), (by_brush, _)] = &painted;
        assert!(*nodes > 0 && *nodes < grid.len());
        for (one, other) in by_body.values().iter().zip(by_brush.values()) {
            // The facets lie up to 0.02 below the sphere.
            assert!((one - other).abs() < 0.05, "{one} and {other}");
        }
    }
}
