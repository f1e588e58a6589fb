//! What the simulation's thread does on command.

use super::{
    CandidateSpec, ComparisonError, Event, Recorded, Setup,
    loader::ReadFor,
    messages::{Beginning, Command, Loaded},
    run::Run,
    timeline::Way,
    worker::Worker,
};
use crate::network::ModelSource;
use std::time::{Duration, Instant};

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
                self.change("reset", Run::reset);
                return self.make_up();
            }
            Command::Restart(setup) => {
                let action = format!("start from {}", setup.initial);
                self.load(*setup, action);
            }
            Command::Open(folder) => {
                let action = format!("open {}", folder.display());
                self.read(ReadFor::Run(None), action, move || {
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
                return self.change_candidate(candidate, "remove the candidate", Run::remove);
            }
            Command::Reload { candidate, model } => self.reload(candidate, model),
            Command::HandOver { candidate, to } => {
                return self.change_candidate(candidate, "hand the field over", |run, place| run.hand_over(place, to));
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

    /// The setup that is being loaded, else the present one, else the one asked for last.
    fn latest_setup(&self) -> &Setup {
        let present = self.run.as_ref().map(|run| &*run.setup);
        self.loader.setup().or(present).unwrap_or(&self.last)
    }

    /// Reads the files of `setup`, to start it.
    fn load(&mut self, setup: Setup, action: String) {
        self.last = setup.clone();
        let read_for = ReadFor::Run(Some(Box::new(setup.clone())));
        self.read(read_for, action, move || Ok(Loaded::Run(Box::new(Beginning::Inputs(Box::new(setup.load()?))))));
    }

    fn read(
        &mut self,
        read_for: ReadFor,
        action: String,
        read: impl FnOnce() -> Result<Loaded, ComparisonError> + Send + 'static,
    ) {
        if let Err(error) = self.loader.begin(read_for, action.clone(), read) {
            self.fail(&action, error.to_string());
        }
    }

    /// Reads the files of one more candidate. A run that is being loaded has it from the start.
    fn add(&mut self, spec: CandidateSpec) {
        let action = format!("add {spec}");
        match &self.run {
            Some(run) if self.loader.setup().is_none() => {
                let (setup, start) = (run.setup.clone(), run.initial.clone());
                let led = spec.lead().max(run.comparison.row().frame);
                self.read(ReadFor::Candidate, action, move || {
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

    /// Changes a candidate at the present frame, if it is still there.
    fn change_candidate(
        &mut self,
        number: u64,
        action: &str,
        change: impl FnOnce(&mut Run, usize) -> Result<(), ComparisonError>,
    ) {
        if let Some(place) = self.run.as_ref().and_then(|run| run.place_of(number)) {
            self.change(action, |run| change(run, place));
        }
    }

    /// Reads other weights for a network, if it is still there.
    fn reload(&mut self, number: u64, source: ModelSource) {
        let action = format!("load {source}");
        let Some(run) = &self.run else { return };
        let place = run.place_of(number);
        let Some(found) = place.and_then(|place| run.comparison.candidates().get(place)) else { return };
        let mut spec = found.spec().clone();
        let CandidateSpec::Network { model, .. } = &mut spec else {
            return self.fail(&action, ComparisonError::NoNetwork.to_string());
        };
        *model = source.clone();
        let (setup, start) = (run.setup.clone(), run.initial.clone());
        let led = spec.lead().max(run.comparison.row().frame);
        self.read(ReadFor::Weights(number), action, move || {
            let read = setup.load_candidate(&spec, &start, led)?;
            Ok(Loaded::Weights { source, read })
        });
    }

    /// Goes to a recorded frame, after reading what that takes.
    pub(super) fn continue_from(&mut self, frame: usize) {
        self.steps = 0;
        let Some(run) = &self.run else { return };
        match run.way_to(frame) {
            Ok(Way::Disk(states, reader)) => {
                self.read(ReadFor::Past(frame), format!("continue from frame {frame}"), move || {
                    let states = states.map(|at| Ok::<_, ComparisonError>((at, reader.states(at)?))).transpose()?;
                    Ok(Loaded::Past { frame: reader.frame(frame)?, states })
                });
                self.publish();
            }
            Ok(way) => self.set_out(frame, &way),
            Err(error) => {
                self.publish();
                self.fail(&format!("continue from frame {frame}"), error.to_string());
                self.make_up();
            }
        }
    }

    pub(super) fn set_out(&mut self, frame: usize, way: &Way) {
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
    pub(super) fn fetch(&mut self) {
        if self.loader.reads_frame() {
            return;
        }
        let (Some(frame), Some(run)) = (self.wanted.take(), &self.run) else { return };
        let reader = run.recording.reader_of(frame).filter(|_| run.recording.frame(frame).is_none());
        if let Some(reader) = reader {
            let action = format!("read frame {frame}");
            self.read(ReadFor::Frame, action, move || Ok(Loaded::Frame(reader.frame(frame)?)));
        }
    }
}
