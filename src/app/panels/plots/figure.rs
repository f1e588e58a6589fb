//! The plots that can be chosen: what each shows, and how its axes are divided.

use crate::equation::Kinetics;
use serde::{Deserialize, Serialize};

/// A plot by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Figure {
    /// RMSE of φ on a candidate's own nodes.
    Error,
    /// The same on the reference's nodes, beside what interpolation alone makes.
    ErrorEverywhere,
    /// Displacement δ of the interface.
    Displacement,
    /// Free energy per volume.
    Energy,
    /// Its relative error on common nodes.
    EnergyError,
    /// Change of the mean of φ since the start.
    Drift,
    /// Structure factor at the frame shown.
    Structure,
    /// Domain length.
    Length,
    /// Euler number of the interface.
    Euler,
    /// Computing time of a frame.
    Cost,
    /// Error at the frame shown against the computing time up to it.
    Front,
}

/// How an axis is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    Linear,
    Logarithmic,
}

impl Figure {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 11] = [
        Self::Error,
        Self::ErrorEverywhere,
        Self::Displacement,
        Self::Energy,
        Self::EnergyError,
        Self::Drift,
        Self::Structure,
        Self::Length,
        Self::Euler,
        Self::Cost,
        Self::Front,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "RMSE of φ",
            Self::ErrorEverywhere => "RMSE on all nodes",
            Self::Displacement => "Displacement δ (grid units)",
            Self::Energy => "Free energy F/V",
            Self::EnergyError => "Energy error |ΔF|/F",
            Self::Drift => "Drift of the mean of φ",
            Self::Structure => "Structure factor S(k)",
            Self::Length => "Domain length L (grid units)",
            Self::Euler => "Euler number χ",
            Self::Cost => "Computing time per frame (ms)",
            Self::Front => "RMSE against computing time",
        }
    }

    /// What it shows, with its formula.
    pub fn about(self) -> &'static str {
        match self {
            Self::Error => RMSE,
            Self::ErrorEverywhere => RMSE_EVERYWHERE,
            Self::Displacement => DISPLACEMENT,
            Self::Energy => ENERGY,
            Self::EnergyError => ENERGY_ERROR,
            Self::Drift => DRIFT,
            Self::Structure => STRUCTURE,
            Self::Length => LENGTH,
            Self::Euler => EULER,
            Self::Cost => COST,
            Self::Front => FRONT,
        }
    }

    /// The stem of a file that it is saved in.
    pub fn stem(self) -> &'static str {
        match self {
            Self::Error => "rmse",
            Self::ErrorEverywhere => "rmse-all-nodes",
            Self::Displacement => "displacement",
            Self::Energy => "energy",
            Self::EnergyError => "energy-error",
            Self::Drift => "mean-drift",
            Self::Structure => "structure-factor",
            Self::Length => "domain-length",
            Self::Euler => "euler-number",
            Self::Cost => "cost",
            Self::Front => "error-against-cost",
        }
    }

    /// How both axes are divided.
    pub fn scales(self) -> [Scale; 2] {
        use Scale::{Linear, Logarithmic};
        match self {
            Self::Energy | Self::Structure | Self::Length | Self::Front => [Logarithmic, Logarithmic],
            Self::Cost => [Linear, Logarithmic],
            Self::Error
            | Self::ErrorEverywhere
            | Self::Displacement
            | Self::EnergyError
            | Self::Drift
            | Self::Euler => [Linear, Linear],
        }
    }

    /// What its axes carry.
    pub fn axes(self) -> [&'static str; 2] {
        let ordinate = match self {
            Self::Error | Self::ErrorEverywhere | Self::Front => "RMSE of φ",
            Self::Displacement => "δ / grid units",
            Self::Energy => "F / V",
            Self::EnergyError => "|ΔF| / F",
            Self::Drift => "drift of the mean of φ",
            Self::Structure => "S(k)",
            Self::Length => "L / grid units",
            Self::Euler => "χ",
            Self::Cost => "time per frame / ms",
        };
        let abscissa = match self {
            Self::Structure => "wave number k / radians per grid unit",
            Self::Front => "computing time / ms",
            _ => "time t",
        };
        [abscissa, ordinate]
    }

    /// The letter of the abscissa.
    pub fn abscissa(self) -> &'static str {
        match self {
            Self::Structure => "k",
            Self::Front => "ms",
            _ => "t",
        }
    }

    /// Whether it is drawn against the time of the run.
    pub fn is_over_time(self) -> bool {
        !matches!(self, Self::Structure | Self::Front)
    }

    /// Whether it compares candidates with the reference, and is empty without any.
    pub fn needs_candidates(self) -> bool {
        matches!(self, Self::Error | Self::ErrorEverywhere | Self::Displacement | Self::EnergyError | Self::Front)
    }

    /// Whether it changes with the frame shown, and not with the run alone.
    pub fn is_of_frame(self) -> bool {
        matches!(self, Self::Structure | Self::Front)
    }

    /// The exponent that self-similar coarsening has, as a number and in words: F falls and L grows as t^(1/3) where φ
    /// is conserved (Lifshitz and Slyozov), as t^(1/2) where it is not (Allen and Cahn). `None` where no law is
    /// expected.
    pub fn law(self, kinetics: Kinetics) -> Option<(f64, &'static str)> {
        match (self, kinetics) {
            (Self::Energy, Kinetics::CahnHilliard) => Some((-1.0 / 3.0, "t^(−1/3)")),
            (Self::Energy, Kinetics::AllenCahn) => Some((-0.5, "t^(−1/2)")),
            (Self::Length, Kinetics::CahnHilliard) => Some((1.0 / 3.0, "t^(1/3)")),
            (Self::Length, Kinetics::AllenCahn) => Some((0.5, "t^(1/2)")),
            _ => None,
        }
    }

    /// The quantity whose exponent is fitted, if one is.
    pub fn fitted(self) -> Option<&'static str> {
        match self {
            Self::Energy => Some("F"),
            Self::Length => Some("L"),
            _ => None,
        }
    }
}

