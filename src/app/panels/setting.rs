//! A line of a menu that shows a setting, and takes another value within its bounds.

use crate::settings::{Number, Setting};
use bevy_egui::egui::{DragValue, Response, Ui, emath::Numeric};

/// Share of a value that a point of the pointer's way is worth, where the bounds are decades apart.
const SHARE: f64 = 0.01;

/// Points of the pointer's way from one bound to the other, where they are not.
const WAY: f64 = 200.0;

/// Bounds that differ by this factor are decades apart.
const DECADES: f64 = 1e3;

/// Whole numbers change by no less than this.
const SLOWEST: f64 = 0.05;

/// A line of a table: name and value.
pub fn line<T: Number + Numeric>(ui: &mut Ui, setting: &Setting<T>, value: &mut T) {
    label(ui, &name(setting), &setting.about());
    drag(ui, setting, value);
    ui.end_row();
}

/// The value alone.
pub fn drag<T: Number + Numeric>(ui: &mut Ui, setting: &Setting<T>, value: &mut T) -> Response {
    let speed = speed(setting, *value);
    ui.add(DragValue::new(value).range(setting.least..=setting.most).speed(speed)).on_hover_text(setting.about())
}

/// The name of a parameter.
pub fn label(ui: &mut Ui, name: &str, meaning: &str) {
    ui.label(name).on_hover_text(meaning);
}

/// The name of a setting at the beginning of a line.
pub fn name<T>(setting: &Setting<T>) -> String {
    let mut letters = setting.name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What a point of the pointer's way is worth.
fn speed<T: Numeric>(setting: &Setting<T>, value: T) -> f64 {
    let (least, most, share) = (setting.least.to_f64(), setting.most.to_f64(), SHARE * value.to_f64().abs());
    if T::INTEGRAL {
        share.max(SLOWEST)
    } else if least > 0.0 && most / least > DECADES {
        share
    } else {
        (most - least) / WAY
    }
}
