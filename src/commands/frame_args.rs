//! One frame of a field file, as several commands take it.

use super::CommandError;
use crate::{field::Field, formats::field, initial::InitialError};
use clap::Args;
use std::{ops::RangeInclusive, path::PathBuf};

/// What may lie between nodes, in grid units: coordinates are written as f32, which would hold neither less nor more.
const SPACINGS: RangeInclusive<f64> = 1e-6..=1e6;

/// One frame of a field file.
#[derive(Debug, Args)]
pub struct FrameArgs {
    /// Field file: .npy (the last frame of a series, unless --frame names another), .vti image or .tif stack; integers of two
    /// values are the two phases
    #[arg(value_name = "FIELD")]
    pub field: PathBuf,
    /// Frame to take, counted from 0
    #[arg(long, value_name = "K")]
    pub frame: Option<usize>,
    /// The field file holds c from 0 to 1 instead of φ from −1 to 1
    #[arg(long)]
    pub concentration: bool,
    /// Distance between nodes in grid units: 2 for a network's field
    #[arg(long, value_name = "LENGTH", default_value_t = 1.0)]
    pub spacing: f64,
}

impl FrameArgs {
    /// The distance between nodes.
    ///
    /// # Errors
    /// When it is none, or out of bounds.
    pub fn spacing(&self) -> Result<f64, CommandError> {
        if SPACINGS.contains(&self.spacing) {
            return Ok(self.spacing);
        }
        Err(CommandError::Spacing(self.spacing))
    }

    /// Reads the frame.
    ///
    /// # Errors
    /// When the file cannot be read, has no such frame, or nodes unequally far apart.
    pub fn read(&self) -> Result<Field, CommandError> {
        let spacing = self.spacing()?;
        let volume = field::read_frame(&self.field, self.frame, self.concentration)?;
        if !volume.is_evenly_spaced() {
            return Err(InitialError::Uneven { path: self.field.clone(), spacing: volume.spacing }.into());
        }
        Ok(volume.into_phases().with_spacing(spacing))
    }
}
