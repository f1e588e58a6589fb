//! The order parameter on a periodic cubic grid.

use thiserror::Error;

/// Why a set of values is not a field.
#[derive(Debug, Error, PartialEq)]
pub enum FieldError {
    #[error("a grid of {size}³ needs {expected} values, but {found} were given")]
    WrongLength { size: usize, expected: usize, found: usize },
    #[error("the grid size {0} is too small: at least {MIN_SIZE} cells per side are needed")]
    TooSmall(usize),
    #[error("the value at ({0}, {1}, {2}) is not a finite number")]
    NotFinite(usize, usize, usize),
    #[error("a grid of {size}³ cannot be coarsened by {step}: {step} does not divide {size}")]
    Indivisible { size: usize, step: usize },
    #[error("a grid of {size}³ cannot be compared with one of {other}³: {size} is not a multiple of {other}")]
    Unrelated { size: usize, other: usize },
}

/// Fewest cells per side for which the biharmonic stencil does not overlap itself.
pub const MIN_SIZE: usize = 5;

/// A scalar field φ on `size`³ nodes of a periodic cube, one grid unit apart.
///
/// Values lie in C order: node (x, y, z) is element `(x·size + y)·size + z`, so that a NumPy array
/// `a[x, y, z]` has the same memory. The phases are φ = −1 and φ = +1, the interface is φ = 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    size: usize,
    values: Vec<f32>,
}

impl Field {
    /// A field of one value everywhere.
    ///
    /// # Errors
    /// When the grid is smaller than [`MIN_SIZE`].
    pub fn uniform(size: usize, value: f32) -> Result<Self, FieldError> {
        Self::from_values(size, vec![value; size * size * size])
    }

    /// Takes over `values` (C order).
    ///
    /// # Errors
    /// When the grid is too small, the number of values is not `size`³, or one of them is not finite.
    pub fn from_values(size: usize, values: Vec<f32>) -> Result<Self, FieldError> {
        if size < MIN_SIZE {
            return Err(FieldError::TooSmall(size));
        }
        let expected = size * size * size;
        if values.len() != expected {
            return Err(FieldError::WrongLength { size, expected, found: values.len() });
        }
        if let Some(at) = values.iter().position(|v| !v.is_finite()) {
            return Err(FieldError::NotFinite(at / (size * size), at / size % size, at % size));
        }
        Ok(Self { size, values })
    }

    /// Evaluates `f(x, y, z)` at every node, coordinates in grid units from 0 to `size − 1`.
    ///
    /// # Errors
    /// As [`Field::from_values`].
    pub fn from_fn(size: usize, mut f: impl FnMut(f64, f64, f64) -> f64) -> Result<Self, FieldError> {
        let mut values = Vec::with_capacity(size * size * size);
        for x in 0..size {
            for y in 0..size {
                for z in 0..size {
                    values.push(f(x as f64, y as f64, z as f64) as f32);
                }
            }
        }
        Self::from_values(size, values)
    }

    /// Nodes per side.
    pub fn size(&self) -> usize {
        self.size
    }

    /// All values in C order.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// All values in C order, to be changed in place. Writing a value that is not finite breaks the
    /// field's promise; use [`Field::from_values`] for values of unknown origin.
    pub fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// Gives the values away.
    pub fn into_values(self) -> Vec<f32> {
        self.values
    }

    /// φ at node (x, y, z), each counted modulo the box.
    pub fn at(&self, x: isize, y: isize, z: isize) -> f32 {
        let n = self.size as isize;
        let wrap = |c: isize| c.rem_euclid(n) as usize;
        self.values[(wrap(x) * self.size + wrap(y)) * self.size + wrap(z)]
    }

    /// Mean of φ, summed in f64.
    pub fn mean(&self) -> f64 {
        self.values.iter().map(|&v| f64::from(v)).sum::<f64>() / self.values.len() as f64
    }

    /// Smallest and largest value.
    pub fn range(&self) -> (f32, f32) {
        self.values.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)))
    }

    /// Keeps every `step`-th node: coarse node i is fine node `step`·i (nearest sampling).
    ///
    /// # Errors
    /// When `step` does not divide the size, or the coarse grid would be too small.
    pub fn coarsened(&self, step: usize) -> Result<Self, FieldError> {
        if step == 0 || !self.size.is_multiple_of(step) {
            return Err(FieldError::Indivisible { size: self.size, step });
        }
        let size = self.size / step;
        let mut values = Vec::with_capacity(size * size * size);
        for x in 0..size {
            for y in 0..size {
                let row = (x * step * self.size + y * step) * self.size;
                values.extend(self.values[row..row + self.size].iter().step_by(step));
            }
        }
        Self::from_values(size, values)
    }

    /// Interpolates trilinearly to a grid `step` times finer; nodes stay aligned, the box stays periodic.
    pub fn refined(&self, step: usize) -> Self {
        if step <= 1 {
            return self.clone();
        }
        let (mut values, mut shape) = (self.values.clone(), [self.size; 3]);
        for axis in 0..3 {
            values = refine_axis(&values, shape, axis, step);
            shape[axis] *= step;
        }
        Self { size: self.size * step, values }
    }
}

/// Linear periodic interpolation along one axis of a C-ordered array.
fn refine_axis(values: &[f32], shape: [usize; 3], axis: usize, step: usize) -> Vec<f32> {
    let length = shape[axis];
    let inner: usize = shape[axis + 1..].iter().product();
    let mut fine = Vec::with_capacity(values.len() * step);
    for slab in values.chunks_exact(length * inner) {
        for i in 0..length {
            let here = &slab[i * inner..][..inner];
            let next = &slab[(i + 1) % length * inner..][..inner];
            for part in 0..step {
                let t = part as f32 / step as f32;
                fine.extend(here.iter().zip(next).map(|(&a, &b)| a + t * (b - a)));
            }
        }
    }
    fine
}
