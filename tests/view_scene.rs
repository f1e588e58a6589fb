//! What styles, clip box, repetition and ground do to a picture.

use crate::gpu_device::gpu;
use bevy::math::Vec3;
use image::{Rgba, RgbaImage};
use spinodal::{
    equation::interface_profile,
    field::Field,
    surface::{
        Caps,
        gpu::{GpuField, GpuSurface, SurfaceExtractor, SurfaceProbe},
    },
    view::{Camera, ClipBox, ColourBy, Ground, Palette, Scene, Style, Surface, render_image},
};

pub const SIZE: usize = 24;
pub const PIXELS: u32 = 160;

/// Of one colour on all sides.
pub fn plain(colour: [f32; 3]) -> Palette {
    Palette { outside: colour, inside: colour, cap: colour }
}

pub const RED: [f32; 3] = [0.8, 0.05, 0.05];
pub const BLUE: [f32; 3] = [0.05, 0.1, 0.8];
pub const GREEN: [f32; 3] = [0.05, 0.8, 0.05];

/// A ball in the middle of the box, in nodes.
pub fn ball(radius: f64) -> Field {
    let middle = SIZE as f64 / 2.0;
    Field::from_fn(SIZE, |x, y, z| {
        let away = [x, y, z].iter().map(|c| (c - middle).powi(2)).sum::<f64>().sqrt();
        interface_profile(radius - away, 3.0)
    })
    .unwrap()
}

pub fn surface(field: &Field) -> GpuSurface {
    SurfaceExtractor::new(&gpu(), field.grid(), Caps::Closed).unwrap().extract(field, 0.0).unwrap().clone()
}

pub fn render(scene: &Scene) -> RgbaImage {
    render_image(&gpu(), scene, [PIXELS; 2]).unwrap()
}

pub fn count(image: &RgbaImage, is: impl Fn([i32; 3]) -> bool) -> usize {
    image.pixels().filter(|Rgba([r, g, b, _])| is([*r, *g, *b].map(i32::from))).count()
}

pub fn colour_at(image: &RgbaImage, x: u32, y: u32) -> [i32; 3] {
    let Rgba([r, g, b, _]) = *image.get_pixel(x, y);
    [r, g, b].map(i32::from)
}

pub fn reddish([r, g, b]: [i32; 3]) -> bool {
    r > g + 40 && r > b + 40
}

pub fn bluish([r, g, b]: [i32; 3]) -> bool {
    b > r + 40 && b > g + 40
}

#[test]
fn a_surface_coloured_by_distance_has_the_hue_of_its_sign() {
    let gpu = gpu();
    let camera = Camera::framing(Vec3::ONE);
    let field = ball(7.0);
    let body = surface(&field);
    let own = GpuField::upload(&gpu, &field).unwrap();
    let style = Style::by(ColourBy::Distance);
    for (radius, warm) in [(8.5, true), (5.5, false)] {
        let other = GpuField::upload(&gpu, &ball(radius)).unwrap();
        let quantity = style.colour_by.quantity().unwrap();
        let values = SurfaceProbe::new(&gpu).find(quantity, &body, &own, Some(&other)).unwrap();
        let mut scene = Scene::new(&camera, SIZE.into());
        scene.surfaces.push(Surface { body: &body, values: Some(&values), style });
        let picture = render(&scene);
        let [r, _, b] = colour_at(&picture, PIXELS / 2, PIXELS / 2);
        assert!((r - b).abs() > 60 && (r > b) == warm, "red {r} and blue {b} at {radius}");
    }
}

