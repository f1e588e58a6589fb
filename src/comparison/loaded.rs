//! What the simulation's thread does with what was read for it.

use super::{
    Comparison, ComparisonError, Event, Inputs, Recorded,
    loader::Purpose,
    messages::{Beginning, Loaded, Message},
    run::{RECORDING, Run},
    worker::Worker,
};
use crate::recording::Recording;
use std::sync::Arc;

impl Worker<'_> {
    /// Handles what was read, if it is still wanted.
    pub(super) fn take_loaded(&mut self, ticket: u64, loaded: Result<Loaded, String>) {
        let changes = matches!(self.loader.awaits(ticket), Some(Purpose::Candidate | Purpose::Weights(_)));
        if changes && loaded.is_ok() && self.has_to_wait() {
            return self.waiting.push_back(Message::Loaded { ticket, loaded: Box::new(loaded) });
        }
        let Some(task) = self.loader.finish(ticket) else { return };
        let action = task.action;
        match (loaded, task.purpose) {
            (Ok(Loaded::Run(beginning)), _) => self.start(&action, *beginning),
            (Ok(Loaded::Candidate { spec, read }), _) => {
                let doubts = read.sentences(&spec.name());
                self.change(&action, |run| run.add(spec, read));
                doubts.into_iter().for_each(|doubt| self.tell(Event::Doubtful(doubt)));
            }
            (Ok(Loaded::Weights { spec, source, read, newer }), Purpose::Weights(number)) => {
                let doubts = if newer { Vec::new() } else { read.sentences(&spec.name()) };
                // It may have been removed meanwhile.
                let places = self.run.iter().flat_map(|run| run.comparison.candidates()).map(|found| found.number());
                if let Some(candidate) = places.into_iter().position(|found| found == number) {
                    let steps = self.steps;
                    self.change(&action, |run| run.reload(candidate, source, read));
                    self.steps = steps;
                    doubts.into_iter().for_each(|doubt| self.tell(Event::Doubtful(doubt)));
                }
            }
            (Ok(Loaded::Past { frame, states }), Purpose::Past(goal)) => {
                match self.run.as_ref().and_then(|run| run.way_by_disk(goal, frame, states)) {
                    Some(way) => self.set_out(goal, &way),
                    None => self.fail(&action, ComparisonError::NotKept(goal).to_string()),
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
            (Err(message), purpose) => {
                if self.run.is_none() {
                    // The steps belonged to this run.
                    self.steps = 0;
                }
                self.publish();
                self.fail(&action, message);
                match purpose {
                    Purpose::Frame => self.fetch(),
                    Purpose::Past(_) => self.waiting.clear(),
                    _ => {}
                }
            }
        }
    }

    /// Replaces the present run, if the new one starts.
    fn start(&mut self, action: &str, mut beginning: Beginning) {
        let (inputs, paused) = match &mut beginning {
            Beginning::Inputs(inputs) => (&mut **inputs, false),
            Beginning::Recorded(recorded) => (&mut recorded.inputs, true),
        };
        let doubts = std::mem::take(&mut inputs.warnings);
        match self.begin(beginning) {
            Ok(run) => {
                self.run = Some(run);
                self.abandon();
                // Other tasks belonged to the run before.
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
                self.fail(action, error.to_string());
            }
        }
    }

    fn begin(&self, beginning: Beginning) -> Result<Run, ComparisonError> {
        let start = |inputs: Inputs| {
            let engine = (self.choose)(inputs.setup.engine)?;
            let mut comparison = Comparison::new(inputs, engine)?;
            comparison.watch(self.watch.clone());
            Ok::<_, ComparisonError>(comparison)
        };
        let number = self.run.as_ref().map_or(0, |run| run.number + 1);
        match beginning {
            Beginning::Recorded(recorded) => {
                let Recorded { inputs, reader, latest, states } = *recorded;
                let mut comparison = start(inputs)?;
                if let Some((frame, states)) = states {
                    comparison.restore(frame, &states)?;
                }
                let frame = Arc::new(latest.clone());
                let recording = Recording::opened(RECORDING, reader, latest)?;
                Ok(Run::new(number, comparison, recording, Some(frame)))
            }
            Beginning::Inputs(inputs) => Ok(Run::new(number, start(*inputs)?, Recording::new(RECORDING), None)),
        }
    }
}
