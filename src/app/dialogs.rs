//! Opening files: by a native dialog, by typing a path, by dropping them on the window.

use super::{session::Session, theme, wake::Waker};
use bevy::prelude::Resource;
use bevy_egui::egui::{self, Align2, CornerRadius, FontId, Key, Modal, Stroke, StrokeKind};
use crossbeam_channel::{Receiver, Sender, unbounded};
use std::{
    path::{Path, PathBuf},
    thread,
};

/// All that can be opened.
const EXTENSIONS: [&str; 6] = ["ply", "obj", "stl", "npy", "safetensors", "pt"];

/// Files on their way into the session.
#[derive(Resource)]
pub struct Dialogs {
    chosen: Receiver<PathBuf>,
    choose: Sender<PathBuf>,
    waker: Waker,
    typed: Option<String>,
}

impl Dialogs {
    /// `waker` is called when the native dialog has an answer.
    pub fn new(waker: Waker) -> Self {
        let (choose, chosen) = unbounded();
        Self { chosen, choose, waker, typed: None }
    }

    /// Shows the dialog in which a path can be typed.
    pub fn ask(&mut self) {
        self.typed.get_or_insert_default();
    }

    /// Hands over what has been chosen or dropped, and draws what there is to draw.
    pub fn show(&mut self, ctx: &egui::Context, session: &mut Session) {
        for path in self.chosen.try_iter() {
            session.open(&path);
        }
        for file in ctx.input(|input| input.raw.dropped_files.clone()) {
            session.open(file.path());
        }
        if ctx.input(|input| !input.raw.hovered_files.is_empty()) {
            invite_drop(ctx);
        }
        self.path_dialog(ctx, session);
    }

    fn path_dialog(&mut self, ctx: &egui::Context, session: &mut Session) {
        let Some(mut typed) = self.typed.take() else { return };
        let (mut open, mut browse) = (false, false);
        let modal = Modal::new("open".into()).show(ctx, |ui| {
            ui.set_width(440.0);
            ui.heading("Open a mesh, field or network");
            ui.add_space(2.0);
            ui.weak("Mesh .ply .obj .stl · field .npy · network .safetensors .pt — or drop a file on the window.");
            ui.add_space(6.0);
            let field = egui::TextEdit::singleline(&mut typed).hint_text("Path of a file").desired_width(f32::INFINITY);
            let field = ui.add(field);
            open = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if ui.memory(|memory| memory.focused().is_none()) {
                field.request_focus();
            }
            ui.add_space(6.0);
            ui.horizontal(|ui| {
                open |= ui.button("Open").clicked();
                browse = ui.button("Browse…").on_hover_text("Choose in the system's file dialog").clicked();
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if ui.button("Cancel").clicked() {
                        ui.close();
                    }
                });
            });
        });
        if browse {
            self.browse();
        } else if open {
            let path = typed.trim();
            if !path.is_empty() {
                session.open(Path::new(path));
            }
        } else if !modal.should_close() {
            self.typed = Some(typed);
        }
    }

    /// Opens the system's file dialog. It is made here, where some systems demand it, and waited for elsewhere.
    fn browse(&self) {
        let dialog = rfd::AsyncFileDialog::new()
            .set_title("Open a mesh, field or network")
            .add_filter("Meshes, fields, networks", &EXTENSIONS)
            .pick_file();
        let (choose, waker) = (self.choose.clone(), self.waker.clone());
        let wait = move || {
            if let Some(file) = pollster::block_on(dialog) {
                // The window may have closed meanwhile.
                let _ = choose.send(file.path().to_owned());
                waker.wake();
            }
        };
        if let Err(error) = thread::Builder::new().name("file dialog".into()).spawn(wait) {
            tracing::warn!("no thread for the file dialog: {error}");
        }
    }
}

/// Says that a file can be let go here.
fn invite_drop(ctx: &egui::Context) {
    let area = ctx.content_rect();
    let painter = ctx.layer_painter(egui::LayerId::new(egui::Order::Foreground, "drop".into()));
    painter.rect_filled(area, 0.0, egui::Color32::from_black_alpha(150));
    let frame = area.shrink(16.0);
    painter.rect_stroke(frame, CornerRadius::same(10), Stroke::new(2.0, theme::NETWORK), StrokeKind::Inside);
    painter.text(
        area.center(),
        Align2::CENTER_CENTER,
        "Drop a mesh or field to start from it, or a network to use it",
        FontId::proportional(20.0),
        egui::Color32::WHITE,
    );
}
