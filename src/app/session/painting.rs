//! Strokes of the brush.

use super::Session;
use crate::{comparison::Command, evolution::Brush};

impl Session {
    /// Begins a stroke, which one undo takes back. A recorded frame that is shown becomes the present one.
    pub fn begin_stroke(&mut self) {
        if let Some(frame) = self.cursor.take() {
            self.simulation.send(Command::Continue { from: frame });
        }
        self.simulation.send(Command::BeginStroke);
    }

    /// Paints on all evolutions.
    pub fn paint(&mut self, brush: Brush) {
        self.simulation.send(Command::Paint(brush));
    }

    /// Ends a stroke.
    pub fn end_stroke(&mut self) {
        self.simulation.send(Command::EndStroke);
    }

    /// Takes the latest stroke back.
    pub fn undo(&mut self) {
        if self.snapshot.as_ref().is_some_and(|snapshot| snapshot.painting.undo > 0) {
            self.cursor = None;
            self.simulation.send(Command::Undo);
        }
    }

    /// Makes the stroke again that was taken back last.
    pub fn redo(&mut self) {
        if self.snapshot.as_ref().is_some_and(|snapshot| snapshot.painting.redo > 0) {
            self.cursor = None;
            self.simulation.send(Command::Redo);
        }
    }

    /// ε of the run.
    pub fn interface_width(&self) -> f64 {
        let setup = self.snapshot.as_ref().map_or(&self.draft, |snapshot| &snapshot.setup);
        setup.reference.parameters.equation.epsilon
    }
}
