//! The timeline: all recorded frames of a run, to be looked at again.

use super::curves;
use crate::{
    app::{session::Session, theme, views::ViewId},
    comparison::{EvolutionSnapshot, Heir, Snapshot},
    view::Hue,
};
use bevy::prelude::Resource;
use bevy_egui::egui::{
    Button, CursorIcon, FontId, Key, Modifiers, Painter, Popup, Pos2, Rect, Response, RichText, Sense, Shape, Stroke,
    Ui, Vec2, lerp, pos2, remap,
};
use std::collections::BTreeSet;

/// Frames per second of a replay.
const PACE: f64 = 15.0;

/// The state of the timeline.
#[derive(Resource, Default)]
pub struct Timeline {
    /// The run that it belongs to.
    run: u64,
    /// When the next frame of a replay is due, in egui's seconds.
    replay: Option<f64>,
    /// Whether a replay starts again at the end.
    looped: bool,
    bookmarks: BTreeSet<usize>,
}

impl Timeline {
    /// Draws the timeline and handles its keys.
    pub fn show(&mut self, ui: &mut Ui, session: &mut Session) {
        let Some(snapshot) = session.snapshot.clone() else {
            ui.weak("No frames yet.");
            return;
        };
        if self.run != snapshot.run {
            *self = Self { run: snapshot.run, looped: self.looped, ..Self::default() };
        }
        self.replay(ui, session, &snapshot);
        ui.horizontal_centered(|ui| {
            self.buttons(ui, session, &snapshot);
            let room = ui.available_size() - Vec2::new(MEMORY, 0.0);
            let size = Vec2::new(room.x.max(60.0), room.y.clamp(18.0, 72.0));
            let (strip, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
            self.strip(ui, strip, &response, session, &snapshot);
            memory(ui, &snapshot);
        });
        self.keys(ui, session);
    }

    fn buttons(&mut self, ui: &mut Ui, session: &mut Session, snapshot: &Snapshot) {
        let button = |symbol: &str| Button::new(RichText::new(symbol).size(13.0)).min_size(Vec2::new(24.0, 22.0));
        if ui.add(button("⏪")).on_hover_text("The frame before (←)").clicked() {
            session.backward();
        }
        let (symbol, about) =
            if self.replay.is_some() { ("⏸", "Stop the replay") } else { ("⏵", "Replay the recorded frames") };
        if ui.add(button(symbol)).on_hover_text(about).clicked() {
            self.toggle_replay(ui, session);
        }
        let looped = Button::new(RichText::new("🔁").size(12.0)).selected(self.looped).min_size(Vec2::new(24.0, 22.0));
        if ui.add(looped).on_hover_text("Replay over and over").clicked() {
            self.looped ^= true;
        }
        if ui.add(button("🔖")).on_hover_text("Set or remove a bookmark at this frame (B)").clicked() {
            self.mark(session);
        }
        let behind = session.cursor().is_some();
        let live = ui.add_enabled(behind, Button::new(RichText::new("Latest").size(12.0)));
        if live.on_hover_text(format!("Back to frame {}, the latest", snapshot.number())).clicked() {
            self.replay = None;
            session.follow();
        }
        self.actions(ui, session);
    }

    /// The actions at the frame shown.
    fn actions(&mut self, ui: &mut Ui, session: &mut Session) {
        let button = ui.button("From here ⏷").on_hover_text("Continue the run from the frame shown, or swap fields");
        Popup::from_toggle_button_response(&button).gap(4.0).show(|ui| {
            ui.set_min_width(250.0);
            let Some(frame) = session.frame().map(|frame| frame.row.frame) else { return };
            let behind = session.cursor().is_some();
            let about = "Continues the run from this frame and discards later frames.";
            let go_on = ui.add_enabled(behind, Button::new(format!("Continue from frame {frame}")));
            if go_on.on_hover_text(about).clicked() {
                session.continue_from(frame);
                ui.close();
            }
            let Some(candidate) = session.shown() else { return };
            let name = session.view_name(ViewId::Candidate(candidate));
            let about = "The candidate restarts from the reference's field.";
            if ui.button(format!("{name}: start from the reference")).on_hover_text(about).clicked() {
                self.hand_over(session, behind.then_some(frame), candidate, Heir::Candidate);
                ui.close();
            }
            let about = "The reference continues from the candidate's field, interpolated to its own nodes.";
            if ui.button(format!("Reference: start from {name}")).on_hover_text(about).clicked() {
                self.hand_over(session, behind.then_some(frame), candidate, Heir::Reference);
                ui.close();
            }
        });
    }

    /// Hands a field over at the frame shown. A run that is ahead of it goes back first.
    fn hand_over(&mut self, session: &mut Session, back_to: Option<usize>, candidate: usize, to: Heir) {
        self.replay = None;
        if let Some(frame) = back_to {
            session.continue_from(frame);
        }
        session.hand_over(candidate, to);
    }

    fn toggle_replay(&mut self, ui: &Ui, session: &mut Session) {
        self.replay = match self.replay {
            Some(_) => None,
            None => {
                if session.playing {
                    session.toggle();
                }
                if session.cursor().is_none() {
                    session.look_at(0);
                }
                Some(ui.input(|input| input.time) + 1.0 / PACE)
            }
        };
    }

    /// Shows the next frame of a replay when it is due.
    fn replay(&mut self, ui: &Ui, session: &mut Session, snapshot: &Snapshot) {
        let now = ui.input(|input| input.time);
        let Some(due) = self.replay else { return };
        if session.playing {
            self.replay = None;
        } else if now >= due {
            let shown = session.cursor().unwrap_or_else(|| snapshot.number());
            match session.next(shown) {
                Some(frame) => session.look_at(frame),
                None if self.looped => session.look_at(0),
                None => self.replay = None,
            }
            self.replay = self.replay.map(|_| now + 1.0 / PACE);
        }
        if self.replay.is_some() {
            ui.ctx().request_repaint_after_secs((1.0 / PACE) as f32);
        }
    }

    fn mark(&mut self, session: &Session) {
        let Some(frame) = session.frame().map(|frame| frame.row.frame) else { return };
        if !self.bookmarks.remove(&frame) {
            self.bookmarks.insert(frame);
        }
    }

    fn keys(&mut self, ui: &Ui, session: &Session) {
        let focused = ui.memory(|memory| memory.focused().is_some());
        if !focused && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::B)) {
            self.mark(session);
        }
    }

    /// Error along time, the frames that were kept, bookmarks and the frame shown.
    fn strip(&mut self, ui: &Ui, strip: Rect, response: &Response, session: &mut Session, snapshot: &Snapshot) {
        let latest = snapshot.number();
        let x = |frame: f64| remap(frame as f32, 0.0..=latest.max(1) as f32, strip.x_range());
        if let Some(pointer) = response.interact_pointer_pos()
            && (response.dragged() || response.clicked())
        {
            self.replay = None;
            if session.playing {
                session.toggle();
            }
            let share = ((pointer.x - strip.left()) / strip.width()).clamp(0.0, 1.0);
            session.look_at(lerp(0.0..=latest as f32, share).round() as usize);
        }
        let painter = ui.painter_at(strip.expand(1.0));
        painter.rect_filled(strip, 3.0, ui.visuals().extreme_bg_color);
        if let Some(candidate) = session.shown() {
            error_area(&painter, strip, snapshot, candidate, &x);
        }
        for &frame in self.bookmarks.iter().filter(|frame| **frame <= latest) {
            let top = pos2(x(frame as f64), strip.top());
            let corners = [top + Vec2::new(-4.0, 0.0), top + Vec2::new(4.0, 0.0), top + Vec2::new(0.0, 7.0)];
            painter.add(Shape::convex_polygon(corners.into(), theme::accent(), Stroke::NONE));
        }
        let shown = session.frame().map_or(latest, |frame| frame.row.frame);
        let line = Stroke::new(2.0, ui.visuals().strong_text_color());
        painter.vline(x(shown as f64), strip.y_range(), line);
        if let Some(pointer) = response.hover_pos() {
            let share = ((pointer.x - strip.left()) / strip.width()).clamp(0.0, 1.0);
            let frame = lerp(0.0..=latest as f32, share).round() as usize;
            painter.vline(pointer.x, strip.y_range(), Stroke::new(1.0, theme::guide()));
            response
                .clone()
                .on_hover_cursor(CursorIcon::ResizeHorizontal)
                .on_hover_text_at_pointer(about(snapshot, frame));
        }
    }
}

