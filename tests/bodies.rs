//! What the views draw of a field, made where it is drawn.

use crate::gpu_device::gpu;
use spinodal::{
    app::bodies::{Bodies, Wanted},
    field::Field,
    grid::Grid,
    initial::{Initial, InitialOptions},
    surface::{
        Caps, extract,
        gpu::{GpuSurface, Quantity},
    },
};
use std::sync::Arc;

fn field(initial: Initial, grid: impl Into<Grid>) -> Arc<Field> {
    let options = InitialOptions { grid: grid.into().shape(), ..InitialOptions::default() };
    Arc::new(initial.build(&options).unwrap())
}

/// The surface that is drawn of a field.
fn surface<'a>(bodies: &'a mut Bodies, field: &Arc<Field>, caps: Caps) -> &'a GpuSurface {
    bodies.prepare(&gpu(), &Wanted { field: Some(field), caps, ..Wanted::default() }).unwrap();
    bodies.surface().expect("there is a surface")
}

#[test]
fn surfaces_follow_the_field_its_grid_and_the_caps() {
    let mut bodies = Bodies::default();
    let cases = [(Initial::Gyroid, 16), (Initial::Sphere, 16), (Initial::Gyroid, 20), (Initial::Gyroid, 16)];
    for (initial, size) in cases {
        let field = field(initial, size);
        for caps in [Caps::Closed, Caps::Open, Caps::Closed] {
            let expected = extract(&field, 0.0, caps).triangles.len();
            let found = surface(&mut bodies, &field, caps).triangle_count(&gpu()).unwrap();
            assert!(expected > 0);
            assert_eq!(found, expected, "{size}³, {caps:?}");
        }
    }
    bodies.prepare(&gpu(), &Wanted::default()).unwrap();
    assert!(bodies.surface().is_none() && bodies.missing().is_none(), "nothing is drawn of no field");
}

#[test]
fn places_on_a_coarse_grid_are_those_of_the_profile() {
    let coarse = Arc::new(field(Initial::Sphere, 32).coarsened(2).unwrap());
    let mut bodies = Bodies::default();
    let triangles = surface(&mut bodies, &coarse, Caps::Closed).triangles(&gpu()).unwrap();
    let distance = |position: [f32; 3]| position.map(|c| (c - 8.0).powi(2)).iter().sum::<f32>().sqrt();
    let radius = 0.3 * 16.0;
    let error = triangles.iter().flatten().map(|corner| (distance(corner.position) - radius).abs()).fold(0.0, f32::max);
    // Interpolating φ itself would be off by 0.1.
    assert!(error < 0.05, "the surface is up to {error} nodes from the sphere");
}

#[test]
fn flat_boxes_have_fields_instead_of_surfaces() {
    let mut bodies = Bodies::default();
    let flat = field(Initial::Noise, [32, 16, 1]);
    bodies.prepare(&gpu(), &Wanted { field: Some(&flat), ..Wanted::default() }).unwrap();
    assert!(bodies.surface().is_none() && bodies.field().is_some());
}

#[test]
fn a_surface_too_large_for_the_device_is_missing_until_it_is_smaller() {
    // White noise has a few triangles per cell, too many for 128 MiB, the least that a device allows.
    let noise = field(Initial::WhiteNoise, 112);
    let mut bodies = Bodies::default();
    bodies.prepare(&gpu(), &Wanted { field: Some(&noise), ..Wanted::default() }).unwrap();
    if gpu().largest_binding() <= 128 << 20 {
        let message = bodies.missing().expect("a reason").to_string();
        assert!(bodies.surface().is_none() && message.contains("drawn once it is smaller"), "{message}");
    }
    surface(&mut bodies, &field(Initial::Sphere, 112), Caps::Closed);
    assert!(bodies.missing().is_none());
}

#[test]
fn a_moving_camera_has_a_coarser_surface_and_the_fine_one_waits() {
    let field = field(Initial::Gyroid, 32);
    let mut bodies = Bodies::default();
    let count = |bodies: &mut Bodies, coarse| {
        bodies.prepare(&gpu(), &Wanted { field: Some(&field), coarse, ..Wanted::default() }).unwrap();
        bodies.surface().unwrap().triangle_count(&gpu()).unwrap()
    };
    let expected =
        [&*field, &field.coarsened(2).unwrap()].map(|field| extract(field, 0.0, Caps::Closed).triangles.len());
    let found = [false, true, false].map(|coarse| count(&mut bodies, coarse));
    assert_eq!(found, [expected[0], expected[1], expected[0]]);
}

#[test]
fn the_difference_is_found_between_two_fields_and_anew_when_one_is_replaced() {
    let spheres = [0.3, 0.25].map(|radius| {
        let mut options = InitialOptions { grid: Grid::cube(48).shape(), ..InitialOptions::default() };
        options.shape.radius = radius;
        Arc::new(Initial::Sphere.build(&options).unwrap())
    });
    let mut bodies = Bodies::default();
    let mut middle = |other: &Arc<Field>| {
        let quantity = Some(Quantity::Distance);
        let wanted = Wanted { field: Some(&spheres[0]), other: Some(other), quantity, ..Wanted::default() };
        bodies.prepare(&gpu(), &wanted).unwrap();
        let values = bodies.values().unwrap().0.read(&gpu()).unwrap();
        values.iter().sum::<f32>() / values.len() as f32
    };
    // The radii are shares of the side.
    assert!((middle(&spheres[1]) + 0.05 * 48.0).abs() < 0.15, "{}", middle(&spheres[1]));
    assert!(middle(&spheres[0]).abs() < 0.01);
}
