//! The surfaces of chosen frames, and pictures of them.

use super::{Archive, SURFACES};
use crate::{
    commands::{CommandError, interrupt},
    field::Field,
    formats::mesh,
    recording::{Frame, REFERENCE, RecordingReader},
    report::picture,
    surface::{self, Caps},
    view::Palette,
};
use std::path::{Path, PathBuf};

impl Archive {
    /// Writes the surfaces of a frame, of those evolutions that are `wanted` by their names. Those that an interrupted
    /// run does not come to are written when it is resumed.
    pub(super) fn write_surfaces(&self, frame: &Frame, wanted: impl Fn(&str) -> bool) -> Result<(), CommandError> {
        let reference = (REFERENCE, Palette::warm(), Some(&frame.reference));
        let candidates = self.names.iter().zip(&frame.candidates);
        let candidates = candidates.map(|(name, field)| (name.as_str(), Palette::cool(), field.as_ref()));
        for (name, palette, field) in [reference].into_iter().chain(candidates).filter(|(name, ..)| wanted(name)) {
            if interrupt::overdue() {
                break;
            }
            if let Some(field) = field {
                self.write_surface(name, palette, field, frame.row.frame)?;
            }
        }
        Ok(())
    }

    /// Writes the surfaces that an interrupted run has left out.
    pub(super) fn write_missing_surfaces(&self, reader: &RecordingReader) -> Result<(), CommandError> {
        for number in (0..self.rows.len()).filter(|&number| self.is_chosen(number)) {
            let is_missing = |name: &str| !with_ending(&self.surface_stem(name, number), "ply").exists();
            let mut names = [REFERENCE].into_iter().chain(self.names.iter().map(String::as_str));
            if names.any(is_missing)
                && let Some(frame) = reader.frame(number)?
            {
                self.write_surfaces(&frame, is_missing)?;
            }
        }
        Ok(())
    }

    /// The frame that a file of a surface of this run is of, by its name.
    pub(super) fn frame_of_surface(&self, name: &str) -> Option<usize> {
        let (field, frame) = of_surface(name)?;
        let is_ours = field == REFERENCE || self.names.iter().any(|name| name == field);
        is_ours.then_some(frame)
    }

    /// The path of a surface, without its extension.
    fn surface_stem(&self, name: &str, frame: usize) -> PathBuf {
        self.folder.join(SURFACES).join(format!("{name}_{frame:05}"))
    }

    /// Writes the surface of one field as `surfaces/NAME_FRAME.ply`, in grid units of the reference, and an image of it
    /// beside.
    fn write_surface(&self, name: &str, palette: Palette, field: &Field, frame: usize) -> Result<(), CommandError> {
        if field.grid().shape.contains(&1) {
            return Ok(());
        }
        let stem = self.surface_stem(name, frame);
        if let Some(gpu) = &self.gpu {
            picture::draw_if_possible(gpu, field, palette, &with_ending(&stem, "png"), &interrupt::overdue);
        }
        if interrupt::overdue() {
            return Ok(());
        }
        self.lock.check()?;
        // Last: with the mesh the surface is complete.
        let mesh = surface::extract(field, 0.0, Caps::Closed);
        mesh::write(&with_ending(&stem, "ply"), &mesh.positions, &mesh.normals, &mesh.triangles)?;
        Ok(())
    }
}

/// The field and the frame that a file of a surface is of, by its name.
pub(super) fn of_surface(name: &str) -> Option<(&str, usize)> {
    let stem = name.strip_suffix(".ply").or_else(|| name.strip_suffix(".png"))?;
    let (field, number) = stem.rsplit_once('_')?;
    let frame = number.parse().ok()?;
    (number == format!("{frame:05}")).then_some((field, frame))
}

/// A name may hold dots of its own.
fn with_ending(stem: &Path, ending: &str) -> PathBuf {
    let mut path = stem.as_os_str().to_owned();
    path.push(format!(".{ending}"));
    path.into()
}
