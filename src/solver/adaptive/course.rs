//! What the adaptive scheme remembers, saved and restored bit by bit.

use super::{control::Controller, formula::MOMENTS};
use crate::{
    evolution::{EvolutionError, State},
    solver::spectrum::{fill, pairs},
};
use rustfft::num_complex::Complex;
use std::collections::VecDeque;

/// φ̂ and N̂ at a moment of the past.
#[derive(Clone, Default)]
pub struct Moment {
    /// In frames since the start.
    pub time: f64,
    /// φ̂.
    pub phi: Vec<Complex<f32>>,
    /// N̂.
    pub explicit: Vec<Complex<f32>>,
}

/// All that the further evolution depends on.
pub struct Course {
    /// The latest frame.
    pub frame: usize,
    /// φ on the nodes: φ* of the latest step.
    pub phi: Vec<f32>,
    /// Latest first.
    pub past: VecDeque<Moment>,
    /// What chooses the next step.
    pub controller: Controller,
    /// RMS of φ to which errors are relative.
    pub scale: f64,
}

/// Names of what a saved state holds.
const PHI: &str = "phi";
const SCALE: &str = "scale";
const PAST: [(&str, &str, &str); MOMENTS] =
    [("time 1", "phi 1", "explicit 1"), ("time 2", "phi 2", "explicit 2"), ("time 3", "phi 3", "explicit 3")];

impl Default for Course {
    fn default() -> Self {
        Self { frame: 0, phi: Vec::new(), past: VecDeque::new(), controller: Controller::new(1.0), scale: 1.0 }
    }
}

impl Course {
    /// As a state.
    pub fn save(&self) -> State {
        let Self { frame, phi, past, controller, scale } = self;
        let state = State::at(*frame).with(PHI, phi.clone()).with_number(SCALE, *scale);
        let with_moment =
            |state: State, (moment, (time, phi, explicit)): (&Moment, (&'static str, &'static str, &'static str))| {
                let state = state.with_number(time, moment.time);
                state.with(phi, pairs(&moment.phi)).with(explicit, pairs(&moment.explicit))
            };
        past.iter().zip(PAST).fold(controller.save(state), with_moment)
    }

    /// From a state of a box with so many nodes and modes.
    ///
    /// # Errors
    /// When the state is that of another evolution or another box.
    pub fn restored(state: &State, nodes: usize, modes: usize) -> Result<Self, EvolutionError> {
        let mut past = VecDeque::new();
        for (time, phi, explicit) in PAST {
            // The first moment is always there.
            if !past.is_empty() && state.number(time).is_err() {
                break;
            }
            let (time, phi) = (state.number(time)?, state.array(phi, 2 * modes)?);
            let explicit = state.array(explicit, 2 * modes)?;
            let zeros = vec![Complex::default(); modes];
            let mut moment = Moment { time, phi: zeros.clone(), explicit: zeros };
            fill(&mut moment.phi, phi);
            fill(&mut moment.explicit, explicit);
            past.push_back(moment);
        }
        let phi = state.array(PHI, nodes)?.to_vec();
        let (scale, controller) = (state.number(SCALE)?, Controller::restored(state)?);
        Ok(Self { frame: state.frame, phi, past, controller, scale })
    }
}
