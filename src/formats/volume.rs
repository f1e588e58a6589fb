//! One number per node of a box, as files hold them.

use crate::field::Field;

/// What a field file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    /// The numbers, on nodes taken to be one grid unit apart.
    pub field: Field,
    /// Whether the file's numbers are integers or truth values, as those of segmented images are.
    pub is_discrete: bool,
    /// Distances between nodes along x, y and z, in one unit for all; 1 where the format does not tell.
    pub spacing: [f64; 3],
}

/// By how much, relative to each other, distances of nodes along different axes may differ.
const EVENNESS: f64 = 1e-3;

impl Volume {
    /// Whether the nodes lie equally far apart along all axes that have several.
    pub fn is_evenly_spaced(&self) -> bool {
        let (least, most) =
            self.spacings().fold((f64::MAX, 0.0_f64), |(least, most), spacing| (least.min(spacing), most.max(spacing)));
        most <= least * (1.0 + EVENNESS)
    }

    /// The distance between nodes along the first axis that has several.
    pub fn spacing(&self) -> f64 {
        self.spacings().next().unwrap_or(1.0)
    }

    fn spacings(&self) -> impl Iterator<Item = f64> {
        self.spacing.into_iter().zip(self.field.grid().shape).filter(|(_, side)| *side > 1).map(|(spacing, _)| spacing)
    }

    /// The field. Of a segmented image, that is of integers with just two different values, the smaller one becomes the
    /// phase −1 and the larger the phase +1.
    pub fn into_phases(self) -> Field {
        let Self { mut field, is_discrete, .. } = self;
        let (low, high) = field.range();
        if is_discrete && low < high && field.values().iter().all(|&value| value == low || value == high) {
            field.values_mut().iter_mut().for_each(|value| *value = if *value == low { -1.0 } else { 1.0 });
        }
        field
    }
}

/// A file's number as φ.
pub(super) fn phi(value: f64, concentration: bool) -> f32 {
    if concentration { (2.0 * value - 1.0) as f32 } else { value as f32 }
}

/// Puts numbers of which the x coordinate runs fastest into C order.
pub(super) fn c_order<T: Copy>(values: &[T], [nx, ny, nz]: [usize; 3]) -> Vec<T> {
    let node = |x: usize, y: usize| (0..nz).map(move |z| (z * ny + y) * nx + x);
    (0..nx * ny).flat_map(|row| node(row / ny, row % ny)).map(|index| values[index]).collect()
}
