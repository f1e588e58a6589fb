//! A recording in memory, within a budget.

use super::{Row, States};
use crate::{evolution::State, field::Field};
use parking_lot::Mutex;
use std::{collections::BTreeMap, sync::Arc};

/// One moment of a run: figures and fields.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The figures.
    pub row: Row,
    /// φ of the reference.
    pub reference: Arc<Field>,
    /// φ of each candidate on its own nodes; `None` once it was stopped.
    pub candidates: Vec<Option<Arc<Field>>>,
}

impl Frame {
    fn bytes(&self) -> usize {
        let fields = self.candidates.iter().flatten().chain([&self.reference]);
        fields.map(|field| size_of_val(field.values())).sum()
    }
}

/// Most rows that are kept; a run has more frames than a plot has points.
const MOST_ROWS: usize = 4096;

/// Rows before this frame are never thinned: coarsening is fastest at first.
const DENSE_ROWS: usize = 512;

/// Frames of a run within a budget of memory. Any thread may look at it while the run goes on.
///
/// All frames are kept until they fill the budget. From then on only those are kept whose number a stride divides; the
/// stride doubles each time the budget is full. The first and the latest are always there. States, from which the run can
/// go on, are kept with the frames that they belong to. Rows of figures, which are small, are thinned apart.
#[derive(Debug)]
pub struct Recording {
    contents: Mutex<Contents>,
    budget: usize,
}

#[derive(Debug)]
struct Contents {
    frames: BTreeMap<usize, Arc<Frame>>,
    /// States of the reference and of the candidates.
    states: BTreeMap<usize, Arc<[Option<State>]>>,
    bytes: usize,
    stride: usize,
    rows: Vec<Row>,
    row_stride: usize,
}

impl Recording {
    /// A recording that holds at most `budget` bytes of fields and states, and two frames more.
    pub fn new(budget: usize) -> Self {
        let (frames, states) = (BTreeMap::new(), BTreeMap::new());
        let contents = Contents { frames, states, bytes: 0, stride: 1, rows: Vec::new(), row_stride: 1 };
        Self { contents: Mutex::new(contents), budget }
    }

    /// A recording that is taken up again: the figures of all its frames so far, and the latest of the frames.
    pub fn taken_up(budget: usize, rows: Vec<Row>, latest: Frame) -> Self {
        let recording = Self::new(budget);
        {
            let contents = &mut *recording.contents.lock();
            rows.into_iter().filter(|row| row.frame < latest.row.frame).for_each(|row| contents.push_row(row));
        }
        recording.push(latest);
        recording
    }

    /// Adds the latest frame.
    pub fn push(&self, frame: Frame) {
        let contents = &mut *self.contents.lock();
        contents.drop_latest_unless_kept();
        contents.push_row(frame.row.clone());
        contents.bytes += frame.bytes();
        contents.frames.insert(frame.row.frame, Arc::new(frame));
        contents.keep_within(self.budget);
    }

    /// Keeps the states of the reference and the candidates at a frame.
    pub fn keep_states(&self, frame: usize, states: States) {
        let contents = &mut *self.contents.lock();
        contents.bytes += bytes_of(&states);
        contents.states.insert(frame, states.into());
        contents.keep_within(self.budget);
    }

    /// Forgets all that came after a frame.
    pub fn truncate(&self, frame: usize) {
        let contents = &mut *self.contents.lock();
        let later: Vec<_> = contents.frames.range(frame + 1..).map(|(&frame, _)| frame).collect();
        later.into_iter().for_each(|frame| contents.remove(frame));
        let later = contents.states.split_off(&(frame + 1));
        contents.bytes -= later.values().map(|states| bytes_of(states)).sum::<usize>();
        contents.rows.retain(|row| row.frame <= frame);
    }

    /// A frame, if it was kept.
    pub fn frame(&self, frame: usize) -> Option<Arc<Frame>> {
        self.contents.lock().frames.get(&frame).cloned()
    }

    /// The latest frame kept that is not after `frame`.
    pub fn at_or_before(&self, frame: usize) -> Option<Arc<Frame>> {
        self.contents.lock().frames.range(..=frame).next_back().map(|(_, frame)| frame.clone())
    }

    /// The numbers of the frames kept, first to latest.
    pub fn frames(&self) -> Vec<usize> {
        self.contents.lock().frames.keys().copied().collect()
    }

    /// The latest states kept that are not after `frame`, and the frame that they are of.
    pub fn states_at_or_before(&self, frame: usize) -> Option<(usize, Arc<[Option<State>]>)> {
        let contents = self.contents.lock();
        contents.states.range(..=frame).next_back().map(|(&frame, states)| (frame, states.clone()))
    }

    /// The figures kept, first to latest.
    pub fn rows(&self) -> Arc<[Row]> {
        self.contents.lock().rows.as_slice().into()
    }

    /// Bytes of fields and states, and how many there may be.
    pub fn memory(&self) -> (usize, usize) {
        (self.contents.lock().bytes, self.budget)
    }
}

impl Contents {
    fn is_kept(&self, frame: usize) -> bool {
        frame.is_multiple_of(self.stride)
    }

    /// The frame that was the latest stays only if its number says so.
    fn drop_latest_unless_kept(&mut self) {
        if let Some((&latest, _)) = self.frames.last_key_value()
            && !self.is_kept(latest)
        {
            self.remove(latest);
        }
    }

    fn remove(&mut self, frame: usize) {
        self.bytes -= self.frames.remove(&frame).map_or(0, |frame| frame.bytes());
        self.bytes -= self.states.remove(&frame).map_or(0, |states| bytes_of(&states));
    }

    fn keep_within(&mut self, budget: usize) {
        while self.bytes > budget && self.frames.len() > 2 {
            self.stride *= 2;
            let latest = self.frames.last_key_value().map_or(0, |(&frame, _)| frame);
            let kept = |&frame: &usize| self.is_kept(frame) || frame == latest;
            let dropped: Vec<_> = self.frames.keys().copied().filter(|frame| !kept(frame)).collect();
            dropped.into_iter().for_each(|frame| self.remove(frame));
        }
    }

    fn push_row(&mut self, row: Row) {
        let stays = |frame: usize, stride: usize| frame < DENSE_ROWS || frame.is_multiple_of(stride);
        if self.rows.last().is_some_and(|last| !stays(last.frame, self.row_stride)) {
            self.rows.pop();
        }
        if self.rows.len() >= MOST_ROWS {
            self.row_stride *= 2;
            let stride = self.row_stride;
            self.rows.retain(|row| stays(row.frame, stride));
        }
        self.rows.push(row);
    }
}

fn bytes_of(states: &[Option<State>]) -> usize {
    states.iter().flatten().flat_map(|state| state.arrays.values()).map(|values| size_of_val(values.as_slice())).sum()
}
