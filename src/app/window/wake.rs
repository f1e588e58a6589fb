//! When the window draws: only when there is something new to see.
//!
//! Winit sleeps until input arrives, the simulation publishes a frame, or egui asks for a repaint (an animation, a
//! tooltip that is about to appear). An idle window costs nothing.

use crate::threads::{self, Priority, Stop};
use bevy::{
    prelude::*,
    window::{RequestRedraw, WindowResized},
    winit::{EventLoopProxy, UpdateMode, WinitSettings, WinitUserEvent},
};
use bevy_egui::{EguiContext, EguiInput, EguiRenderOutput, egui};
use crossbeam_channel::{RecvError, RecvTimeoutError, Sender, unbounded};
use parking_lot::Mutex;
use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

/// Longest sleep.
const IDLE: Duration = Duration::from_secs(3600);

/// A shorter wait is none.
const SOON: Duration = Duration::from_millis(8);

/// How the event loop sleeps: until it is woken. Each change of this setting costs an update, so the times at which
/// the window wants to be drawn again are the [`Alarm`]'s.
pub fn sleep() -> WinitSettings {
    let mode = UpdateMode::reactive_low_power(IDLE);
    WinitSettings { focused_mode: mode, unfocused_mode: mode }
}

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

/// Wakes the window at a set time.
#[derive(Resource)]
pub struct Alarm(Sender<Option<Instant>>);

impl Alarm {
    /// Starts its thread, which ends with it.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn spawn(waker: Waker) -> io::Result<Self> {
        let (sender, times) = unbounded();
        let wait = move |_: &Stop| {
            let mut time = None;
            loop {
                let next = match time {
                    Some(time) => times.recv_deadline(time),
                    None => times.recv().map_err(|RecvError| RecvTimeoutError::Disconnected),
                };
                time = match next {
                    Ok(next) => next,
                    Err(RecvTimeoutError::Timeout) => {
                        waker.wake();
                        None
                    }
                    Err(RecvTimeoutError::Disconnected) => return,
                };
            }
        };
        let on_panic = |reason: String| tracing::error!("the window no longer draws by itself: {reason}");
        threads::spawn("alarm", Priority::Window, wait, on_panic)?.detach();
        Ok(Self(sender))
    }

    /// Replaces the time set before; `None` wakes nobody.
    fn set(&self, wait: Option<Duration>) {
        // The thread ends only after a panic, which is logged.
        self.0.send(wait.and_then(|wait| Instant::now().checked_add(wait))).ok();
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

/// Drops the redraws that bevy_egui asks for: at once, also where egui wants one only after a while. When it wants
/// one, [`Patience`] knows. Runs between bevy_egui and all others that ask for redraws.
pub fn drop_hasty_redraws(mut redraws: ResMut<Messages<RequestRedraw>>) {
    redraws.clear();
}

/// Sets the next time at which the window draws by itself.
pub fn schedule(patience: Res<Patience>, alarm: Res<Alarm>, mut redraws: MessageWriter<RequestRedraw>) {
    let wait = patience.0.lock().take();
    if wait.is_some_and(|wait| wait < SOON) {
        redraws.write(RequestRedraw);
    }
    alarm.set(wait.filter(|wait| *wait >= SOON));
}
