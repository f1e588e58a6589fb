//! The field that a network starts from.

use crate::{
    field::{Field, FieldError},
    fourier::{Fourier, Modes, Symbol, waves},
};
use num_complex::Complex;

/// Share of ⟨|∇φ|²⟩ in waves too short for the network's nodes, from which on they are taken away.
///
/// Measured where a network has every second node: 0.04 to 0.14 for interfaces with their profile, straight or wound,
/// in boxes of 32³ to 96³, and less for the noise that networks are trained from, whose samples they have learnt; but
/// 0.62 for interfaces as sharp as a step and 0.96 for white noise.
const UNRESOLVED: f64 = 0.25;

/// `field` on every `coarsening`-th node, for a network to start from.
///
/// Sampling folds waves too short for the fewer nodes onto longer ones. In noise that changes from node to node that
/// drowns the long waves, which grow into the microstructure, while the short ones decay within a fraction of a frame;
/// steps from −1 to +1 are moved to the nearest node. A field that is steep in short waves is therefore freed of them
/// first: what is sampled are its waves up to, not including, the shortest that the nodes resolve. Other fields are
/// sampled as they are ([`Field::coarsened`]).
///
/// # Errors
/// As [`Field::coarsened`].
pub fn start(field: &Field, coarsening: usize) -> Result<Field, FieldError> {
    let sampled = field.coarsened(coarsening)?;
    if coarsening == 1 {
        return Ok(sampled);
    }
    let transformed = Fourier::new(&field.grid()).forward(field.values());
    let bands = Bands { fine: Modes::of(&field.grid()), coarse: Modes::of(&sampled.grid()) };
    if bands.short_share(&transformed) < UNRESOLVED {
        return Ok(sampled);
    }
    let (mut long, mut values) = (bands.long_modes(&transformed), vec![0.0; sampled.grid().len()]);
    Fourier::new(&sampled.grid()).inverse(&mut long, &mut values);
    Field::from_values(sampled.grid(), values)
}

/// Whether a wave along one axis is too short for `side` nodes.
fn is_short(waves: f64, side: usize) -> bool {
    side > 1 && 2.0 * waves.abs() >= side as f64
}

/// The modes of a fine grid, and of a coarse one in the same box.
struct Bands {
    fine: Modes,
    coarse: Modes,
}

impl Bands {
    /// Share of ⟨|∇φ|²⟩, by forward differences, of a `transformed` field in the modes that are too short for the
    /// coarse grid.
    fn short_share(&self, transformed: &[Complex<f32>]) -> f64 {
        let (fine, coarse) = (self.fine.nodes(), self.coarse.nodes());
        let symbol = self.fine.symbol(Symbol::Difference);
        let short = [0, 1, 2].map(|axis| -> Vec<bool> {
            (0..fine[axis]).map(|i| is_short(waves(i, fine[axis]), coarse[axis])).collect()
        });
        let (mut all, mut in_short) = (0.0, 0.0);
        for ((place, weight), mode) in self.fine.places().zip(transformed) {
            let k2: f64 = place.iter().zip(&symbol).map(|(&i, symbol)| symbol[i]).sum();
            let steepness = weight * k2 * f64::from(mode.norm_sqr());
            all += steepness;
            if place.iter().zip(&short).any(|(&i, short)| short[i]) {
                in_short += steepness;
            }
        }
        // Of a uniform field there is nothing but the transform's rounding.
        let rounding = 1e-12 * f64::from(transformed.first().map_or(0.0, Complex::norm_sqr));
        if all > rounding { in_short / all } else { 0.0 }
    }

    /// The modes of the coarse grid whose inverse transform is the `transformed` field, less the short ones.
    fn long_modes(&self, transformed: &[Complex<f32>]) -> Vec<Complex<f32>> {
        let (fine, coarse) = (self.fine.nodes(), self.coarse.nodes());
        let scale = 1.0 / fine.iter().product::<usize>() as f32;
        // Where the mode of as many waves lies among those of the fine grid.
        let place = |axis: usize, index| {
            let waves = waves(index, coarse[axis]);
            (!is_short(waves, coarse[axis])).then(|| (waves as isize).rem_euclid(fine[axis] as isize) as usize)
        };
        let [_, b, half] = self.fine.shape();
        let mode = |[x, y, z]: [usize; 3]| {
            let (x, y, z) = (place(0, x)?, place(1, y)?, place(2, z)?);
            Some(transformed[(x * b + y) * half + z])
        };
        self.coarse.places().map(|(place, _)| mode(place).unwrap_or_default() * scale).collect()
    }
}
