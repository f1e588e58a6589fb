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

/// A file's number as φ.
pub(super) fn phi(value: f64, concentration: bool) -> f32 {
    if concentration { (2.0 * value - 1.0) as f32 } else { value as f32 }
}

/// Puts numbers of which the x coordinate runs fastest into C order.
pub(super) fn c_order<T: Copy>(values: &[T], [nx, ny, nz]: [usize; 3]) -> Vec<T> {
    let node = |x: usize, y: usize| (0..nz).map(move |z| (z * ny + y) * nx + x);
    (0..nx * ny).flat_map(|row| node(row / ny, row % ny)).map(|index| values[index]).collect()
}
