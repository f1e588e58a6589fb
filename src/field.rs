//! The order parameter on the nodes of a periodic box.

use crate::grid::{Grid, GridError, Shape};
use rayon::prelude::*;
use thiserror::Error;

/// Why a set of values is not a field.
#[derive(Debug, Clone, Error, PartialEq)]
pub enum FieldError {
    #[error(transparent)]
    Grid(#[from] GridError),
    #[error("a grid of {grid} needs {} values, but {found} were given", .grid.len())]
    WrongLength { grid: Grid, found: usize },
    #[error("the value at ({0}, {1}, {2}) is not a finite number")]
    NotFinite(usize, usize, usize),
}

/// |φ| beyond which [`Field::profile`] is cut off: there the inverse of the interface's profile has no value, or one that
/// the noise of a phase decides.
const PROFILE_LIMIT: f32 = 0.999;

/// A scalar field φ on the nodes of a periodic box, in the order of [`Grid`]. The phases are φ = −1 and φ = +1, the
/// interface is φ = 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    grid: Grid,
    values: Vec<f32>,
}

impl Field {
    /// A field of one value everywhere.
    ///
    /// # Errors
    /// When the grid is refused.
    pub fn uniform(grid: impl Into<Grid>, value: f32) -> Result<Self, FieldError> {
        let grid = grid.into();
        grid.check()?;
        Self::from_values(grid, vec![value; grid.len()])
    }

    /// Takes over `values` (C order).
    ///
    /// # Errors
    /// When the grid is refused, the number of values is not that of its nodes, or one of them is not finite.
    pub fn from_values(grid: impl Into<Grid>, values: Vec<f32>) -> Result<Self, FieldError> {
        let grid = grid.into();
        grid.check()?;
        if values.len() != grid.len() {
            return Err(FieldError::WrongLength { grid, found: values.len() });
        }
        if let Some(at) = values.iter().position(|v| !v.is_finite()) {
            let [x, y, z] = grid.node(at);
            return Err(FieldError::NotFinite(x, y, z));
        }
        Ok(Self { grid, values })
    }

    /// Evaluates `f(x, y, z)` at every node, coordinates in grid units, the first node at 0.
    ///
    /// # Errors
    /// As [`Field::from_values`].
    pub fn from_fn(grid: impl Into<Grid>, mut f: impl FnMut(f64, f64, f64) -> f64) -> Result<Self, FieldError> {
        let grid = grid.into();
        grid.check()?;
        let place = |index| grid.node(index).map(|c| c as f64 * grid.spacing);
        let values = (0..grid.len()).map(place).map(|[x, y, z]| f(x, y, z) as f32).collect();
        Self::from_values(grid, values)
    }

