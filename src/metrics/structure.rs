//! The size of the domains: structure factor, domain length.

use crate::{
    field::Field,
    fourier::{Fourier, modes, waves},
};
use std::f64::consts::TAU;

/// The radially averaged structure factor of a field.
#[derive(Debug, Clone, PartialEq)]
pub struct StructureFactor {
    /// Wave numbers k in radians per grid unit, 2π/N apart, without k = 0.
    pub wavenumbers: Vec<f64>,
    /// S(k) = ⟨|φ̂(k)|²⟩ / N³, the mean over the modes whose |k| rounds to that wave number.
    pub power: Vec<f64>,
}

impl StructureFactor {
    /// Transforms the field, up to the shortest wave that fits the grid in every direction.
    pub fn of(field: &Field) -> Self {
        let n = field.size();
        let mut transformed = Vec::new();
        Fourier::new(n).forward(field.values(), &mut transformed);
        let (mut power, mut count) = (vec![0.0; n / 2 + 1], vec![0.0; n / 2 + 1]);
        for ((axes, weight), mode) in modes(n).zip(&transformed) {
            let squares = axes.map(|axis| waves(axis, n).powi(2));
            let shell = squares.iter().sum::<f64>().sqrt().round() as usize;
            if let (Some(power), Some(count)) = (power.get_mut(shell), count.get_mut(shell)) {
                *power += weight * f64::from(mode.norm_sqr()) / field.values().len() as f64;
                *count += weight;
            }
        }
        Self {
            wavenumbers: (1..=n / 2).map(|shell| TAU * shell as f64 / n as f64).collect(),
            power: power.iter().zip(&count).skip(1).map(|(power, count)| power / count).collect(),
        }
    }

    /// L = 2π ∫S dk / ∫k S dk in grid units; not a number for a uniform field.
    pub fn domain_length(&self) -> f64 {
        let moment: f64 = self.wavenumbers.iter().zip(&self.power).map(|(k, s)| k * s).sum();
        TAU * self.power.iter().sum::<f64>() / moment
    }
}
