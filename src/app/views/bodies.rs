//! What is drawn of a field: its surface, or in a flat box the field itself. Made when it is first drawn, kept while it is.

use crate::{
    field::Field,
    gpu::{Gpu, GpuError},
    grid::Grid,
    surface::{
        Caps,
        gpu::{GpuField, GpuSurface, SurfaceExtractor},
    },
    view::flat_axis,
};
use std::sync::Arc;

/// What stands for a field in its box.
pub enum Body {
    Surface(GpuSurface),
    Flat(GpuField),
}

/// The body of the field that one view shows.
#[derive(Default)]
pub struct Bodies {
    extractor: Option<(Grid, SurfaceExtractor)>,
    present: Option<Present>,
}

/// A body, or why it is missing, and what it was made of. A field is never changed, but replaced.
struct Present {
    field: Arc<Field>,
    caps: Caps,
    body: Result<Body, GpuError>,
}

impl Bodies {
    /// Makes the body of `field`, its surface closed at the faces of the box or open, unless it is there.
    ///
    /// # Errors
    /// When the device fails. A surface that is too large for it is only missing, see [`Bodies::missing`].
    pub fn prepare(&mut self, gpu: &Gpu, field: Option<&Arc<Field>>, caps: Caps) -> Result<(), GpuError> {
        let Some(field) = field else {
            self.present = None;
            return Ok(());
        };
        let same = |present: &Present| Arc::ptr_eq(&present.field, field) && present.caps == caps;
        if self.present.as_ref().is_some_and(same) {
            return Ok(());
        }
        self.present = None;
        let body = match self.make(gpu, field, caps) {
            Err(error) if !is_size(&error) => return Err(error),
            body => body,
        };
        self.present = Some(Present { field: field.clone(), caps, body });
        Ok(())
    }

    fn make(&mut self, gpu: &Gpu, field: &Field, caps: Caps) -> Result<Body, GpuError> {
        let grid = field.grid();
        if flat_axis(&grid).is_some() {
            return Ok(Body::Flat(GpuField::upload(gpu, field)?));
        }
        let (_, extractor) = match self.extractor.take().filter(|(of, _)| *of == grid) {
            Some(extractor) => self.extractor.insert(extractor),
            None => self.extractor.insert((grid, SurfaceExtractor::new(gpu, grid, caps)?)),
        };
        extractor.set_caps(caps);
        Ok(Body::Surface(extractor.extract(field, 0.0)?.clone()))
    }

    /// What is to be drawn, if anything.
    pub fn body(&self) -> Option<&Body> {
        self.present.as_ref()?.body.as_ref().ok()
    }

    /// Why there is nothing to be drawn although there is a field.
    pub fn missing(&self) -> Option<&GpuError> {
        self.present.as_ref()?.body.as_ref().err()
    }
}

/// Whether a smaller surface or field could be drawn.
fn is_size(error: &GpuError) -> bool {
    matches!(error, GpuError::SurfaceTooLarge { .. } | GpuError::TooLarge { .. })
}
