//! What is measured on one field, and between two.

mod energy;
pub mod exponent;
pub mod morphology;
pub mod pair;
pub mod structure;

pub use energy::energy_density;
pub use pair::{PairMetrics, compare};

use rayon::prelude::*;

/// Sum of `f(x)` over the planes x of a grid, on all cores; the order of summation is always the same.
fn sum_planes(planes: usize, f: impl Fn(usize) -> f64 + Sync + Send) -> f64 {
    (0..planes).into_par_iter().map(f).collect::<Vec<_>>().iter().sum()
}
