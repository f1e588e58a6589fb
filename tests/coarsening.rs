//! The law of coarsening that conserves φ: domains grow as t^(1/3) (Lifshitz and Slyozov), and the energy, which is
//! their interface, falls as t^(−1/3).

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use spinodal::{
    equation::Parameters,
    evolution::Evolution,
    field::Field,
    metrics::{energy_density, exponent::fit_power_law},
    solver::explicit::cpu::{ExplicitSolver, Threads},
};

const SIZE: usize = 64;
const SEEDS: u64 = 4;
const FRAMES: usize = 100;

/// F/V at frames 1 to [`FRAMES`] of a symmetric mixture.
fn energies(seed: u64) -> Vec<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let noise = Field::from_fn(SIZE, |_, _, _| random.random_range(-0.1..0.1)).unwrap();
    let parameters = Parameters::default();
    let mut solver = ExplicitSolver::with_threads(&noise, parameters, Threads::One).unwrap();
    let mut next = || {
        solver.advance().unwrap();
        energy_density(&solver.field().unwrap(), &parameters.equation)
    };
    (0..FRAMES).map(|_| next()).collect()
}

/// The law holds for what has grown, L = L₀ + t^(1/3) with L = V/F (Huse, Phys. Rev. B 34, 7845, 1986). L₀ is what
/// makes the straightest line of the average of 16 other seeds, whose exponent then is 0.327; from seed to seed it
/// varies by 0.01. F itself falls with −0.289 ± 0.010, on its way to −1/3. Growth along interfaces (1/4) or of a phase
/// that is not conserved (1/2) would fail.
const OFFSET: f64 = 0.7;

#[test]
fn domains_coarsen_with_the_exponent_of_lifshitz_and_slyozov() {
    let runs: Vec<_> = (1..=SEEDS).into_par_iter().map(energies).collect();
    let mean = |frame: usize| runs.iter().map(|run| run[frame]).sum::<f64>() / runs.len() as f64;
    let energies: Vec<_> = (0..FRAMES).map(mean).collect();
    let times: Vec<_> = (1..=FRAMES).map(|frame| frame as f64).collect();

    let energy = fit_power_law(&times, &energies, 20.0..=100.0).unwrap();
    assert!((energy.exponent + 1.0 / 3.0).abs() < 0.06, "F ~ t^p: {energy:?}");

    let grown: Vec<_> = energies.iter().map(|energy| 1.0 / energy - OFFSET).collect();
    let growth = fit_power_law(&times, &grown, 5.0..=100.0).unwrap();
    assert!((growth.exponent - 1.0 / 3.0).abs() < 0.03, "V/F − L₀ ~ t^p: {growth:?}");
}
