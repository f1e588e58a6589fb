//! When the window draws: only when there is something new to see.
//!
//! Winit sleeps until input arrives, the simulation publishes a frame, or egui asks for a repaint (an animation, a
//! tooltip that is about to appear). An idle window costs nothing.

use bevy::{
    prelude::*,
    window::{RequestRedraw, WindowResized},
    winit::{EventLoopProxy, UpdateMode, WinitSettings, WinitUserEvent},
};
use bevy_egui::{EguiContext, EguiInput, EguiRenderOutput, egui};
use parking_lot::Mutex;
use std::{sync::Arc, time::Duration};

/// Longest sleep.
const IDLE: Duration = Duration::from_secs(3600);

/// Wakes the window from any thread.
#[derive(Clone, Resource)]
pub struct Waker(EventLoopProxy<WinitUserEvent>);

impl Waker {
    /// `proxy` is that of the window's event loop.
    pub fn new(proxy: EventLoopProxy<WinitUserEvent>) -> Self {
        Self(proxy)
    }

    /// Has the window handle input and draw.
    pub fn wake(&self) {
        // It fails only once the event loop has ended.
        self.0.send_event(WinitUserEvent::WakeUp).ok();
    }
}

/// How long egui is content with what it has drawn.
#[derive(Clone, Default, Resource)]
pub struct Patience(Arc<Mutex<Option<Duration>>>);

impl Patience {
    /// Listens to the repaints that `ctx` asks for.
    pub fn listen(&self, ctx: &egui::Context) {
        let shortest = self.0.clone();
        ctx.set_request_repaint_callback(move |request| {
            shorten(&mut shortest.lock(), request.delay);
        });
    }

    /// Asks for the next picture within `time`.
    pub fn wait_at_most(&self, time: Duration) {
        shorten(&mut self.0.lock(), time);
    }
}

fn shorten(shortest: &mut Option<Duration>, time: Duration) {
    *shortest = Some(shortest.map_or(time, |shortest| shortest.min(time)));
}

/// Tells egui the time of this update. Bevy's clock shows when the last picture was drawn: by it, a click that ends a
/// rest is held down for as long as the window has slept.
pub fn tell_time(clock: Res<Time<Real>>, mut inputs: Query<&mut EguiInput>) {
    for mut input in &mut inputs {
        input.time = Some(clock.startup().elapsed().as_secs_f64());
    }
}

/// Takes back what bevy_egui tells egui in every update, that the modifier keys are as they are: to egui each event is
/// a reason to draw, and the window would never sleep.
pub fn forget_unchanged_modifiers(mut contexts: Query<(&mut EguiInput, &mut EguiContext)>) {
    for (mut input, mut context) in &mut contexts {
        let known = egui::Event::ModifiersChanged(context.get_mut().input(|input| input.modifiers));
        input.events.retain(|event| *event != known);
    }
}

/// New glyphs reach the screen one frame after the text that needs them: draws that frame, too.
pub fn follow_glyphs(outputs: Query<&EguiRenderOutput>, mut redraws: MessageWriter<RequestRedraw>) {
    if outputs.iter().any(|output| !output.textures_delta.is_empty()) {
        redraws.write(RequestRedraw);
    }
}

/// The panels learn of a new size one update after the window: lays them out again.
pub fn follow_size(mut sizes: MessageReader<WindowResized>, mut redraws: MessageWriter<RequestRedraw>) {
    if sizes.read().count() > 0 {
        redraws.write(RequestRedraw);
    }
}

/// Sets the next time at which the window draws by itself.
pub fn schedule(patience: Res<Patience>, mut settings: ResMut<WinitSettings>) {
    let wait = patience.0.lock().take().unwrap_or(IDLE).clamp(Duration::from_millis(8), IDLE);
    let mode = UpdateMode::reactive_low_power(wait);
    if settings.focused_mode != mode {
        settings.focused_mode = mode;
        settings.unfocused_mode = mode;
    }
}
