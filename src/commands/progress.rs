//! Progress of long work on stderr: a bar on a terminal, a line now and then elsewhere.

use super::say;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io::{self, IsTerminal},
    time::{Duration, Instant},
};

/// Quiet time between two lines where there is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(5);

/// Progress through a known number of pieces of work, such as frames.
pub struct Progress {
    bar: Option<ProgressBar>,
    total: usize,
    start: Instant,
    last_line: Instant,
    /// Pieces that were done when the first report came, and when that was: what the rest is judged by.
    first: Option<(usize, Instant)>,
}

impl Progress {
    /// Starts the clock for `total` pieces.
    pub fn new(total: usize) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
            match ProgressStyle::with_template("{bar:32} {pos}/{len}, {eta} left  {msg}") {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        });
        let now = Instant::now();
        Self { bar, total, start: now, last_line: now, first: None }
    }

    /// Reports that `done` pieces are done; `detail` is shown behind.
    pub fn update(&mut self, done: usize, detail: &str) {
        let (begun, since) = *self.first.get_or_insert_with(|| (done, Instant::now()));
        if let Some(bar) = &self.bar {
            bar.set_position(done as u64);
            bar.set_message(detail.to_owned());
        } else if self.last_line.elapsed() >= LINE_INTERVAL {
            self.last_line = Instant::now();
            // One report tells nothing of the pace.
            let left = (done > begun).then(|| {
                let share = self.total.saturating_sub(done) as f64 / (done - begun) as f64;
                format!(", {:.1} min left", since.elapsed().as_secs_f64() * share / 60.0)
            });
            let left = left.unwrap_or_default();
            say::note(format!("{done}/{}{left}  {detail}", self.total).trim_end());
        }
    }

    /// Shows a line of its own, above the bar.
    pub fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => say::note(text),
        }
    }

    /// Takes the bar away and gives the time since the start.
    pub fn finish(self) -> Duration {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        self.start.elapsed()
    }
}
