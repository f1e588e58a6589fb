//! Implicit-explicit multistep formulas on steps of any length.

use crate::solver::spectrum::CHUNK;
use itertools::izip;

/// Moments of the past that are looked back to.
pub const MOMENTS: usize = 3;

/// λΔt of the modes half-way from third to second order.
const STIFF: f32 = 6.0;
/// The share of third order that remains in the stiffest modes.
const LEAST_SHARE: f32 = 1.0 / 3.0;

/// One step of SBDF from moments that lie a₁ < a₂ < a₃ before its end (D. Wang and S. J. Ruuth, J. Comput. Math. 26
/// (2008) 838–855). With Lagrange's weights of the end in order p
///
/// ```text
/// eⱼ = Π aᵢ / (aᵢ − aⱼ)   over i ≠ j, i ≤ p
/// ```
///
/// the explicit part is extrapolated to Σ eⱼ Nⱼ, and the time derivative of φ there is Σ eⱼ/aⱼ (φ − φⱼ): with equal
/// steps 2N₁ − N₂ and (3φ − 4φ₁ + φ₂) / 2a₁ in second order.
///
/// Third order is more exact, but stiff modes make it unstable. Applied to φ' = −λφ + N with N = −qλφ and λΔt → ∞ it is
/// stable for −½ ≤ q ≤ 1/7 only, second order for −1 ≤ q ≤ ⅓; interfaces, which are free to move, have modes of q ≈ −1.
/// Weights second + θ (third − second) are stable down to q = −1 where θ < ½, and up to 1/(3 + 4θ). So each mode has a
/// θ of its own, 1 at λΔt = 0 and ⅓ at ∞:
///
/// ```text
/// θ = ⅓ + ⅔ / (1 + (λΔt/6)²)
/// ```
///
/// with which equal steps are stable for −1 ≤ q ≤ 0.2 at any λΔt (found by trying them).
pub struct Formula {
    step: f32,
    /// 1/aⱼ.
    rates: [f32; MOMENTS],
    second: [f32; MOMENTS],
    /// Third order less second order.
    difference: [f32; MOMENTS],
    moments: usize,
}

impl Formula {
    /// `ages` are the aⱼ, 1 to [`MOMENTS`] of them. With fewer than three the order is their number.
    pub fn new(ages: &[f64]) -> Self {
        let mut rates = [0.0; MOMENTS];
        rates.iter_mut().zip(ages).for_each(|(rate, age)| *rate = (1.0 / age) as f32);
        let (second, highest) = (lagrange(&ages[..ages.len().min(2)]), lagrange(ages));
        Self {
            step: ages[0] as f32,
            rates,
            second: second.map(|weight| weight as f32),
            difference: std::array::from_fn(|j| (highest[j] - second[j]) as f32),
            moments: ages.len(),
        }
    }

    /// The order of the modes that are not stiff.
    pub fn order(&self) -> usize {
        self.moments
    }

    /// φ̂* into `phi` and `work`, from the φ̂ⱼ and N̂ⱼ of the past; those of moments that there are not count for
    /// nothing.
    pub fn predict(&self, past: [[&[f32]; 2]; MOMENTS], stiffness: &[f32], phi: &mut [f32], work: &mut [f32]) {
        let [[phi1, explicit1], [phi2, explicit2], [phi3, explicit3]] = past;
        let values = izip!(phi, work, phi1, explicit1, phi2, explicit2, phi3, explicit3, stiffness);
        for (phi, work, now, n1, phi2, n2, phi3, n3, &stiffness) in values {
            let (e, d) = self.weights(stiffness);
            let extrapolated = e[0] * n1 + e[1] * n2 + e[2] * n3;
            // By what φ̂ changes, so that the mean stays as it is.
            let change = extrapolated - stiffness * now + d[1] * (phi2 - now) + d[2] * (phi3 - now);
            *phi = now + change / (d[0] + d[1] + d[2] + stiffness);
            *work = *phi;
        }
    }

    /// Turns φ̂* in `phi` into φ̂, and r̂ in `reaction` into N̂(φ*), for the N̂ⱼ of the past and this S. Returns what
    /// of the sum over the modes of their |φ̂ − φ̂*|² and |φ̂|² they are, by the `weights` of the modes.
    pub fn correct(
        &self,
        past: [&[f32]; MOMENTS],
        linear: [&[f32]; 2],
        stabiliser: f32,
        weights: &[f32],
        [phi, reaction]: [&mut [f32]; 2],
    ) -> [f64; 2] {
        let [mobility, stiffness] = linear;
        let [explicit1, explicit2, explicit3] = past;
        let values = izip!(&mut *phi, &mut *reaction, explicit1, explicit2, explicit3, mobility, stiffness);
        let mut corrections = [0.0; CHUNK];
        for (correction, (phi, reaction, n1, n2, n3, mobility, &stiffness)) in corrections.iter_mut().zip(values) {
            let (e, d) = self.weights(stiffness);
            let explicit = (*phi * stabiliser - *reaction) * mobility;
            *correction = (explicit - (e[0] * n1 + e[1] * n2 + e[2] * n3)) / (d[0] + d[1] + d[2] + stiffness);
            *phi += *correction;
            *reaction = explicit;
        }
        [squares(&corrections[..phi.len()], weights), squares(phi, weights)]
    }

    /// eⱼ and eⱼ/aⱼ for a mode of this λ; 0 for moments that there are not.
    #[inline(always)]
    fn weights(&self, stiffness: f32) -> ([f32; MOMENTS], [f32; MOMENTS]) {
        let share = LEAST_SHARE + (1.0 - LEAST_SHARE) / (1.0 + (stiffness * self.step / STIFF).powi(2));
        let values: [f32; MOMENTS] = std::array::from_fn(|j| self.second[j] + share * self.difference[j]);
        (values, std::array::from_fn(|j| values[j] * self.rates[j]))
    }
}

/// Σ w v².
pub fn squares(values: &[f32], weights: &[f32]) -> f64 {
    // A sum per lane, so that vectors can add.
    const LANES: usize = 8;
    let ((values, values_left), (weights, weights_left)) = (values.as_chunks::<LANES>(), weights.as_chunks::<LANES>());
    let mut sums = [0.0; LANES];
    for (values, weights) in values.iter().zip(weights) {
        for (sum, value, weight) in izip!(&mut sums, values, weights) {
            *sum += f64::from(weight * value * value);
        }
    }
    let left = izip!(values_left, weights_left).map(|(value, weight)| f64::from(weight * value * value));
    sums.into_iter().chain(left).sum()
}

/// The eⱼ.
fn lagrange(ages: &[f64]) -> [f64; MOMENTS] {
    let mut weights = [0.0; MOMENTS];
    for (j, own) in ages.iter().enumerate() {
        let others = ages.iter().enumerate().filter(|&(i, _)| i != j);
        weights[j] = others.map(|(_, age)| age / (age - own)).product();
    }
    weights
}
