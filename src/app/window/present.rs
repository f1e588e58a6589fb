//! Presents the window when it looks different from what it shows.
//!
//! A software driver takes tens of milliseconds to present a window, and most moves of the pointer change nothing in
//! it, those of a drag not before the painter is done.

use super::{canvas::Canvases, wake::Patience};
use bevy::prelude::*;
use bevy_egui::{
    EguiRenderOutput,
    egui::epaint::{ClippedPrimitive, ImageDelta, Primitive},
};
use std::time::{Duration, Instant};

/// Longest time without a picture while the pointer moves: what other windows have covered is drawn again.
const LONGEST: Duration = Duration::from_millis(250);

/// What was presented last.
#[derive(Default)]
pub struct Presented {
    shapes: Vec<ClippedPrimitive>,
    at: Option<Instant>,
    /// New glyphs are seen one picture after the text that needs them.
    glyphs: bool,
}

/// Decides whether bevy draws and presents the window. Call before bevy_egui takes the glyphs.
pub fn choose(
    window: Single<(&mut Camera, &EguiRenderOutput)>,
    canvases: Res<Canvases>,
    mut moves: MessageReader<CursorMoved>,
    patience: Res<Patience>,
    mut last: Local<Presented>,
) {
    let (mut camera, output) = window.into_inner();
    let glyphs = !output.textures_delta.is_empty();
    // A larger texture of glyphs cannot be drawn with before the next update: a picture would lack all panels.
    let outgrown = output.textures_delta.set.values().flatten().any(ImageDelta::is_whole);
    let moved = moves.read().count() > 0;
    let recent = last.at.is_some_and(|at| at.elapsed() < LONGEST);
    let same = !canvases.is_changed() && !glyphs && !last.glyphs && alike(&last.shapes, &output.paint_jobs);
    let unchanged = moved && recent && same;
    camera.is_active = !(outgrown || unchanged);
    if camera.is_active {
        *last = Presented { shapes: output.paint_jobs.clone(), at: Some(Instant::now()), glyphs };
    } else {
        last.glyphs |= glyphs;
        patience.wait_at_most(LONGEST);
    }
}

fn alike(before: &[ClippedPrimitive], now: &[ClippedPrimitive]) -> bool {
    let same = |(before, now): (&ClippedPrimitive, &ClippedPrimitive)| match (&before.primitive, &now.primitive) {
        (Primitive::Mesh(one), Primitive::Mesh(other)) => before.clip_rect == now.clip_rect && one == other,
        _ => false,
    };
    before.len() == now.len() && before.iter().zip(now).all(same)
}