#[test]
fn what_is_clipped_is_gone_and_the_rest_stays() {
    let camera = Camera::facing(Vec3::ONE, 2);
    let body = surface(&ball(8.0));
    let mut scene = Scene::new(&camera, SIZE.into()).with(&body, Style::phase(plain(RED)));
    scene.line_width = 0.0;
    let whole = render(&scene);
    scene.clip.max[0] = 0.5;
    let half = render(&scene);
    let [whole_pixels, half_pixels] = [&whole, &half].map(|picture| count(picture, reddish) as f64);
    assert!((half_pixels / whole_pixels - 0.5).abs() < 0.04, "{half_pixels} of {whole_pixels} pixels");
    let right = |picture: &RgbaImage| reddish(colour_at(picture, PIXELS * 5 / 8, PIXELS / 2));
    assert!(right(&whole) && !right(&half));
    // From above, the open shell shows the same outline.
    scene.clip = ClipBox { min: [0.0; 3], max: [1.0, 1.0, 0.5] };
    let bowl = count(&render(&scene), reddish) as f64;
    assert!((bowl / whole_pixels - 1.0).abs() < 0.05, "{bowl} of {whole_pixels} pixels");
}

#[test]
fn repetition_doubles_what_is_drawn() {
    let body = surface(&ball(8.0));
    let draw = |repeat: [u32; 3]| {
        // All from so far that perspective does not matter.
        let mut camera = Camera::facing(Vec3::splat(3.0), 2);
        camera.zoom(1.2);
        let mut scene = Scene::new(&camera, SIZE.into()).with(&body, Style::phase(plain(RED)));
        (scene.repeat, scene.line_width) = (repeat, 0.0);
        count(&render(&scene), reddish) as f64
    };
    let one = draw([1; 3]);
    for (repeat, times) in [([2, 1, 1], 2.0), ([1, 3, 1], 3.0), ([2, 2, 1], 4.0)] {
        let share = draw(repeat) / one;
        assert!((share / times - 1.0).abs() < 0.15, "{share} times as much for {repeat:?}");
    }
}

#[test]
fn a_body_across_the_face_of_two_boxes_has_no_wall_there() {
    // A rod along x; seen through a clip box that takes off its upper half, its inside is empty over the seam.
    let field = Field::from_fn(SIZE, |_, y, z| {
        let away = ((y - 12.0).powi(2) + (z - 12.0).powi(2)).sqrt();
        interface_profile(6.0 - away, 3.0)
    });
    let body = surface(&field.unwrap());
    let extent = Vec3::new(2.0, 1.0, 1.0);
    let camera = Camera { pitch: 0.9, ..Camera::framing(extent) };
    let palette = Palette { outside: RED, inside: RED, cap: GREEN };
    let draw = |clip: ClipBox, repeat| {
        let mut scene = Scene::new(&camera, SIZE.into()).with(&body, Style::phase(palette));
        (scene.repeat, scene.line_width, scene.clip) = (repeat, 0.0, clip);
        count(&render(&scene), |[r, g, b]| g > r + 40 && g > b + 40)
    };
    let middle = ClipBox { min: [0.25, 0.0, 0.0], max: [0.75, 1.0, 0.5] };
    assert_eq!(draw(middle, [2, 1, 1]), 0, "pixels of a wall between the boxes");
    assert!(draw(ClipBox::WHOLE, [2, 1, 1]) > 50, "the ends are closed");
}

#[test]
fn a_translucent_surface_shows_both_hues() {
    let camera = Camera::framing(Vec3::ONE);
    let [inner, outer] = [5.0, 9.0].map(|radius| surface(&ball(radius)));
    let draw = |opacity| {
        let [red, blue] = [RED, BLUE].map(|colour| Style::phase(plain(colour)));
        render(&Scene::new(&camera, SIZE.into()).with(&inner, red).with(&outer, Style { opacity, ..blue }))
    };
    let (opaque, glass) = (draw(1.0), draw(0.35));
    let at = |picture: &RgbaImage, x: u32| colour_at(picture, x, PIXELS / 2);
    // The middle is inner and outer ball, near the rim there is only the outer one.
    let (middle, rim) = (PIXELS / 2, PIXELS / 2 + 25);
    assert!(bluish(at(&opaque, middle)), "{:?}", at(&opaque, middle));
    let [r, _, b] = at(&glass, middle);
    assert!(r > 90 && b > 60 && r > at(&opaque, middle)[0] + 40, "both hues: {:?}", at(&glass, middle));
    let [_, _, b] = at(&glass, rim);
    assert!(b > at(&glass, rim)[0] + 20 && b < at(&opaque, rim)[2], "{:?}", at(&glass, rim));
    assert!(count(&opaque, reddish) == 0);
}