/// What the error plots and readouts explain alike.
pub const RMSE: &str = "Root mean square difference of the candidate's field ψ and the reference's φ, √⟨(ψ − φ)²⟩ over the \
    candidate's own nodes: 0 is perfect agreement, √2 two unrelated fields of pure phases.";
/// As [`RMSE`].
pub const DISPLACEMENT: &str = "How far the candidate's interface lies from the reference's, root mean square, in grid \
    units: δ = √( ⟨(ψ − φ)²⟩ / ⟨|∇φ|²⟩ ), the first mean over the candidate's own nodes.";
/// As [`RMSE`].
pub const ENERGY: &str = "Free energy per volume, F = ∫ ε/8 |∇φ|² + 9/(8ε) (1 − φ²)² dV, about the interface area per \
    volume, each on its own grid; both axes are logarithmic. It can only fall; for self-similar coarsening it follows \
    the dashed guide.";
const RMSE_EVERYWHERE: &str = "Root mean square difference over all nodes of the reference, to which the candidate's field is \
    interpolated. The dashed floor is the interpolation error alone, that of a candidate that is perfect on its own nodes.";
const ENERGY_ERROR: &str = "|F[ψ] − F[φ]| / F[φ], both on the candidate's nodes, so that they have the same error of \
    discretisation.";
const DRIFT: &str = "Change of the mean of φ since the start, each on its own nodes. The equation of Cahn and Hilliard conserves \
    the mean: what remains is rounding, or a candidate that does not conserve it.";
const STRUCTURE: &str = "Radially averaged structure factor of each evolution at the frame shown, S(k) = ⟨|φ_k|²⟩ / N with the \
    Fourier transform φ_k. Its peak lies at the wave number of the domains. Both axes are logarithmic.";
const LENGTH: &str = "Size of the domains by the structure factor, L = 2π ∫S dk / ∫k S dk, of all recorded frames; both axes \
    are logarithmic. For self-similar coarsening it follows the dashed guide.";
const EULER: &str = "Euler number of the surface φ = 0 in periodic space, of all recorded frames: twice the number of bodies \
    minus twice the number of handles. It is negative for a bicontinuous structure.";
const COST: &str = "Computing time of a frame, smoothed; measured only while the program runs. Logarithmic.";
const FRONT: &str = "RMSE on own nodes at the frame shown against all computing time up to it: the further down and to the left, \
    the better. The vertical line is the reference's time. Both axes are logarithmic.";