    /// The nodes.
    pub fn grid(&self) -> Grid {
        self.grid
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

    /// The same values on nodes `spacing` grid units apart.
    pub fn with_spacing(self, spacing: f64) -> Self {
        Self { grid: Grid { spacing, ..self.grid }, ..self }
    }

    /// φ at node (x, y, z), each counted modulo the box.
    pub fn at(&self, x: isize, y: isize, z: isize) -> f32 {
        let wrap = |c: isize, axis: usize| c.rem_euclid(self.grid.shape[axis] as isize) as usize;
        self.values[self.grid.index([wrap(x, 0), wrap(y, 1), wrap(z, 2)])]
    }

    /// Mean of φ, summed in f64.
    pub fn mean(&self) -> f64 {
        self.values.iter().map(|&v| f64::from(v)).sum::<f64>() / self.values.len() as f64
    }

    /// Smallest and largest value.
    pub fn range(&self) -> (f32, f32) {
        self.values.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)))
    }

    /// Largest |φ|.
    pub fn largest(&self) -> f64 {
        let (low, high) = self.range();
        f64::from(high.max(-low))
    }

    /// Keeps every `step`-th node along axes with more than one: coarse node i is fine node `step`·i.
    ///
    /// # Errors
    /// As [`Grid::coarsened`].
    pub fn coarsened(&self, step: usize) -> Result<Self, FieldError> {
        let grid = self.grid.coarsened(step)?;
        let [sx, sy, sz] = self.grid.shape.map(|side| if side == 1 { 1 } else { step });
        let [nx, ny, _] = grid.shape;
        let fine_row = self.grid.shape[2];
        let mut values = Vec::with_capacity(grid.len());
        for x in 0..nx {
            for y in 0..ny {
                let row = self.grid.index([x * sx, y * sy, 0]);
                values.extend(self.values[row..row + fine_row].iter().step_by(sz));
            }
        }
        Self::from_values(grid, values)
    }

    /// Interpolates to a grid `step` times finer, as [`Field::resampled`]; nodes stay aligned and keep their values.
    pub fn refined(&self, step: usize) -> Self {
        if step <= 1 {
            return self.clone();
        }
        let mut fine = self.interpolated(self.grid.refined(step));
        fine.copy_nodes_of(self, step);
        fine
    }

    /// Interpolates to as many nodes as `shape` says along each axis of the same box, nodes 0 staying in place and the
    /// new nodes counting as one grid unit apart. An axis with one node may get any number, along which nothing varies.
    ///
    /// Across an interface artanh φ is the distance from it (a flat one is φ = tanh(3x/ε)), and so linear where φ
    /// itself is not: it is what is interpolated trilinearly, cut off at |φ| = 0.999; what is cut off is interpolated
    /// as it is.
    ///
    /// # Errors
    /// When `shape` is no valid grid.
    pub fn resampled(&self, shape: Shape) -> Result<Self, FieldError> {
        let grid = Grid::from(shape);
        grid.check()?;
        Ok(if grid.shape == self.grid.shape { self.clone().with_spacing(1.0) } else { self.interpolated(grid) })
    }

    /// The profile and what is cut off from it on another grid over the same box, put together.
    fn interpolated(&self, grid: Grid) -> Self {
        let (profile, rest) = self.profile_and_rest();
        let mut values = interpolate(profile, self.grid.shape, grid.shape);
        let rest = interpolate(rest, self.grid.shape, grid.shape);
        values.par_iter_mut().zip(&rest).for_each(|(value, rest)| *value = value.tanh() + rest);
        Self { grid, values }
    }

    /// artanh φ, cut off at |φ| = 0.999: 3/ε times the distance from the interface where it has its profile, and a
    /// field whose level 0 is that of φ.
    pub fn profile(&self) -> Self {
        Self { grid: self.grid, values: self.profile_and_rest().0 }
    }

    /// artanh of φ up to where it is cut off, and what is cut off.
    fn profile_and_rest(&self) -> (Vec<f32>, Vec<f32>) {
        let split = |&phi: &f32| {
            let within = phi.clamp(-PROFILE_LIMIT, PROFILE_LIMIT);
            (within.atanh(), phi - within)
        };
        self.values.par_iter().map(split).unzip()
    }

    /// Gives the nodes that are also nodes of `coarse` its values, to the last bit.
    fn copy_nodes_of(&mut self, coarse: &Self, step: usize) {
        let [sx, sy, sz] = coarse.grid.shape.map(|side| if side == 1 { 1 } else { step });
        let [_, ny, nz] = coarse.grid.shape;
        for (row, values) in coarse.values.chunks_exact(nz).enumerate() {
            let start = self.grid.index([row / ny * sx, row % ny * sy, 0]);
            self.values[start..].iter_mut().step_by(sz).zip(values).for_each(|(node, value)| *node = *value);
        }
    }
}

/// Values (C order) on the nodes of one shape interpolated trilinearly to those of another over the same periodic box;
/// nodes 0 coincide.
pub(crate) fn interpolate(mut values: Vec<f32>, mut shape: [usize; 3], target: [usize; 3]) -> Vec<f32> {
    for axis in 0..3 {
        if shape[axis] != target[axis] {
            values = interpolate_axis(&values, shape, axis, target[axis]);
            shape[axis] = target[axis];
        }
    }
    values
}

/// Linear periodic interpolation along one axis of a C-ordered array to `target` nodes.
fn interpolate_axis(values: &[f32], shape: [usize; 3], axis: usize, target: usize) -> Vec<f32> {
    let length = shape[axis];
    let inner: usize = shape[axis + 1..].iter().product();
    let mut result = Vec::with_capacity(values.len() / length * target);
    for slab in values.chunks_exact(length * inner) {
        for i in 0..target {
            let (first, part) = (i * length / target, i * length % target);
            let here = &slab[first * inner..][..inner];
            let next = &slab[(first + 1) % length * inner..][..inner];
            let t = part as f32 / target as f32;
            result.extend(here.iter().zip(next).map(|(&a, &b)| a + t * (b - a)));
        }
    }
    result
}
