//! A surface twice: as fine as the field, and coarser for a camera that moves.

use super::{GpuSurface, SurfaceExtractor};
use crate::{
    field::Field,
    gpu::{Gpu, GpuError},
    grid::Grid,
    surface::Caps,
};

/// Every which node the coarse surface is found from.
const STEP: usize = 2;

/// Extracts the surfaces of fields of one size, from all of their nodes and from every second one: the latter has a
/// quarter of the triangles.
pub struct SurfaceLevels {
    fine: SurfaceExtractor,
    coarse: Option<SurfaceExtractor>,
}

impl SurfaceLevels {
    /// For fields on `grid`. There is no coarse surface where the grid has no coarser one.
    ///
    /// # Errors
    /// When the buffers are larger than the device allows.
    pub fn new(gpu: &Gpu, grid: Grid, caps: Caps) -> Result<Self, GpuError> {
        let coarser = grid.coarsened(STEP).ok();
        Ok(Self {
            fine: SurfaceExtractor::new(gpu, grid, caps)?,
            coarse: coarser.map(|grid| SurfaceExtractor::new(gpu, grid, caps)).transpose()?,
        })
    }

    /// Whether the next surfaces are closed at the faces of the box.
    pub fn set_caps(&mut self, caps: Caps) {
        self.fine.set_caps(caps);
        if let Some(coarse) = &mut self.coarse {
            coarse.set_caps(caps);
        }
    }

    /// Extracts φ = `level` of a field on the grid, fine and coarse.
    ///
    /// # Errors
    /// As [`SurfaceExtractor::extract`].
    pub fn extract(&mut self, field: &Field, level: f32) -> Result<(), GpuError> {
        self.fine.extract(field, level)?;
        // A field on the grid can be coarsened if the grid can.
        if let (Some(coarse), Ok(field)) = (&mut self.coarse, field.coarsened(STEP)) {
            coarse.extract(&field, level)?;
        }
        Ok(())
    }

    /// The surface from all nodes.
    pub fn fine(&self) -> &GpuSurface {
        self.fine.surface()
    }

    /// The surface from every second node; the fine one where there is none.
    pub fn coarse(&self) -> &GpuSurface {
        self.coarse.as_ref().map_or_else(|| self.fine(), SurfaceExtractor::surface)
    }
}
