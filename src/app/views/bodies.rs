//! What is drawn of a field: its surface, or in a flat box the field itself. Made when first drawn, then kept.

use crate::{
    field::Field,
    gpu::{Gpu, GpuError},
    grid::Grid,
    surface::{
        Caps,
        gpu::{GpuField, GpuSurface, Quantity, SurfaceExtractor, SurfaceProbe, VertexValues},
    },
    view::flat_axis,
};
use std::sync::Arc;

/// While the camera moves, surfaces are extracted from every so many nodes.
const COARSE: usize = 2;

/// What is to be made.
#[derive(Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// φ.
    pub field: Option<&'a Arc<Field>>,
    /// What it is compared with.
    pub other: Option<&'a Arc<Field>>,
    pub caps: Caps,
    /// Value of φ on the surface.
    pub level: f32,
    /// Whether a coarser surface will do.
    pub coarse: bool,
    /// Whether the surface of the other field is wanted, too.
    pub ghost: bool,
    /// Whether the fields themselves are wanted, for a plane through them.
    pub fields: bool,
    /// The quantity wanted at the vertices.
    pub quantity: Option<Quantity>,
}

/// The bodies of the field that one view shows.
#[derive(Default)]
pub struct Bodies {
    own: [Shell; 2],
    coarse: bool,
    ghost: Shell,
    field: Upload,
    other: Upload,
    probe: Option<SurfaceProbe>,
    values: Option<Values>,
}

/// The surface of a field. A field is never changed, but replaced.
#[derive(Default)]
struct Shell {
    extractor: Option<(Grid, SurfaceExtractor)>,
    present: Option<(Source, Result<GpuSurface, GpuError>)>,
}

/// What a surface was made of.
struct Source {
    field: Arc<Field>,
    caps: Caps,
    level: f32,
}

/// A field on the device.
#[derive(Default)]
struct Upload(Option<(Arc<Field>, Result<GpuField, GpuError>)>);

/// Numbers at the vertices of a surface.
struct Values {
    quantity: Quantity,
    surface: wgpu::Buffer,
    fields: [Option<Arc<Field>>; 2],
    found: VertexValues,
    range: [f32; 2],
}

impl Bodies {
    /// Makes what is wanted, unless it is there.
    ///
    /// # Errors
    /// When the device fails. What is too large for it is only missing, see [`Bodies::missing`].
    pub fn prepare(&mut self, gpu: &Gpu, wanted: &Wanted) -> Result<(), GpuError> {
        let flat = wanted.field.is_some_and(|field| flat_axis(&field.grid()).is_some());
        self.coarse = wanted.coarse && !flat;
        let lines = if flat || wanted.fields { wanted.field } else { None };
        self.field.prepare(gpu, lines.or(wanted.field.filter(|_| wanted.quantity.is_some())))?;
        let compared = wanted.fields || wanted.quantity.is_some();
        self.other.prepare(gpu, wanted.other.filter(|_| compared))?;
        if flat {
            self.own = Default::default();
            (self.ghost, self.values) = (Shell::default(), None);
            return Ok(());
        }
        let coarse = wanted.field.filter(|_| self.coarse);
        let [fine, rough] = &mut self.own;
        match coarse {
            // The fine one stays for when the camera rests.
            Some(field) => rough.prepare_coarse(gpu, field, wanted)?,
            None => fine.prepare(gpu, wanted.field, wanted)?,
        }
        self.ghost.prepare(gpu, wanted.other.filter(|_| wanted.ghost), wanted)?;
        self.find(gpu, wanted)
    }

    /// Computes the quantity at the vertices, unless it is there.
    fn find(&mut self, gpu: &Gpu, wanted: &Wanted) -> Result<(), GpuError> {
        let surface = self.own[usize::from(self.coarse)].surface();
        let (Some(quantity), Some(surface), Some(field)) = (wanted.quantity, surface, self.field.get()) else {
            self.values = None;
            return Ok(());
        };
        let fields = [wanted.field.cloned(), wanted.other.cloned()];
        let same = |values: &Values| {
            let both = values.fields.iter().zip(&fields);
            let alike = |(one, other): (&Option<Arc<Field>>, &Option<Arc<Field>>)| match (one, other) {
                (Some(one), Some(other)) => Arc::ptr_eq(one, other),
                (None, None) => true,
                _ => false,
            };
            values.quantity == quantity && values.surface == surface.vertices && both.into_iter().all(alike)
        };
        if self.values.as_ref().is_some_and(same) {
            return Ok(());
        }
        let probe = self.probe.get_or_insert_with(|| SurfaceProbe::new(gpu));
        let found = probe.find(quantity, surface, field, self.other.get())?;
        let range = found.range(gpu)?;
        self.values = Some(Values { quantity, surface: surface.vertices.clone(), fields, found, range });
        Ok(())
    }

