//! The simulation's thread: obeys commands between frames, owns every evolution.

use super::{
    Comparison, ComparisonError, EvolutionSnapshot, InitialInfo, Inputs, Recorded, Setup, Snapshot,
    messages::{Command, Event, Loaded, Message, Shared},
    run::{MEMORY, Run},
};
use crate::{
    gpu::Engine,
    recording::Recording,
    threads::{self, Priority, Stop},
};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// What the thread works with.
pub(super) struct Worker<'a> {
    inbox: Receiver<Message>,
    replies: Sender<Message>,
    events: &'a Sender<Event>,
    shared: &'a Shared,
    run: Option<Run>,
    playing: bool,
    /// Single steps asked for and not yet done.
    steps: usize,
    /// Shortest time from one frame to the next.
    period: Duration,
    next_frame: Instant,
    request: Option<Request>,
    /// What was asked for last, for as long as there is neither a run nor a request.
    last: Setup,
    tickets: u64,
}

/// A run whose files are being read.
struct Request {
    ticket: u64,
    setup: Setup,
    label: Arc<str>,
}

impl<'a> Worker<'a> {
    pub fn new(
        inbox: Receiver<Message>,
        replies: Sender<Message>,
        events: &'a Sender<Event>,
        shared: &'a Shared,
    ) -> Self {
        Self {
            inbox,
            replies,
            events,
            shared,
            run: None,
            playing: false,
            steps: 0,
            period: Duration::ZERO,
            next_frame: Instant::now(),
            request: None,
            last: Setup::default(),
            tickets: 0,
        }
    }