/// Room for the words on memory, in points.
const MEMORY: f32 = 118.0;

/// RMSE of a candidate along the strip, as a share of its largest.
fn error_area(painter: &Painter, strip: Rect, snapshot: &Snapshot, candidate: usize, x: &dyn Fn(f64) -> f32) {
    let points = curves::over_frames(&snapshot.rows, candidate, |metrics| metrics.rmse);
    let most = points.iter().map(|point| point[1]).fold(0.0, f64::max);
    if most <= 0.0 {
        return;
    }
    let colour = theme::colour(Hue::of_candidate(candidate));
    let height = |error: f64| strip.bottom() - (error / most) as f32 * (strip.height() - 4.0);
    let line: Vec<Pos2> = points.iter().map(|&[frame, error]| pos2(x(frame), height(error))).collect();
    for pair in line.windows(2) {
        let [left, right] = [pair[0], pair[1]];
        let foot = |point: Pos2| pos2(point.x, strip.bottom());
        let corners = vec![left, right, foot(right), foot(left)];
        painter.add(Shape::convex_polygon(corners, colour.gamma_multiply(0.25), Stroke::NONE));
    }
    painter.add(Shape::line(line, Stroke::new(1.2, colour)));
    let label = format!("RMSE, up to {}", theme::readout(most));
    let corner = strip.left_top() + Vec2::new(6.0, 3.0);
    painter.text(corner, bevy_egui::egui::Align2::LEFT_TOP, label, FontId::proportional(10.5), theme::tick());
}

