//! The equation and its f64 stepper, against the fixture and against analysis.

use crate::support::{cube, parameters};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use spinodal::{
    equation::{
        Equation, Kinetics, Parameters, chemical_potential, free_energy_density, interface_profile, reference_step,
    },
    grid::Grid,
};
use std::f64::consts::TAU;

/// Four frames of 24³ values, 400 explicit steps apart, computed independently in f64.
pub fn fixture() -> Vec<Vec<f64>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/cahn_hilliard_24_f64.npy");
    let file = npyz::NpyFile::new(std::io::BufReader::new(std::fs::File::open(path).unwrap())).unwrap();
    let values: Vec<f64> = file.into_vec().unwrap();
    values.chunks(24 * 24 * 24).map(<[f64]>::to_vec).collect()
}

/// `steps` steps of the reference stepper.
pub fn evolve(mut phi: Vec<f64>, grid: impl Into<Grid>, parameters: &Parameters, steps: usize) -> Vec<f64> {
    let grid = &grid.into();
    for _ in 0..steps {
        phi = reference_step(&phi, grid, parameters);
    }
    phi
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn the_reference_stepper_reproduces_the_fixture() {
    let frames = fixture();
    let mut phi = frames[0].clone();
    for expected in &frames[1..] {
        phi = evolve(phi, 24, &Parameters::default(), 400);
        let worst = phi.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-10, "{worst:e}");
    }
}

#[test]
fn the_free_energies_of_the_fixture_are_the_published_ones() {
    for (phi, expected) in fixture().iter().zip([0.321219, 0.240419, 0.214374, 0.198377]) {
        assert!((free_energy_density(phi, &24.into(), &Equation::default()) - expected).abs() < 1e-6);
    }
}

#[test]
fn the_mean_is_conserved_and_the_energy_never_rises() {
    let parameters = Parameters::default();
    let mut phi = fixture()[0].clone();
    let (start, mut energy) = (mean(&phi), free_energy_density(&phi, &24.into(), &Equation::default()));
    for _ in 0..200 {
        phi = reference_step(&phi, &24.into(), &parameters);
        let next = free_energy_density(&phi, &24.into(), &Equation::default());
        assert!(next < energy);
        energy = next;
    }
    assert!((mean(&phi) - start).abs() < 1e-12);
}

#[test]
fn the_chemical_potential_is_four_times_the_gradient_of_the_energy() {
    let (n, step) = (6, 1e-5);
    let mut phi: Vec<f64> = fixture()[0][..n * n * n].to_vec();
    let mu = chemical_potential(&phi, &n.into(), &Equation::default());
    for i in [0, 17, 100, 215] {
        let mut energy = |change: f64| {
            let kept = phi[i];
            phi[i] += change;
            let energy = free_energy_density(&phi, &n.into(), &Equation::default()) * (n * n * n) as f64;
            phi[i] = kept;
            energy
        };
        let slope = (energy(step) - energy(-step)) / (2.0 * step);
        assert!((4.0 * slope - mu[i]).abs() < 1e-6, "{} {}", 4.0 * slope, mu[i]);
    }
}

#[test]
fn the_stability_limit_is_sharp() {
    let limit = Equation::default().stability_limit(&6.into(), 1.0);
    assert!((limit - 3.47e-3).abs() < 1e-5);
    let n = 6;
    let checkerboard = |amplitude: f64| -> Vec<f64> {
        (0..n * n * n).map(|i| 1.0 + amplitude * if (i / 36 + i / 6 + i) % 2 == 0 { 1.0 } else { -1.0 }).collect()
    };
    for (factor, grows) in [(0.99, false), (1.01, true)] {
        let parameters = Parameters { time_step: factor * limit, ..Parameters::default() };
        let phi = evolve(checkerboard(1e-6), n, &parameters, 100);
        assert_eq!((phi[0] - 1.0).abs() > 1e-6, grows);
    }
}

#[test]
fn parameters_are_refused_for_the_reason_given() {
    let refused = |parameters: Parameters| parameters.validate_explicit(&8.into()).unwrap_err().to_string();
    let default = Parameters::default();
    assert!(default.validate_explicit(&8.into()).is_ok());
    assert!(refused(Parameters { time_step: 0.004, ..default }).contains("limit 0.003472"));
    assert!(refused(parameters(9.0)).contains("ε = 9"));
    assert!(refused(parameters(-3.0)).contains("the interface width ε must lie between 0.1 and"));
    assert!(
        refused(Parameters { equation: Equation { mobility: f64::NAN, ..default.equation }, ..default })
            .contains("mobility")
    );
    assert!(refused(Parameters { steps_per_frame: 0, ..default }).contains("steps per frame must lie between 1 and"));
}

