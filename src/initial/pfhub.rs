//! Benchmark 1a of PFHub: spinodal decomposition in a periodic square (Jokisaari et al., Comput. Mater. Sci. 126, 139
//! (2017)).
//!
//! Its free energy ∫ ρ(c − 0.3)²(0.7 − c)² + κ/2 |∇c|² with ρ = 5, κ = 2 and its mobility 5 are, with c = 0.5 + 0.2 φ,
//! those of [`crate::equation`] at ε = 3√(κ/2ρ)/0.2, but for units of time and energy.

use super::{InitialOptions, grid};
use crate::grid::Shape;

/// Side of the box in the benchmark's units.
pub const SIDE: f64 = 200.0;

/// ε in the benchmark's units: 3√(κ/2ρ)/0.2 = √45.
const EPSILON: f64 = 6.708_203_932_499_369;

/// Distance of nodes in the benchmark's units.
fn spacing(shape: Shape) -> f64 {
    SIDE / shape.0[0] as f64
}

/// ε in grid units.
pub fn epsilon(shape: Shape) -> f64 {
    EPSILON / spacing(shape)
}

/// The benchmark's time that passes in one unit of ours at mobility 1.
pub fn time_unit(shape: Shape) -> f64 {
    0.1 * epsilon(shape) * spacing(shape).powi(4)
}

/// The benchmark's free energy of a field whose F/V is `density` in grid units.
pub fn energy(shape: Shape, density: f64) -> f64 {
    // The surface tension, which is 1 in our units, is 0.32/ε there.
    let nodes = (shape.0[0] * shape.0[1]) as f64;
    0.32 / EPSILON * spacing(shape) * nodes * density
}

/// φ of the benchmark's start: c = 0.5 + 0.01 [cos 0.105x cos 0.11y + (cos 0.13x cos 0.087y)² + cos(0.025x − 0.15y)
/// cos(0.07x − 0.02y)]. In a box with a third side nothing varies along it.
pub(super) fn start(options: &InitialOptions) -> Vec<f32> {
    let nodes = options.grid();
    let [hx, hy] = [0, 1].map(|axis| SIDE / nodes.shape[axis] as f64);
    let phi = |[i, j, _]: [f64; 3]| {
        let (x, y) = (i * hx, j * hy);
        let fluctuation = (0.105 * x).cos() * (0.11 * y).cos()
            + ((0.13 * x).cos() * (0.087 * y).cos()).powi(2)
            + (0.025 * x - 0.15 * y).cos() * (0.07 * x - 0.02 * y).cos();
        0.01 * fluctuation / 0.2
    };
    grid(&nodes, phi).into_iter().map(|phi| phi as f32).collect()
}
