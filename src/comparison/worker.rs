//! The simulation's thread: obeys commands between frames, owns every evolution.

use super::{
    Command, Comparison, ComparisonError, Event, InitialInfo, Inputs, Setup, Snapshot, simulation::Shared,
    snapshot::SideSnapshot, surfaces::Surfaces,
};
use crate::{
    gpu::{Engine, Gpu, GpuError},
    threads::{self, Priority, Stop},
};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

pub(super) enum Message {
    Command(Command),
    /// Files have been read for the request with this ticket.
    Loaded {
        ticket: u64,
        action: String,
        inputs: Box<Result<Inputs, String>>,
    },
}

/// What the thread works with.
pub(super) struct Worker<'a> {
    inbox: Receiver<Message>,
    replies: Sender<Message>,
    events: &'a Sender<Event>,
    shared: &'a Shared,
    surfaces: Option<Surfaces>,
    /// Whether the latest surfaces were too large to be drawn, and that was said.
    undrawn: bool,
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

/// A comparison and what of it does not change from frame to frame.
struct Run {
    number: u64,
    comparison: Comparison,
    setup: Arc<Setup>,
    initial: Arc<InitialInfo>,
}

/// A run whose files are being read.
struct Request {
    ticket: u64,
    setup: Setup,
    label: Arc<str>,
}

impl<'a> Worker<'a> {
    pub fn new(
        gpu: Option<Gpu>,
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
            surfaces: gpu.as_ref().map(Surfaces::new),
            undrawn: false,
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
                Ok(Message::Loaded { ticket, action, inputs }) => self.start(ticket, &action, *inputs),
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
            Command::SetModel(model) => {
                let action =
                    model.as_ref().map_or("load the built-in model".into(), |m| format!("load {}", m.display()));
                let present = self.run.as_ref().map(|run| &*run.setup);
                let setup = self.request.as_ref().map(|request| &request.setup).or(present);
                let setup = setup.unwrap_or(&self.last).clone();
                self.load(Setup { model, ..setup }, action);
            }
            Command::SetCaps(caps) => {
                if let Some(surfaces) = &mut self.surfaces {
                    surfaces.set_caps(caps);
                }
            }
        }
        self.publish();
    }

    /// Reads the files of `setup` on a thread of their own; only the latest request counts.
    fn load(&mut self, setup: Setup, action: String) {
        self.tickets += 1;
        let ticket = self.tickets;
        self.request = Some(Request { ticket, setup: setup.clone(), label: action.as_str().into() });
        self.last = setup.clone();
        let reply = {
            let (replies, action) = (self.replies.clone(), action.clone());
            move |inputs| {
                // The simulation may have ended meanwhile.
                let _ = replies.send(Message::Loaded { ticket, action, inputs: Box::new(inputs) });
            }
        };
        let work = {
            let reply = reply.clone();
            move |_: &Stop| reply(setup.load().map_err(|error| error.to_string()))
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

    /// Replaces the present run, if these are the inputs asked for last and all goes well.
    fn start(&mut self, ticket: u64, action: &str, inputs: Result<Inputs, String>) {
        if self.request.as_ref().is_none_or(|request| request.ticket != ticket) {
            return;
        }
        self.request = None;
        let begun = inputs.and_then(|mut inputs| {
            let doubts = std::mem::take(&mut inputs.warnings);
            Ok((self.begin(inputs).map_err(|error| error.to_string())?, doubts))
        });
        match begun {
            Ok((run, doubts)) => {
                self.run = Some(run);
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

    fn begin(&self, inputs: Inputs) -> Result<Run, ComparisonError> {
        let engine = Engine::choose(inputs.setup.engine)?;
        let comparison = Comparison::new(inputs, engine)?;
        Ok(Run {
            number: self.run.as_ref().map_or(0, |run| run.number + 1),
            setup: Arc::new(comparison.setup().clone()),
            initial: Arc::new(InitialInfo::from(comparison.initial())),
            comparison,
        })
    }

    fn reset(&mut self) {
        self.steps = 0;
        let restarted = self.run.as_mut().map(|run| run.comparison.restart()).transpose();
        self.publish();
        if let Err(error) = restarted {
            self.fail("reset".into(), error.to_string());
        }
    }

    fn advance(&mut self) {
        self.steps = self.steps.saturating_sub(1);
        self.next_frame = Instant::now().max(self.next_frame + self.period);
        let Some(run) = &mut self.run else { return };
        let advanced = run.comparison.advance();
        if advanced.is_err() {
            (self.playing, self.steps) = (false, 0);
        }
        self.publish();
        if let Err(error) = advanced {
            self.fail("go on".into(), error.to_string());
        }
    }

    fn publish(&mut self) {
        let Some(run) = &mut self.run else { return };
        let pair = self.surfaces.as_mut().map(|surfaces| surfaces.of(run.number, &mut run.comparison)).transpose();
        let (pair, failure) = match pair {
            Ok(pair) => (pair, None),
            Err(error) => (None, Some(error)),
        };
        let too_large = matches!(failure, Some(ComparisonError::Gpu(GpuError::SurfaceTooLarge { .. })));
        let said = std::mem::replace(&mut self.undrawn, too_large) && too_large;
        // What is only too large to be drawn goes on: coarsening makes it smaller.
        self.playing &= failure.is_none() || too_large;
        let comparison = &run.comparison;
        let [solver, network] = pair.map_or([None, None], |pair| pair.map(Some));
        let snapshot = Snapshot {
            run: run.number,
            setup: run.setup.clone(),
            initial: run.initial.clone(),
            model: comparison.model_name(),
            frame: comparison.frame(),
            time: comparison.time(),
            playing: self.playing,
            loading: self.request.as_ref().map(|request| request.label.clone()),
            solver: SideSnapshot::of(&comparison.solver, solver),
            network: SideSnapshot::of(&comparison.network, network),
            metrics: comparison.history().share(),
        };
        *self.shared.latest.lock() = Some(Arc::new(snapshot));
        (self.shared.wake)();
        if let Some(error) = failure.filter(|_| !said) {
            self.fail("draw".into(), error.to_string());
        }
    }

    fn fail(&self, action: String, message: String) {
        tracing::warn!("could not {action}: {message}");
        self.tell(Event::Failed { action, message });
    }

    fn tell(&self, event: Event) {
        let _ = self.events.send(event);
        (self.shared.wake)();
    }
}
