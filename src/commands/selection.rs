//! Which frames of several are meant.

use std::str::FromStr;

/// Frames by number, counted from 0, the last included. Written `K`, `FROM..TO` or `FROM..TO..STEP`; an end that is
/// left out is the first or the last frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selection {
    from: usize,
    to: Option<usize>,
    step: usize,
}

impl Selection {
    /// All of them.
    pub const ALL: Self = Self { from: 0, to: None, step: 1 };

    /// The numbers, of so many frames; `Err` with the first one that is not there.
    pub fn of(self, frames: usize) -> Result<Vec<usize>, usize> {
        let to = self.to.unwrap_or(frames.saturating_sub(1));
        match [self.from, to].into_iter().find(|&frame| frame >= frames) {
            Some(missing) => Err(missing),
            None => Ok((self.from..=to).step_by(self.step).collect()),
        }
    }
}

impl FromStr for Selection {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refusal = || format!("“{text}” names no frames: write one number, or FROM..TO..STEP, such as 0..100..5");
        let number = |text: &str| text.trim().parse::<usize>().map_err(|_| refusal());
        let end = |text: &str| if text.trim().is_empty() { Ok(None) } else { number(text).map(Some) };
        let selection = match text.split("..").collect::<Vec<_>>()[..] {
            [one] => Self { from: number(one)?, to: Some(number(one)?), step: 1 },
            [from, to] => Self { from: end(from)?.unwrap_or(0), to: end(to)?, step: 1 },
            [from, to, step] => Self { from: end(from)?.unwrap_or(0), to: end(to)?, step: number(step)? },
            _ => return Err(refusal()),
        };
        let backwards = selection.to.is_some_and(|to| to < selection.from);
        if backwards || selection.step == 0 { Err(refusal()) } else { Ok(selection) }
    }
}