#[test]
fn a_flat_interface_is_an_equilibrium_of_the_continuum() {
    // A fine grid: ε of 24 grid units.
    let (n, epsilon) = (96, 24.0);
    let profile = |x: f64| interface_profile(24.0 - (x - 48.0).abs(), epsilon);
    let line: Vec<f64> = (0..n).map(|x| profile(x as f64)).collect();
    for around in line[15..34].windows(3) {
        let [before, here, after] = [around[0], around[1], around[2]];
        let mu = 18.0 / epsilon * (here.powi(3) - here) - epsilon * (before + after - 2.0 * here);
        assert!(mu.abs() < 0.01, "{mu}");
    }
}

#[test]
fn the_equation_on_coarser_nodes_is_the_same_equation() {
    let (n, mean) = (48, 0.2);
    for kinetics in [Kinetics::CahnHilliard, Kinetics::AllenCahn] {
        for (epsilon, mobility) in [(3.0, 1.0), (8.0, 1.5)] {
            let parameters =
                Parameters { equation: Equation { kinetics, epsilon, mobility }, time_step: 1e-3, steps_per_frame: 1 };
            for (spacing, waves) in [(1, 1.0), (2, 1.0), (2, 3.0), (3, 2.0), (4, 1.0)] {
                // A small wave changes at the rate −M s(k̂²)(18/ε (3φ₀²−1) + ε k̂²), k̂ = 2 sin(ks/2)/s, s(k̂²) = k̂²
                // or 1.
                let k = TAU * waves / n as f64;
                let symbol = (2.0 * (k * spacing as f64 / 2.0).sin() / spacing as f64).powi(2);
                let factor = if kinetics == Kinetics::CahnHilliard { symbol } else { 1.0 };
                let expected = -mobility * factor * (18.0 / epsilon * (3.0 * mean * mean - 1.0) + epsilon * symbol);

                let size = n / spacing;
                let grid = cube(size, spacing as f64);
                let wave = |node: usize| (k * (spacing * (node / (size * size))) as f64).cos();
                // Of kinetics that do not conserve the mean, the wave is what is left once the mean's change is taken
                // off.
                let start: Vec<f64> = (0..size.pow(3)).map(|node| mean + 1e-5 * wave(node)).collect();
                let end = reference_step(&start, &grid, &parameters);
                let project =
                    |phi: &[f64]| phi.iter().enumerate().map(|(node, phi)| (phi - mean) * wave(node)).sum::<f64>();
                let rate = (project(&end) / project(&start) - 1.0) / parameters.time_step;
                assert!((rate / expected - 1.0).abs() < 1e-6, "{kinetics:?} {spacing} {waves}: {rate} {expected}");
            }
        }
    }
}

#[test]
fn a_frame_of_fewest_steps_is_stable_and_one_step_fewer_is_not() {
    let parameters = Parameters::default();
    for (grid, steps) in [(Grid::cube(8), 289), (cube(8, 2.0), 32), ([8, 8, 1].into(), 145)] {
        assert_eq!(parameters.fewest_steps(&grid, 1.0), steps);
        assert!(parameters.in_steps(steps).validate_explicit(&grid).is_ok());
        assert!(parameters.in_steps(steps - 1).validate_explicit(&grid).is_err());
        assert!((parameters.in_steps(steps).frame_time() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn fields_beyond_the_phases_need_smaller_steps() {
    // Broad layers of |φ| up to 1.6, which diffusion does not undo at once, and a little noise.
    let (n, mut random) = (12, ChaCha8Rng::seed_from_u64(3));
    let layer = |node: usize| 1.6 * (TAU * (node / (n * n)) as f64 / n as f64).cos().cbrt();
    let start: Vec<f64> = (0..n * n * n).map(|node| layer(node) + random.random_range(-0.01..0.01)).collect();
    let (grid, parameters) = (cube(n, 2.0), Parameters::default());
    let bounded = |largest: f64| {
        let steps = parameters.fewest_steps(&grid, largest);
        let end = evolve(start.clone(), grid, &parameters.in_steps(steps), 20 * steps);
        end.iter().all(|phi| phi.abs() < 1.1)
    };
    assert!(bounded(1.61) && !bounded(1.0));
}
