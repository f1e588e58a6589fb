//! The window: tiles of views and panels between a bar of menus and a status line.
//!
//! Bevy runs the event loop and the renderer, egui the panels. Evolutions live on the simulation's thread, and the
//! views are drawn on the painter's. What the user does becomes a command to them, and the window shows what they
//! published last, so nothing here waits for a computation.

mod brush;
mod errand;
mod home;
mod labels;
pub mod memory;
pub mod models;
pub mod outputs;
mod panels;
mod panes;
pub mod placing;
pub mod scenes;
mod session;
mod shell;
mod systems;
mod theme;
pub mod tiles;
pub mod training;
pub mod views;
pub mod welcome;
mod window;

pub use brush::BrushTool;
pub use panels::{compare::CandidateMenu, curves, messages::Messages, plots, setting, timeline};
pub use session::Session;
pub use views::{Sketches, Subject, ViewId, bodies};
pub use window::{
    canvas::Canvases,
    close::{Closer, finish_output},
    display::choose as choose_display,
    pace::Pace,
};

use crate::{
    comparison::{Setup, Simulation, Start},
    gpu::{Gpu, GpuError},
    scene::SceneView,
    threads::{self, Priority},
};
use bevy::{
    app::TerminalCtrlCHandlerPlugin,
    log::LogPlugin,
    prelude::*,
    window::{PresentMode, WindowResizeConstraints, WindowResolution},
    winit::EventLoopProxyWrapper,
};
use bevy_egui::{EguiPlugin, EguiPostUpdateSet, EguiPreUpdateSet, EguiPrimaryContextPass};
use memory::Memory;
use models::Models;
use outputs::Outputs;
use panels::{dialogs::Dialogs, plots::PlotsState, timeline::Timeline, transport::Menus};
use placing::Placing;
use scenes::Scenes;
use std::{io, num::NonZero, time::Instant};
use thiserror::Error;
use training::Training;
use views::{Views, painter::Painter};
use welcome::Welcome;
use window::{
    blending::BlendingPlugin,
    canvas::CanvasPlugin,
    close,
    device::{self, Screen},
    display, icon, keys, present, reveal,
    wake::{self, Alarm, Patience, Waker},
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

/// Opens the window and returns once it is closed. It plays a setup, seen as `view` says if there is one, or shows a
/// recording. Before it opens, `announce` gets what closes it.
///
/// Call it on the main thread, once per process, as the operating systems demand. Where both X11 and Wayland are
/// available, it uses X11 if [`choose_display`] was called while the process had no other threads.
///
/// # Errors
/// When there is no display or no graphics device, or when the window ends for another reason than being closed.
pub fn run(start: impl Into<Start>, view: Option<SceneView>, announce: impl FnOnce(Closer)) -> Result<(), AppError> {
    let start = start.into();
    display::choose()?;
    threads::start_pool(Priority::Background)?;
    let device::Devices { gpu, screen } = device::open()?;
    let mut memory = Memory::read();
    // Whoever starts it with a setup knows the program.
    let greet = memory.is_first() && matches!(&start, Start::Setup(setup) if **setup == Setup::default());
    let mut app = App::new();
    add_plugins(&mut app, &screen, memory.size());
    let waker = Waker::new((**app.world().resource::<EventLoopProxyWrapper>()).clone());
    let closer = Closer::new(waker.clone());
    announce(closer.clone());
    let painter = {
        let waker = waker.clone();
        Painter::spawn(&gpu, &screen, move || waker.wake())?
    };
    let pace = Pace::new(screen.is_software());
    let simulation = {
        let (waker, pace) = (waker.clone(), pace.clone());
        let tell = move || {
            if pace.is_ready(Instant::now()) {
                waker.wake();
            }
        };
        Simulation::spawn(start.clone(), tell)?
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
        .insert_resource(Dialogs::new(waker.clone()))
        .init_resource::<Menus>()
        .insert_resource(memory.appearance())
        .insert_resource(memory.layout())
        .insert_resource(memory)
        .init_resource::<Timeline>()
        .init_resource::<BrushTool>()
        .init_resource::<Placing>()
        .insert_resource(Outputs::new(Some(gpu)))
        .init_resource::<PlotsState>()
        .insert_resource(Training::new(&Training::usual_home()))
        .insert_resource(Models::new(&Training::usual_home()))
        .insert_resource(Scenes::new(&Training::usual_home().join("scenes")))
        .insert_resource(if greet { Welcome::open() } else { Welcome::default() })
        .insert_resource(closer)
        .init_resource::<Patience>()
        .insert_resource(pace)
        .insert_resource(waker.clone())
        .insert_resource(Alarm::spawn(waker)?)
        .insert_resource(wake::sleep())
        .insert_resource(device::error_handler())
        .add_systems(Startup, (systems::spawn_camera, device::reclaim_errors))
        .add_systems(Last, (memory::remember, close::finish_at_exit).chain())
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
                systems::refresh,
                device::report_errors,
                systems::receive,
                systems::name_window,
                device::name_lost_window,
                reveal::show_once_drawn,
            )
                .chain(),
        )
        .add_systems(
            EguiPrimaryContextPass,
            (systems::dress.run_if(run_once), systems::appear, systems::fill_screen, shell::show).chain(),
        )
        .add_systems(
            PostUpdate,
            (
                systems::order.after(EguiPostUpdateSet::ProcessOutput),
                (
                    wake::drop_hasty_redraws,
                    (
                        wake::follow_glyphs,
                        wake::follow_size,
                        (present::choose, systems::rest.after(systems::order), wake::schedule).chain(),
                    ),
                )
                    .chain()
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
        // It would not wake the window, see `close`.
        .disable::<TerminalCtrlCHandlerPlugin>()
        .set(LogPlugin { filter: "warn,winit=error,wgpu_core=error,wgpu_hal=off,naga=error".into(), ..default() })
        .set(WindowPlugin { primary_window: Some(window), ..default() })
        .set(device::render_plugin(gpu));
    app.add_plugins((
        plugins,
        EguiPlugin { bindless_mode_array_size: None },
        BlendingPlugin,
        CanvasPlugin,
        WatchPlugin,
    ));
}
