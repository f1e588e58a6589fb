//! Explicit Euler on the processor, in f32: the reference solver.

use super::{
    LOST, PHI,
    stepper::{Scheme, Stepper},
};
use crate::{
    equation::{Kinetics, Parameters},
    evolution::{Brush, Evolution, EvolutionError, State, Watch},
    field::Field,
    grid::Grid,
};
use std::time::{Duration, Instant};

/// How many threads a solver uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Threads {
    /// As many as rayon's pool has.
    #[default]
    All,
    /// The caller's alone: for many solvers side by side.
    One,
}

/// How long the solver computes between two looks at its watch.
const BATCH: Duration = Duration::from_millis(100);

/// Node updates in the first batch, before it is known how fast the processor is.
const FIRST_UPDATES: usize = 1 << 24;

/// Forward Euler with the 7-point Laplacian on the nodes of a field.
pub struct ExplicitSolver {
    grid: Grid,
    steps_per_frame: usize,
    /// Steps between two looks at the watch.
    batch: usize,
    frame: usize,
    stepper: Stepper,
    watch: Watch,
}

impl ExplicitSolver {
    /// Starts from `field` at frame 0, on all threads.
    ///
    /// # Errors
    /// When the parameters are not valid, or the time step not below the stability limit.
    pub fn new(field: &Field, parameters: Parameters) -> Result<Self, EvolutionError> {
        Self::with_threads(field, parameters, Threads::All)
    }

    /// As [`ExplicitSolver::new`], on as many threads as `threads` says. The result is the same to the bit.
    ///
    /// # Errors
    /// As [`ExplicitSolver::new`].
    pub fn with_threads(field: &Field, parameters: Parameters, threads: Threads) -> Result<Self, EvolutionError> {
        let grid = field.grid();
        parameters.validate_explicit(&grid)?;
        let unit = parameters.equation.in_units_of(grid.spacing);
        let scheme = Scheme {
            well: unit.reaction(),
            gradient: unit.stiffness(),
            rate: parameters.time_step * unit.mobility,
            conserved: unit.kinetics == Kinetics::CahnHilliard,
        };
        let threads = match threads {
            Threads::All => rayon::current_num_threads(),
            Threads::One => 1,
        };
        let stepper = Stepper::new(grid.shape, scheme, threads);
        let (steps_per_frame, batch) = (parameters.steps_per_frame, (FIRST_UPDATES / grid.len()).max(1));
        let mut solver = Self { grid, steps_per_frame, batch, frame: 0, stepper, watch: Watch::default() };
        solver.restart(field)?;
        Ok(solver)
    }
}

impl Evolution for ExplicitSolver {
    fn grid(&self) -> Grid {
        self.grid
    }

    fn restart(&mut self, field: &Field) -> Result<(), EvolutionError> {
        EvolutionError::check_grid(self.grid, field)?;
        self.stepper.load(field.values(), &vec![0.0; self.grid.len()]);
        self.frame = 0;
        Ok(())
    }

    fn advance(&mut self) -> Result<(), EvolutionError> {
        let mut done = 0;
        while done < self.steps_per_frame {
            let (start, steps) = (Instant::now(), self.batch.min(self.steps_per_frame - done));
            self.stepper.advance(steps);
            let per_step = start.elapsed().as_secs_f64() / steps as f64;
            self.batch = ((BATCH.as_secs_f64() / per_step) as usize)
                .clamp(1, self.steps_per_frame)
                .next_multiple_of(self.stepper.levels());
            done += steps;
            self.watch.report(done, self.steps_per_frame)?;
        }
        self.frame += 1;
        Ok(())
    }

    fn watch(&mut self, watch: &Watch) {
        self.watch = watch.clone();
    }

    fn field(&mut self) -> Result<Field, EvolutionError> {
        let (phi, _) = self.stepper.unload();
        Field::from_values(self.grid, phi).map_err(EvolutionError::in_frame(self.frame))
    }

    fn save(&mut self) -> Result<State, EvolutionError> {
        let (phi, lost) = self.stepper.unload();
        Ok(State::at(self.frame).with(PHI, phi).with(LOST, lost))
    }

    fn restore(&mut self, state: &State) -> Result<(), EvolutionError> {
        let length = self.grid.len();
        self.stepper.load(state.array(PHI, length)?, state.array(LOST, length)?);
        self.frame = state.frame;
        Ok(())
    }

    fn disturb(&mut self, brush: &Brush) -> Result<(), EvolutionError> {
        let mut field = self.field()?;
        let (_, mut lost) = self.stepper.unload();
        brush.paint(&mut field).into_iter().for_each(|node| lost[node] = 0.0);
        self.stepper.load(field.values(), &lost);
        Ok(())
    }
}
