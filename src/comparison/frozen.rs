//! A field that never changes: what doing nothing would give.

use crate::{
    evolution::{Brush, Evolution, EvolutionError, State},
    field::Field,
    grid::Grid,
};

pub struct Frozen {
    field: Field,
    frame: usize,
}

/// Name of the field in a saved state.
const PHI: &str = "phi";

impl Frozen {
    pub fn new(field: Field) -> Self {
        Self { field, frame: 0 }
    }
}

impl Evolution for Frozen {
    fn grid(&self) -> Grid {
        self.field.grid()
    }

    fn restart(&mut self, field: &Field) -> Result<(), EvolutionError> {
        EvolutionError::check_grid(self.grid(), field)?;
        (self.field, self.frame) = (field.clone(), 0);
        Ok(())
    }

    fn advance(&mut self) -> Result<(), EvolutionError> {
        self.frame += 1;
        Ok(())
    }

    fn field(&mut self) -> Result<Field, EvolutionError> {
        Ok(self.field.clone())
    }

    fn save(&mut self) -> Result<State, EvolutionError> {
        Ok(State::at(self.frame).with(PHI, self.field.values().to_vec()))
    }

    fn restore(&mut self, state: &State) -> Result<(), EvolutionError> {
        let values = state.array(PHI, self.grid().len())?.to_vec();
        self.field = Field::from_values(self.grid(), values)?;
        self.frame = state.frame;
        Ok(())
    }

    fn disturb(&mut self, brush: &Brush) -> Result<(), EvolutionError> {
        brush.paint(&mut self.field);
        Ok(())
    }
}
