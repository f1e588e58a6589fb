//! The phase-field equations: potential, free energy, kinetics, stability, and a plain f64 stepper that every other
//! evolution is measured against. All other code, WGSL included, takes its coefficients from [`Equation`].
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

use crate::{
    grid::Grid,
    settings::{EPSILON, MOBILITY, STEPS_PER_FRAME, SettingError, TIME_STEP},
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The equation in WGSL, to be put before the kernels that use it.
pub const WGSL: &str = include_str!("../shaders/equation.wgsl");

/// μ is so many times the derivative of the free energy with respect to φ.
const DRIVE: f64 = 4.0;

/// Why parameters are refused.
#[derive(Debug, Clone, Error, PartialEq)]
pub enum ParameterError {
    #[error(transparent)]
    Setting(#[from] SettingError),
    #[error(
        "the time step {time_step} is not below the stability limit {limit:.6} of the explicit scheme at ε = {epsilon}: \
         choose a smaller one"
    )]
    Unstable { time_step: f64, limit: f64, epsilon: f64 },
}

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

    /// f′(φ).
    pub fn potential_slope(&self, phi: f64) -> f64 {
        4.0 * self.well_height() * (phi.powi(3) - phi)
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

    /// The same equation with the distance of nodes, `spacing` grid units, as the unit of length. With x = s x' every ∇²
    /// is ∇'²/s², so that
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

    /// Largest stable step of forward Euler with the 7-point Laplacian on `grid`, as long as |φ| ≤ `largest`: 2 over the
    /// fastest rate of decay, that of the shortest wave. In equilibrium |φ| is 1; below that the phases themselves still
    /// set the limit.
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

/// An equation and the steps in which it is solved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Parameters {
    /// What is solved.
    pub equation: Equation,
    /// Time step of schemes with equal steps.
    pub time_step: f64,
    /// Steps per frame, that is, per step of the network.
    pub steps_per_frame: usize,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { equation: Equation::default(), time_step: TIME_STEP.default, steps_per_frame: STEPS_PER_FRAME.default }
    }
}

/// [`Parameters`] in a file: one flat table.
#[derive(Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    #[serde(skip_serializing_if = "is_default")]
    kinetics: Kinetics,
    epsilon: f64,
    mobility: f64,
    time_step: f64,
    steps_per_frame: usize,
}

fn is_default(kinetics: &Kinetics) -> bool {
    *kinetics == Kinetics::default()
}

impl Default for Written {
    fn default() -> Self {
        Parameters::default().into()
    }
}

impl From<Written> for Parameters {
    fn from(Written { kinetics, epsilon, mobility, time_step, steps_per_frame }: Written) -> Self {
        Self { equation: Equation { kinetics, epsilon, mobility }, time_step, steps_per_frame }
    }
}

impl From<Parameters> for Written {
    fn from(Parameters { equation, time_step, steps_per_frame }: Parameters) -> Self {
        let Equation { kinetics, epsilon, mobility } = equation;
        Self { kinetics, epsilon, mobility, time_step, steps_per_frame }
    }
}

impl Parameters {
    /// Checks the bounds, and the step against [`Equation::stability_limit`]: for the explicit scheme.
    ///
    /// # Errors
    /// Names the value at fault, and the limit.
    pub fn validate_explicit(&self, grid: &Grid) -> Result<(), ParameterError> {
        self.validate()?;
        let limit = self.equation.stability_limit(grid, 1.0);
        if self.time_step >= limit {
            let epsilon = self.equation.epsilon;
            return Err(ParameterError::Unstable { time_step: self.time_step, limit, epsilon });
        }
        Ok(())
    }

    /// Checks the bounds only: for schemes that are stable at any step.
    ///
    /// # Errors
    /// Names the value out of bounds.
    pub fn validate(&self) -> Result<(), ParameterError> {
        self.equation.validate()?;
        TIME_STEP.check(self.time_step)?;
        STEPS_PER_FRAME.check(self.steps_per_frame)?;
        Ok(())
    }

    /// The same frames in `steps` steps each.
    pub fn in_steps(&self, steps: usize) -> Self {
        Self { time_step: self.frame_time() / steps as f64, steps_per_frame: steps, ..*self }
    }

    /// Fewest equal steps of a frame that are below [`Equation::stability_limit`] as long as |φ| ≤ `largest`.
    pub fn fewest_steps(&self, grid: &Grid, largest: f64) -> usize {
        (self.frame_time() / self.equation.stability_limit(grid, largest)).floor() as usize + 1
    }

    /// Time units per frame.
    pub fn frame_time(&self) -> f64 {
        self.time_step * self.steps_per_frame as f64
    }
}

/// φ of a flat interface at signed distance `distance` (positive inside the phase +1).
pub fn interface_profile(distance: f64, epsilon: f64) -> f64 {
    (3.0 * distance / epsilon).tanh()
}

/// 7-point Laplacian of `phi` (C order) at a node, in units of the grid's spacing.
fn laplacian(phi: &[f64], grid: &Grid, node: [usize; 3]) -> f64 {
    let around = |axis| [true, false].map(|forwards| phi[grid.index(grid.neighbour(node, axis, forwards))]);
    (0..3).flat_map(around).sum::<f64>() - 6.0 * phi[grid.index(node)]
}

/// Chemical potential μ on the nodes of a grid (C order), in f64.
pub fn chemical_potential(phi: &[f64], grid: &Grid, equation: &Equation) -> Vec<f64> {
    let unit = equation.in_units_of(grid.spacing);
    let mu = |(i, &phi_i): (usize, &f64)| {
        unit.reaction() * (phi_i.powi(3) - phi_i) - unit.stiffness() * laplacian(phi, grid, grid.node(i))
    };
    // Of the potential in units of the spacing, which is s times as large.
    phi.iter().enumerate().map(mu).map(|mu| mu / grid.spacing).collect()
}

/// One forward Euler step of the equation: the oracle of all solvers. Plain, slow, f64.
pub fn reference_step(phi: &[f64], grid: &Grid, parameters: &Parameters) -> Vec<f64> {
    let Parameters { equation, time_step, .. } = parameters;
    let mu = chemical_potential(phi, grid, equation);
    let rate = |i: usize| match equation.kinetics {
        Kinetics::CahnHilliard => laplacian(&mu, grid, grid.node(i)) / grid.spacing.powi(2),
        Kinetics::AllenCahn => -mu[i],
    };
    phi.iter().enumerate().map(|(i, phi)| phi + time_step * equation.mobility * rate(i)).collect()
}

/// Free energy per volume F/V with forward differences, periodic, so that it falls monotonically under the explicit
/// scheme. Plain, in f64.
pub fn free_energy_density(phi: &[f64], grid: &Grid, equation: &Equation) -> f64 {
    let density = |(i, &here): (usize, &f64)| {
        let next = |axis| phi[grid.index(grid.neighbour(grid.node(i), axis, true))];
        let slope2: f64 = (0..3).map(|axis| ((next(axis) - here) / grid.spacing).powi(2)).sum();
        equation.energy_density(here, slope2)
    };
    phi.iter().enumerate().map(density).sum::<f64>() / phi.len() as f64
}
