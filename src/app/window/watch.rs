//! What the window's thread does with its time: `RUST_LOG=spinodal::app::window::watch=debug` logs it, update by
//! update.
//!
//! An update handles the input that has arrived, lays out the panels and, if there is a picture to show, draws and
//! presents it. Nothing else is handled meanwhile, so it must take less than 50 ms.

use bevy::{
    prelude::*,
    render::{Render, RenderApp, RenderSystems, renderer::render_system, view::window::prepare_windows},
};
use parking_lot::Mutex;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Adds the watch to both worlds.
pub struct WatchPlugin;

/// The parts of an update, in their order.
#[derive(Clone, Copy)]
enum Part {
    /// Input, panels, and what they ask for.
    Panels,
    /// Bringing what is to be drawn to the renderer.
    Extract,
    /// Waiting for an image of the window to draw into.
    Acquire,
    /// Recording commands.
    Record,
    /// Submitting and presenting: on some drivers the wait for the device to have drawn.
    Present,
}

const PARTS: usize = Part::Present as usize + 1;

/// Times of the present update, shared by both worlds.
#[derive(Resource, Clone)]
struct Watch(Arc<Mutex<Times>>);

struct Times {
    last: Instant,
    parts: [Duration; PARTS],
}

impl Times {
    fn new() -> Self {
        Self { last: Instant::now(), parts: [Duration::ZERO; PARTS] }
    }
}

impl Watch {
    fn start(&self) {
        *self.0.lock() = Times::new();
    }

    /// Books the time since the last call on `part`.
    fn end(&self, part: Part) {
        let times = &mut *self.0.lock();
        let now = Instant::now();
        times.parts[part as usize] += now - times.last;
        times.last = now;
    }

    fn log(&self) {
        let parts = self.0.lock().parts.map(|part| part.as_secs_f64() * 1e3);
        let [panels, extract, acquire, record, present] = parts;
        tracing::debug!(
            "update {:.1} ms: panels {panels:.1}, extract {extract:.1}, acquire {acquire:.1}, record {record:.1}, \
             present {present:.1}",
            parts.iter().sum::<f64>()
        );
    }
}

impl Plugin for WatchPlugin {
    fn build(&self, app: &mut App) {
        let watch = Watch(Arc::new(Mutex::new(Times::new())));
        app.insert_resource(watch.clone())
            .add_systems(First, |watch: Res<Watch>| watch.start())
            .add_systems(Last, end(Part::Panels));
        let Some(render) = app.get_sub_app_mut(RenderApp) else { return };
        render.insert_resource(watch).add_systems(
            Render,
            (
                end(Part::Extract).before(RenderSystems::ExtractCommands),
                end(Part::Record).before(prepare_windows).in_set(RenderSystems::PrepareViews),
                end(Part::Acquire).after(prepare_windows).in_set(RenderSystems::PrepareViews),
                end(Part::Record).before(render_system).in_set(RenderSystems::Render),
                end(Part::Present).after(RenderSystems::Render).before(RenderSystems::Cleanup),
                (end(Part::Record), |watch: Res<Watch>| watch.log()).chain().after(RenderSystems::PostCleanup),
            ),
        );
    }
}

/// Ends a part of the update.
fn end(part: Part) -> impl Fn(Res<Watch>) {
    move |watch| watch.end(part)
}
