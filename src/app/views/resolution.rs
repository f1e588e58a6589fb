//! How many pixels the views are drawn with: fewer while the camera moves, where the device is too slow for all of them.

use std::time::{Duration, Instant};

/// How long the views may take to draw while the camera follows the hand.
const IN_TIME: Duration = Duration::from_millis(40);

/// Widths and heights are divided by no more than this.
const COARSEST: u32 = 3;

/// How long a hand rests before the views are drawn in full again.
pub const SETTLING: Duration = Duration::from_millis(200);

/// Weight of the newest picture in what a pixel is thought to cost.
const SMOOTHING: f64 = 0.2;

/// What the device can draw in time, as learnt from the pictures before.
#[derive(Default)]
pub struct Resolution {
    /// Seconds per pixel.
    cost: Option<f64>,
    moved: Option<Instant>,
}

impl Resolution {
    /// Takes note that the camera has moved just now.
    pub fn move_now(&mut self) {
        self.moved = Some(Instant::now());
    }

    /// Takes note of how long so many pixels took.
    pub fn learn(&mut self, pixels: u64, spent: Duration) {
        let cost = spent.as_secs_f64() / pixels.max(1) as f64;
        self.cost = Some(self.cost.map_or(cost, |mean| mean + SMOOTHING * (cost - mean)));
    }

    /// Whether a hand moved the camera a moment ago.
    pub fn is_moving(&self) -> bool {
        self.moved.is_some_and(|moved| moved.elapsed() < SETTLING)
    }

    /// By what the width and height of views of `pixels` in all are to be divided.
    pub fn divisor(&self, pixels: u64) -> u32 {
        if !self.is_moving() {
            return 1;
        }
        let expected = self.cost.unwrap_or_default() * pixels as f64;
        let divisor = (expected / IN_TIME.as_secs_f64()).sqrt().ceil();
        (divisor as u32).clamp(1, COARSEST)
    }
}
