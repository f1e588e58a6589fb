//! Colours, type and spacing of the window.

use crate::{report::number::signed, view::Hue};
use bevy_egui::egui::{
    self, Color32, CornerRadius, FontFamily, FontId, Margin, RichText, Shadow, Stroke, TextStyle, Vec2,
    style::{ScrollStyle, Visuals, WidgetVisuals},
};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the window is light. It has one look at a time, and everything in it asks for its colours.
static LIGHT: AtomicBool = AtomicBool::new(false);

/// Whether the window is light.
pub fn is_light() -> bool {
    LIGHT.load(Ordering::Relaxed)
}

/// One colour on dark ground, another on light.
fn either(dark: u32, light: u32) -> Color32 {
    let [_, red, green, blue] = if is_light() { light } else { dark }.to_be_bytes();
    Color32::from_rgb(red, green, blue)
}

/// A colour of evolutions.
pub fn colour(hue: Hue) -> Color32 {
    let [red, green, blue] = if is_light() { hue.on_light } else { hue.on_dark };
    Color32::from_rgb(red, green, blue)
}

/// Everything that belongs to the reference.
pub fn reference() -> Color32 {
    colour(Hue::REFERENCE)
}

/// Controls to be noticed first.
pub fn accent() -> Color32 {
    either(0x4A_BC_CF, 0x1F_8A_9C)
}

/// Text on [`accent`].
pub fn on_accent() -> Color32 {
    either(0x06_1E_22, 0xFF_FF_FF)
}

/// Guides in plots.
pub fn guide() -> Color32 {
    either(0x7A_84_94, 0x80_88_94)
}

/// Something went wrong.
pub fn alert() -> Color32 {
    either(0xFF_7B_72, 0xC0_30_28)
}

/// Behind what went wrong.
pub fn alert_ground() -> Color32 {
    either(0x35_1F_22, 0xFB_E4_E2)
}

/// Behind panels.
pub fn ground() -> Color32 {
    either(0x17_1A_20, 0xF3_F4_F6)
}

/// Behind plots and text fields.
pub fn well() -> Color32 {
    either(0x0F_11_15, 0xFF_FF_FF)
}

/// Between panels.
pub fn line() -> Color32 {
    either(0x2A_2F_38, 0xD5_D9_DF)
}

/// Numbers along the axes of plots.
pub fn tick() -> Color32 {
    either(0x8C_8C_8C, 0x60_66_6E)
}

/// Gives the whole window its look.
pub fn apply(ctx: &egui::Context, light: bool) {
    LIGHT.store(light, Ordering::Relaxed);
    ctx.set_theme(if light { egui::Theme::Light } else { egui::Theme::Dark });
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
    let text = either(0xC6_CD_D8, 0x2C_33_3D);
    let strong = either(0xF2_F5_F9, 0x00_0C_10_17);
    let mut visuals = if is_light() { Visuals::light() } else { Visuals::dark() };
    visuals.panel_fill = ground();
    visuals.window_fill = ground();
    visuals.window_stroke = Stroke::new(1.0, line());
    visuals.extreme_bg_color = well();
    visuals.faint_bg_color = either(0x1C_20_27, 0xE9_EB_EF);
    visuals.weak_text_color = Some(either(0x8A_93_A2, 0x63_6C_79));
    visuals.warn_fg_color = reference();
    visuals.error_fg_color = alert();
    visuals.selection.bg_fill = either(0x2F_55_7D, 0xB5_D3_F2);
    visuals.selection.stroke = Stroke::new(1.0, strong);
    visuals.slider_trailing_fill = true;
    visuals.popup_shadow = Shadow { offset: [0, 6], blur: 16, spread: 0, color: Color32::from_black_alpha(120) };
    let widgets = &mut visuals.widgets;
    widgets.noninteractive.bg_fill = ground();
    widgets.noninteractive.weak_bg_fill = ground();
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, line());
    widgets.noninteractive.fg_stroke = Stroke::new(1.0, text);
    paint(&mut widgets.inactive, either(0x26_2B_34, 0xE0_E3_E8), text);
    paint(&mut widgets.hovered, either(0x32_39_45, 0xD2_D7_DE), strong);
    paint(&mut widgets.active, either(0x3D_46_55, 0xC2_C9_D2), strong);
    paint(&mut widgets.open, either(0x32_39_45, 0xD2_D7_DE), strong);
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

/// Shows why something was refused or failed; `reason` has no full stop.
pub fn refusal(ui: &mut egui::Ui, reason: &str) {
    ui.label(RichText::new(format!("{reason}.")).color(alert()));
}

/// The menu that a button opens; it closes on a click outside.
pub fn menu(button: &egui::Response, contents: impl FnOnce(&mut egui::Ui)) {
    let menu = egui::Popup::from_toggle_button_response(button).gap(4.0);
    menu.close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside).show(contents);
}

/// A number in a table.
pub fn number(text: impl Into<String>) -> RichText {
    RichText::new(text).monospace()
}

/// A number for a live readout, whose digits stay in place: plain where that is short, otherwise with a power of ten.
/// Text that does not change is written by [`crate::report::number`].
pub fn readout(value: f64) -> String {
    signed(match value.abs() {
        0.0 => "0".into(),
        size if !size.is_finite() => "–".into(),
        size if size < 1e-3 => format!("{value:.2e}"),
        size if size < 10.0 => format!("{value:.4}"),
        size if size < 100.0 => format!("{value:.2}"),
        size if size < 1e4 => format!("{value:.1}"),
        _ => format!("{value:.2e}"),
    })
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
