//! Exponents of power laws, such as that of coarsening: F ~ t^(−1/3).

use std::ops::RangeInclusive;

/// The power law that fits a series best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PowerLaw {
    /// p in y ~ t^p.
    pub exponent: f64,
    /// Standard error of the exponent, by the scatter of the points about the line. Values of one run follow from each
    /// other: runs that differ by their seeds scatter more than this says.
    pub standard_error: f64,
    /// Where the line passes: the geometric means of t and y.
    pub centre: (f64, f64),
}

impl PowerLaw {
    /// y of the law at t.
    pub fn at(&self, t: f64) -> f64 {
        self.centre.1 * (t / self.centre.0).powf(self.exponent)
    }
}

/// Fits y ~ t^p to the points (t, y) with t inside `window`, by least squares of the logarithms. Points without a
/// logarithm are left out. `None` when fewer than three points at different times are left, too few for an error.
pub fn fit_power_law(times: &[f64], values: &[f64], window: RangeInclusive<f64>) -> Option<PowerLaw> {
    let points = times.iter().zip(values).filter(|(t, y)| window.contains(*t) && **t > 0.0 && **y > 0.0);
    let logs: Vec<_> = points.map(|(t, y)| (t.ln(), y.ln())).collect();
    let count = logs.len() as f64;
    let sum = |f: &dyn Fn(&(f64, f64)) -> f64| logs.iter().map(f).sum::<f64>();
    let (t, y) = (sum(&|log| log.0) / count, sum(&|log| log.1) / count);
    let variance = sum(&|log| (log.0 - t).powi(2));
    if logs.len() < 3 || variance <= 0.0 {
        return None;
    }
    let exponent = sum(&|log| (log.0 - t) * (log.1 - y)) / variance;
    let scatter = sum(&|log| (log.1 - y - exponent * (log.0 - t)).powi(2));
    let standard_error = (scatter / (count - 2.0) / variance).sqrt();
    Some(PowerLaw { exponent, standard_error, centre: (t.exp(), y.exp()) })
}
