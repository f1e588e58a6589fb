//! The simulation's thread: handles commands between frames, owns every evolution.

use super::{
    ComparisonError, EvolutionSnapshot, Setup, Snapshot,
    loader::Loader,
    messages::{Choose, Event, Message, Outbox, Shared},
    run::Run,
    urgency::Urgency,
};
use crate::{
    evolution::{EvolutionError, Watch},
    recording::Standing,
    threads::Stop,
};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use std::{
    collections::VecDeque,
    mem,
    sync::Arc,
    time::{Duration, Instant},
};

/// What the thread works with.
pub(super) struct Worker<'a> {
    inbox: Receiver<Message>,
    events: &'a Sender<Event>,
    shared: &'a Shared,
    stop: &'a Stop,
    pub(super) choose: &'a Choose,
    urgency: Arc<Urgency>,
    pub(super) watch: Watch,
    pub(super) loader: Loader,
    pub(super) run: Option<Run>,
    pub(super) playing: bool,
    /// Single steps asked for and not yet done.
    pub(super) steps: usize,
    /// Shortest time from one frame to the next.
    pub(super) period: Duration,
    pub(super) next_frame: Instant,
    /// What was asked for last, for as long as there is neither a run nor a request.
    pub(super) last: Setup,
    /// The frame to be read from disk next.
    pub(super) wanted: Option<usize>,
    /// What has to wait until the frame that is shown is the present one.
    pub(super) waiting: VecDeque<Message>,
    /// Whether a frame was broken off for a message that is still to come.
    broken_off: bool,
}

impl<'a> Worker<'a> {
    pub fn new(
        inbox: Receiver<Message>,
        outbox: Outbox,
        events: &'a Sender<Event>,
        shared: &'a Shared,
        stop: &'a Stop,
        choose: &'a Choose,
    ) -> Self {
        let urgency = outbox.urgency.clone();
        let watch = {
            let (stop, urgency) = (stop.clone(), urgency.clone());
            Watch::new(move || urgency.is_pressing() || stop.is_requested())
        };
        *shared.watch.lock() = watch.clone();
        Self {
            inbox,
            events,
            shared,
            stop,
            choose,
            urgency,
            watch,
            loader: Loader::new(outbox),
            run: None,
            playing: false,
            steps: 0,
            period: Duration::ZERO,
            next_frame: Instant::now(),
            last: Setup::default(),
            wanted: None,
            waiting: VecDeque::new(),
            broken_off: false,
        }
    }

