//! What several tests share.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use spinodal::{
    equation::{Equation, Parameters, interface_profile},
    field::Field,
    grid::Grid,
};
use std::f64::consts::TAU;

/// Cahn and Hilliard's equation with an interface width.
pub fn equation(epsilon: f64) -> Equation {
    Equation { epsilon, ..Equation::default() }
}

/// Its usual steps with an interface width.
pub fn parameters(epsilon: f64) -> Parameters {
    Parameters { equation: equation(epsilon), ..Parameters::default() }
}

/// A cube with nodes so far apart.
pub fn cube(n: usize, spacing: f64) -> Grid {
    Grid { spacing, ..Grid::cube(n) }
}

/// A field of independent values, uniform in `mean` ± `amplitude`: always the same one.
pub fn random_field(grid: impl Into<Grid>, mean: f64, amplitude: f64) -> Field {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    Field::from_fn(grid, |_, _, _| mean + random.random_range(-amplitude..amplitude)).unwrap()
}

/// A layer of a third of the box, whose faces undulate by one node: near rest, where the steps of a solver are
/// smaller than the last digit of φ.
pub fn undulating_film(size: usize) -> Field {
    let (n, k) = (size as f64, TAU / size as f64);
    Field::from_fn(size, |x, y, z| {
        let height = n / 6.0 + 0.25 + 0.5 * (k * x).cos() * (k * y).cos();
        interface_profile(height - (z - n / 2.0).abs(), 3.0)
    })
    .unwrap()
}
