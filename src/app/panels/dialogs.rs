//! Opening files: by typing a path, by the system's dialog, by dropping them on the window.

use crate::{
    app::{home::from_home, session::Session, theme, window::wake::Waker},
    threads::{self, Priority, Stop},
};
use bevy::prelude::Resource;
use bevy_egui::egui::{
    self, Align2, Button, CornerRadius, FontId, Key, Modal, RichText, Stroke, StrokeKind, TextEdit, Ui,
};
use crossbeam_channel::{Receiver, Sender, unbounded};
use rfd::FileHandle;
use std::path::PathBuf;

/// All that can be opened.
const EXTENSIONS: [&str; 10] = ["ply", "obj", "stl", "npy", "vti", "tif", "tiff", "safetensors", "pt", "toml"];

/// Files on their way into the session.
#[derive(Resource)]
pub struct Dialogs {
    answers: Receiver<Option<PathBuf>>,
    answer: Sender<Option<PathBuf>>,
    waker: Waker,
    prompt: Option<Prompt>,
}

/// The dialog in which a path is typed.
#[derive(Default)]
struct Prompt {
    path: String,
    system: System,
}

/// The system's own dialog, which some desktops do not have.
#[derive(Default, PartialEq)]
enum System {
    #[default]
    NotAsked,
    Asked,
    /// It was closed without a choice, or never opened; the library does not tell which.
    ChoseNothing,
}

/// What the user wants of the prompt.
enum Action {
    /// To open the path that was typed.
    Open,
    /// To open this one.
    Again(PathBuf),
    Browse,
    Cancel,
}

impl Dialogs {
    /// `waker` is called when the system's dialog has an answer.
    pub fn new(waker: Waker) -> Self {
        let (answer, answers) = unbounded();
        Self { answers, answer, waker, prompt: None }
    }

    /// Shows the dialog in which a path can be typed.
    pub fn ask(&mut self) {
        self.prompt.get_or_insert_default();
    }

    /// Opens what was chosen or dropped, and draws the prompt and the drop hint.
    pub fn show(&mut self, ctx: &egui::Context, session: &mut Session) {
        while let Ok(answer) = self.answers.try_recv() {
            self.take_answer(answer, session);
        }
        for file in ctx.input(|input| input.raw.dropped_files.clone()) {
            self.prompt = None;
            session.open(file.path());
        }
        if let Some(mut prompt) = self.prompt.take() {
            let action = prompt.show(ctx, session.recent());
            self.grant(action, prompt, session);
        }
        if ctx.input(|input| !input.raw.hovered_files.is_empty()) {
            invite_drop(ctx);
        }
    }

    fn take_answer(&mut self, answer: Option<PathBuf>, session: &mut Session) {
        if let Some(path) = answer {
            self.prompt = None;
            session.open(&path);
        } else if let Some(prompt) = &mut self.prompt {
            prompt.system = System::ChoseNothing;
        }
    }

    fn grant(&mut self, action: Option<Action>, mut prompt: Prompt, session: &mut Session) {
        match action {
            Some(Action::Cancel) => return,
            Some(Action::Open) => {
                let path = prompt.path.trim();
                if !path.is_empty() {
                    session.open(&from_home(path));
                    return;
                }
            }
            Some(Action::Again(path)) => {
                session.open(&path);
                return;
            }
            Some(Action::Browse) => prompt.system = self.browse(),
            None => {}
        }
        self.prompt = Some(prompt);
    }

    /// Opens the system's file dialog. It is made on this thread, as some systems demand, and awaited on another.
    fn browse(&self) -> System {
        let dialog = rfd::AsyncFileDialog::new()
            .set_title("Open a mesh, field, network or scene")
            .add_filter("Meshes, fields, networks, scenes", &EXTENSIONS)
            .pick_file();
        let (answer, waker) = (self.answer.clone(), self.waker.clone());
        let answered = move |path| {
            // The window may have closed meanwhile.
            answer.send(path).ok();
            waker.wake();
        };
        if wait_for(dialog, answered) { System::Asked } else { System::ChoseNothing }
    }

    /// Asks in the system's dialog where to save a file with this extension. `then` gets the answer on a thread of its
    /// own, where it may write; then the window wakes. Without a thread from the system it is never called.
    pub fn save(&self, name: &str, extension: &str, then: impl Fn(Option<PathBuf>) + Clone + Send + 'static) {
        let dialog = rfd::AsyncFileDialog::new()
            .set_title("Save as")
            .set_file_name(name)
            .add_filter(extension.to_uppercase(), &[extension])
            .save_file();
        let waker = self.waker.clone();
        wait_for(dialog, move |path| {
            then(path);
            waker.wake();
        });
    }
}

