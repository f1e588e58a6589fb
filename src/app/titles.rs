//! What is written over the views.

use super::{
    labels,
    picture::{Subject, Which},
    theme,
};
use crate::{comparison::Snapshot, recording::Standing, view::Hue};
use bevy_egui::egui::{self, Align2, Color32, FontId, Rect, Shape, Ui, Vec2};

/// Behind text that lies on pictures.
const PLATE: Color32 = Color32::from_black_alpha(120);

/// Writes over a view what it shows, which may lag behind the simulation.
pub fn write(ui: &Ui, view: Rect, subject: &Subject) {
    let snapshot = &*subject.snapshot;
    let title = match subject.which {
        Which::Reference => reference_title(snapshot),
        Which::Candidate(number) => candidate_title(snapshot, number),
    };
    let painter = ui.painter_at(view);
    title.paint(&painter, view);
    let stopped = subject.evolution().is_some_and(|evolution| evolution.standing == Standing::Stopped);
    if let (true, Which::Candidate(number)) = (stopped, subject.which) {
        let text = labels::standing(snapshot, number).unwrap_or_default();
        painter.text(view.center(), Align2::CENTER_CENTER, text, FontId::proportional(14.0), theme::ALERT);
    }
}

/// What is written over a view.
struct Title {
    name: String,
    colour: Color32,
    time: String,
    detail: String,
}

impl Title {
    fn paint(&self, painter: &egui::Painter, view: Rect) {
        let corner = view.min + Vec2::new(14.0, 12.0);
        let plate = painter.add(Shape::Noop);
        painter.circle_filled(corner + Vec2::new(5.0, 10.0), 5.0, self.colour);
        let name = painter.text(
            corner + Vec2::new(18.0, 0.0),
            Align2::LEFT_TOP,
            &self.name,
            FontId::proportional(17.0),
            Color32::from_gray(240),
        );
        let time = painter.text(
            name.right_bottom() + Vec2::new(10.0, -1.5),
            Align2::LEFT_BOTTOM,
            &self.time,
            FontId::monospace(13.0),
            Color32::from_gray(200),
        );
        let detail = painter.text(
            name.left_bottom() + Vec2::new(0.0, 2.0),
            Align2::LEFT_TOP,
            &self.detail,
            FontId::proportional(12.0),
            Color32::from_gray(170),
        );
        // Whatever is under it, the text can be read.
        let behind = Rect::from_min_max(corner, corner).union(name).union(time).union(detail);
        painter.set(plate, Shape::rect_filled(behind.expand2(Vec2::new(8.0, 5.0)), 6.0, PLATE));
    }
}

fn reference_title(snapshot: &Snapshot) -> Title {
    let reference = &snapshot.setup.reference;
    let equation = labels::kinetics(reference.parameters.equation.kinetics);
    Title {
        name: "Reference".into(),
        colour: theme::REFERENCE,
        time: format!("t = {:.1}", snapshot.time()),
        detail: format!("{equation}, {} scheme, {}", reference.method, snapshot.reference.grid),
    }
}

fn candidate_title(snapshot: &Snapshot, number: usize) -> Title {
    let spec = snapshot.setup.candidates.get(number);
    let evolution = snapshot.candidates.get(number);
    // That it was stopped is written where it would be.
    let there = evolution.is_some_and(|evolution| evolution.standing != Standing::Stopped);
    let standing = labels::standing(snapshot, number).filter(|_| there);
    let standing = standing.map(|standing| format!(", {standing}")).unwrap_or_default();
    Title {
        name: spec.map_or("Candidate", labels::kind).into(),
        colour: theme::colour(Hue::of_candidate(number)),
        time: format!("t = {:.1}", snapshot.time()),
        detail: evolution.map(|e| format!("{}, {}{standing}", e.name, e.grid)).unwrap_or_default(),
    }
}
