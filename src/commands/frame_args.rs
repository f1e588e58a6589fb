//! Options that name one frame of a field file.

use super::CommandError;
use crate::{field::Field, formats::npy::FrameReader};
use clap::Args;
use std::path::PathBuf;

/// One frame of a field file.
#[derive(Debug, Args)]
pub struct FrameArgs {
    /// Field file; of several frames the last is taken, unless --frame says otherwise
    #[arg(value_name = "FIELD.npy")]
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
    /// When it is not positive.
    pub fn spacing(&self) -> Result<f64, CommandError> {
        let usable = self.spacing > 0.0 && self.spacing.is_finite();
        if usable { Ok(self.spacing) } else { Err(CommandError::Spacing(self.spacing)) }
    }

    /// Reads the frame.
    ///
    /// # Errors
    /// When the file cannot be read or has no such frame.
    pub fn read(&self) -> Result<Field, CommandError> {
        let spacing = self.spacing()?;
        let mut reader = FrameReader::open(&self.field, self.concentration)?;
        Ok(reader.read(self.frame.unwrap_or(reader.frames() - 1))?.with_spacing(spacing))
    }
}
