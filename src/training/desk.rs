//! The training thread's side of the channels.

use super::{
    adjustment::Adjustment,
    events::{TrainCommand, TrainEvent},
};
use crate::threads::Stop;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use std::{mem, ops::ControlFlow, time::Duration};

/// Takes commands and sends events.
pub(super) struct Desk<'a> {
    inbox: Receiver<TrainCommand>,
    outbox: Sender<TrainEvent>,
    stop: &'a Stop,
    /// Whether a checkpoint was requested.
    pub save: bool,
    /// Changes requested, to be made before the next walk.
    pub changes: Vec<Adjustment>,
}

impl<'a> Desk<'a> {
    /// A desk with no requests yet.
    pub fn new(inbox: Receiver<TrainCommand>, outbox: Sender<TrainEvent>, stop: &'a Stop) -> Self {
        Self { inbox, outbox, stop, save: false, changes: Vec::new() }
    }

    pub fn say(&self, event: TrainEvent) {
        // If the receiver is gone, so is the handle, and the next look at the inbox ends the run.
        self.outbox.send(event).ok();
    }

    /// Handles every command that has arrived, waiting while paused. `Break` means stop.
    pub fn attend(&mut self) -> ControlFlow<()> {
        let mut paused = false;
        loop {
            let command = if paused {
                self.stop.receive(&self.inbox).ok_or(RecvTimeoutError::Disconnected)
            } else {
                self.stop.receive_within(&self.inbox, Duration::ZERO)
            };
            match command {
                Ok(command @ (TrainCommand::Pause | TrainCommand::Resume)) => {
                    let before = mem::replace(&mut paused, command == TrainCommand::Pause);
                    if paused != before {
                        self.say(TrainEvent::Paused(paused));
                    }
                }
                Ok(TrainCommand::Save) => self.save = true,
                Ok(TrainCommand::Adjust(change)) => self.changes.push(change),
                Ok(TrainCommand::Stop) | Err(RecvTimeoutError::Disconnected) => return ControlFlow::Break(()),
                Err(RecvTimeoutError::Timeout) => return ControlFlow::Continue(()),
            }
        }
    }
}
