//! How many pixels the views are drawn with: fewer while the camera moves, where the device is too slow for all of
//! them.

use std::time::{Duration, Instant};

/// How long the views may take to draw while the camera moves.
const IN_TIME: Duration = Duration::from_millis(40);

/// Widths and heights are divided by no more than this.
const COARSEST: u32 = 3;

/// How long the camera rests before the views are drawn in full again.
pub const SETTLING: Duration = Duration::from_millis(200);

/// Weight of the newest picture in the estimated cost of a pixel.
const SMOOTHING: f64 = 0.2;

/// The resolution that the device can draw in time, learnt from earlier pictures.
#[derive(Default)]
pub struct Resolution {
    /// Seconds per pixel.
    cost: Option<f64>,
    moved: Option<Instant>,
}

impl Resolution {
    /// Notes that the camera has just moved.
    pub fn move_now(&mut self) {
        self.moved = Some(Instant::now());
    }

    /// Notes how long so many pixels took.
    pub fn learn(&mut self, pixels: u64, spent: Duration) {
        let cost = spent.as_secs_f64() / pixels.max(1) as f64;
        self.cost = Some(self.cost.map_or(cost, |mean| mean + SMOOTHING * (cost - mean)));
    }

    /// Whether the camera moved a moment ago.
    pub fn is_moving(&self) -> bool {
        self.moved.is_some_and(|moved| moved.elapsed() < SETTLING)
    }

    /// What to divide width and height of the views by, which have `pixels` in all.
    pub fn divisor(&self, pixels: u64) -> u32 {
        if !self.is_moving() {
            return 1;
        }
        let expected = self.cost.unwrap_or_default() * pixels as f64;
        let divisor = (expected / IN_TIME.as_secs_f64()).sqrt().ceil();
        (divisor as u32).clamp(1, COARSEST)
    }
}
