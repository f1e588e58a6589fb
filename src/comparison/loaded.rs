//! What the simulation's thread does with what was read for it.

use super::{
    Comparison, ComparisonError, Event, Inputs, Recorded, Setup,
    loader::ReadFor,
    messages::{Beginning, Loaded, Message},
    run::{RECORDING, Run},
    worker::Worker,
};
use crate::recording::Recording;
use std::sync::Arc;

impl Worker<'_> {
    /// Handles what was read, if it is still wanted.
    pub(super) fn take_loaded(&mut self, ticket: u64, loaded: Result<Loaded, String>) {
        let changes = matches!(self.loader.awaits(ticket), Some(ReadFor::Candidate | ReadFor::Weights(_)));
        if changes && loaded.is_ok() && self.has_to_wait() {
            return self.waiting.push_back(Message::Loaded { ticket, loaded: Box::new(loaded) });
        }
        let Some(task) = self.loader.finish(ticket) else { return };
        let action = task.action;
        match (loaded, task.read_for) {
            (Ok(Loaded::Run(beginning)), read_for) => self.start(&action, *beginning, read_for.setup()),
            (Ok(Loaded::Candidate { spec, read }), _) => {
                self.change(&action, |run| run.add(spec, read));
            }
            (Ok(Loaded::Weights { source, read }), ReadFor::Weights(number)) => {
                // It may have been removed meanwhile.
                if let Some(place) = self.run.as_ref().and_then(|run| run.place_of(number)) {
                    let steps = self.steps;
                    self.change(&action, |run| run.reload(place, source, read));
                    self.steps = steps;
                }
            }
            (Ok(Loaded::Past { frame, states }), ReadFor::Past(goal)) => {
                match self.run.as_ref().and_then(|run| run.way_by_disk(goal, frame, states)) {
                    Some(way) => self.set_out(goal, &way),
                    None => self.give_up(&action, &ComparisonError::NotKept(goal).to_string()),
                }
            }
            (Ok(Loaded::Frame(frame)), _) => {
                if let (Some(frame), Some(run)) = (frame, &self.run) {
                    run.recording.keep_fetched(frame);
                    self.wake();
                }
                self.fetch();
            }
            (Ok(_), _) => {}
            (Err(message), ReadFor::Past(_)) => self.give_up(&action, &message),
            (Err(message), read_for) => {
                if self.run.is_none() {
                    // The steps belonged to this run.
                    self.steps = 0;
                }
                self.publish();
                self.fail_to_begin(&action, message, read_for.setup().cloned().map(Box::new));
                if read_for == ReadFor::Frame {
                    self.fetch();
                }
            }
        }
    }

    /// Replaces the present run, if the new one starts; `setup` is what it was asked for by, unless it was recorded.
    fn start(&mut self, action: &str, mut beginning: Beginning, setup: Option<&Setup>) {
        let (inputs, paused) = match &mut beginning {
            Beginning::Inputs(inputs) => (&mut **inputs, false),
            Beginning::Recorded(recorded) => (&mut recorded.inputs, true),
        };
        let doubts = std::mem::take(&mut inputs.warnings);
        match self.begin(beginning) {
            Ok(run) => {
                self.run = Some(run);
                // What waits, and other tasks, belonged to the run before.
                self.waiting.clear();
                self.loader.forget();
                if paused {
                    (self.playing, self.steps) = (false, 0);
                }
                self.publish();
                self.tell(Event::Started);
                doubts.into_iter().for_each(|doubt| self.tell(Event::Doubtful(doubt)));
            }
            Err(error) => {
                if self.run.is_none() {
                    self.steps = 0;
                }
                self.publish();
                self.fail_to_begin(action, error.to_string(), setup.cloned().map(Box::new));
            }
        }
    }

    fn begin(&self, beginning: Beginning) -> Result<Run, ComparisonError> {
        let start = |mut inputs: Inputs| {
            let files = std::mem::take(&mut inputs.files);
            let engine = (self.choose)(inputs.setup.engine)?;
            let mut comparison = Comparison::new(inputs, engine)?;
            comparison.watch(self.watch.clone());
            Ok::<_, ComparisonError>((comparison, files))
        };
        let number = self.run.as_ref().map_or(0, |run| run.number + 1);
        match beginning {
            Beginning::Recorded(recorded) => {
                let Recorded { inputs, reader, latest, states, breaks } = *recorded;
                let (mut comparison, files) = start(inputs)?;
                match states {
                    Some((frame, states)) => comparison.restore(frame, &states)?,
                    // Its first frame does not lead to the latest.
                    None if !breaks.is_empty() => comparison.resume(&latest)?,
                    None => {}
                }
                let frame = Arc::new(latest.clone());
                let recording = Recording::opened(RECORDING, reader, latest, &breaks)?;
                Ok(Run::new(number, (comparison, files), recording, Some(frame)))
            }
            Beginning::Inputs(inputs) => Ok(Run::new(number, start(*inputs)?, Recording::new(RECORDING), None)),
        }
    }
}
