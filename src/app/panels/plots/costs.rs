//! What the frames of a run cost. Rows do not hold it, so it is noted during the run.

use crate::comparison::{EvolutionSnapshot, Snapshot};

/// Most frames that are noted; then every other goes.
const MOST: usize = 2048;

/// Computing times of the frames that the window saw.
#[derive(Default)]
pub struct Costs {
    run: u64,
    samples: Vec<Sample>,
    /// Counts the changes.
    revision: u64,
}

/// All evolutions at one frame.
struct Sample {
    frame: usize,
    time: f64,
    evolutions: Vec<Cost>,
}

/// What one evolution costs.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cost {
    /// The candidate's number; `None` is the reference.
    number: Option<u64>,
    /// Milliseconds of a frame, smoothed.
    frame: f64,
    /// Milliseconds of all frames so far.
    total: f64,
}

impl Costs {
    /// Notes what the present frame cost. Frames that went by unseen count as much as it.
    pub fn observe(&mut self, snapshot: &Snapshot) {
        if self.run != snapshot.run {
            *self = Self { run: snapshot.run, revision: self.revision + 1, ..Self::default() };
        }
        let frame = snapshot.number();
        if self.samples.last().is_some_and(|last| last.frame == frame) {
            return;
        }
        self.revision += 1;
        self.samples.retain(|sample| sample.frame < frame);
        let alone = [(None, &snapshot.reference)].into_iter();
        let all = alone.chain(snapshot.candidates.iter().map(|candidate| (Some(candidate.number), candidate)));
        let evolutions = all.filter_map(|(number, evolution)| self.next(number, evolution, frame)).collect();
        self.samples.push(Sample { frame, time: snapshot.time(), evolutions });
        if self.samples.len() > MOST {
            let mut number = 0;
            self.samples.retain(|_| {
                number += 1;
                number % 2 == 1
            });
        }
    }

    /// The costs of an evolution with those of a further frame; `None` before its first.
    fn next(&self, number: Option<u64>, evolution: &EvolutionSnapshot, frame: usize) -> Option<Cost> {
        let milliseconds = evolution.milliseconds?;
        let before = self.samples.last();
        let spent = before.and_then(|before| Some(before.of(number)?.total)).unwrap_or(0.0);
        // While it is led, a candidate costs nothing.
        let begin = if spent > 0.0 { before.map_or(0, |before| before.frame) } else { 0 }.max(evolution.since);
        let total = spent + milliseconds * frame.saturating_sub(begin) as f64;
        Some(Cost { number, frame: milliseconds, total })
    }

    /// Milliseconds per frame against time.
    pub fn over_time(&self, number: Option<u64>) -> Vec<[f64; 2]> {
        self.samples.iter().filter_map(|sample| Some([sample.time, sample.of(number)?.frame])).collect()
    }

    /// Milliseconds of all frames up to one; between frames that were seen, as many as in proportion.
    pub fn total(&self, number: Option<u64>, frame: usize) -> Option<f64> {
        let known = |sample: &Sample| Some((sample.frame as f64, sample.of(number)?.total));
        let after = self.samples.iter().filter(|sample| sample.frame >= frame).find_map(known)?;
        let before = self.samples.iter().rev().filter(|sample| sample.frame <= frame).find_map(known);
        let before = before.unwrap_or((0.0, 0.0));
        let share = if after.0 > before.0 { (frame as f64 - before.0) / (after.0 - before.0) } else { 1.0 };
        Some(before.1 + share * (after.1 - before.1))
    }

    /// Counts the changes.
    pub fn revision(&self) -> u64 {
        self.revision
    }
}

impl Sample {
    fn of(&self, number: Option<u64>) -> Option<&Cost> {
        self.evolutions.iter().find(|cost| cost.number == number)
    }
}
