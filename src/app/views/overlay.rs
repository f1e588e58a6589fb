//! What lies over a picture besides its title: axes, a scale, and the legend of the colours.

use super::picture::Picture;
use crate::{
    grid::Grid,
    report::number::significant,
    view::{ColourBy, Ground, flat_axis},
};
use bevy::math::Vec3;
use bevy_egui::egui::{Align2, Color32, FontId, Mesh, Painter, Rect, Shape, Stroke, Ui, Vec2, pos2};

/// Length of an axis of the triad, in points.
const AXIS: f32 = 22.0;

/// Distance from the edges of the view, in points.
const MARGIN: f32 = 16.0;

/// Size of the legend, in points.
const LEGEND: Vec2 = Vec2::new(10.0, 120.0);

/// Views that are lower than this show the picture alone.
const LEAST: f32 = 160.0;

/// Draws it over the view that shows `picture`.
pub fn draw(ui: &Ui, view: Rect, picture: &Picture, range: [f32; 2]) {
    if view.height().min(view.width()) < LEAST || picture.subject.is_none() {
        return;
    }
    let painter = ui.painter_at(view);
    let grid = picture.framed;
    if flat_axis(&grid).is_none() {
        triad(&painter, view, picture.camera.triad());
    }
    scale(&painter, view, picture, &grid);
    if picture.look.colour_by != ColourBy::Phase {
        legend(&painter, view, picture, range);
    }
}

/// Of lines and words, on the picture's ground.
fn ink(ground: Ground) -> Color32 {
    match ground {
        Ground::Dark => Color32::from_gray(185),
        Ground::Light | Ground::White | Ground::Transparent => Color32::from_gray(70),
    }
}

/// The axes of the box, the one furthest back first.
fn triad(painter: &Painter, view: Rect, axes: [Vec3; 3]) {
    let origin = view.left_bottom() + Vec2::new(MARGIN + AXIS, -MARGIN - AXIS);
    let colours =
        [Color32::from_rgb(0xe0, 0x7b, 0x6a), Color32::from_rgb(0x86, 0xc0, 0x7a), Color32::from_rgb(0x7a, 0xa5, 0xe8)];
    let mut order: Vec<_> = ["x", "y", "z"].into_iter().zip(axes).zip(colours).collect();
    order.sort_by(|((_, one), _), ((_, other), _)| one.z.total_cmp(&other.z));
    for ((name, axis), colour) in order {
        let tip = origin + AXIS * Vec2::new(axis.x, -axis.y);
        painter.line_segment([origin, tip], Stroke::new(1.8, colour));
        let at = origin + (AXIS + 8.0) * Vec2::new(axis.x, -axis.y);
        painter.text(at, Align2::CENTER_CENTER, name, FontId::proportional(11.0), colour);
    }
}

/// A round length in grid units.
fn scale(painter: &Painter, view: Rect, picture: &Picture, grid: &Grid) {
    let side = view.width().min(view.height());
    let bar = picture.camera.scale_bar(side, grid, view.width() / 5.0);
    if !(bar.points.is_finite() && bar.points > 4.0) {
        return;
    }
    let right = view.right_bottom() + Vec2::new(-MARGIN, -MARGIN);
    let left = right - Vec2::new(bar.points, 0.0);
    let ink = ink(picture.look.ground);
    let stroke = Stroke::new(1.5, ink);
    painter.line_segment([left, right], stroke);
    for end in [left, right] {
        painter.line_segment([end - Vec2::new(0.0, 3.0), end + Vec2::new(0.0, 3.0)], stroke);
    }
    let text = format!("{} grid units", significant(f64::from(bar.units)));
    painter.text(right - Vec2::new(0.0, 6.0), Align2::RIGHT_BOTTOM, text, FontId::proportional(10.5), ink);
}

/// What the colours mean.
fn legend(painter: &Painter, view: Rect, picture: &Picture, range: [f32; 2]) {
    let look = &picture.look;
    let top = view.right_top() + Vec2::new(-MARGIN - LEGEND.x, 30.0);
    let bar = Rect::from_min_size(top, LEGEND);
    let mut mesh = Mesh::default();
    const PARTS: u32 = 32;
    for part in 0..=PARTS {
        let share = part as f32 / PARTS as f32;
        let [red, green, blue] = look.map().srgb(share);
        let colour = Color32::from_rgb(red, green, blue);
        let y = bar.bottom() - share * bar.height();
        mesh.colored_vertex(pos2(bar.left(), y), colour);
        mesh.colored_vertex(pos2(bar.right(), y), colour);
        if part > 0 {
            let last = 2 * part;
            mesh.add_triangle(last - 2, last - 1, last);
            mesh.add_triangle(last - 1, last, last + 1);
        }
    }
    painter.add(Shape::mesh(mesh));
    let font = FontId::proportional(10.5);
    let [low, high] = range.map(|value| significant(f64::from(value)));
    let write = |y: f32, align: Align2, text: String| {
        painter.text(pos2(bar.left() - 5.0, y), align, text, font.clone(), ink(look.ground));
    };
    write(bar.top(), Align2::RIGHT_TOP, high);
    write(bar.bottom(), Align2::RIGHT_BOTTOM, low);
    let label = picture.subject.as_ref().and_then(|subject| subject.legend).unwrap_or(look.colour_by.label());
    painter.text(
        bar.right_bottom() + Vec2::new(0.0, 5.0),
        Align2::RIGHT_TOP,
        label,
        FontId::proportional(11.0),
        ink(look.ground),
    );
}