/// Waits for the system's dialog on another thread and hands over the answer there; false if the system gives no
/// thread.
fn wait_for(
    dialog: impl Future<Output = Option<FileHandle>> + Send + 'static,
    answer: impl Fn(Option<PathBuf>) + Clone + Send + 'static,
) -> bool {
    let wait = {
        let answer = answer.clone();
        move |_: &Stop| answer(pollster::block_on(dialog).map(|file| file.path().to_owned()))
    };
    let on_panic = move |reason: String| {
        tracing::warn!("the file dialog failed: {reason}");
        answer(None);
    };
    match threads::spawn("file dialog", Priority::Window, wait, on_panic) {
        Ok(worker) => {
            // The user may leave the dialog open when closing the window.
            worker.detach();
            true
        }
        Err(error) => {
            tracing::warn!("no thread for the file dialog: {error}");
            false
        }
    }
}

impl Prompt {
    fn show(&mut self, ctx: &egui::Context, recent: &[PathBuf]) -> Option<Action> {
        let mut action = None;
        let modal = Modal::new("open".into()).show(ctx, |ui| {
            ui.set_width(440.0);
            ui.heading("Open a mesh, field, network or scene");
            ui.add_space(2.0);
            ui.weak(
                "Mesh .ply .obj .stl · field .npy .vti .tif · network .safetensors .pt · scene .toml · folder of a \
                 recording — or drop it on the window.",
            );
            ui.add_space(6.0);
            let field = TextEdit::singleline(&mut self.path).hint_text("Path of a file").desired_width(f32::INFINITY);
            let field = ui.add(field);
            if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
                action = Some(Action::Open);
            }
            if ui.memory(|memory| memory.focused().is_none()) {
                field.request_focus();
            }
            self.show_system(ui);
            ui.add_space(6.0);
            ui.horizontal(|ui| action = self.buttons(ui).or(action.take()));
            action = Self::recent(ui, recent).or(action.take());
        });
        action.or(modal.should_close().then_some(Action::Cancel))
    }

    /// The files opened last.
    fn recent(ui: &mut Ui, recent: &[PathBuf]) -> Option<Action> {
        if recent.is_empty() {
            return None;
        }
        ui.add_space(4.0);
        ui.weak("Recent");
        let mut chosen = None;
        for path in recent {
            let text = path.display().to_string();
            let button = Button::new(&text).truncate().frame(false);
            if ui.add(button).on_hover_text(&text).clicked() {
                chosen = Some(Action::Again(path.clone()));
            }
        }
        chosen
    }

    /// The state of the system's dialog.
    fn show_system(&self, ui: &mut Ui) {
        let text = match self.system {
            System::NotAsked => return,
            System::Asked => RichText::new("Waiting for the system's file dialog…").weak(),
            System::ChoseNothing => {
                let text = "No file was chosen. If no dialog appeared, this desktop has none: type the path.";
                RichText::new(text).color(theme::alert())
            }
        };
        ui.add_space(4.0);
        ui.label(text);
    }

    fn buttons(&self, ui: &mut Ui) -> Option<Action> {
        let open = ui.button("Open").clicked();
        let browse = Button::new("Browse…");
        let browse = ui.add_enabled(self.system != System::Asked, browse);
        let browse = browse.on_hover_text("Choose in the system's file dialog").clicked();
        let right = egui::Layout::right_to_left(egui::Align::Center);
        let cancel = ui.with_layout(right, |ui| ui.button("Cancel").clicked()).inner;
        [(open, Action::Open), (browse, Action::Browse), (cancel, Action::Cancel)]
            .into_iter()
            .find_map(|(clicked, action)| clicked.then_some(action))
    }
}

/// Says that a file can be dropped here.
fn invite_drop(ctx: &egui::Context) {
    let area = ctx.content_rect();
    let painter = ctx.layer_painter(egui::LayerId::new(egui::Order::Foreground, "drop".into()));
    painter.rect_filled(area, 0.0, egui::Color32::from_black_alpha(150));
    let frame = area.shrink(16.0);
    painter.rect_stroke(frame, CornerRadius::same(10), Stroke::new(2.0, theme::accent()), StrokeKind::Inside);
    painter.text(
        area.center(),
        Align2::CENTER_CENTER,
        "Drop a mesh or field to start from it, a network to use it, or a scene to open it",
        FontId::proportional(20.0),
        egui::Color32::WHITE,
    );
}
