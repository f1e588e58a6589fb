//! How long a step may be.

use crate::evolution::{EvolutionError, State};

/// Longest step as a multiple of the one before. Variable BDF2 is zero-stable up to 1 + √2, BDF3 up to 1.5 (R. D.
/// Grigorieff, Numer. Math. 42 (1983) 359–377; M. Calvo, T. Grande and R. D. Grigorieff, Numer. Math. 57 (1990) 39–50).
const GROWTH: f64 = 1.5;
/// Shortest step as a multiple of the one before, or of one that was rejected.
const SHRINKAGE: f64 = 0.1;
/// Steps aim so much below the length that the tolerance allows.
const SAFETY: f64 = 0.95;
/// A step may be longer than the tolerance allows by this factor before it is rejected.
const EXCESS: f64 = 1.2;
/// A step may be stretched by this factor to end with the frame.
const STRETCH: f64 = 1.0 / 0.9;
/// Parts of a frame below which no step is worth it.
const SHORTEST: f64 = 1e-7;

/// The digital filter H211b with b = 4 (G. Söderlind, ACM Trans. Math. Softw. 29 (2003) 1–26): with ρ the factor by
/// which a step could have been longer at the tolerance, the next step is longer than the last one by
///
/// ```text
/// (ρₙ ρₙ₋₁)^¼ (Δtₙ / Δtₙ₋₁)^−¼
/// ```
///
/// Lengths are parts of a frame.
#[derive(Debug, Clone, Copy)]
pub struct Controller {
    /// Length of the next step.
    wish: f64,
    /// Length and ρ of the last step.
    last: Option<(f64, f64)>,
}

/// What a [`Controller`] remembers, as numbers of a saved state.
const WISH: &str = "wish";
const LAST_STEP: &str = "last step";
const LAST_RATIO: &str = "last ratio";

impl Controller {
    /// The first step shall be `wish`.
    pub fn new(wish: f64) -> Self {
        Self { wish, last: None }
    }

    /// Writes down all that it remembers.
    pub fn save(&self, state: State) -> State {
        let state = state.with_number(WISH, self.wish);
        match self.last {
            Some((step, ratio)) => state.with_number(LAST_STEP, step).with_number(LAST_RATIO, ratio),
            None => state,
        }
    }

    /// Reads what [`Controller::save`] has written.
    pub fn restored(state: &State) -> Result<Self, EvolutionError> {
        let last = match state.number(LAST_STEP) {
            Ok(step) => Some((step, state.number(LAST_RATIO)?)),
            Err(_) => None,
        };
        Ok(Self { wish: state.number(WISH)?, last })
    }

    /// Length of the next step when so much of the frame remains: a whole number of equal steps reaches its end. `None`
    /// when steps have become too short to go on.
    pub fn next(&self, remaining: f64) -> Option<f64> {
        let steps = (remaining / (self.wish * STRETCH)).ceil().max(1.0);
        let longest = self.last.map_or(remaining, |(last, _)| GROWTH * last);
        let steps = steps.max((remaining / longest).ceil());
        (self.wish >= SHORTEST).then_some(remaining / steps)
    }

    /// Whether a step may stand that could have been longer by `ratio`.
    pub fn accepts(ratio: f64) -> bool {
        ratio * EXCESS >= 1.0
    }

    /// Learns from a step that stands.
    pub fn accept(&mut self, step: f64, ratio: f64) {
        let factor = match self.last {
            Some((last, before)) => (ratio * before * last / step).powf(0.25),
            None => ratio,
        };
        self.wish = step * (SAFETY * factor).clamp(SHRINKAGE, GROWTH);
        self.last = Some((step, ratio));
    }

    /// Learns from a step that does not.
    pub fn reject(&mut self, step: f64, ratio: f64) {
        // Nothing finite came of it where the ratio is no number.
        self.wish = step * if ratio > SHRINKAGE { SAFETY * ratio } else { SHRINKAGE };
    }
}
