//! What is written over the views.

use super::{Title, ViewId};
use crate::app::theme;
use bevy_egui::egui::{self, Align2, Color32, FontId, Rect, Shape, Ui, Vec2};

/// Behind text that lies on pictures.
const PLATE: Color32 = Color32::from_black_alpha(120);

/// Writes over a view what it shows. That may lag behind the run: then also what is `coming`.
pub fn write(ui: &Ui, view: Rect, id: ViewId, title: &Title, coming: Option<&str>) {
    let painter = ui.painter_at(view);
    paint(&painter, view, theme::colour(id.hue()), title, coming);
    if let Some(reason) = &title.missing {
        painter.text(view.center(), Align2::CENTER_CENTER, reason, FontId::proportional(14.0), theme::alert());
    }
}

/// Says in the middle of a view what it will show.
pub fn hint(ui: &Ui, view: Rect, id: ViewId) {
    let text = match id {
        ViewId::Truth | ViewId::Prediction => "Shows a held-out sequence\nonce a network is being trained",
        ViewId::Ensemble => "Shows the mean of several networks\nand how far they differ",
        ViewId::Reference | ViewId::Candidate(_) => return,
    };
    let font = FontId::proportional(13.0);
    ui.painter_at(view).text(view.center(), Align2::CENTER_CENTER, text, font, Color32::from_gray(150));
}

fn paint(painter: &egui::Painter, view: Rect, colour: Color32, title: &Title, coming: Option<&str>) {
    let corner = view.min + Vec2::new(14.0, 12.0);
    let plate = painter.add(Shape::Noop);
    painter.circle_filled(corner + Vec2::new(5.0, 10.0), 5.0, colour);
    let name = painter.text(
        corner + Vec2::new(18.0, 0.0),
        Align2::LEFT_TOP,
        &title.name,
        FontId::proportional(17.0),
        Color32::from_gray(240),
    );
    let time = painter.text(
        name.right_bottom() + Vec2::new(10.0, -1.5),
        Align2::LEFT_BOTTOM,
        coming.map_or(title.time.clone(), |coming| format!("{} → {coming}", title.time)),
        FontId::monospace(13.0),
        Color32::from_gray(200),
    );
    let detail = painter.text(
        name.left_bottom() + Vec2::new(0.0, 2.0),
        Align2::LEFT_TOP,
        &title.detail,
        FontId::proportional(12.0),
        Color32::from_gray(170),
    );
    let doubt = title.doubt.as_ref().map_or(detail, |doubt| {
        let place = detail.left_bottom() + Vec2::new(0.0, 2.0);
        let room = (view.right() - place.x - 14.0).max(80.0);
        let text = painter.layout(format!("⚠ {doubt}"), FontId::proportional(12.0), theme::reference(), room);
        let covered = Rect::from_min_size(place, text.size());
        painter.galley(place, text, theme::reference());
        covered
    });
    // Keeps the text readable over any picture.
    let behind = Rect::from_min_max(corner, corner).union(name).union(time).union(detail).union(doubt);
    painter.set(plate, Shape::rect_filled(behind.expand2(Vec2::new(8.0, 5.0)), 6.0, PLATE));
}
