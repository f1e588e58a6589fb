//! The two φ = 0 surfaces on the device that draws.

use super::{Comparison, ComparisonError, Side};
use crate::{
    gpu::{Gpu, GpuError},
    grid::Grid,
    surface::{
        Caps,
        gpu::{GpuSurface, SurfaceExtractor},
    },
};
use std::sync::Arc;

/// Extracts the surfaces of a comparison's present frame.
pub(super) struct Surfaces {
    gpu: Gpu,
    caps: Caps,
    solver: Option<Extraction>,
    network: Option<Extraction>,
    /// The latest pair, with the run, frame and caps it was extracted for.
    latest: Option<((u64, usize, Caps), Pair)>,
}

/// Surfaces of solver and network.
type Pair = [Arc<GpuSurface>; 2];

/// The surfaces of one side.
struct Extraction {
    grid: Grid,
    places: Vec<Place>,
}

/// An extractor and the surface that its buffers hold. Whoever has a share in the surface may still draw it, so that
/// only a place without other shares takes a new one.
struct Place {
    extractor: SurfaceExtractor,
    surface: Arc<GpuSurface>,
}

impl Surfaces {
    pub fn new(gpu: &Gpu) -> Self {
        Self { gpu: gpu.clone(), caps: Caps::default(), solver: None, network: None, latest: None }
    }

    /// Whether surfaces are closed at the faces of the box, from the next extraction on.
    pub fn set_caps(&mut self, caps: Caps) {
        self.caps = caps;
    }

    /// The surfaces of run number `run` at its present frame, extracted unless they are there already. Of a frame that
    /// failed halfway there are none: those of the frame before it stay.
    pub fn of(&mut self, run: u64, comparison: &mut Comparison) -> Result<Pair, ComparisonError> {
        let wanted = (run, comparison.frame(), self.caps);
        if let Some((present, pair)) = &self.latest
            && (*present == wanted || comparison.is_torn() && present.0 == run)
        {
            return Ok(pair.clone());
        }
        let solver = extract(&self.gpu, self.caps, &mut self.solver, &mut comparison.solver)?;
        let network = extract(&self.gpu, self.caps, &mut self.network, &mut comparison.network)?;
        let pair = [solver, network];
        self.latest = Some((wanted, pair.clone()));
        Ok(pair)
    }
}

/// Extracts the surface of `side`, with the extraction in `slot` if it has the right size.
fn extract(
    gpu: &Gpu,
    caps: Caps,
    slot: &mut Option<Extraction>,
    side: &mut Side,
) -> Result<Arc<GpuSurface>, ComparisonError> {
    let grid = side.grid();
    let extraction = match slot.take().filter(|extraction| extraction.grid == grid) {
        Some(extraction) => slot.insert(extraction),
        None => slot.insert(Extraction { grid, places: Vec::new() }),
    };
    let place = extraction.free_place(gpu)?;
    place.extractor.set_caps(caps);
    place.surface = Arc::new(place.extractor.extract(&*side.field()?, 0.0)?.clone());
    Ok(place.surface.clone())
}

impl Extraction {
    /// A place whose surface nobody else has: one of those at hand, or a new one.
    fn free_place(&mut self, gpu: &Gpu) -> Result<&mut Place, GpuError> {
        let free = self.places.iter().position(|place| Arc::strong_count(&place.surface) == 1);
        let index = match free {
            Some(index) => index,
            None => {
                let extractor = SurfaceExtractor::new(gpu, self.grid, Caps::default())?;
                let surface = Arc::new(extractor.surface().clone());
                self.places.push(Place { extractor, surface });
                self.places.len() - 1
            }
        };
        Ok(&mut self.places[index])
    }
}
