//! One frame of a field file, as several commands take it.

use super::CommandError;
use crate::{
    field::Field,
    formats::field::{self, FieldFormat},
    initial::InitialError,
    settings::SPACING,
};
use clap::Args;
use std::path::PathBuf;

/// One frame of a field file.
#[derive(Debug, Args)]
pub struct FrameArgs {
    /// Field file: .npy (the last frame of a series, unless --frame names another), .vti image or .tif stack; integers
    /// of two values are the two phases
    #[arg(value_name = "FIELD")]
    pub field: PathBuf,
    /// Frame to take, counted from 0
    #[arg(long, value_name = "K")]
    pub frame: Option<usize>,
    /// The field file holds c from 0 to 1 instead of φ from −1 to 1
    #[arg(long)]
    pub concentration: bool,
    /// See [`SPACING`].
    #[arg(
        long,
        value_name = "LENGTH",
        help = SPACING.about_with_default(", or that of a .vti file"),
        value_parser = SPACING.parser()
    )]
    pub spacing: Option<f64>,
}

impl FrameArgs {
    /// Reads the frame.
    ///
    /// # Errors
    /// When the file cannot be read, has no such frame, or nodes unequally far apart.
    pub fn read(&self) -> Result<Field, CommandError> {
        self.read_frame(self.frame)
    }

    /// Reads another frame of the file; `None` is the last one.
    ///
    /// # Errors
    /// As [`FrameArgs::read`].
    pub fn read_frame(&self, frame: Option<usize>) -> Result<Field, CommandError> {
        let volume = field::read_frame(&self.field, frame, self.concentration)?;
        if !volume.is_evenly_spaced() {
            return Err(InitialError::Uneven { path: self.field.clone(), spacing: volume.spacing }.into());
        }
        let is_vti = FieldFormat::of(&self.field) == Some(FieldFormat::Vti);
        let own = if is_vti { volume.spacing() } else { SPACING.default };
        Ok(volume.into_phases().with_spacing(self.spacing.unwrap_or(own)))
    }
}
