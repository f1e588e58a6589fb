//! The phase-field equations: potential, free energy, kinetics and stability here, the steps in which they are solved
//! in [`Parameters`], and a plain f64 stepper, against which the tests measure every evolution, in [`oracle`]. All
//! other code, WGSL included, takes its coefficients from [`Equation`].
//!
//! With the order parameter φ ∈ [−1, 1], interface width ε and mobility M (Lanzoni et al., Mach. Learn.: Sci. Technol.
//! 2024, DOI 10.1088/2632-2153/ad8532, written for the concentration c = (φ + 1)/2):
//!
//! ```text
//! F[φ] = ∫ ( f(φ) + κ/2 |∇φ|² ) dV      f = 9/(8ε) (1 − φ²)²   κ = ε/4      surface tension 1
//! μ    = 4 δF/δφ = 4f'(φ) − 4κ ∇²φ = 18/ε (φ³ − φ) − ε ∇²φ
//!
//! ∂φ/∂t =  M ∇²μ        conserved: Cahn and Hilliard, J. Chem. Phys. 28, 258 (1958)
//! ∂φ/∂t = −M μ          not conserved: Allen and Cahn, Acta Metall. 27, 1085 (1979)
//! ```
//!
//! The factor 4 is that of the change of variable: ∂c/∂t = M ∇² δF/δc with δF/δc = 2 δF/δφ. A flat interface is
//! φ = tanh(3x/ε).

pub mod oracle;
mod parameters;

pub use oracle::{chemical_potential, free_energy_density, reference_step};
pub use parameters::{ParameterError, Parameters};

use crate::{
    grid::Grid,
    settings::{EPSILON, MOBILITY},
};
use serde::{Deserialize, Serialize};

/// The equation in WGSL, to be put before the kernels that use it.
pub const WGSL: &str = include_str!("../../shaders/equation.wgsl");

/// μ is so many times the derivative of the free energy with respect to φ.
const DRIVE: f64 = 4.0;

/// How the chemical potential moves the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Kinetics {
    /// ∂φ/∂t = M ∇²μ: the mean of φ is conserved.
    #[default]
    CahnHilliard,
    /// ∂φ/∂t = −M μ: each point follows the potential by itself.
    AllenCahn,
}

impl Kinetics {
    /// After whom the equation is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::CahnHilliard => "Cahn–Hilliard",
            Self::AllenCahn => "Allen–Cahn",
        }
    }

    /// What multiplies −M μ̂ for a wave with −∇² = `k2`.
    pub fn symbol(self, k2: f64) -> f64 {
        match self {
            Self::CahnHilliard => k2,
            Self::AllenCahn => 1.0,
        }
    }
}

/// An equation of motion of φ. Lengths are in grid units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Equation {
    /// What moves.
    pub kinetics: Kinetics,
    /// Interface width ε in grid units.
    pub epsilon: f64,
    /// Mobility M.
    pub mobility: f64,
}

impl Default for Equation {
    fn default() -> Self {
        Self { kinetics: Kinetics::CahnHilliard, epsilon: EPSILON.default, mobility: MOBILITY.default }
    }
}

impl Equation {
    /// Factor of the double well: f = `well_height`·(1 − φ²)², 9/(8ε).
    pub fn well_height(&self) -> f64 {
        9.0 / (8.0 * self.epsilon)
    }

    /// Coefficient κ of |∇φ|²/2 in the free energy, ε/4.
    pub fn gradient_coefficient(&self) -> f64 {
        self.epsilon / 4.0
    }

    /// The potential f(φ), energy per volume of a uniform field.
    pub fn potential(&self, phi: f64) -> f64 {
        self.well_height() * (1.0 - phi * phi).powi(2)
    }

    /// f″(φ).
    pub fn potential_curvature(&self, phi: f64) -> f64 {
        4.0 * self.well_height() * (3.0 * phi * phi - 1.0)
    }

    /// Coefficient of φ³ − φ in μ, 18/ε.
    pub fn reaction(&self) -> f64 {
        DRIVE * 4.0 * self.well_height()
    }

    /// Coefficient of −∇²φ in μ, ε.
    pub fn stiffness(&self) -> f64 {
        DRIVE * self.gradient_coefficient()
    }

    /// dμ/dφ of uniform fields at φ, 18/ε (3φ² − 1): 36/ε in the phases.
    pub fn drive_curvature(&self, phi: f64) -> f64 {
        DRIVE * self.potential_curvature(phi)
    }

    /// Rate of growth of a small wave with −∇² = `k2` about a uniform field `phi`.
    pub fn growth_rate(&self, phi: f64, k2: f64) -> f64 {
        -self.mobility * self.kinetics.symbol(k2) * (self.drive_curvature(phi) + self.stiffness() * k2)
    }

    /// Energy per volume of a point with value φ whose squared gradient is `slope2`.
    pub fn energy_density(&self, phi: f64, slope2: f64) -> f64 {
        self.potential(phi) + self.gradient_coefficient() / 2.0 * slope2
    }

    /// The same equation with the distance of nodes, `spacing` grid units, as the unit of length. With x = s x' every
    /// ∇² is ∇'²/s², so that
    ///
    /// ```text
    ///  M ∇²μ = M/s² ∇'² [ 18/ε (φ³−φ) − ε/s² ∇'²φ ] = M' ∇'² [ 18/ε' (φ³−φ) − ε' ∇'²φ ]    ε' = ε/s, M' = M/s³
    /// −M μ   = −M' [ 18/ε' (φ³−φ) − ε' ∇'²φ ]                                               ε' = ε/s, M' = M/s
    /// ```
    ///
    /// The unit of time stays.
    pub fn in_units_of(&self, spacing: f64) -> Self {
        let powers = match self.kinetics {
            Kinetics::CahnHilliard => 3,
            Kinetics::AllenCahn => 1,
        };
        Self { epsilon: self.epsilon / spacing, mobility: self.mobility / spacing.powi(powers), ..*self }
    }

    /// The coefficients of `Equation` in `shaders/equation.wgsl`, in its order.
    pub fn coefficients(&self) -> [f32; 4] {
        [self.reaction(), self.stiffness(), self.well_height(), self.gradient_coefficient() / 2.0]
            .map(|value| value as f32)
    }

    /// Largest stable step of forward Euler with the 7-point Laplacian on `grid`, as long as |φ| ≤ `largest`: 2 over
    /// the fastest rate of decay, that of the shortest wave. In equilibrium |φ| is 1; below that the phases themselves
    /// still set the limit.
    pub fn stability_limit(&self, grid: &Grid, largest: f64) -> f64 {
        -2.0 / self.in_units_of(grid.spacing).growth_rate(largest.max(1.0), grid.largest_symbol())
    }

    /// Checks the coefficients.
    ///
    /// # Errors
    /// Names the one out of bounds.
    pub fn validate(&self) -> Result<(), ParameterError> {
        EPSILON.check(self.epsilon)?;
        MOBILITY.check(self.mobility)?;
        Ok(())
    }
}

/// φ of a flat interface at signed distance `distance` (positive inside the phase +1).
pub fn interface_profile(distance: f64, epsilon: f64) -> f64 {
    (3.0 * distance / epsilon).tanh()
}
