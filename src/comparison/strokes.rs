//! Strokes of a brush, to be undone and redone.

use super::{Comparison, ComparisonError, Painting};
use crate::{evolution::Brush, recording::Saved};

/// Strokes that can be undone at most.
const MOST: usize = 8;

/// The latest strokes within a budget of memory, and of those always one.
pub(super) struct Strokes {
    budget: usize,
    done: Vec<Stroke>,
    undone: Vec<Stroke>,
    /// Whether what is painted next belongs to a stroke, and whether that has begun to paint.
    open: Option<bool>,
}

/// A stroke, with the moment on its other side: before it once it is done, after it once it is undone.
struct Stroke {
    frame: usize,
    other: Saved,
    /// Whether that moment did not follow from the frame before it.
    is_break: bool,
    mean_change: f64,
}

impl Strokes {
    pub fn new(budget: usize) -> Self {
        Self { budget, done: Vec::new(), undone: Vec::new(), open: None }
    }

    pub fn begin(&mut self) {
        self.open = Some(false);
    }

    pub fn end(&mut self) {
        self.open = None;
    }

    /// Paints, as part of the open stroke or as one of its own. `is_break` says whether the present moment does not
    /// follow from the frame before it.
    pub fn paint(&mut self, comparison: &mut Comparison, is_break: bool, brush: &Brush) -> Result<(), ComparisonError> {
        if self.open != Some(true) {
            let (frame, other) = (comparison.row().frame, comparison.saved()?);
            let stroke = Stroke { frame, other, is_break, mean_change: 0.0 };
            self.undone.clear();
            self.done.push(stroke);
            self.keep_within();
            self.open = self.open.map(|_| true);
        }
        let before = comparison.row().mean;
        comparison.disturb(brush)?;
        if let Some(stroke) = self.done.last_mut() {
            stroke.mean_change += comparison.row().mean - before;
        }
        Ok(())
    }

    /// Goes back to before the latest stroke, and says whether that moment is a break; `None` if there is no stroke.
    pub fn undo(&mut self, comparison: &mut Comparison, is_break: bool) -> Result<Option<bool>, ComparisonError> {
        self.end();
        cross(&mut self.done, &mut self.undone, comparison, is_break)
    }

    /// Goes to where the latest undo was asked for; false if there was none.
    pub fn redo(&mut self, comparison: &mut Comparison, is_break: bool) -> Result<bool, ComparisonError> {
        self.end();
        Ok(cross(&mut self.undone, &mut self.done, comparison, is_break)?.is_some())
    }

    /// Forgets the strokes after a frame, and what was undone.
    pub fn forget_after(&mut self, frame: usize) {
        self.done.retain(|stroke| stroke.frame <= frame);
        self.undone.clear();
        self.end();
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Self::new(self.budget);
    }

    pub fn counts(&self) -> Painting {
        let mean_change = self.done.last().map(|stroke| stroke.mean_change);
        Painting { undo: self.done.len(), redo: self.undone.len(), mean_change }
    }

    fn keep_within(&mut self) {
        let bytes = |strokes: &[Stroke]| strokes.iter().map(|stroke| stroke.other.bytes()).sum::<usize>();
        while self.done.len() > MOST || self.done.len() > 1 && bytes(&self.done) > self.budget {
            self.done.remove(0);
        }
    }
}

/// Takes the latest stroke to its other side, from where the present moment is the other one. Says whether the moment
/// on that side is a break.
fn cross(
    from: &mut Vec<Stroke>,
    to: &mut Vec<Stroke>,
    comparison: &mut Comparison,
    is_break: bool,
) -> Result<Option<bool>, ComparisonError> {
    if from.is_empty() {
        return Ok(None);
    }
    let (frame, present) = (comparison.row().frame, comparison.saved()?);
    let Some(Stroke { frame: target, other, is_break: was_break, mean_change }) = from.pop() else { return Ok(None) };
    comparison.return_to(target, &other)?;
    to.push(Stroke { frame, other: present, is_break, mean_change });
    Ok(Some(was_break))
}
