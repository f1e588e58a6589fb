//! The window: linked views, a transport bar, and a sidebar of figures and plots.
//!
//! Bevy runs the event loop and the renderer, egui the panels. Evolutions live on the simulation's thread, and the
//! views are drawn on the painter's: whatever the user does becomes a command to them, and the window shows what they
//! published last, so that nothing here ever waits for a computation.

mod brush;
mod errand;
mod labels;
mod memory;
pub mod models;
pub mod outputs;
mod panels;
pub mod scenes;
mod session;
mod theme;
pub mod tiles;
pub mod training;
pub mod views;
pub mod welcome;
mod window;

pub use panels::{curves, messages::Messages, plots, setting};
pub use session::Session;
pub use views::{Sketches, Subject, ViewId, bodies};
pub use window::{close::Closer, display::choose as choose_display};

use crate::{
    comparison::{Setup, Simulation, Start},
    gpu::{Gpu, GpuError},
    scene::SceneView,
    threads::{self, Priority},
};
use bevy::{
    app::TerminalCtrlCHandlerPlugin,
    camera::CameraMainTextureUsages,
    log::LogPlugin,
    prelude::*,
    render::pipelined_rendering::PipelinedRenderingPlugin,
    window::{PresentMode, PrimaryWindow, WindowMode, WindowResizeConstraints, WindowResolution},
    winit::EventLoopProxyWrapper,
};
use bevy_egui::{EguiContexts, EguiPlugin, EguiPostUpdateSet, EguiPreUpdateSet, EguiPrimaryContextPass, egui};
use brush::BrushTool;
use memory::{Appearance, Memory};
use models::Models;
use outputs::Outputs;
use panels::{
    dialogs::Dialogs,
    plots::PlotsState,
    readouts, status,
    timeline::Timeline,
    transport::{self, Menus},
};
use scenes::Scenes;
use std::{io, num::NonZero};
use thiserror::Error;
use tiles::{Contents, Layout, Pane};
use training::Training;
use views::{Stage, Views, painter::Painter};
use welcome::Welcome;
use window::{
    canvas::{CanvasPlugin, Canvases},
    close,
    device::{self, Screen},
    display, icon, keys, present, reveal,
    wake::{self, Patience, Waker},
    watch::WatchPlugin,
};

