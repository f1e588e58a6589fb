//! Strokes of the brush.

use super::Session;
use crate::{
    comparison::{Command, Painting},
    evolution::Brush,
};

impl Session {
    /// Begins a stroke, which one undo takes back. A recorded frame that is shown becomes the present one.
    pub fn begin_stroke(&mut self) {
        if let Some(frame) = self.cursor.take() {
            self.intervene(Command::Continue { from: frame });
        }
        self.simulation.send(Command::BeginStroke);
    }

    /// Paints on all evolutions.
    pub fn paint(&mut self, brush: Brush) {
        self.intervene(Command::Paint(brush));
    }

    /// Ends a stroke.
    pub fn end_stroke(&mut self) {
        self.simulation.send(Command::EndStroke);
    }

    /// Takes the latest stroke back, also one that is too fresh for the snapshot.
    pub fn undo(&mut self) {
        self.cross(Command::Undo, |painting| painting.undo);
    }

    /// Makes the stroke again that was taken back last.
    pub fn redo(&mut self) {
        self.cross(Command::Redo, |painting| painting.redo);
    }

    /// Whoever looks at a recorded frame goes to the present one if something is known to happen there.
    fn cross(&mut self, command: Command, count: impl Fn(&Painting) -> usize) {
        if self.snapshot.as_ref().is_some_and(|snapshot| count(&snapshot.painting) > 0) {
            self.cursor = None;
        }
        self.intervene(command);
    }

    /// ε of the run.
    pub fn interface_width(&self) -> f64 {
        let setup = self.snapshot.as_ref().map_or(&self.draft, |snapshot| &snapshot.setup);
        setup.reference.parameters.equation.epsilon
    }
}
