//! The size of the domains: structure factor, domain length.

use crate::{
    field::Field,
    fourier::{Fourier, waves},
};
use std::f64::consts::TAU;

/// The radially averaged structure factor of a field.
#[derive(Debug, Clone, PartialEq)]
pub struct StructureFactor {
    /// Wave numbers k in radians per grid unit, 2π over the longest side apart, without k = 0.
    pub wavenumbers: Vec<f64>,
    /// S(k) = ⟨|φ̂(k)|²⟩ / N for N nodes, the mean over the modes whose |k| rounds to that wave number.
    pub power: Vec<f64>,
}

impl StructureFactor {
    /// Transforms the field, up to the shortest wave that fits the grid in every direction.
    pub fn of(field: &Field) -> Self {
        let grid = field.grid();
        let mut fourier = Fourier::new(&grid);
        let transformed = fourier.forward(field.values());
        let (modes, nodes) = (fourier.modes(), fourier.modes().nodes());
        let longest = nodes.into_iter().max().unwrap_or(1);
        let shells = longest / 2;
        let (mut power, mut count) = (vec![0.0; shells + 1], vec![0.0; shells + 1]);
        // In waves per longest side.
        let wave = |axis: usize, index| waves(index, nodes[axis]) * longest as f64 / nodes[axis] as f64;
        for ((place, weight), mode) in modes.places().zip(&transformed) {
            let squares: f64 = (0..3).map(|axis| wave(axis, place[axis]).powi(2)).sum();
            let shell = squares.sqrt().round() as usize;
            if let (Some(power), Some(count)) = (power.get_mut(shell), count.get_mut(shell)) {
                *power += weight * f64::from(mode.norm_sqr()) / grid.len() as f64;
                *count += weight;
            }
        }
        let step = TAU / (longest as f64 * grid.spacing);
        // A shell that no mode falls into has no power.
        let mean = |(power, count): (&f64, &f64)| if *count > 0.0 { power / count } else { 0.0 };
        Self {
            wavenumbers: (1..=shells).map(|shell| step * shell as f64).collect(),
            power: power.iter().zip(&count).skip(1).map(mean).collect(),
        }
    }

    /// L = 2π ∫S dk / ∫k S dk in grid units; not a number for a uniform field.
    pub fn domain_length(&self) -> f64 {
        let moment: f64 = self.wavenumbers.iter().zip(&self.power).map(|(k, s)| k * s).sum();
        TAU * self.power.iter().sum::<f64>() / moment
    }
}
