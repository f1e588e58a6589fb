//! The training thread's side of the channels.

use super::{
    adjustment::Adjustment,
    events::{TrainCommand, TrainEvent},
    state::StepReport,
};
use crate::threads::Stop;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use std::{
    mem,
    ops::ControlFlow,
    time::{Duration, Instant},
};

/// Takes commands and sends events.
pub(super) struct Desk<'a> {
    inbox: Receiver<TrainCommand>,
    outbox: Sender<TrainEvent>,
    stop: &'a Stop,
    /// Since when the next step is under way.
    since: Instant,
    /// Whether a checkpoint was requested.
    pub save: bool,
    /// Changes requested, to be made before the next walk.
    pub changes: Vec<Adjustment>,
}

impl<'a> Desk<'a> {
    /// A desk with no requests yet.
    pub fn new(inbox: Receiver<TrainCommand>, outbox: Sender<TrainEvent>, stop: &'a Stop) -> Self {
        Self { inbox, outbox, stop, since: Instant::now(), save: false, changes: Vec::new() }
    }

    pub fn say(&self, event: TrainEvent) {
        // If the receiver is gone, so is the handle, and the next look at the inbox ends the run.
        self.outbox.send(event).ok();
    }

    /// Reports a step that was just made.
    pub fn report(&mut self, step: StepReport) {
        let spent = mem::replace(&mut self.since, Instant::now()).elapsed();
        self.say(TrainEvent::Step(step, spent));
    }

    /// What was done since the last step is no part of the next.
    pub fn begin_step(&mut self) {
        self.since = Instant::now();
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
                        self.begin_step();
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
