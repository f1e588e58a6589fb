//! The basis in which a network's gradients are least correlated: for each weight tensor and each of its modes (output
//! channel, input channel, tap) the eigenvectors of the mean of `G Gᵀ`, where G is the gradient unfolded along that
//! mode (Shampoo's preconditioner, Gupta et al. 2018, arXiv:1802.09568).

use std::ops::Range;

/// The modes of all weight tensors. Matrices of correlations and of eigenvectors, which stand in the columns, are
/// laid one after the other, row by row.
#[derive(Debug, Clone)]
pub struct Eigenbasis {
    modes: Vec<Mode>,
    /// Numbers of all matrices together.
    length: usize,
}

/// One mode of one tensor: the tensor is `[outer, size, inner]` around it.
#[derive(Debug, Clone)]
struct Mode {
    tensor: Range<usize>,
    size: usize,
    inner: usize,
    /// Where its matrix, `size` × `size`, lies among all.
    matrix: Range<usize>,
}

impl Eigenbasis {
    /// Of tensors of these shapes, laid one after the other. Convolutions have three modes; biases, which are
    /// few, keep their own basis.
    pub fn new(shapes: &[Vec<usize>]) -> Self {
        let (mut modes, mut start, mut length) = (Vec::new(), 0, 0);
        for shape in shapes {
            let tensor = start..start + shape.iter().product::<usize>();
            start = tensor.end;
            let [outputs, inputs, taps @ ..] = &shape[..] else { continue };
            let mut inner = tensor.len();
            for size in [*outputs, *inputs, taps.iter().product()] {
                inner /= size;
                if size > 1 {
                    modes.push(Mode { tensor: tensor.clone(), size, inner, matrix: length..length + size * size });
                    length += size * size;
                }
            }
        }
        Self { modes, length }
    }

    /// Correlations before the first gradient.
    pub fn no_correlations(&self) -> Vec<f32> {
        vec![0.0; self.length]
    }

    /// The basis in which the weights are given.
    pub fn identity(&self) -> Vec<f32> {
        let unit = |mode: &Mode| {
            let size = mode.size;
            (0..size * size).map(move |i| if i / size == i % size { 1.0 } else { 0.0 })
        };
        self.modes.iter().flat_map(unit).collect()
    }

    /// Moves the running means of the correlations towards those of `gradient`.
    pub fn observe(&self, correlations: &mut [f32], gradient: &[f32], decay: f64) {
        let decay = decay as f32;
        for Mode { tensor, size, inner, matrix } in &self.modes {
            let correlations = &mut correlations[matrix.clone()];
            correlations.iter_mut().for_each(|mean| *mean *= decay);
            for part in gradient[tensor.clone()].chunks_exact(size * inner) {
                for (row, a) in correlations.chunks_exact_mut(*size).zip(part.chunks_exact(*inner)) {
                    for (mean, b) in row.iter_mut().zip(part.chunks_exact(*inner)) {
                        *mean += (1.0 - decay) * dot(a, b);
                    }
                }
            }
        }
    }

    /// Coordinates in the eigenbasis of weights or gradients given in their own: Qᵀ along every mode.
    pub fn enter(&self, bases: &[f32], values: &mut [f32]) {
        for mode in &self.modes {
            let q = &bases[mode.matrix.clone()];
            mode.turn(values, |target, source| q[source * mode.size + target]);
        }
    }

    /// The way back from [`Self::enter`]: Q along every mode.
    pub fn leave(&self, bases: &[f32], values: &mut [f32]) {
        for mode in &self.modes {
            let q = &bases[mode.matrix.clone()];
            mode.turn(values, |target, source| q[target * mode.size + source]);
        }
    }

    /// Turns the basis towards the eigenvectors of the correlations by one step of orthogonal iteration.
    pub fn correct(&self, correlations: &[f32], bases: &mut [f32]) {
        for Mode { size, matrix, .. } in &self.modes {
            iterate(*size, &correlations[matrix.clone()], &mut bases[matrix.clone()]);
        }
    }
}

impl Mode {
    /// Multiplies the tensor along this mode by the matrix `element(target, source)`.
    fn turn(&self, values: &mut [f32], element: impl Fn(usize, usize) -> f32) {
        let Self { size, inner, .. } = *self;
        let mut turned = vec![0.0; size * inner];
        for part in values[self.tensor.clone()].chunks_exact_mut(size * inner) {
            turned.fill(0.0);
            for (target, row) in turned.chunks_exact_mut(inner).enumerate() {
                for (source, values) in part.chunks_exact(inner).enumerate() {
                    let factor = element(target, source);
                    row.iter_mut().zip(values).for_each(|(sum, value)| *sum += factor * value);
                }
            }
            part.copy_from_slice(&turned);
        }
    }
}

/// `q` ← the orthonormalised columns of A·q, for the symmetric matrix A of `size` rows.
fn iterate(size: usize, a: &[f32], q: &mut [f32]) {
    /// Added to A in units of its mean eigenvalue: it keeps columns apart where A has no full rank, and moves no
    /// eigenvector.
    const SHIFT: f64 = 1e-4;
    let a = |i: usize, j: usize| f64::from(a[i * size + j]);
    let shift = SHIFT * (0..size).map(|i| a(i, i)).sum::<f64>() / size as f64;
    if shift.is_nan() || shift <= 0.0 {
        return;
    }
    let mut columns: Vec<Vec<f64>> = Vec::with_capacity(size);
    for c in 0..size {
        let old = |i: usize| f64::from(q[i * size + c]);
        let product = |i: usize| (0..size).map(|j| a(i, j) * old(j)).sum::<f64>() + shift * old(i);
        let mut column: Vec<f64> = (0..size).map(product).collect();
        // Twice is enough (Parlett): the second pass removes what rounding has left of the earlier columns.
        for _ in 0..2 {
            for earlier in &columns {
                let share: f64 = column.iter().zip(earlier).map(|(x, e)| x * e).sum();
                column.iter_mut().zip(earlier).for_each(|(x, e)| *x -= share * e);
            }
            let norm = column.iter().map(|x| x * x).sum::<f64>().sqrt();
            column.iter_mut().for_each(|x| *x /= norm);
        }
        columns.push(column);
    }
    if columns.iter().flatten().all(|x| x.is_finite()) {
        for (c, column) in columns.iter().enumerate() {
            column.iter().enumerate().for_each(|(i, x)| q[i * size + c] = *x as f32);
        }
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
