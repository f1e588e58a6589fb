//! What a recording in memory holds, and how it keeps within its budget.

use super::{Frame, Row, Saved};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

/// Most rows that are kept; a run has more frames than a plot has points.
const MOST_ROWS: usize = 4096;

/// Rows before this frame are never thinned: coarsening is fastest at first.
const DENSE_ROWS: usize = 512;

/// One part in this many of the budget is for the states at breaks, and as much for frames read from disk.
const SHARE: usize = 4;

/// See [`Recording`](super::Recording).
#[derive(Debug, Clone)]
pub(super) struct Contents {
    budget: usize,
    pub frames: BTreeMap<usize, Arc<Frame>>,
    pub states: BTreeMap<usize, Arc<Saved>>,
    /// Frames at which the run was changed from outside. Their states outlast the frames.
    pub breaks: BTreeSet<usize>,
    /// Frames read from disk, the latest last.
    fetched: VecDeque<Arc<Frame>>,
    /// Of frames, states and what was read from disk.
    pub bytes: usize,
    stride: usize,
    pub rows: Vec<Row>,
    row_stride: usize,
}

impl Contents {
    pub fn new(budget: usize) -> Self {
        Self {
            budget,
            frames: BTreeMap::new(),
            states: BTreeMap::new(),
            breaks: BTreeSet::new(),
            fetched: VecDeque::new(),
            bytes: 0,
            stride: 1,
            rows: Vec::new(),
            row_stride: 1,
        }
    }

    /// Adds the latest frame. The one that was the latest stays only if its number says so.
    pub fn push(&mut self, frame: Frame) {
        self.forget_from(frame.row.frame);
        if let Some((&latest, _)) = self.frames.last_key_value()
            && !self.is_kept(latest)
        {
            self.remove(latest);
        }
        self.push_row(frame.row.clone());
        self.bytes += frame.bytes();
        self.frames.insert(frame.row.frame, Arc::new(frame));
        self.keep_within();
    }

    pub fn push_row(&mut self, row: Row) {
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

    pub fn keep_states(&mut self, frame: usize, saved: Saved) {
        self.forget_states(frame);
        self.bytes += saved.bytes();
        self.states.insert(frame, Arc::new(saved));
        self.keep_within();
    }

    /// Marks a break, and lets go of the oldest states at breaks when there are too many.
    pub fn keep_break(&mut self, frame: usize) {
        self.breaks.insert(frame);
        let of_break = |frame: &usize| self.states.get(frame).map_or(0, |saved| saved.bytes());
        let mut held: usize = self.breaks.iter().map(of_break).sum();
        for old in self.breaks.clone() {
            if held <= self.budget / SHARE {
                break;
            }
            held -= self.forget_states(old);
        }
    }

    /// The latest states not after `frame` from which it can be reached without a break in between.
    pub fn states_for(&self, frame: usize) -> Option<(usize, Arc<Saved>)> {
        let (&at, saved) = self.states.range(..=frame).next_back()?;
        self.is_unbroken(at, frame).then(|| (at, saved.clone()))
    }

    /// Whether the run reached one frame from another without a break.
    pub fn is_unbroken(&self, from: usize, to: usize) -> bool {
        from >= to || self.breaks.range(from + 1..=to).next().is_none()
    }

    pub fn is_break(&self, frame: usize) -> bool {
        self.breaks.contains(&frame)
    }

    /// Forgets a frame and all that came after.
    pub fn forget_from(&mut self, frame: usize) {
        let frames = self.frames.split_off(&frame);
        let states = self.states.split_off(&frame);
        self.breaks.split_off(&frame);
        self.bytes -= frames.values().map(|frame| frame.bytes()).sum::<usize>();
        self.bytes -= states.values().map(|saved| saved.bytes()).sum::<usize>();
        self.rows.truncate(self.rows.partition_point(|row| row.frame < frame));
        while let Some(place) = self.fetched.iter().position(|fetched| fetched.row.frame >= frame) {
            self.bytes -= self.fetched.remove(place).map_or(0, |frame| frame.bytes());
        }
    }

    /// Adds a frame read from disk, in place of those read longest ago.
    pub fn keep_fetched(&mut self, frame: Frame) {
        if self.frame(frame.row.frame).is_some() {
            return;
        }
        self.bytes += frame.bytes();
        self.fetched.push_back(Arc::new(frame));
        while self.fetched.len() > 1 && self.fetched_bytes() > self.budget / SHARE {
            self.forget_fetched();
        }
        self.keep_within();
    }

    pub fn frame(&self, frame: usize) -> Option<Arc<Frame>> {
        let fetched = || self.fetched.iter().find(|fetched| fetched.row.frame == frame);
        self.frames.get(&frame).or_else(fetched).cloned()
    }

    pub fn at_or_before(&self, frame: usize) -> Option<Arc<Frame>> {
        let kept = self.frames.range(..=frame).next_back().map(|(_, frame)| frame);
        let fetched = self.fetched.iter().filter(|fetched| fetched.row.frame <= frame);
        fetched.chain(kept).max_by_key(|frame| frame.row.frame).cloned()
    }

    /// Numbers of all frames that are there, in order.
    pub fn numbers(&self) -> Vec<usize> {
        let fetched = self.fetched.iter().map(|frame| frame.row.frame);
        let all: BTreeSet<_> = self.frames.keys().copied().chain(fetched).collect();
        all.into_iter().collect()
    }

    /// Takes a candidate out of all rows and frames.
    pub fn remove_candidate(&mut self, candidate: usize) {
        self.rows.iter_mut().for_each(|row| row.remove_candidate(candidate));
        for frame in self.frames.values_mut().chain(&mut self.fetched) {
            self.bytes -= frame.bytes();
            *frame = Arc::new(frame.without_candidate(candidate));
            self.bytes += frame.bytes();
        }
    }

    fn is_kept(&self, frame: usize) -> bool {
        frame.is_multiple_of(self.stride)
    }

    /// Removes a frame and its states, unless they are those of a break.
    fn remove(&mut self, frame: usize) {
        self.bytes -= self.frames.remove(&frame).map_or(0, |frame| frame.bytes());
        if !self.is_break(frame) {
            self.forget_states(frame);
        }
    }

    /// Gives how many bytes that freed.
    fn forget_states(&mut self, frame: usize) -> usize {
        let freed = self.states.remove(&frame).map_or(0, |saved| saved.bytes());
        self.bytes -= freed;
        freed
    }

    fn fetched_bytes(&self) -> usize {
        self.fetched.iter().map(|frame| frame.bytes()).sum()
    }

    fn forget_fetched(&mut self) {
        self.bytes -= self.fetched.pop_front().map_or(0, |frame| frame.bytes());
    }

    fn keep_within(&mut self) {
        while self.bytes > self.budget && (self.fetched.len() > 1 || self.frames.len() > 2) {
            if self.fetched.len() > 1 {
                self.forget_fetched();
                continue;
            }
            self.stride *= 2;
            let latest = self.frames.last_key_value().map_or(0, |(&frame, _)| frame);
            let kept = |&frame: &usize| self.is_kept(frame) || frame == latest;
            let dropped: Vec<_> = self.frames.keys().copied().filter(|frame| !kept(frame)).collect();
            dropped.into_iter().for_each(|frame| self.remove(frame));
        }
    }
}