/// The label of a frame: its time, the frame shown in its stead where it was not kept, the errors of the candidates.
pub fn about(snapshot: &Snapshot, frame: usize) -> String {
    let kept = snapshot.recording.at_or_before(frame).map_or(0, |kept| kept.row.frame);
    let row = snapshot.rows.iter().rev().find(|row| row.frame <= frame);
    let time = row.map_or(0.0, |row| row.time);
    let thinned = if kept == frame { String::new() } else { format!("\nshows frame {kept}, the nearest kept") };
    // One that was stopped, or had not come yet, has none.
    let error = |(place, candidate): (usize, &EvolutionSnapshot)| {
        let metrics = row?.metrics(place)?;
        Some(format!("\nRMSE {} ({})", theme::readout(metrics.rmse), candidate.name))
    };
    let errors: String = snapshot.candidates.iter().enumerate().filter_map(error).collect();
    format!("frame {frame}, t = {time:.1}{thinned}{errors}")
}

/// How much of the memory for frames is in use.
fn memory(ui: &mut Ui, snapshot: &Snapshot) {
    let (used, budget) = snapshot.recording.memory();
    let megabytes = |bytes: usize| bytes as f64 / 1e6;
    let text = format!("{:.0} of {:.0} MB", megabytes(used), megabytes(budget));
    let about = format!(
        "Memory that {} recorded frames take. When it is full, every other frame is dropped; the first and the latest stay.",
        snapshot.recording.frames().len()
    );
    ui.label(RichText::new(text).small().weak()).on_hover_text(about);
}
