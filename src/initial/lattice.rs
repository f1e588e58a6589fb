//! Perlin's gradient noise on a periodic lattice.

/// Gradient noise at `point`, in units of a periodic lattice of `cells` with a `gradient` on each node: linear ramps of
/// the eight corners, blended by Perlin's quintic, so that value, slope and curvature are continuous (Perlin, SIGGRAPH
/// 2002).
pub(super) fn lattice_noise(point: [f64; 3], cells: [usize; 3], gradient: impl Fn([usize; 3]) -> [f64; 3]) -> f64 {
    let base = point.map(f64::floor);
    let inside: [f64; 3] = std::array::from_fn(|axis| point[axis] - base[axis]);
    let blend = inside.map(|t| t * t * t * (t * (6.0 * t - 15.0) + 10.0));
    let corner = |bits: usize| {
        let step: [usize; 3] = std::array::from_fn(|axis| bits >> axis & 1);
        let gradient = gradient(std::array::from_fn(|axis| (base[axis] as usize + step[axis]) % cells[axis]));
        let ramp = (0..3).map(|axis| gradient[axis] * (inside[axis] - step[axis] as f64)).sum::<f64>();
        let weight = |axis: usize| if step[axis] == 1 { blend[axis] } else { 1.0 - blend[axis] };
        ramp * weight(0) * weight(1) * weight(2)
    };
    (0..8).map(corner).sum()
}
