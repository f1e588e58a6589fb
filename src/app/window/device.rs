//! The graphics devices, bevy on the window's, and what happens when that device fails.

use crate::{
    app::{
        outputs::{Outputs, Source},
        session::Session,
        training::Training,
        views::{ViewGroup, Views},
        window::wake::Waker,
    },
    formats::free_path,
    gpu::{Gpu, GpuError},
    threads::{self, Priority, Stop},
};
use bevy::{
    prelude::*,
    render::{
        RenderPlugin,
        error_handler::{ErrorType, RenderError, RenderErrorHandler, RenderErrorPolicy},
        renderer::{RenderAdapter, RenderAdapterInfo, RenderDevice, RenderInstance, RenderQueue, WgpuWrapper},
        settings::RenderCreation,
    },
    window::PrimaryWindow,
};
use crossbeam_channel::bounded;
use std::sync::Arc;

/// What computes and what shows it.
pub struct Devices {
    /// The process's shared device: evolutions and views.
    pub gpu: Gpu,
    /// The window's: the same one on a graphics card. A software driver has its work done by the thread that submits
    /// it and lets no other submit meanwhile, so there the window has a device, and threads, of its own.
    pub screen: Gpu,
}

/// The device that draws the window.
#[derive(Resource)]
pub struct Screen(pub Gpu);

/// Opens the devices.
///
/// # Errors
/// When there is no graphics adapter, or it gives no device.
pub fn open() -> Result<Devices, GpuError> {
    let screen = Gpu::create()?;
    if !screen.is_software() {
        return Ok(Devices { gpu: screen.clone().share()?, screen });
    }
    // The driver's threads inherit their priority from the one that opens the device.
    let (opened, answer) = bounded(1);
    let failed = opened.clone();
    let open = move |_: &Stop| {
        // Somebody waits for it, see below.
        opened.send(Gpu::open()).ok();
    };
    let on_panic = move |reason| {
        // Fails only if nobody listens any more.
        failed.send(Err(GpuError::Failed(format!("opening it failed unexpectedly ({reason})")))).ok();
    };
    let _opener = threads::spawn("device", Priority::Background, open, on_panic)
        .map_err(|error| GpuError::Failed(format!("there is no thread to open it: {error}")))?;
    let gpu = answer.recv().map_err(|_| GpuError::Failed("opening it gave no answer".into()))??;
    Ok(Devices { gpu, screen })
}

/// Has bevy render on `gpu` instead of a device of its own.
pub fn render_plugin(gpu: &Gpu) -> RenderPlugin {
    RenderPlugin {
        render_creation: RenderCreation::manual(
            RenderDevice::from(gpu.device.clone()),
            RenderQueue(Arc::new(WgpuWrapper::new(gpu.queue.clone()))),
            RenderAdapterInfo(WgpuWrapper::new(gpu.adapter.get_info())),
            RenderAdapter(Arc::new(WgpuWrapper::new(gpu.adapter.clone()))),
            RenderInstance(Arc::new(WgpuWrapper::new(gpu.instance.clone()))),
        ),
        ..default()
    }
}

/// On a rendering error bevy would end the program; ours reports it and continues while it can.
pub fn error_handler() -> RenderErrorHandler {
    RenderErrorHandler(answer)
}

fn answer(error: &RenderError, window: &mut World, _: &mut World) -> RenderErrorPolicy {
    if !matches!(error.ty, ErrorType::DeviceLost) {
        say(window, format!("The graphics device reported an error: {}", error.description));
        return RenderErrorPolicy::Ignore;
    }
    // Bevy asks again and again.
    if window.get_resource::<Session>().is_some_and(|session| !session.lost) {
        rescue(window);
        // Nothing can be drawn any more, not even a message; only the title is left.
        let title = window.get_resource::<Outputs>().map(title);
        let mut titles = window.query_filtered::<&mut Window, With<PrimaryWindow>>();
        if let (Some(title), Ok(mut window)) = (title, titles.single_mut(window)) {
            window.title = title;
        }
        if let Some(waker) = window.get_resource::<Waker>() {
            // The title is to say how the rescue ends.
            waker.wake();
        }
        say(window, format!("The graphics device was lost: {}", error.description));
        if let Some(mut session) = window.get_resource_mut::<Session>() {
            session.lost = true;
        }
    }
    RenderErrorPolicy::StopRendering
}

/// Begins to write the run to disk, since the window cannot be used any more.
fn rescue(window: &mut World) {
    let (session, views) = (window.get_resource::<Session>(), window.get_resource::<Views>());
    let source = session
        .zip(views)
        .and_then(|(session, views)| Source::of(session, views.camera(ViewGroup::Comparison), views.look));
    if let (Some(source), Some(mut outputs)) = (source, window.get_resource_mut::<Outputs>()) {
        outputs.rescue(source, free_path(&Training::usual_home().join("rescued")));
    }
}

/// The title of a window that can show nothing else.
fn title(outputs: &Outputs) -> String {
    format!("Spinodal — the graphics device was lost, please restart{}", outputs.fate())
}

/// Once the device is lost, says in the title what has become of the run.
pub fn name_lost_window(
    session: Res<Session>,
    outputs: Res<Outputs>,
    mut window: Single<&mut Window, With<PrimaryWindow>>,
) {
    if session.lost {
        let title = title(&outputs);
        if window.title != title {
            window.title = title;
        }
    }
}

fn say(window: &mut World, text: String) {
    if let Some(mut session) = window.get_resource_mut::<Session>() {
        session.messages.push(text);
    }
}

/// Lets the shared device keep its errors again, which bevy's renderer took over when it started: so the simulation
/// learns of its own.
pub fn reclaim_errors(screen: Res<Screen>) {
    screen.0.record_errors();
}

/// Says what went wrong on the window's own device. On a graphics card the simulation shares the device, and must learn
/// of errors before it trusts a frame.
pub fn report_errors(screen: Res<Screen>, mut session: ResMut<Session>) {
    if screen.0.is_software()
        && let Some(error) = screen.0.take_error()
    {
        session.messages.push(error.to_string());
    }
}
