//! Tables, charts, pictures of surfaces, plots of a run.
//!
//! - [`number`]: how numbers are written; [`table`]: tables as CSV files and in Markdown;
//! - [`colour`], [`chart`]: charts as PNG and SVG files; [`plots`]: those of a comparison;
//! - [`picture`]: images of surfaces; [`mosaic`]: those of all evolutions of a comparison, side by side; [`movie`]:
//!   many of them, one after the other.

mod axis;
pub mod chart;
pub mod colour;
mod gif_file;
mod lettering;
pub mod mosaic;
pub mod movie;
pub mod number;
pub mod picture;
pub mod plots;
pub mod png;
mod svg;
pub mod table;

use crate::{
    formats::{FormatError, LockError, shown},
    gpu::GpuError,
};
use image::ImageError;
use number::counted;
use std::{
    io,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Why a result could not be written or drawn.
#[derive(Debug, Error)]
pub enum ReportError {
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error(transparent)]
    Gpu(#[from] GpuError),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error("cannot write the table {}: {source}", shown(path))]
    Csv { path: PathBuf, source: csv::Error },
    #[error("cannot draw {}: {reason}", shown(path))]
    Image { path: PathBuf, reason: String },
    #[error("{error}; kept {} in {}", counted(*count, "picture"), shown(path))]
    Kept { error: Box<Self>, count: usize, path: PathBuf },
    #[error("a picture cannot be drawn: {0}")]
    Thread(#[from] io::Error),
    #[error("a picture cannot be lettered: {0}")]
    Lettering(&'static str),
    #[error("cannot write {}: no ffmpeg was found; install it, or write a .gif or a folder of pictures", .path.display())]
    NoFfmpeg { path: PathBuf },
    #[error("cannot write {}: ffmpeg failed: {reason}", .path.display())]
    Ffmpeg { path: PathBuf, reason: String },
}

impl ReportError {
    /// What it means that a picture cannot be written as the file at `path`.
    fn image(path: &Path) -> impl FnOnce(ImageError) -> Self {
        move |error| Self::Image { path: path.to_owned(), reason: error.to_string() }
    }
}
