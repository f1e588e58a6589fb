//! The draft: the setup that the menus show and the next start uses.

use super::Session;
use crate::{
    comparison::Command,
    grid::{Grid, Shape},
    initial::Initial,
    network::ModelSource,
};

impl Session {
    /// Takes another model for the first network, or adds a network.
    pub fn set_model(&mut self, source: ModelSource) {
        self.failed = false;
        self.draft = self.draft.clone().with_model(source.clone());
        self.simulation.send(Command::SetModel(source));
    }

    /// Starts anew on a grid such as `64` or `128x128x32`.
    ///
    /// # Errors
    /// One sentence that says what is wrong with the text.
    pub fn set_grid(&mut self, text: &str) -> Result<(), String> {
        self.draft_grid(text)?;
        self.restart();
        Ok(())
    }

    /// As [`Session::set_grid`], for the menus alone.
    ///
    /// # Errors
    /// As [`Session::set_grid`].
    pub fn draft_grid(&mut self, text: &str) -> Result<(), String> {
        let shape: Shape = text.trim().parse().map_err(|error| format!("{error}"))?;
        Grid::from(shape).check().map_err(|error| error.to_string())?;
        self.change_grid(shape);
        Ok(())
    }

    /// Changes the grid. If ε is the initial field's usual one on the old grid, it becomes the usual one on the new.
    pub fn change_grid(&mut self, shape: Shape) {
        let (initial, epsilon) = (&self.draft.initial, &mut self.draft.reference.parameters.equation.epsilon);
        if *epsilon == initial.usual_epsilon(self.draft.options.grid) {
            *epsilon = initial.usual_epsilon(shape);
        }
        self.draft.options.grid = shape;
    }

    /// Restarts from another initial field. What belonged to the old one is reset: its volume fraction, and the grid
    /// and ε that are usual for it. All else stays as the menus show it.
    pub fn start_from(&mut self, initial: Initial) {
        self.draft_from(initial);
        self.restart();
    }

    /// As [`Session::start_from`], for the menus alone.
    pub fn draft_from(&mut self, initial: Initial) {
        if initial != self.draft.initial {
            let fraction = self.draft.options.volume_fraction.take();
            self.dropped = fraction.map(|fraction| (initial.clone(), fraction));
            let (before, shape) = (&self.draft.initial, self.draft.options.grid);
            let usual_shape = shape == before.usual_shape();
            let usual_epsilon = self.draft.reference.parameters.equation.epsilon == before.usual_epsilon(shape);
            let shape = if usual_shape { initial.usual_shape() } else { shape };
            if usual_epsilon {
                self.draft.reference.parameters.equation.epsilon = initial.usual_epsilon(shape);
            }
            self.draft.options.grid = shape;
            self.draft.initial = initial;
        }
    }

    /// The menus show the present run again.
    pub(super) fn revert(&mut self) {
        if let Some(snapshot) = &self.snapshot {
            self.draft = (*snapshot.setup).clone();
        }
    }

    /// When a run begins whose volume fraction was reset, says so.
    pub(super) fn tell_of_fraction(&mut self) {
        let begun = |(initial, _): &mut (Initial, f64)| *initial == self.draft.initial;
        if let Some((_, fraction)) = self.dropped.take_if(begun) {
            self.messages.remark(format!("the volume fraction {fraction} of the field before no longer applies"));
        }
    }
}
