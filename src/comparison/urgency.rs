//! Messages that break off a slow frame.

use super::messages::{Command, Loaded, Message};
use parking_lot::Mutex;
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// How long a command waits for the end of a frame before that is broken off.
const PATIENCE: Duration = Duration::from_secs(1);

/// The messages sent to the thread and not yet taken that do not wait for the end of a long frame.
#[derive(Default)]
pub(super) struct Urgency(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    /// Those that take the place of the frame.
    at_once: usize,
    /// When those were sent that have files to be read, for another run to take its place.
    soon: VecDeque<Instant>,
}

/// Whether a message is urgent.
enum Kind {
    AtOnce,
    Soon,
    Patient,
}

fn kind(message: &Message) -> Kind {
    match message {
        Message::Command(Command::Reset | Command::Continue { .. }) => Kind::AtOnce,
        Message::Command(Command::Restart(_) | Command::Open(_) | Command::SetModel(_)) => Kind::Soon,
        Message::Loaded { loaded, .. } if matches!(**loaded, Ok(Loaded::Run(_))) => Kind::AtOnce,
        _ => Kind::Patient,
    }
}

impl Urgency {
    /// Call with every message before it is sent.
    pub fn sent(&self, message: &Message) {
        match kind(message) {
            Kind::AtOnce => self.0.lock().at_once += 1,
            Kind::Soon => self.0.lock().soon.push_back(Instant::now()),
            Kind::Patient => {}
        }
    }

    /// Call with every message that was taken.
    pub fn taken(&self, message: &Message) {
        match kind(message) {
            Kind::AtOnce => self.0.lock().at_once -= 1,
            Kind::Soon => drop(self.0.lock().soon.pop_front()),
            Kind::Patient => {}
        }
    }

    /// Whether to break the present frame off.
    pub fn is_pressing(&self) -> bool {
        let waiting = self.0.lock();
        waiting.at_once > 0 || waiting.soon.front().is_some_and(|sent| sent.elapsed() > PATIENCE)
    }
}
