//! Curvature of surfaces and distances between them, against geometry.

use crate::{gpu_device::gpu, support::cube};
use spinodal::{
    equation::interface_profile,
    field::Field,
    grid::Grid,
    surface::{
        Caps,
        gpu::{GpuField, Quantity, SurfaceExtractor, SurfaceProbe, VertexValues},
    },
};

const EPSILON: f64 = 3.0;

/// A ball in equilibrium, off the nodes, positive inside; `extent` is the side of the box in grid units.
fn ball(grid: Grid, radius: f64) -> Field {
    let middle = grid.extent()[0] / 2.0;
    let place = [middle + 0.3, middle - 0.2, middle + 0.1];
    Field::from_fn(grid, |x, y, z| {
        let along = [x, y, z].iter().zip(place).map(|(c, m)| (c - m).powi(2)).sum::<f64>();
        interface_profile(radius - along.sqrt(), EPSILON)
    })
    .unwrap()
}

/// A quantity at the vertices of the surface of `field`.
fn values(quantity: Quantity, field: &Field, other: Option<&Field>, caps: Caps) -> VertexValues {
    let gpu = gpu();
    let mut extractor = SurfaceExtractor::new(&gpu, field.grid(), caps).unwrap();
    let surface = extractor.extract(field, 0.0).unwrap();
    let [own, other] = [Some(field), other].map(|field| field.map(|field| GpuField::upload(&gpu, field).unwrap()));
    SurfaceProbe::new(&gpu).find(quantity, surface, &own.unwrap(), other.as_ref()).unwrap()
}

fn mean(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len() as f64
}

#[test]
fn a_sphere_has_its_mean_curvature_everywhere_on_its_surface() {
    for (grid, radius) in [(cube(32, 1.0), 6.0), (cube(32, 1.0), 11.0), (cube(24, 2.0), 14.0)] {
        let field = ball(grid, radius);
        let found = values(Quantity::MeanCurvature, &field, None, Caps::Closed).read(&gpu()).unwrap();
        assert!(found.len() > 1000);
        for curvature in &found {
            let share = f64::from(*curvature) * radius / 2.0;
            assert!((share - 1.0).abs() < 0.03, "{curvature}, not {}, in {grid}", 2.0 / radius);
        }
        // Around a hole the same surface bends the other way.
        let hole = Field::from_values(grid, field.values().iter().map(|phi| -phi).collect()).unwrap();
        let found = values(Quantity::MeanCurvature, &hole, None, Caps::Open).read(&gpu()).unwrap();
        assert!((mean(&found) * radius / 2.0 + 1.0).abs() < 0.03, "{} around a hole", mean(&found));
    }
}

#[test]
fn caps_have_no_curvature_and_a_plane_none_but_zero() {
    let field = Field::from_fn(16, |x, _, _| interface_profile(4.3 - (x - 8.0).abs(), EPSILON)).unwrap();
    let found = values(Quantity::MeanCurvature, &field, None, Caps::Closed).read(&gpu()).unwrap();
    let (flat, none): (Vec<_>, Vec<_>) = found.iter().partition(|value| value.is_finite());
    assert!(flat.iter().all(|value: &f32| value.abs() < 1e-3) && !flat.is_empty() && !none.is_empty());
}

#[test]
fn concentric_spheres_are_as_far_apart_as_their_radii_differ() {
    let (grid, radius) = (cube(32, 1.0), 9.0);
    for (other_grid, apart) in
        [(grid, 2.0), (grid, 0.25), (grid, -1.5), (cube(16, 2.0), 1.0), (cube(16, 2.0), -2.0), (cube(64, 0.5), 0.5)]
    {
        let [one, other] = [ball(grid, radius), ball(other_grid, radius + apart)];
        let found = values(Quantity::Distance, &one, Some(&other), Caps::Closed).read(&gpu()).unwrap();
        let distance = mean(&found);
        // Between nodes two units apart, a curved profile is interpolated by straight pieces.
        let bound = if other_grid.spacing > 1.0 { 0.1 } else { 0.05 * apart.abs() };
        assert!((distance - apart).abs() < bound, "{distance}, not {apart}, to a field on {other_grid}");
        let difference = values(Quantity::Difference, &one, Some(&other), Caps::Closed).read(&gpu()).unwrap();
        let expected = interface_profile(apart.abs(), EPSILON);
        assert!((mean(&difference) / expected - 1.0).abs() < 0.05, "{} is not {expected}", mean(&difference));
    }
}

#[test]
fn a_field_does_not_differ_from_itself() {
    let field = ball(cube(24, 1.0), 7.0);
    for quantity in [Quantity::Difference, Quantity::Distance] {
        let found = values(quantity, &field, None, Caps::Closed).read(&gpu()).unwrap();
        assert!(found.iter().all(|&value| value == 0.0), "{quantity:?}");
    }
}

#[test]
fn another_field_is_found_as_it_is_also_on_caps() {
    let field = Field::from_fn(16, |x, _, _| interface_profile(4.3 - (x - 8.0).abs(), EPSILON)).unwrap();
    let spread = Field::from_fn(8, |_, _, _| 0.3).unwrap().with_spacing(2.0);
    let found = values(Quantity::Other, &field, Some(&spread), Caps::Closed).read(&gpu()).unwrap();
    assert!(!found.is_empty() && found.iter().all(|value| (value - 0.3).abs() < 1e-5));
}

#[test]
fn the_range_of_a_legend_holds_the_values_and_ends_in_round_numbers() {
    let [one, other] = [9.0, 10.7].map(|radius| ball(cube(32, 1.0), radius));
    let range = |quantity| values(quantity, &one, Some(&other), Caps::Closed).range(&gpu()).unwrap();
    assert_eq!(range(Quantity::Distance), [-2.0, 2.0]);
    assert_eq!(range(Quantity::Difference), [0.0, 1.0]);
    // 2/R is 0.22.
    assert_eq!(range(Quantity::MeanCurvature), [-0.5, 0.5]);
}