    /// The surface, unless the box is flat.
    pub fn surface(&self) -> Option<&GpuSurface> {
        self.own[usize::from(self.coarse)].surface()
    }

    /// That of the field it is compared with.
    pub fn ghost(&self) -> Option<&GpuSurface> {
        self.ghost.surface()
    }

    /// The field itself, where the box is flat or it was asked for.
    pub fn field(&self) -> Option<&GpuField> {
        self.field.get()
    }

    /// What it is compared with, where that was asked for.
    pub fn other(&self) -> Option<&GpuField> {
        self.other.get()
    }

    /// The numbers at the vertices of the surface, and a range that holds nearly all of them.
    pub fn values(&self) -> Option<(&VertexValues, [f32; 2])> {
        self.values.as_ref().map(|values| (&values.found, values.range))
    }

    /// Why nothing can be drawn although there is a field.
    pub fn missing(&self) -> Option<&GpuError> {
        let shells = [&self.own[usize::from(self.coarse)], &self.ghost];
        shells.into_iter().find_map(Shell::missing).or_else(|| self.field.missing()).or_else(|| self.other.missing())
    }
}

impl Shell {
    fn prepare(&mut self, gpu: &Gpu, field: Option<&Arc<Field>>, wanted: &Wanted) -> Result<(), GpuError> {
        let Some(field) = field else {
            self.present = None;
            return Ok(());
        };
        if !self.is_of(field, wanted) {
            self.make(gpu, field, field, wanted)?;
        }
        Ok(())
    }

    /// Makes the surface from every second node.
    fn prepare_coarse(&mut self, gpu: &Gpu, field: &Arc<Field>, wanted: &Wanted) -> Result<(), GpuError> {
        if self.is_of(field, wanted) {
            return Ok(());
        }
        match field.coarsened(COARSE) {
            Ok(coarse) => self.make(gpu, field, &coarse, wanted),
            // There is no coarser grid.
            Err(_) => self.make(gpu, field, field, wanted),
        }
    }

    fn is_of(&self, field: &Arc<Field>, wanted: &Wanted) -> bool {
        self.present.as_ref().is_some_and(|(source, _)| {
            Arc::ptr_eq(&source.field, field) && (source.caps, source.level) == (wanted.caps, wanted.level)
        })
    }

    fn make(&mut self, gpu: &Gpu, field: &Arc<Field>, values: &Field, wanted: &Wanted) -> Result<(), GpuError> {
        self.present = None;
        let source = Source { field: field.clone(), caps: wanted.caps, level: wanted.level };
        self.present = Some((source, kept(self.extract(gpu, values, wanted))?));
        Ok(())
    }

    fn extract(&mut self, gpu: &Gpu, field: &Field, wanted: &Wanted) -> Result<GpuSurface, GpuError> {
        let grid = field.grid();
        let (_, extractor) = match self.extractor.take().filter(|(of, _)| *of == grid) {
            Some(extractor) => self.extractor.insert(extractor),
            None => self.extractor.insert((grid, SurfaceExtractor::new(gpu, grid, wanted.caps)?)),
        };
        extractor.set_caps(wanted.caps);
        extractor.extract(field, wanted.level).cloned()
    }

    fn surface(&self) -> Option<&GpuSurface> {
        self.present.as_ref()?.1.as_ref().ok()
    }

    fn missing(&self) -> Option<&GpuError> {
        self.present.as_ref()?.1.as_ref().err()
    }
}

impl Upload {
    fn prepare(&mut self, gpu: &Gpu, field: Option<&Arc<Field>>) -> Result<(), GpuError> {
        match field {
            None => self.0 = None,
            Some(field) if self.0.as_ref().is_some_and(|(present, _)| Arc::ptr_eq(present, field)) => {}
            Some(field) => self.0 = Some((field.clone(), kept(GpuField::upload(gpu, field))?)),
        }
        Ok(())
    }

    fn get(&self) -> Option<&GpuField> {
        self.0.as_ref()?.1.as_ref().ok()
    }

    fn missing(&self) -> Option<&GpuError> {
        self.0.as_ref()?.1.as_ref().err()
    }
}

/// Keeps failures that leave only this surface or field undrawn: a smaller one could be drawn.
fn kept<T>(made: Result<T, GpuError>) -> Result<Result<T, GpuError>, GpuError> {
    match made {
        Err(error) if !matches!(error, GpuError::SurfaceTooLarge { .. } | GpuError::TooLarge { .. }) => Err(error),
        other => Ok(other),
    }
}
