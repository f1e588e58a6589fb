//! What the renderer draws, and where the camera looks.

use crate::gpu_device::gpu;
use bevy::math::{Vec2, Vec3};
use image::{Rgba, RgbaImage};
use spinodal::{
    field::Field,
    initial::{Initial, InitialOptions},
    surface::{
        Caps,
        gpu::{GpuSurface, SurfaceExtractor},
    },
    view::{Camera, Palette, Scene, render_to_image},
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
    let scene = Scene { camera, palette, grid: size.into(), surface };
    render_to_image(&gpu(), &scene, PIXELS, PIXELS).unwrap()
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