    /// The whole life of the thread.
    pub fn run(&mut self) {
        loop {
            match self.next_message() {
                Ok(message) => {
                    self.urgency.taken(&message);
                    self.take(message);
                    self.mend();
                }
                Err(RecvTimeoutError::Timeout) => self.advance(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// The next message; `Timeout` once a frame is due, `Disconnected` once the thread is to end.
    fn next_message(&self) -> Result<Message, RecvTimeoutError> {
        let wait = match &self.run {
            Some(run) if !self.broken_off && !self.loader.reads_past() => match (run.goal, self.steps, self.playing) {
                (Some(_), ..) | (None, 1.., _) => Some(Duration::ZERO),
                (None, 0, true) => Some(self.next_frame.saturating_duration_since(Instant::now())),
                (None, 0, false) => None,
            },
            _ => None,
        };
        match wait {
            Some(wait) => self.stop.receive_within(&self.inbox, wait),
            None => self.stop.receive(&self.inbox).ok_or(RecvTimeoutError::Disconnected),
        }
    }

    pub(super) fn take(&mut self, message: Message) {
        match message {
            Message::Command(command) if command.intervenes() && self.has_to_wait() => {
                self.waiting.push_back(Message::Command(command));
            }
            Message::Command(command) => self.obey(command),
            Message::Loaded { ticket, loaded } => self.take_loaded(ticket, *loaded),
        }
    }

    /// Goes back to the frame before one that was broken off for nothing.
    fn mend(&mut self) {
        if !self.broken_off || self.urgency.is_pressing() {
            return;
        }
        self.broken_off = false;
        let torn = |run: &&Run| run.comparison.is_torn() && !self.loader.reads_past();
        let before = self.run.as_ref().filter(torn).and_then(|run| run.frame.as_ref()).map(|frame| frame.row.frame);
        if let Some(frame) = before {
            self.continue_from(frame);
        }
        if !self.is_on_its_way() {
            self.make_up();
        }
    }

    /// Whether the present frame is not the one that is shown. Sets out for that one if need be.
    pub(super) fn has_to_wait(&mut self) -> bool {
        if let Some(frame) = self.run.as_ref().filter(|_| !self.is_on_its_way()).and_then(Run::behind) {
            self.continue_from(frame);
        }
        self.is_on_its_way()
    }

    fn is_on_its_way(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.goal.is_some() || self.broken_off || self.loader.reads_past())
    }

    fn advance(&mut self) {
        let Some(run) = &mut self.run else { return };
        let on_its_way = run.goal.is_some();
        let advanced = if on_its_way { run.catch_up() } else { run.advance() };
        let arrived = on_its_way && advanced.is_ok() && run.arrive();
        let interrupted = matches!(advanced, Err(ComparisonError::Evolution(EvolutionError::Interrupted)));
        if !on_its_way && !interrupted {
            self.steps = self.steps.saturating_sub(1);
            self.next_frame = Instant::now().max(self.next_frame + self.period);
        }
        match advanced {
            Ok(()) => self.publish(),
            Err(_) if interrupted => self.broken_off = true,
            Err(error) => {
                (self.playing, self.steps) = (false, 0);
                self.give_up("advance", &error.to_string());
            }
        }
        if arrived {
            self.make_up();
        }
    }

    /// Does what had to wait.
    pub(super) fn make_up(&mut self) {
        mem::take(&mut self.waiting).into_iter().for_each(|message| self.take(message));
    }

    /// Abandons the way to a frame, and what was to change that frame alone. The rest keeps waiting for the frame to which
    /// the run goes instead.
    pub(super) fn abandon(&mut self) {
        self.waiting.retain(|message| match message {
            Message::Command(command) => command.outlasts_frame(),
            Message::Loaded { .. } => true,
        });
        if let Some(run) = &mut self.run {
            run.goal = None;
        }
    }

    /// Abandons the way to a frame that cannot be reached, and says why what was read for it cannot be used.
    pub(super) fn give_up(&mut self, action: &str, reason: &str) {
        self.abandon();
        let read = mem::take(&mut self.waiting).into_iter();
        let tickets = read.filter_map(|message| match message {
            Message::Loaded { ticket, .. } => Some(ticket),
            Message::Command(_) => None,
        });
        let tasks: Vec<_> = tickets.filter_map(|ticket| self.loader.finish(ticket)).collect();
        self.publish();
        self.fail(action, reason.to_owned());
        tasks.iter().for_each(|task| self.fail(&task.action, reason.to_owned()));
    }

    /// Changes the present frame of the run, if there is one.
    pub(super) fn change(&mut self, action: &str, change: impl FnOnce(&mut Run) -> Result<(), ComparisonError>) {
        self.steps = 0;
        let changed = self.run.as_mut().map_or(Ok(()), change);
        self.publish();
        if let Err(error) = changed {
            self.fail(action, error.to_string());
        }
    }

    pub(super) fn publish(&mut self) {
        let Some(run) = &mut self.run else { return };
        let frame = match run.record() {
            Ok(frame) => frame,
            Err(error) => {
                self.playing = false;
                return self.fail("advance", error.to_string());
            }
        };
        if let Some(error) = run.newly_lost_device() {
            self.tell(Event::Doubtful(error.taken_over()));
        }
        let Some(run) = &mut self.run else { return };
        let comparison = &run.comparison;
        // The frame shown may be another one than that of the evolutions, and one before a candidate came.
        let standing = |number: usize| frame.row.candidates.get(number).map_or(Standing::Led, |entry| entry.standing);
        let candidates = comparison.candidates().iter().enumerate();
        let candidates =
            candidates.map(|(number, candidate)| EvolutionSnapshot::of_candidate(candidate, standing(number)));
        let snapshot = Snapshot {
            run: run.number,
            setup: run.setup.clone(),
            files: run.files.clone(),
            initial: run.initial.clone(),
            playing: self.playing,
            loading: self.loader.label(),
            catching_up: run.catching_up(),
            painting: run.strokes.counts(),
            lost_device: comparison.lost_device().is_some(),
            reference: EvolutionSnapshot::of_reference(comparison),
            candidates: candidates.collect(),
            rows: run.recording.rows(),
            recording: run.recording.clone(),
            frame,
        };
        *self.shared.latest.lock() = Some(Arc::new(snapshot));
        self.wake();
    }

    pub(super) fn wake(&self) {
        (self.shared.wake)();
    }

    pub(super) fn fail(&self, action: &str, message: String) {
        self.fail_to_begin(action, message, None);
    }

    /// As [`Worker::fail`], where a run was to begin from `setup`.
    pub(super) fn fail_to_begin(&self, action: &str, message: String, setup: Option<Box<Setup>>) {
        tracing::warn!("could not {action}: {message}");
        self.tell(Event::Failed { action: action.to_owned(), message, setup });
    }

    pub(super) fn tell(&self, event: Event) {
        // Fails only if nobody listens any more.
        self.events.send(event).ok();
        self.wake();
    }
}
