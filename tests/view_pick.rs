//! What lies under the pointer, against geometry.

use bevy::math::Vec2;
use spinodal::{
    field::Field,
    grid::Grid,
    initial::{Initial, InitialOptions},
    view::{Camera, ClipBox, Seen, pick, sides},
};

const SIDE: usize = 48;

const WHOLE: Seen = Seen { level: Some(0.0), closed: true, cut: None, clip: ClipBox::WHOLE, repeat: [1; 3] };

fn sphere() -> Field {
    let options = InitialOptions { grid: Grid::cube(SIDE).shape(), ..InitialOptions::default() };
    Initial::Sphere.build(&options).unwrap()
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    (0..3).map(|axis| (a[axis] - b[axis]).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn a_sphere_is_met_where_it_is_nearest_to_the_camera() {
    let field = sphere();
    let camera = Camera::framing(sides(&field.grid()));
    let centre = [SIDE as f64 / 2.0; 3];
    let met = pick(&camera, Vec2::ZERO, &field, &WHOLE).expect("the sphere is in the middle");
    let radius = 0.3 * SIDE as f64;
    assert!((distance(met, centre) - radius).abs() < 0.2, "{met:?}");
    let towards = camera.axes().z_axis;
    for axis in 0..3 {
        assert!((met[axis] - centre[axis] - radius * f64::from(towards[axis])).abs() < 0.3, "{met:?}");
    }
    // At the corner of the picture there is nothing.
    assert_eq!(pick(&camera, Vec2::new(0.5, 0.5), &field, &WHOLE), None);
    // What is picked off the middle is on the sphere, too.
    let met = pick(&camera, Vec2::new(0.08, -0.05), &field, &WHOLE).unwrap();
    assert!((distance(met, centre) - radius).abs() < 0.2, "{met:?}");
}

#[test]
fn a_plane_before_the_surface_is_met_first_and_clipped_parts_are_not() {
    let field = sphere();
    let flat_on = Camera::facing(sides(&field.grid()), 2);
    let middle = SIDE as f64 / 2.0;
    let cut = |position| Seen { cut: Some((2, position)), ..WHOLE };
    let on_plane = pick(&flat_on, Vec2::ZERO, &field, &cut(0.9)).unwrap();
    assert!((on_plane[2] - 0.9 * SIDE as f64).abs() < 0.01, "{on_plane:?}");
    let behind = pick(&flat_on, Vec2::ZERO, &field, &cut(0.1)).unwrap();
    assert!((behind[2] - 0.8 * SIDE as f64).abs() < 0.3, "{behind:?}");
    let hidden = Seen { level: None, ..cut(0.1) };
    assert!((pick(&flat_on, Vec2::ZERO, &field, &hidden).unwrap()[2] - 0.1 * SIDE as f64).abs() < 0.01);
    // The clip box cuts the sphere open; the cut face is met where it is closed.
    let clip = ClipBox { min: [0.0; 3], max: [1.0, 1.0, 0.5] };
    let cut_open = pick(&flat_on, Vec2::ZERO, &field, &Seen { clip, ..WHOLE }).unwrap();
    assert!((cut_open[2] - middle).abs() < 0.01, "{cut_open:?}");
    let open = pick(&flat_on, Vec2::ZERO, &field, &Seen { clip, closed: false, ..WHOLE }).unwrap();
    assert!((open[2] - 0.2 * SIDE as f64).abs() < 0.3, "through the open top to the bottom: {open:?}");
}

#[test]
fn a_flat_box_is_met_where_the_pointer_is() {
    let grid = Grid::from([64, 32, 1]);
    let field = Field::from_values(grid, vec![0.0; grid.len()]).unwrap();
    let camera = Camera::facing(sides(&grid), 2);
    let middle = pick(&camera, Vec2::ZERO, &field, &WHOLE).unwrap();
    assert!((middle[0] - 32.0).abs() < 0.01 && (middle[1] - 16.0).abs() < 0.01, "{middle:?}");
    let seen = f64::from(camera.visible()) * 64.0;
    let right = pick(&camera, Vec2::new(0.25, 0.0), &field, &WHOLE).unwrap();
    assert!((right[0] - 32.0 - 0.25 * seen).abs() < 0.05, "{right:?}");
    assert_eq!(pick(&camera, Vec2::new(0.0, 0.45), &field, &WHOLE), None);
}
