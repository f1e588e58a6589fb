//! What the views show of a run: its latest frame, or a recorded one that is looked at.

use super::Session;
use crate::{
    app::{
        labels,
        tiles::Pane,
        views::{Subject, Title, ViewId},
    },
    comparison::{Command, EvolutionSnapshot, Snapshot},
    grid::Grid,
    recording::{Frame, Standing},
};
use std::sync::Arc;

impl Session {
    /// The frame that is shown; none before the first run.
    pub fn frame(&self) -> Option<Arc<Frame>> {
        let snapshot = self.snapshot.as_ref()?;
        let recorded = self.cursor.and_then(|frame| snapshot.recording.at_or_before(frame));
        Some(recorded.unwrap_or_else(|| snapshot.frame.clone()))
    }

    /// The recorded frame that is looked at, unless the run is followed.
    pub fn cursor(&self) -> Option<usize> {
        self.cursor
    }

    /// Shows a recorded frame, or the latest kept before it. The latest of all follows the run again.
    pub fn look_at(&mut self, frame: usize) {
        let Some(snapshot) = &self.snapshot else { return };
        let on_disk = frame < snapshot.recording.on_disk() && snapshot.recording.frame(frame).is_none();
        self.cursor = (frame < snapshot.number()).then_some(frame);
        if on_disk {
            self.simulation.send(Command::Fetch(frame));
        }
    }

    /// The next recorded frame; after the last one, the run computes one.
    pub fn forward(&mut self) {
        let next = self
            .snapshot
            .as_ref()
            .zip(self.cursor)
            .and_then(|(snapshot, cursor)| snapshot.recording.frames().into_iter().find(|frame| *frame > cursor));
        match next {
            Some(frame) => self.look_at(frame),
            None => self.step(),
        }
    }

    /// The recorded frame after another.
    pub fn next(&self, frame: usize) -> Option<usize> {
        let recording = &self.snapshot.as_ref()?.recording;
        let on_disk = Some(frame + 1).filter(|next| *next < recording.on_disk());
        on_disk.or_else(|| recording.frames().into_iter().find(|next| *next > frame))
    }

    /// The recorded frame before the one shown; a run that plays is paused.
    pub fn backward(&mut self) {
        let Some(snapshot) = &self.snapshot else { return };
        let shown = self.cursor.unwrap_or_else(|| snapshot.number());
        let recording = &snapshot.recording;
        let on_disk = shown.checked_sub(1).filter(|frame| *frame < recording.on_disk());
        let before = on_disk.or_else(|| recording.frames().into_iter().rev().find(|frame| *frame < shown));
        if self.playing {
            self.toggle();
        }
        if let Some(frame) = before {
            self.look_at(frame);
        }
    }

    /// Follows the run again.
    pub fn follow(&mut self) {
        self.cursor = None;
    }

    /// Frames per second while it plays, from the time that the evolutions take.
    pub fn frame_rate(&self) -> Option<f64> {
        let snapshot = self.snapshot.as_ref().filter(|_| self.playing)?;
        let candidates = snapshot.candidates.iter().filter_map(|candidate| candidate.milliseconds);
        let spent = snapshot.reference.milliseconds? + candidates.sum::<f64>();
        let most = self.speed.unwrap_or(f64::INFINITY);
        Some((1e3 / spent).min(most)).filter(|rate| rate.is_finite())
    }

    /// What a view shows of the run, if it has that evolution.
    pub fn subject(&self, view: ViewId) -> Option<Subject> {
        subject(self.snapshot.as_ref()?, &*self.frame()?, view, self.shown())
    }

    /// What a view is called in short.
    pub fn view_name(&self, view: ViewId) -> String {
        let ViewId::Candidate(number) = view else { return Pane::View(view).name() };
        let snapshot = self.snapshot.as_ref();
        let name = snapshot.and_then(|snapshot| Some(snapshot.candidates.get(number)?.name.to_string()));
        name.unwrap_or_else(|| format!("Candidate {}", number + 1))
    }
}

/// What a view shows of a frame of a run; the reference beside the candidate that is `shown`.
pub fn subject(snapshot: &Snapshot, frame: &Frame, view: ViewId, shown: Option<usize>) -> Option<Subject> {
    let of = |number: usize| frame.candidates.get(number).cloned().flatten();
    let reference_field = || Some(frame.reference.clone());
    let (field, other, title) = match view {
        ViewId::Reference => (reference_field(), shown.and_then(of), reference(snapshot, frame)),
        ViewId::Candidate(number) => {
            snapshot.candidates.get(number)?;
            (of(number), reference_field(), candidate(snapshot, frame, number))
        }
        ViewId::Ensemble | ViewId::Truth | ViewId::Prediction => return None,
    };
    let (light, title) = (coarsest(snapshot), Arc::new(title));
    Some(Subject { field, other, frame: frame.row.frame, light, legend: None, placing: false, title })
}

/// All views are lit alike: as the coarsest grid allows.
fn coarsest(snapshot: &Snapshot) -> Grid {
    let nodes = |grid: &Grid| grid.shape.iter().product::<usize>();
    let candidates = snapshot.candidates.iter().map(|candidate| candidate.grid);
    candidates.min_by_key(nodes).unwrap_or(snapshot.reference.grid)
}

fn reference(snapshot: &Snapshot, frame: &Frame) -> Title {
    let reference = &snapshot.setup.reference;
    let equation = reference.parameters.equation.kinetics.name();
    Title {
        name: "Reference".into(),
        time: time(frame),
        detail: format!("{equation}, {} scheme, {}", reference.method, snapshot.reference.grid),
        ..Title::default()
    }
}

fn candidate(snapshot: &Snapshot, frame: &Frame, number: usize) -> Title {
    let spec = snapshot.setup.candidates.get(number);
    let evolution = snapshot.candidates.get(number);
    let stopped = frame.row.candidates.get(number).is_some_and(|entry| entry.standing == Standing::Stopped);
    let standing = labels::standing(snapshot, &frame.row, number);
    let (missing, standing) = if stopped { (standing, None) } else { (None, standing) };
    let standing = standing.map(|standing| format!(", {standing}")).unwrap_or_default();
    Title {
        name: spec.map_or("Candidate", labels::kind).into(),
        time: time(frame),
        detail: evolution.map(|e| format!("{}, {}{standing}", e.name, e.grid)).unwrap_or_default(),
        doubt: evolution.and_then(doubt),
        missing,
    }
}

/// Why a candidate's errors say little, in one line.
fn doubt(evolution: &EvolutionSnapshot) -> Option<String> {
    let doubts = evolution.doubts.join("; ");
    let mut letters = doubts.chars();
    let first = letters.next()?;
    Some(first.to_uppercase().chain(letters).collect())
}

fn time(frame: &Frame) -> String {
    format!("t = {:.1}", frame.row.time)
}
