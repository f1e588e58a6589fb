//! The simulation's thread. Until both evolutions exist it obeys nothing.

use super::{Command, Event, simulation::Shared};
use crate::gpu::Gpu;
use crossbeam_channel::{Receiver, Sender};
use std::sync::{Arc, atomic::Ordering};

pub(super) enum Message {
    Command(Command),
    Wake,
}

pub(super) fn main(
    _gpu: Option<Gpu>,
    inbox: Receiver<Message>,
    _replies: Sender<Message>,
    events: Sender<Event>,
    shared: Arc<Shared>,
) {
    let failed = Event::Failed { action: "start".into(), message: "the evolutions are not there yet".into() };
    let _ = events.send(failed);
    (shared.wake)();
    while !shared.stop.load(Ordering::Relaxed) {
        match inbox.recv() {
            Ok(Message::Command(command)) => tracing::debug!("{command:?}"),
            Ok(Message::Wake) => {}
            Err(_) => return,
        }
        *shared.latest.lock() = None;
    }
}
