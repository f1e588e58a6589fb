//! What the simulation's thread does on command, and with what was read for it.

use super::{
    CandidateSpec, Comparison, ComparisonError, Event, Inputs, Recorded, Setup,
    loader::Purpose,
    messages::{Beginning, Command, Loaded, Message},
    run::{RECORDING, Run},
    timeline::Way,
    worker::Worker,
};
use crate::{gpu::Engine, network::ModelSource, recording::Recording};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

impl Worker<'_> {
    pub(super) fn obey(&mut self, command: Command) {
        match command {
            Command::Play => self.playing = true,
            Command::Pause => (self.playing, self.steps) = (false, 0),
            Command::Step => (self.playing, self.steps) = (false, self.steps + 1),
            Command::SetSpeed(limit) => {
                let seconds = limit.filter(|rate| *rate > 0.0).map_or(0.0, |rate| 1.0 / rate);
                self.period = Duration::try_from_secs_f64(seconds).unwrap_or_default();
                self.next_frame = Instant::now();
            }
            Command::Reset => {
                self.abandon();
                return self.change("reset", Run::reset);
            }
            Command::Restart(setup) => {
                let action = format!("start from {}", setup.initial);
                self.load(*setup, action);
            }
            Command::Open(folder) => {
                let action = format!("open {}", folder.display());
                self.read(Purpose::Run(None), action, move || {
                    Ok(Loaded::Run(Box::new(Beginning::Recorded(Box::new(Recorded::read(&folder)?)))))
                });
            }
            Command::SetModel(model) => {
                let action = format!("load {model}");
                let setup = self.latest_setup().clone();
                self.load(setup.with_model(model), action);
            }
            Command::AddCandidate(candidate) => self.add(candidate),
            Command::RemoveCandidate(candidate) => {
                return self.change("remove the candidate", |run| run.remove(candidate));
            }
            Command::Reload { candidate, model } => self.reload(candidate, model),
            Command::HandOver { candidate, to } => {
                return self.change("hand the field over", |run| run.hand_over(candidate, to));
            }
            Command::Continue { from } => {
                self.abandon();
                return self.continue_from(from);
            }
            Command::Fetch(frame) => {
                self.wanted = Some(frame);
                return self.fetch();
            }
            Command::BeginStroke => {
                if let Some(run) = &mut self.run {
                    run.strokes.begin();
                }
            }
            Command::Paint(brush) => return self.change("paint", |run| run.paint(&brush)),
            Command::EndStroke => {
                if let Some(run) = &mut self.run {
                    run.strokes.end();
                }
            }
            Command::Undo => return self.change("undo", Run::undo),
            Command::Redo => return self.change("redo", Run::redo),
        }
        self.publish();
    }

    /// What is on its way, or there, or was asked for last.
    fn latest_setup(&self) -> &Setup {
        let present = self.run.as_ref().map(|run| &*run.setup);
        self.loader.setup().or(present).unwrap_or(&self.last)
    }

    /// Reads the files of `setup`, to start it.
    fn load(&mut self, setup: Setup, action: String) {
        self.last = setup.clone();
        let purpose = Purpose::Run(Some(Box::new(setup.clone())));
        self.read(purpose, action, move || Ok(Loaded::Run(Box::new(Beginning::Inputs(Box::new(setup.load()?))))));
    }

    fn read(
        &mut self,
        purpose: Purpose,
        action: String,
        read: impl FnOnce() -> Result<Loaded, ComparisonError> + Send + 'static,
    ) {
        if let Err(error) = self.loader.begin(purpose, action.clone(), read) {
            self.fail(&action, error.to_string());
        }
    }

    /// Reads the files of one more candidate. A run that is on its way gets it from the start.
    fn add(&mut self, spec: CandidateSpec) {
        let action = format!("add {spec}");
        match &self.run {
            Some(run) if self.loader.setup().is_none() => {
                let (setup, start) = (run.setup.clone(), run.initial.clone());
                let led = spec.lead().max(run.comparison.row().frame);
                self.read(Purpose::Candidate, action, move || {
                    let read = setup.load_candidate(&spec, &start, led)?;
                    Ok(Loaded::Candidate { spec, read })
                });
            }
            _ => {
                let mut setup = self.latest_setup().clone();
                setup.candidates.push(spec);
                self.load(setup, action);
            }
        }
    }

    /// Reads other weights for a network.
    fn reload(&mut self, candidate: usize, source: ModelSource) {
        let action = format!("load {source}");
        let Some(run) = &self.run else { return };
        let found = run.comparison.candidates().get(candidate);
        let Some(found) = found else {
            return self.fail(&action, ComparisonError::NoCandidate(candidate).to_string());
        };
        let mut spec = found.spec().clone();
        let CandidateSpec::Network { model, .. } = &mut spec else {
            return self.fail(&action, ComparisonError::NoNetwork.to_string());
        };
        let newer = *model == source;
        *model = source.clone();
        let (setup, start) = (run.setup.clone(), run.initial.clone());
        let led = spec.lead().max(run.comparison.row().frame);
        self.read(Purpose::Weights(found.number()), action, move || {
            let read = setup.load_candidate(&spec, &start, led)?;
            Ok(Loaded::Weights { spec, source, read, newer })
        });
    }

    /// Sets out for a recorded frame, or first reads what that takes.
    pub(super) fn continue_from(&mut self, frame: usize) {
        self.steps = 0;
        let Some(run) = &self.run else { return };
        match run.way_to(frame) {
            Ok(Way::Disk(states, reader)) => {
                self.read(Purpose::Past(frame), format!("continue from frame {frame}"), move || {
                    let states = states.map(|at| Ok::<_, ComparisonError>((at, reader.states(at)?))).transpose()?;
                    Ok(Loaded::Past { frame: reader.frame(frame)?, states })
                });
                self.publish();
            }
            Ok(way) => self.set_out(frame, &way),
            Err(error) => {
                self.publish();
                self.fail(&format!("continue from frame {frame}"), error.to_string());
            }
        }
    }

    fn set_out(&mut self, frame: usize, way: &Way) {
        let Some(run) = &mut self.run else { return };
        let set_out = run.set_out(frame, way);
        let arrived = run.goal.is_none();
        self.publish();
        match set_out {
            Ok(doubt) => doubt.into_iter().for_each(|doubt| self.tell(Event::Doubtful(doubt))),
            Err(error) => self.fail(&format!("continue from frame {frame}"), error.to_string()),
        }
        if arrived {
            self.make_up();
        }
    }

    /// Reads the frame that is wanted from disk, unless it is there or another one is still being read.
    fn fetch(&mut self) {
        if self.loader.reads_frame() {
            return;
        }
        let (Some(frame), Some(run)) = (self.wanted.take(), &self.run) else { return };
        let reader = run.recording.reader_of(frame).filter(|_| run.recording.frame(frame).is_none());
        if let Some(reader) = reader {
            let action = format!("read frame {frame}");
            self.read(Purpose::Frame, action, move || Ok(Loaded::Frame(reader.frame(frame)?)));
        }
    }

    /// What was read, if it is still wanted.
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
                    // They were meant for this run.
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

    /// Replaces the present run, if all goes well.
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
                // What else was being read was for the run before.
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
            let engine = Engine::choose(inputs.setup.engine)?;
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
