//! Colours, type and spacing of the window.

use crate::view::Hue;
use bevy_egui::egui::{
    self, Color32, CornerRadius, FontFamily, FontId, Margin, RichText, Shadow, Stroke, TextStyle, Vec2,
    style::{ScrollStyle, Visuals, WidgetVisuals},
};

/// Everything that belongs to the reference.
pub const REFERENCE: Color32 = colour(Hue::REFERENCE);
/// What invites to be used.
pub const ACCENT: Color32 = Color32::from_rgb(0x4a, 0xbc, 0xcf);
/// On what invites to be used.
pub const ON_ACCENT: Color32 = Color32::from_rgb(0x06, 0x1e, 0x22);
/// Guides in plots.
pub const GUIDE: Color32 = Color32::from_rgb(0x7a, 0x84, 0x94);
/// Something went wrong.
pub const ALERT: Color32 = Color32::from_rgb(0xff, 0x7b, 0x72);
/// Behind panels.
pub const PANEL: Color32 = Color32::from_rgb(0x17, 0x1a, 0x20);
/// Behind plots and text fields.
pub const WELL: Color32 = Color32::from_rgb(0x0f, 0x11, 0x15);
/// Between panels.
pub const LINE: Color32 = Color32::from_rgb(0x2a, 0x2f, 0x38);

const TEXT: Color32 = Color32::from_rgb(0xc6, 0xcd, 0xd8);
const STRONG: Color32 = Color32::from_rgb(0xf2, 0xf5, 0xf9);
const WEAK: Color32 = Color32::from_rgb(0x8a, 0x93, 0xa2);
const BUTTON: Color32 = Color32::from_rgb(0x26, 0x2b, 0x34);
const BUTTON_HOVERED: Color32 = Color32::from_rgb(0x32, 0x39, 0x45);
const BUTTON_ACTIVE: Color32 = Color32::from_rgb(0x3d, 0x46, 0x55);
const SELECTION: Color32 = Color32::from_rgb(0x2f, 0x55, 0x7d);

/// A colour of evolutions in the window, which is dark.
pub const fn colour(hue: Hue) -> Color32 {
    let [red, green, blue] = hue.on_dark;
    Color32::from_rgb(red, green, blue)
}

/// Gives the whole window its look.
pub fn apply(ctx: &egui::Context) {
    ctx.set_theme(egui::Theme::Dark);
    ctx.all_styles_mut(|style| {
        style.text_styles = [
            (TextStyle::Small, FontId::new(11.0, FontFamily::Proportional)),
            (TextStyle::Body, FontId::new(13.0, FontFamily::Proportional)),
            (TextStyle::Button, FontId::new(13.0, FontFamily::Proportional)),
            (TextStyle::Heading, FontId::new(15.0, FontFamily::Proportional)),
            (TextStyle::Monospace, FontId::new(12.0, FontFamily::Monospace)),
        ]
        .into();
        style.spacing.item_spacing = Vec2::new(6.0, 4.0);
        style.spacing.button_padding = Vec2::new(8.0, 3.0);
        style.spacing.interact_size.y = 22.0;
        style.spacing.tooltip_width = 320.0;
        style.spacing.scroll = ScrollStyle::thin();
        style.interaction.selectable_labels = false;
        style.visuals = visuals();
    });
}

fn visuals() -> Visuals {
    let mut visuals = Visuals::dark();
    visuals.panel_fill = PANEL;
    visuals.window_fill = PANEL;
    visuals.window_stroke = Stroke::new(1.0, LINE);
    visuals.extreme_bg_color = WELL;
    visuals.faint_bg_color = Color32::from_rgb(0x1c, 0x20, 0x27);
    visuals.weak_text_color = Some(WEAK);
    visuals.warn_fg_color = REFERENCE;
    visuals.error_fg_color = ALERT;
    visuals.selection.bg_fill = SELECTION;
    visuals.selection.stroke = Stroke::new(1.0, STRONG);
    visuals.slider_trailing_fill = true;
    visuals.popup_shadow = Shadow { offset: [0, 6], blur: 16, spread: 0, color: Color32::from_black_alpha(120) };
    let widgets = &mut visuals.widgets;
    widgets.noninteractive.bg_fill = PANEL;
    widgets.noninteractive.weak_bg_fill = PANEL;
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, LINE);
    widgets.noninteractive.fg_stroke = Stroke::new(1.0, TEXT);
    paint(&mut widgets.inactive, BUTTON, TEXT);
    paint(&mut widgets.hovered, BUTTON_HOVERED, STRONG);
    paint(&mut widgets.active, BUTTON_ACTIVE, STRONG);
    paint(&mut widgets.open, BUTTON_HOVERED, STRONG);
    visuals
}

fn paint(widget: &mut WidgetVisuals, fill: Color32, text: Color32) {
    widget.bg_fill = fill;
    widget.weak_bg_fill = fill;
    widget.bg_stroke = Stroke::NONE;
    widget.fg_stroke = Stroke::new(1.0, text);
    widget.corner_radius = CornerRadius::same(4);
    widget.expansion = 0.0;
}

/// The frame of every panel.
pub fn panel() -> egui::Frame {
    egui::Frame::new().inner_margin(Margin::symmetric(10, 6))
}

/// A number in a table.
pub fn number(text: impl Into<String>) -> RichText {
    RichText::new(text).monospace()
}

/// A number with as many digits as carry meaning: plain where that is short, otherwise with a power of ten.
pub fn significant(value: f64) -> String {
    match value.abs() {
        0.0 => "0".into(),
        size if !size.is_finite() => "–".into(),
        size if size < 1e-3 => format!("{value:.2e}"),
        size if size < 10.0 => format!("{value:.4}"),
        size if size < 100.0 => format!("{value:.2}"),
        size if size < 1e4 => format!("{value:.1}"),
        _ => format!("{value:.2e}"),
    }
}

/// A time span: µs, ms or s, three digits.
pub fn duration(milliseconds: f64) -> String {
    match milliseconds {
        ms if ms < 1.0 => format!("{:.0} µs", ms * 1e3),
        ms if ms < 10.0 => format!("{ms:.2} ms"),
        ms if ms < 100.0 => format!("{ms:.1} ms"),
        ms if ms < 1e4 => format!("{ms:.0} ms"),
        ms => format!("{:.1} s", ms / 1e3),
    }
}
