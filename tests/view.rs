//! What the renderer draws, and where the camera looks.

use crate::gpu_device::gpu;
use bevy::math::{Vec2, Vec3};
use image::{Rgba, RgbaImage};
use spinodal::{
    field::Field,
    initial::{Initial, InitialOptions},
    surface::{
        Caps,
        gpu::{GpuField, GpuSurface, SurfaceExtractor},
    },
    view::{Camera, FlatScene, Hue, Palette, Scene, Style, render_flat_image, render_image},
};

const SIZE: usize = 20;
const PIXELS: u32 = 160;

/// A ball in the middle of the box, its radius three tenths of the side, extracted to the GPU on a grid of `size`³.
fn ball_on(size: usize) -> GpuSurface {
    let n = size as f32;
    let field = Field::from_fn(size, |x, y, z| {
        0.3 * f64::from(n) - f64::from(Vec3::new(x as f32, y as f32, z as f32).distance(Vec3::splat(n / 2.0)))
    });
    let buffer = gpu().upload("field", field.unwrap().values()).unwrap();
    SurfaceExtractor::new(&gpu(), size.into(), Caps::Closed).unwrap().extract_buffer(&buffer, 0.0).unwrap().clone()
}

fn ball() -> GpuSurface {
    ball_on(SIZE)
}

fn draw(camera: &Camera, palette: &Palette, surface: Option<&GpuSurface>, size: usize) -> RgbaImage {
    let empty = Scene::new(camera, size.into());
    let scene = surface.into_iter().fold(empty, |scene, surface| scene.with(surface, Style::phase(*palette)));
    render_image(&gpu(), &scene, [PIXELS; 2]).unwrap()
}

fn brightness(Rgba([r, g, b, _]): &Rgba<u8>) -> u32 {
    [r, g, b].into_iter().map(|&c| u32::from(c)).sum()
}

#[test]
fn the_surface_is_drawn_where_it_is() {
    let (camera, ball) = (Camera::framing(Vec3::ONE), ball());
    let empty = draw(&camera, &Palette::warm(), None, SIZE);
    let full = draw(&camera, &Palette::warm(), Some(&ball), SIZE);
    let middle = PIXELS / 2;
    let Rgba([r, g, b, alpha]) = *full.get_pixel(middle, middle);
    assert!(r > g && g > b && r > 120 && alpha == 255, "the middle is not warm: {:?}", [r, g, b]);
    assert!(brightness(empty.get_pixel(middle, middle)) < 120);
    assert_eq!(empty.get_pixel(1, 1), full.get_pixel(1, 1));
}

#[test]
fn a_surface_that_crosses_a_face_is_no_cap() {
    // A gyroid crosses each face of its box with normals along the other axes, too.
    let options = InitialOptions { grid: 32.into(), ..InitialOptions::default() };
    let field = Initial::Gyroid.build(&options).unwrap();
    let buffer = gpu().upload("field", field.values()).unwrap();
    let open =
        SurfaceExtractor::new(&gpu(), 32.into(), Caps::Open).unwrap().extract_buffer(&buffer, 0.0).unwrap().clone();
    let palette = Palette { outside: [0.4; 3], inside: [0.4; 3], cap: [0.0, 1.0, 0.0] };
    for yaw in [-0.97, 0.6, 2.2, 3.7] {
        let picture = draw(&Camera { yaw, ..Camera::framing(Vec3::ONE) }, &palette, Some(&open), 32);
        let green = picture.pixels().filter(|Rgba([r, g, b, _])| *g > r.max(b) + 40).count();
        assert_eq!(green, 0, "pixels in the colour of caps, seen from {yaw}");
    }
}

#[test]
fn hollows_are_darker_than_what_stands_out() {
    let options = InitialOptions { grid: SIZE.into(), ..InitialOptions::default() };
    let field = Initial::Gyroid.build(&options).unwrap();
    let buffer = gpu().upload("field", field.values()).unwrap();
    let maze =
        SurfaceExtractor::new(&gpu(), SIZE.into(), Caps::Open).unwrap().extract_buffer(&buffer, 0.0).unwrap().clone();
    let empty = draw(&Camera::framing(Vec3::ONE), &Palette::warm(), None, SIZE);
    let share = |surface: &GpuSurface| {
        let light = |size| {
            let picture = draw(&Camera::framing(Vec3::ONE), &Palette::warm(), Some(surface), size);
            let covered = picture.pixels().zip(empty.pixels()).filter(|(pixel, bare)| pixel != bare);
            covered.map(|(pixel, _)| f64::from(brightness(pixel))).sum::<f64>()
        };
        // In a box of one unit light looks for what is in its way beyond the box.
        light(SIZE) / light(1)
    };
    let (hollow, round) = (share(&maze), share(&ball()));
    assert!(hollow < 0.96 && round > 0.98, "light that is left: {hollow} in a maze, {round} on a ball");
}

#[test]
fn a_coarser_surface_fills_the_same_part_of_the_box() {
    let camera = Camera::framing(Vec3::ONE);
    let empty = draw(&camera, &Palette::cool(), None, SIZE);
    let covered = |ball: &GpuSurface| {
        let full = draw(&camera, &Palette::cool(), Some(ball), SIZE);
        empty.pixels().zip(full.pixels()).filter(|(a, b)| brightness(b) > brightness(a) + 40).count() as f64
    };
    let (own, twice) = (covered(&ball()), covered(&ball_on(2 * SIZE)));
    assert!(own > 1000.0 && (twice / own - 1.0).abs() < 0.03, "{own} and {twice} pixels");
}