/// Why the window could not open, or ended badly.
#[derive(Debug, Error)]
pub enum AppError {
    #[error(transparent)]
    Gpu(#[from] GpuError),
    #[error("there is no display: start the program on a desktop, or use one of its subcommands (spinodal --help)")]
    NoDisplay,
    #[error("the window needs the library {0}, which is not installed")]
    MissingLibrary(String),
    #[error("the window's threads could not start: {0}")]
    Thread(#[from] io::Error),
    #[error("the window ended with code {0}")]
    Ended(NonZero<u8>),
}

/// Opens the window, in it plays a setup, seen by `view` if there is one, or shows a recording, and returns once it has
/// been closed. Before it opens,
/// `announce` is handed what closes it.
///
/// To be called on the main thread, once per process, as the operating systems demand. Where both X11 and Wayland can be
/// had, it goes by X11 if [`choose_display`] was called while the process had no other threads.
///
/// # Errors
/// When there is no display or no graphics device, or when the window ends for another reason than being closed.
pub fn run(start: impl Into<Start>, view: Option<SceneView>, announce: impl FnOnce(Closer)) -> Result<(), AppError> {
    let start = start.into();
    display::choose()?;
    threads::start_pool(Priority::Background)?;
    let device::Devices { gpu, screen } = device::open()?;
    let mut memory = Memory::read();
    // Who asks for something has been here before.
    let greet = memory.is_first() && matches!(&start, Start::Setup(setup) if **setup == Setup::default());
    let mut app = App::new();
    add_plugins(&mut app, &screen, memory.size());
    let waker = Waker::new((**app.world().resource::<EventLoopProxyWrapper>()).clone());
    let closer = Closer::new(waker.clone());
    announce(closer.clone());
    let painter = Painter::spawn(&gpu, &screen, waker.clone())?;
    let simulation = {
        let waker = waker.clone();
        Simulation::spawn(start.clone(), move || waker.wake())?
    };
    let mut session = Session::new(simulation, &start, screen.is_software());
    session.remember(memory.recent());
    if let Some(view) = view {
        session.expect_view(view);
    }
    let mut views = Views::new(painter);
    views.look = memory.look();
    app.insert_resource(views)
        .insert_resource(session)
        .insert_resource(Screen(screen))
        .insert_resource(Dialogs::new(waker))
        .init_resource::<Menus>()
        .insert_resource(memory.appearance())
        .insert_resource(memory.layout())
        .insert_resource(memory)
        .init_resource::<Timeline>()
        .init_resource::<BrushTool>()
        .insert_resource(Outputs::new(Some(gpu)))
        .init_resource::<PlotsState>()
        .insert_resource(Training::new(&Training::usual_home()))
        .insert_resource(Models::new(&Training::usual_home()))
        .insert_resource(Scenes::new(&Training::usual_home().join("scenes")))
        .insert_resource(if greet { Welcome::open() } else { Welcome::default() })
        .insert_resource(closer)
        .init_resource::<Patience>()
        .insert_resource(device::error_handler())
        .add_systems(Startup, (spawn_camera, device::reclaim_errors))
        .add_systems(Last, memory::remember)
        .add_systems(
            PreUpdate,
            (wake::tell_time, wake::forget_unchanged_modifiers, keys::restore_modifiers)
                .after(EguiPreUpdateSet::ProcessInput)
                .before(EguiPreUpdateSet::BeginPass),
        )
        .add_systems(
            Update,
            (
                close::close_when_asked,
                (memory::fit, icon::set).run_if(run_once),
                refresh,
                device::report_errors,
                receive,
                name_window,
                reveal::show_once_drawn,
            )
                .chain(),
        )
        .add_systems(EguiPrimaryContextPass, (dress.run_if(run_once), appear, fill_screen, show).chain())
        .add_systems(
            PostUpdate,
            (
                order.after(EguiPostUpdateSet::ProcessOutput),
                (wake::follow_glyphs, wake::follow_size, (present::choose, wake::schedule).chain())
                    .after(EguiPostUpdateSet::ProcessOutput)
                    .before(EguiPostUpdateSet::PostProcessOutput),
            ),
        );
    match app.run() {
        AppExit::Success => Ok(()),
        AppExit::Error(code) => Err(AppError::Ended(code)),
    }
}

fn add_plugins(app: &mut App, gpu: &Gpu, [width, height]: [f32; 2]) {
    let [min_width, min_height] = memory::LEAST;
    let window = Window {
        title: "Spinodal".into(),
        name: Some("spinodal".into()),
        resolution: WindowResolution::new(width as u32, height as u32),
        resize_constraints: WindowResizeConstraints { min_width, min_height, ..default() },
        // Until it has been drawn, see `reveal`.
        visible: false,
        // The latest picture, without waiting for the screen: a blocked present would hold up the panels.
        present_mode: PresentMode::Mailbox,
        ..default()
    };
    let plugins = DefaultPlugins
        .build()
        // What is drawn is what was just laid out, not the frame before.
        .disable::<PipelinedRenderingPlugin>()
        // It does not wake the window, see `close`.
        .disable::<TerminalCtrlCHandlerPlugin>()
        .set(LogPlugin { filter: "warn,winit=error,wgpu_core=error,wgpu_hal=off,naga=error".into(), ..default() })
        .set(WindowPlugin { primary_window: Some(window), ..default() })
        .set(device::render_plugin(gpu));
    app.add_plugins((plugins, EguiPlugin { bindless_mode_array_size: None }, CanvasPlugin, WatchPlugin));
}

fn spawn_camera(mut commands: Commands) {
    let [red, green, blue, _] = theme::ground().to_array();
    // The panels lie on it bare: on a software driver, every pixel that is filled twice is felt.
    let camera = Camera { clear_color: Color::srgb_u8(red, green, blue).into(), ..default() };
    // The views are copied into the camera's picture.
    let usages = CameraMainTextureUsages::default().with(wgpu::TextureUsages::COPY_DST);
    commands.spawn((Camera2d, camera, usages, Msaa::Off));
}

fn dress(mut contexts: EguiContexts, patience: Res<Patience>) -> Result {
    let ctx = contexts.ctx_mut()?;
    // However long the button is held: between press and release there may be a slow update.
    ctx.options_mut(|options| options.input_options.max_click_duration = f64::INFINITY);
    patience.listen(ctx);
    Ok(())
}

/// Gives the window the look that was chosen.
fn appear(mut contexts: EguiContexts, appearance: Res<Appearance>, mut cameras: Query<&mut Camera>) -> Result {
    if !appearance.is_changed() {
        return Ok(());
    }
    let ctx = contexts.ctx_mut()?;
    theme::apply(ctx, appearance.light);
    ctx.set_zoom_factor(appearance.scale);
    let [red, green, blue, _] = theme::ground().to_array();
    for mut camera in &mut cameras {
        camera.clear_color = Color::srgb_u8(red, green, blue).into();
    }
    Ok(())
}

fn refresh(
    mut session: ResMut<Session>,
    mut training: ResMut<Training>,
    mut plots: ResMut<PlotsState>,
    (mut models, mut scenes, mut views): (ResMut<Models>, ResMut<Scenes>, ResMut<Views>),
    layout: Res<Layout>,
) {
    session.refresh();
    plots.observe(&session);
    training.refresh();
    models.refresh(&session, layout.is_open(Pane::Models), views.is_seen(ViewId::Ensemble));
    scenes.refresh(&session, layout.is_open(Pane::Scene));
    if let (Some(snapshot), Some(view)) = (session.snapshot.clone(), session.take_view()) {
        views.frame_box(Stage::Comparison, snapshot.reference.grid);
        views.look_as(&view);
    }
    if let Some((model, count)) = training.run.model() {
        session.take_up(model, count);
    }
}

/// The title says which frame is shown, unless it has to say that nothing is any more.
fn name_window(views: Res<Views>, session: Res<Session>, mut window: Single<&mut Window, With<PrimaryWindow>>) {
    let shown = views.frame(ViewId::Reference).or_else(|| Some(session.frame()?.row.frame));
    let Some(frame) = shown.filter(|_| !session.lost) else { return };
    let title = format!("Spinodal — frame {frame}");
    if window.title != title {
        window.title = title;
    }
}

/// F11 fills the screen, and gives it back.
fn fill_screen(mut contexts: EguiContexts, mut window: Single<&mut Window, With<PrimaryWindow>>) -> Result {
    let pressed = |input: &mut egui::InputState| input.consume_key(egui::Modifiers::NONE, egui::Key::F11);
    if contexts.ctx_mut()?.input_mut(pressed) {
        window.mode = match window.mode {
            WindowMode::Windowed => WindowMode::BorderlessFullscreen(MonitorSelection::Current),
            _ => WindowMode::Windowed,
        };
    }
    Ok(())
}

/// Takes up what has been painted.
fn receive(
    mut contexts: EguiContexts,
    mut views: ResMut<Views>,
    mut canvases: ResMut<Canvases>,
    mut session: ResMut<Session>,
) -> Result {
    if let Some(failure) = views.receive(contexts.ctx_mut()?, &mut canvases) {
        session.messages.push(failure);
    }
    Ok(())
}

/// Orders what is to be painted next.
fn order(mut views: ResMut<Views>, session: Res<Session>, training: Res<Training>, models: Res<Models>) {
    if let Some(snapshot) = &session.snapshot {
        views.frame_box(Stage::Comparison, snapshot.reference.grid);
    }
    if let Some(grid) = training.grid() {
        views.frame_box(Stage::Training, grid);
    }
    views.order(|view| match view.stage() {
        Stage::Comparison if view == ViewId::Ensemble => models.ensemble.subject(&session),
        Stage::Comparison => session.subject(view),
        Stage::Training => training.subject(view),
    });
}

/// What the panels remember of their own.
type Panels<'w> = (
    ResMut<'w, Dialogs>,
    ResMut<'w, Menus>,
    ResMut<'w, Layout>,
    ResMut<'w, Timeline>,
    ResMut<'w, PlotsState>,
    ResMut<'w, Training>,
    ResMut<'w, Models>,
    ResMut<'w, Scenes>,
    ResMut<'w, Welcome>,
    ResMut<'w, Views>,
    ResMut<'w, BrushTool>,
    ResMut<'w, Outputs>,
    ResMut<'w, Appearance>,
);

/// Height of the bar along the top, in points.
const BAR: f32 = 42.0;

/// All panels.
fn show(
    mut contexts: EguiContexts,
    mut session: ResMut<Session>,
    screen: Res<Screen>,
    (
        mut dialogs,
        mut menus,
        mut layout,
        mut timeline,
        mut plots,
        mut training,
        mut models,
        mut scenes,
        mut welcome,
        mut views,
        mut tool,
        mut outputs,
        mut appearance,
    ): Panels,
    mut canvases: ResMut<Canvases>,
    mut exit: MessageWriter<AppExit>,
) -> Result {
    let ctx = contexts.ctx_mut()?.clone();
    if ctx.input_mut(|input| input.consume_key(egui::Modifiers::COMMAND, egui::Key::Q)) {
        exit.write(AppExit::Success);
    }
    layout.keys(&ctx, session.snapshot.as_ref().map_or(1, |snapshot| snapshot.candidates.len()));
    if let Some(choice) = welcome.show(&ctx, |spot| welcome::place(&ctx, BAR, &layout, spot)) {
        choice.carry_out(&mut session, &mut layout, &mut dialogs);
    }
    let area = ctx.content_rect();
    let builder = egui::UiBuilder::new().layer_id(egui::LayerId::background()).max_rect(area);
    let mut root = egui::Ui::new(ctx.clone(), "window".into(), builder);
    egui::Panel::top("transport").frame(theme::panel()).exact_size(BAR).show(&mut root, |ui| {
        let bar = ui.max_rect();
        transport::show(
            ui,
            &mut session,
            &mut dialogs,
            &mut menus,
            (&mut views, &mut layout, &mut tool, &mut outputs, &mut appearance),
        );
        welcome.button(ui, bar);
    });
    egui::Panel::bottom("status")
        .frame(theme::panel())
        .exact_size(26.0)
        .show(&mut root, |ui| status::show(ui, &mut session, &screen));
    if let Some(snapshot) = &session.snapshot {
        layout.follow(snapshot.candidates.len());
    }
    let central = egui::CentralPanel::no_frame().show(&mut root, |ui| {
        views.begin();
        tool.keys(ui, &mut session);
        let mut room = Room {
            session: &mut session,
            timeline: &mut timeline,
            plots: &mut plots,
            training: &mut training,
            models: &mut models,
            scenes: &mut scenes,
            views: &mut views,
            tool: &mut tool,
            canvases: &mut canvases,
        };
        layout.show(ui, &mut room);
        views.end(ui, &mut canvases);
    });
    plots.save(&dialogs, &mut session);
    dialogs.show(&ctx, &mut session);
    training.wake(&ctx);
    models.wake(&ctx);
    scenes.wake(&ctx);
    if session.is_reading() {
        ctx.request_repaint_after(scenes::LOOK);
    }
    session.messages.show(&ctx, central.response.rect);
    Ok(())
}

/// What the tiles show.
struct Room<'a, 'w> {
    session: &'a mut Session,
    timeline: &'a mut Timeline,
    plots: &'a mut PlotsState,
    training: &'a mut Training,
    models: &'a mut Models,
    scenes: &'a mut Scenes,
    views: &'a mut Views,
    tool: &'a mut BrushTool,
    canvases: &'a mut ResMut<'w, Canvases>,
}

impl Contents for Room<'_, '_> {
    fn show(&mut self, ui: &mut egui::Ui, pane: Pane) {
        if let Pane::View(view) = pane {
            let paints = self.tool.paints(view);
            let shown = self.views.show(ui, view, self.canvases, paints);
            if let Some((response, picture)) = shown.filter(|_| paints) {
                self.tool.obey(ui, (view, &response), picture, self.session);
            }
            return;
        }
        theme::panel().show(ui, |ui| match pane {
            Pane::Figures => readouts::show(ui, self.session),
            Pane::Plots => self.plots.show(ui, self.session),
            Pane::Timeline => self.timeline.show(ui, self.session),
            Pane::Training => training::show(ui, self.training, self.session, &mut self.views.sketches),
            Pane::Learning => training::show_learning(ui, self.training),
            Pane::Models => models::show(ui, self.models, self.session),
            Pane::Scene => {
                let view = self.views.as_scene();
                scenes::show(ui, self.scenes, self.session, &mut self.views.sketches, view);
            }
            Pane::View(_) => {}
        });
    }

    fn title(&self, pane: Pane) -> String {
        match pane {
            Pane::View(view @ ViewId::Candidate(_)) => self.session.view_name(view),
            other => other.name(),
        }
    }
}
