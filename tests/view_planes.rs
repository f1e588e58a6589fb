//! Colour maps, and the planes that show a field by them.

use crate::{
    gpu_device::gpu,
    view_scene::{BLUE, GREEN, PIXELS, RED, SIZE, ball, bluish, colour_at, plain, reddish, render, surface},
};
use bevy::math::Vec3;
use image::{Rgba, RgbaImage};
use spinodal::{
    equation::interface_profile,
    field::Field,
    grid::Grid,
    surface::gpu::GpuField,
    view::{Camera, ColourBy, ColourMap, CutPlane, FlatScene, Scene, Style, render_flat_image, sides},
};

#[test]
fn maps_have_the_colours_of_their_tables_and_grow_lighter_or_diverge() {
    // From the published tables.
    assert_eq!(ColourMap::Viridis.srgb(0.0), [0x44, 0x01, 0x54]);
    assert_eq!(ColourMap::Viridis.srgb(1.0), [0xFD, 0xE7, 0x25]);
    assert_eq!(ColourMap::Cividis.srgb(0.0), [0x00, 0x22, 0x4E]);
    assert_eq!(ColourMap::Vik.srgb(0.5), [0xEC, 0xE5, 0xE0]);
    // Relative luminance (IEC 61966-2-1).
    let light = |map: ColourMap, t| {
        let [r, g, b] = map.colour(t);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let steps = |from: f32, to: f32| (0..20).map(move |i| [i, i + 1].map(|i| from + (to - from) * i as f32 / 20.0));
    for map in [ColourMap::Viridis, ColourMap::Cividis] {
        assert!(steps(0.0, 1.0).all(|[a, b]| light(map, a) < light(map, b)), "{map:?}");
    }
    for end in [0.0, 1.0] {
        assert!(steps(end, 0.5).all(|[a, b]| light(ColourMap::Vik, a) < light(ColourMap::Vik, b)), "from {end}");
    }
    assert_eq!(ColourMap::Viridis.colour(-3.0), ColourMap::Viridis.colour(0.0));
    assert_eq!(ColourMap::Vik.colour(7.0), ColourMap::Vik.colour(1.0));
}

/// A plane across z through the middle of a ball, seen from above.
fn cut<'a>(field: &'a GpuField, other: Option<&'a GpuField>, style: Style) -> CutPlane<'a> {
    CutPlane { axis: 2, position: 0.5, field, other, style, lines: [RED, BLUE], line_width: 3.0 }
}

#[test]
fn the_line_on_a_cut_plane_lies_where_the_field_is_zero() {
    let gpu = gpu();
    let camera = Camera::facing(Vec3::ONE, 2);
    let [own, other] = [7.0, 10.0].map(|radius| GpuField::upload(&gpu, &ball(radius)).unwrap());
    let mut scene = Scene::new(&camera, SIZE.into());
    scene.cuts.push(cut(&own, Some(&other), Style::phase(plain(GREEN))));
    scene.line_width = 0.0;
    let picture = render(&scene);
    // The plane z = 1/2 lies as deep as the target: so many pixels per side of the box.
    let side = f64::from(PIXELS) / f64::from(camera.visible());
    for (is, radius) in [(reddish as fn([i32; 3]) -> bool, 7.0), (bluish, 10.0)] {
        let middle = f64::from(PIXELS) / 2.0;
        let mut found = Vec::new();
        for (x, y, Rgba([r, g, b, _])) in picture.enumerate_pixels() {
            if is([*r, *g, *b].map(i32::from)) {
                let [x, y] = [x, y].map(|c| f64::from(c) + 0.5 - middle);
                found.push(x.hypot(y) / side * SIZE as f64);
            }
        }
        let mean = found.iter().sum::<f64>() / found.len() as f64;
        let furthest = found.iter().map(|r| (r - radius).abs()).fold(0.0, f64::max);
        assert!(found.len() > 100 && (mean / radius - 1.0).abs() < 0.02, "{mean}, not {radius}");
        assert!(furthest < 0.7, "a pixel of the line is {furthest} nodes away");
    }
}

#[test]
fn a_cut_plane_shows_phi_by_the_colours_of_the_map_and_hides_what_is_behind() {
    let gpu = gpu();
    let camera = Camera::facing(Vec3::ONE, 2);
    let field = ball(7.0);
    let own = GpuField::upload(&gpu, &field).unwrap();
    let body = surface(&field);
    let mut scene = Scene::new(&camera, SIZE.into()).with(&body, Style::phase(plain(GREEN)));
    let style = Style { map: ColourMap::Cividis, ..Style::by(ColourBy::Field) };
    scene.cuts.push(CutPlane { position: 1.0, line_width: 0.0, ..cut(&own, None, style) });
    let at = |picture: &RgbaImage, x: f64, y: f64| picture.get_pixel((x * 160.0) as u32, (y * 160.0) as u32).0;
    // At z = 1 there is nothing but φ = −1: the plane hides the ball.
    let [r, g, b] = ColourMap::Cividis.srgb(0.0);
    let near = |found: [u8; 4]| found.iter().zip([r, g, b]).all(|(a, b)| a.abs_diff(b) < 6);
    assert!(near(at(&render(&scene), 0.5, 0.5)), "{:?}", at(&render(&scene), 0.5, 0.5));
    // Cut open at the plane, the ball shows φ = 1 in its middle.
    scene.cuts[0].position = 0.5;
    scene.clip.max[2] = 0.5;
    let [r, g, b] = ColourMap::Cividis.srgb(1.0);
    let near = |found: [u8; 4]| found.iter().zip([r, g, b]).all(|(a, b)| a.abs_diff(b) < 6);
    assert!(near(at(&render(&scene), 0.5, 0.5)), "{:?}", at(&render(&scene), 0.5, 0.5));
}

#[test]
fn a_flat_field_shows_the_lines_of_both_fields() {
    let gpu = gpu();
    let grid = Grid::from([SIZE, SIZE, 1]);
    let stripe = |from: f64| Field::from_fn(grid, |x, _, _| interface_profile(5.0 - (x - from).abs(), 3.0)).unwrap();
    let [own, other] = [9.0, 12.0].map(|from| GpuField::upload(&gpu, &stripe(from)).unwrap());
    let camera = Camera::facing(sides(&grid), 2);
    let scene = FlatScene {
        other: Some(&other),
        lines: [RED, BLUE],
        ..FlatScene::new(&camera, &own, Style::by(ColourBy::Difference))
    };
    let picture = render_flat_image(&gpu, &scene, [PIXELS; 2]).unwrap();
    let nodes = |is: fn([i32; 3]) -> bool| {
        let row = (0..PIXELS).filter(|&x| is(colour_at(&picture, x, PIXELS / 2)));
        let node = |x: u32| {
            let place = (f64::from(x) + 0.5) / f64::from(PIXELS) - 0.5;
            (place * f64::from(camera.visible()) + 0.5) * SIZE as f64
        };
        row.map(node).collect::<Vec<_>>()
    };
    // The map has no blue so bright.
    let blue = |[r, g, b]: [i32; 3]| bluish([r, g, b]) && b > 180;
    for (is, zeros) in [(reddish as fn([i32; 3]) -> bool, [4.0, 14.0]), (blue, [7.0, 17.0])] {
        let found = nodes(is);
        for zero in zeros {
            assert!(found.iter().any(|at| (at - zero).abs() < 0.3), "no line at {zero}: {found:?}");
        }
        assert!(found.iter().all(|at| zeros.iter().any(|zero| (at - zero).abs() < 0.7)), "{found:?}");
    }
    // Where both are in one phase they do not differ.
    let [r, g, b] = ColourMap::Viridis.srgb(0.0);
    let x = ((21.5 / SIZE as f64 - 0.5) / f64::from(camera.visible()) + 0.5) * f64::from(PIXELS);
    let Rgba(found) = *picture.get_pixel(x as u32, PIXELS / 2);
    assert!(found.iter().zip([r, g, b]).all(|(a, b)| a.abs_diff(b) < 20), "{found:?}");
}
