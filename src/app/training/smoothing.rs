//! Noisy curves as smooth ones.

/// The mean of what came before each point, weighted by exp(−Δx/`range`): as wide in x whatever the distance of the
/// points, so that a thinned curve is smoothed to the same one. Of the logarithms of y, all above 0.
///
/// Between two points y is taken as constant at the second; the weight of the time before the first goes to that one.
pub fn in_logarithms(points: &[[f64; 2]], range: f64) -> Vec<[f64; 2]> {
    let mut smooth = Vec::with_capacity(points.len());
    let mut mean: Option<(f64, f64)> = None;
    for &[x, y] in points.iter().filter(|point| point[1] > 0.0 && point[1].is_finite()) {
        let y = y.ln();
        let present = match mean {
            Some((before, present)) if range > 0.0 => y + (present - y) * (-(x - before) / range).exp(),
            _ => y,
        };
        mean = Some((x, present));
        smooth.push([x, present.exp()]);
    }
    smooth
}
