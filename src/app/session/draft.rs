//! The draft: the setup that the menus show and the next start uses.

use super::Session;
use crate::{
    comparison::{Command, Setup},
    grid::{Grid, Shape},
    initial::Initial,
    network::ModelSource,
};

impl Session {
    /// Takes another model for the first network, or adds a network.
    pub fn set_model(&mut self, source: ModelSource) {
        self.failed = false;
        let present = self.snapshot.as_ref().map(|snapshot| &*snapshot.setup);
        let before = self.asked.as_ref().or(present).unwrap_or(&self.draft);
        self.asked = Some(before.clone().with_model(source.clone()));
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

    /// The menus show the run that has begun. If it is the one that was asked for they do already, and keep what was
    /// changed in them since.
    pub(super) fn adopt(&mut self) {
        let Some(snapshot) = &self.snapshot else { return };
        if self.asked.take().as_ref() != Some(&*snapshot.setup) {
            self.draft = (*snapshot.setup).clone();
        }
    }

    /// The menus no longer show a setup from which no run could begin. Where they were changed since, only its model
    /// goes, which any other start would fail by, too.
    pub(super) fn take_back(&mut self, failed: &Setup) {
        self.asked.take_if(|asked| asked == failed);
        let Some(present) = self.snapshot.as_ref().map(|snapshot| &*snapshot.setup) else { return };
        if self.draft == *failed {
            self.draft = present.clone();
        } else if let Some(model) = present.model().filter(|_| self.draft.model() == failed.model()) {
            self.draft = self.draft.clone().with_model(model.clone());
        }
    }

    /// When a run begins whose volume fraction was reset, says so.
    pub(super) fn tell_of_fraction(&mut self) {
        let Some(setup) = self.snapshot.as_ref().map(|snapshot| &snapshot.setup) else { return };
        let begun = |(initial, _): &mut (Initial, f64)| *initial == setup.initial;
        if let Some((_, fraction)) = self.dropped.take_if(begun) {
            self.messages.remark(format!("the volume fraction {fraction} of the field before no longer applies"));
        }
    }
}
