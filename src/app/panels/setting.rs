//! A line of a menu: a setting that can be changed within its bounds.

use crate::{
    app::theme,
    settings::{Number, Setting, Span},
};
use bevy_egui::egui::{
    DragValue, Response, TextEdit, Ui,
    emath::{self, Numeric},
};

/// Change per point of pointer travel, as a share of the value, where the bounds are decades apart.
const SHARE: f64 = 0.01;

/// Points of pointer travel from bound to bound, where they are not.
const WAY: f64 = 200.0;

/// Bounds that differ by this factor are decades apart.
const DECADES: f64 = 1e3;

/// Most decimals of an end of an interval.
const DECIMALS: usize = 6;

/// Whole numbers change by no less than this.
const SLOWEST: f64 = 0.05;

/// A line of a table: name and value.
pub fn line<T: Number + Numeric>(ui: &mut Ui, setting: &Setting<T>, value: &mut T) {
    label(ui, &name(setting), &setting.about());
    drag(ui, setting, value);
    ui.end_row();
}

/// A line of a table: name, and the two ends of an interval, which may agree.
pub fn interval(ui: &mut Ui, setting: &Setting<Span>, value: &mut Span) {
    label(ui, &name(setting), &setting.about());
    let (least, most) = (setting.least.from, setting.most.to);
    let speed =
        |end: f64| if least > 0.0 && most / least > DECADES { SHARE * end.abs() } else { slow(least, most, end) };
    ui.horizontal(|ui| {
        for (index, end) in [&mut value.from, &mut value.to].into_iter().enumerate() {
            if index == 1 {
                ui.weak("to");
            }
            let speed = speed(*end);
            // Without zeros at the end: some intervals are of whole numbers.
            let written = |value, _| emath::round_to_decimals(value, DECIMALS).to_string();
            let field = DragValue::new(end).range(least..=most).speed(speed).max_decimals(DECIMALS);
            ui.add(field.custom_formatter(written)).on_hover_text(setting.about());
        }
    });
    ui.end_row();
}

/// Change per point of pointer travel, where the bounds may be far away.
fn slow(least: f64, most: f64, value: f64) -> f64 {
    let way = (most - least) / WAY;
    if way.is_finite() { way.min(SHARE * value.abs().max(1e-3)) } else { SHARE * value.abs().max(1e-3) }
}

/// A line of a table: name, and a list of whole numbers, red while it is not understood.
pub fn whole_numbers(ui: &mut Ui, name: &str, about: &str, numbers: &mut Vec<usize>) {
    label(ui, name, about);
    let written = |numbers: &[usize]| numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
    let parse = |text: &str| text.split(',').map(|part| part.trim().parse().ok()).collect::<Option<Vec<usize>>>();
    typed(ui, about, written(numbers), |text| match parse(text) {
        Some(parsed) => {
            *numbers = parsed;
            true
        }
        None => false,
    });
    ui.end_row();
}

/// A field of text that shows `written` until something is typed, and is red while `take` does not understand it.
pub fn typed(ui: &mut Ui, about: &str, written: String, mut take: impl FnMut(&str) -> bool) {
    let id = ui.next_auto_id().with("typed");
    let kept: Option<String> = ui.data(|data| data.get_temp(id));
    let wrong = kept.is_some() && ui.data(|data| data.get_temp(id.with("wrong"))).unwrap_or(false);
    let mut text = kept.unwrap_or(written);
    let field = TextEdit::singleline(&mut text).text_color_opt(wrong.then_some(theme::alert())).desired_width(140.0);
    let field = ui.add(field).on_hover_text(about);
    let understood = !field.changed() || take(&text);
    let (changed, focused) = (field.changed(), field.has_focus());
    ui.data_mut(|data| {
        if changed {
            data.insert_temp(id.with("wrong"), !understood);
        }
        // What is typed is kept while it is being typed.
        if focused {
            data.insert_temp(id, text);
        } else {
            data.remove::<String>(id);
        }
    });
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

/// Change per point of pointer travel.
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