    /// The whole life of the thread.
    pub fn run(&mut self, stop: &Stop) {
        loop {
            match self.next_message(stop) {
                Ok(Message::Command(command)) => self.obey(command),
                Ok(Message::Loaded { ticket, action, loaded }) => self.start(ticket, &action, *loaded),
                Err(RecvTimeoutError::Timeout) => self.advance(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// The next message; `Timeout` once a frame is due, `Disconnected` once the thread is to end.
    fn next_message(&self, stop: &Stop) -> Result<Message, RecvTimeoutError> {
        let wait = match (&self.run, self.steps, self.playing) {
            (Some(_), 1.., _) => Duration::ZERO,
            (Some(_), 0, true) => self.next_frame.saturating_duration_since(Instant::now()),
            _ => return stop.receive(&self.inbox).ok_or(RecvTimeoutError::Disconnected),
        };
        stop.receive_within(&self.inbox, wait)
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Play => self.playing = true,
            Command::Pause => (self.playing, self.steps) = (false, 0),
            Command::Step => (self.playing, self.steps) = (false, self.steps + 1),
            Command::SetSpeed(limit) => {
                let seconds = limit.filter(|rate| *rate > 0.0).map_or(0.0, |rate| 1.0 / rate);
                self.period = Duration::try_from_secs_f64(seconds).unwrap_or_default();
                self.next_frame = Instant::now();
            }
            Command::Reset => return self.reset(),
            Command::Restart(setup) => {
                let action = format!("start from {}", setup.initial);
                self.load(*setup, action);
            }
            Command::Open(folder) => {
                let action = format!("open {}", folder.display());
                let read = move || Recorded::read(&folder).map(Loaded::Recorded);
                self.request(self.last.clone(), action, read);
            }
            Command::SetModel(model) => {
                let action = format!("load {model}");
                let present = self.run.as_ref().map(|run| &*run.setup);
                let setup = self.request.as_ref().map(|request| &request.setup).or(present);
                let setup = setup.unwrap_or(&self.last).clone();
                self.load(setup.with_model(model), action);
            }
            Command::Paint(brush) => return self.change("paint", |run| run.comparison.disturb(&brush)),
            Command::Rewind(frame) => return self.change("go back", |run| run.rewind(frame)),
        }
        self.publish();
    }

    /// Reads the files of `setup`.
    fn load(&mut self, setup: Setup, action: String) {
        self.last = setup.clone();
        self.request(setup.clone(), action, move || setup.load().map(Loaded::Inputs));
    }

    /// Reads files on a thread of their own; only the latest request counts.
    fn request(
        &mut self,
        setup: Setup,
        action: String,
        read: impl FnOnce() -> Result<Loaded, ComparisonError> + Send + 'static,
    ) {
        self.tickets += 1;
        let ticket = self.tickets;
        self.request = Some(Request { ticket, setup, label: action.as_str().into() });
        let reply = {
            let (replies, action) = (self.replies.clone(), action.clone());
            move |loaded| {
                // The simulation may have ended meanwhile.
                replies.send(Message::Loaded { ticket, action, loaded: Box::new(loaded) }).ok();
            }
        };
        let work = {
            let reply = reply.clone();
            move |_: &Stop| reply(read().map_err(|error| error.to_string()))
        };
        let on_panic = |reason| reply(Err(format!("reading failed in an unforeseen way ({reason})")));
        match threads::spawn("loader", Priority::Background, work, on_panic) {
            // A file may be slow to come, and none is waited for.
            Ok(loader) => loader.detach(),
            Err(error) => {
                self.request = None;
                self.fail(action, error.to_string());
            }
        }
    }

    /// Replaces the present run, if this is what was asked for last and all goes well.
    fn start(&mut self, ticket: u64, action: &str, loaded: Result<Loaded, String>) {
        if self.request.as_ref().is_none_or(|request| request.ticket != ticket) {
            return;
        }
        self.request = None;
        let begun = loaded.and_then(|mut loaded| {
            let (inputs, paused) = match &mut loaded {
                Loaded::Inputs(inputs) => (inputs, false),
                Loaded::Recorded(recorded) => (&mut recorded.inputs, true),
            };
            let doubts = std::mem::take(&mut inputs.warnings);
            Ok((self.begin(loaded).map_err(|error| error.to_string())?, doubts, paused))
        });
        match begun {
            Ok((run, doubts, paused)) => {
                self.run = Some(run);
                if paused {
                    (self.playing, self.steps) = (false, 0);
                }
                self.publish();
                self.tell(Event::Started);
                doubts.into_iter().for_each(|doubt| self.tell(Event::Doubtful(doubt)));
            }
            Err(message) => {
                if self.run.is_none() {
                    // They were meant for this run.
                    self.steps = 0;
                }
                self.publish();
                self.fail(action.to_owned(), message);
            }
        }
    }

    fn begin(&self, loaded: Loaded) -> Result<Run, ComparisonError> {
        let start = |inputs: Inputs| {
            let engine = Engine::choose(inputs.setup.engine)?;
            Comparison::new(inputs, engine)
        };
        let (comparison, recording, frame) = match loaded {
            Loaded::Inputs(inputs) => (start(inputs)?, Recording::new(MEMORY), None),
            Loaded::Recorded(Recorded { inputs, rows, latest, states }) => {
                let mut comparison = start(inputs)?;
                if let Some((frame, states)) = states {
                    comparison.restore(frame, &states)?;
                }
                let frame = Arc::new(latest.clone());
                (comparison, Recording::taken_up(MEMORY, rows, latest), Some(frame))
            }
        };
        Ok(Run {
            number: self.run.as_ref().map_or(0, |run| run.number + 1),
            setup: Arc::new(comparison.setup().clone()),
            initial: Arc::new(InitialInfo::from(comparison.initial())),
            comparison,
            recording: Arc::new(recording),
            frame,
        })
    }

    fn reset(&mut self) {
        self.change("reset", |run| {
            run.recording = Arc::new(Recording::new(MEMORY));
            run.comparison.restart()
        });
    }

    /// Changes the present frame of the run, if there is one.
    fn change(&mut self, action: &str, change: impl FnOnce(&mut Run) -> Result<(), ComparisonError>) {
        self.steps = 0;
        let changed = self.run.as_mut().map(|run| {
            run.frame = None;
            change(run)
        });
        self.publish();
        if let Some(Err(error)) = changed {
            self.fail(action.to_owned(), error.to_string());
        }
    }

    fn advance(&mut self) {
        self.steps = self.steps.saturating_sub(1);
        self.next_frame = Instant::now().max(self.next_frame + self.period);
        let Some(run) = &mut self.run else { return };
        let advanced = run.comparison.advance();
        match &advanced {
            Ok(()) => run.frame = None,
            Err(_) => (self.playing, self.steps) = (false, 0),
        }
        self.publish();
        if let Err(error) = advanced {
            self.fail("go on".into(), error.to_string());
        }
    }

    fn publish(&mut self) {
        let Some(run) = &mut self.run else { return };
        let frame = match run.record() {
            Ok(frame) => frame,
            Err(error) => {
                self.playing = false;
                return self.fail("go on".into(), error.to_string());
            }
        };
        let comparison = &run.comparison;
        // Of a recording, the frame shown may be later than the states from which it goes on.
        let standings = frame.row.candidates.iter().map(|entry| entry.standing);
        let candidates = comparison.candidates().iter().zip(standings);
        let candidates = candidates.map(|(candidate, standing)| EvolutionSnapshot::of_candidate(candidate, standing));
        let candidates = candidates.collect();
        let snapshot = Snapshot {
            run: run.number,
            setup: run.setup.clone(),
            initial: run.initial.clone(),
            frame,
            playing: self.playing,
            loading: self.request.as_ref().map(|request| request.label.clone()),
            reference: EvolutionSnapshot::of_reference(&run.setup, comparison.reference()),
            candidates,
            rows: run.recording.rows(),
            recording: run.recording.clone(),
        };
        *self.shared.latest.lock() = Some(Arc::new(snapshot));
        (self.shared.wake)();
    }

    fn fail(&self, action: String, message: String) {
        tracing::warn!("could not {action}: {message}");
        self.tell(Event::Failed { action, message });
    }

    fn tell(&self, event: Event) {
        // Fails only if nobody listens any more.
        self.events.send(event).ok();
        (self.shared.wake)();
    }
}