#[test]
fn an_empty_box_shows_its_outline() {
    let image = draw(&Camera::framing(Vec3::ONE), &Palette::warm(), None, SIZE);
    let bright = image.pixels().filter(|pixel| brightness(pixel) > 200).count();
    assert!((200..4000).contains(&bright), "{bright} bright pixels");
}

#[test]
fn a_framing_camera_sees_the_whole_box_at_any_aspect() {
    let camera = Camera::framing(Vec3::ONE);
    for aspect in [0.4, 1.0, 2.5] {
        for corner in 0..8 {
            let corner = Vec3::from_array([0, 1, 2].map(|i| if corner >> i & 1 == 1 { 1.0 } else { 0.0 }));
            let seen = camera.view_projection(aspect).project_point3(corner);
            assert!(seen.x.abs() < 1.0 && seen.y.abs() < 1.0 && (0.0..1.0).contains(&seen.z), "{seen}");
        }
    }
}

#[test]
fn orbiting_keeps_the_distance_and_panning_the_direction() {
    let mut camera = Camera::framing(Vec3::ONE);
    camera.orbit(1.0, 10.0);
    assert!((camera.eye().distance(camera.target) - camera.distance).abs() < 1e-3);
    assert!(camera.pitch < std::f32::consts::FRAC_PI_2);
    let direction = camera.axes().z_axis;
    camera.pan(Vec2::new(0.5, -0.25));
    assert_eq!(camera.axes().z_axis, direction);
    assert_ne!(camera.target, Vec3::splat(0.5));
    camera.zoom(1e-9);
    assert!(camera.distance > 0.01);
}

/// A flat field as it is drawn.
fn draw_flat(field: &Field, camera: &Camera) -> RgbaImage {
    let field = GpuField::upload(&gpu(), field).unwrap();
    render_flat_image(&gpu(), &FlatScene::new(camera, &field, Style::phase(Palette::warm())), [PIXELS; 2]).unwrap()
}

#[test]
fn a_flat_box_is_a_picture_of_both_phases_with_equal_axes() {
    // Twice as long as high, +1 in the right quarter, in every plane.
    for (axis, shape) in [(2, [32, 16, 1]), (1, [32, 1, 16]), (0, [1, 32, 16])] {
        let along = if axis == 0 { 1 } else { 0 };
        let value = |x: f64, y: f64, _: f64| if [x, y][along] >= 24.0 { 0.99 } else { -0.99 };
        let field = Field::from_fn(shape, value).unwrap();
        let camera = Camera::facing(spinodal::view::sides(&shape.into()), axis);
        let picture = draw_flat(&field, &camera);
        let pixels = |is: &dyn Fn([i32; 3]) -> bool| {
            picture.pixels().filter(|Rgba([r, g, b, _])| is([*r, *g, *b].map(i32::from))).count() as f64
        };
        let bright = pixels(&|[r, g, b]| r > 200 && g > 150 && b > 110);
        // The box is as wide as the picture, but for the margin.
        let side = f64::from(PIXELS) / 1.12;
        let expected = side / 4.0 * side / 2.0;
        assert!((bright / expected - 1.0).abs() < 0.15, "{bright} pixels of {expected}, axis {axis}");
        let line = pixels(&|[r, g, b]| r > 180 && g < 150 && b < 110);
        assert!(line > side / 2.0, "the interface is {line} pixels long, axis {axis}");
        let at = |x: f64, y: f64| brightness(picture.get_pixel((x * 160.0) as u32, (y * 160.0) as u32));
        // The backdrop is no brighter than (37, 40, 45) in sRGB.
        let [right, left, outside] = [at(0.8, 0.5), at(0.4, 0.5), at(0.5, 0.1)];
        assert!(right > left + 300 && outside <= 37 + 40 + 45, "axis {axis}: {right} {left} {outside}");
    }
}

#[test]
fn a_flat_box_without_width_can_be_seen() {
    let field = Field::from_fn([32, 1, 1], |x, _, _| if x < 16.0 { 0.9 } else { -0.9 }).unwrap();
    let picture = draw_flat(&field, &Camera::facing(spinodal::view::sides(&[32, 1, 1].into()), 2));
    let bright = picture.pixels().filter(|pixel| brightness(pixel) > 400).count();
    assert!(bright > 500, "{bright} bright pixels");
}

#[test]
fn a_pan_moves_what_is_looked_at_by_what_is_seen() {
    let mut camera = Camera::facing(Vec3::new(1.0, 0.5, 0.01), 2);
    let before = camera.target;
    camera.pan(Vec2::new(0.25, 0.5));
    let moved = (camera.target - before) / camera.visible();
    assert!((moved - Vec3::new(0.25, 0.5, 0.0)).length() < 1e-3, "{moved}");
}

#[test]
fn the_first_evolutions_have_colours_of_their_own() {
    let hues: Vec<_> = [Hue::REFERENCE].into_iter().chain((0..6).map(Hue::of_candidate)).collect();
    for (index, one) in hues.iter().enumerate() {
        for other in &hues[index + 1..] {
            for (one, other) in [(one.on_dark, other.on_dark), (one.on_light, other.on_light)] {
                let distance: u32 = one.iter().zip(other).map(|(a, b)| u32::from(a.abs_diff(b))).sum();
                assert!(distance > 60, "{one:?} and {other:?} look alike");
            }
        }
    }
}