#[test]
fn what_is_seen_through_does_not_depend_on_the_order_of_triangles() {
    let camera = Camera::framing(Vec3::ONE);
    let field = spinodal::initial::Initial::Gyroid
        .build(&spinodal::initial::InitialOptions { grid: SIZE.into(), ..Default::default() })
        .unwrap();
    // A new extraction may emit its triangles in another order.
    let bodies = [surface(&field), surface(&field)];
    let style = Style { opacity: 0.4, ..Style::phase(Palette::cool()) };
    let [one, other] = bodies.each_ref().map(|body| render(&Scene::new(&camera, SIZE.into()).with(body, style)));
    let unlike = one.pixels().zip(other.pixels()).filter(|(a, b)| a.0.iter().zip(b.0).any(|(a, b)| a.abs_diff(b) > 2));
    assert_eq!(unlike.count(), 0);
}

#[test]
fn grounds_are_what_they_are_called() {
    let camera = Camera::framing(Vec3::ONE);
    let body = surface(&ball(7.0));
    let draw = |ground| {
        let mut scene = Scene::new(&camera, SIZE.into()).with(&body, Style::phase(plain(RED)));
        scene.ground = ground;
        render(&scene)
    };
    let corner = |ground| draw(ground).get_pixel(2, 2).0;
    assert_eq!(corner(Ground::White), [255; 4]);
    assert_eq!(corner(Ground::Transparent), [0; 4]);
    assert!(corner(Ground::Dark)[..3].iter().all(|&c| c < 50) && corner(Ground::Light)[..3].iter().all(|&c| c > 200));
    let clear = draw(Ground::Transparent);
    assert_eq!(clear.get_pixel(PIXELS / 2, PIXELS / 2).0[3], 255);
    // On its rim, half covered pixels keep the colour of the ball.
    let rim: Vec<_> = clear.pixels().filter(|Rgba([r, g, _, a])| (60..200).contains(a) && r > g).collect();
    assert!(rim.len() > 20 && rim.iter().all(|Rgba([r, ..])| *r > 40), "{rim:?}");
}

#[test]
fn an_image_in_pieces_is_the_image_in_one() {
    // Larger than a piece, the ball where two pieces meet.
    let mut camera = Camera::framing(Vec3::ONE);
    camera.pan([-0.75, 0.0].into());
    let body = surface(&ball(9.0));
    let mut scene = Scene::new(&camera, SIZE.into()).with(&body, Style::phase(Palette::warm()));
    // Lines are as wide in pixels, whatever the picture's size.
    scene.line_width = 0.0;
    let large = render_image(&gpu(), &scene, [2304, 1152]).unwrap();
    assert_eq!(large.dimensions(), (2304, 1152));
    let small = image::imageops::thumbnail(&large, 288, 144);
    let whole = render_image(&gpu(), &scene, [288, 144]).unwrap();
    let apart = |a: &Rgba<u8>, b: &Rgba<u8>| a.0.iter().zip(b.0).map(|(a, b)| u32::from(a.abs_diff(b))).max().unwrap();
    let unlike = small.pixels().zip(whole.pixels()).filter(|(a, b)| apart(a, b) > 40).count();
    assert!(unlike < 288 * 144 / 200, "{unlike} pixels differ");
    // No seam at x = 2048, which crosses the ball.
    let bright = (0..1152).filter(|&y| large.get_pixel(2048, y).0[0] > 120).count();
    assert!(bright > 200, "the ball is not there: {bright}");
    for y in 0..1152 {
        let [left, right] = [2047, 2048].map(|x| large.get_pixel(x, y));
        assert!(apart(left, right) < 60, "a seam at {y}: {left:?} {right:?}");
    }
    assert!(render_image(&gpu(), &scene, [0, 10]).is_err() && render_image(&gpu(), &scene, [10, 20_000]).is_err());
}
