//! Noise: seamless, repeatable, and with the statistics asked for.

use super::build;
use spinodal::{
    field::Field,
    initial::{Initial, InitialOptions, NoiseParameters},
};

fn options(size: usize, correlation_length: f64) -> InitialOptions {
    let noise = NoiseParameters { correlation_length, ..Default::default() };
    InitialOptions { grid: size.into(), noise, ..Default::default() }
}

/// Largest second difference of φ along `axis`, at planes where `at(plane)` holds, of the field of
/// which only the first `period` planes are kept and repeated.
fn roughness(field: &Field, axis: usize, period: usize, at: impl Fn(usize) -> bool) -> f32 {
    let [n, ..] = field.grid().shape;
    let mut roughest = 0.0_f32;
    for plane in (0..period).filter(|&plane| at(plane)) {
        for (a, b) in (0..n * n).map(|i| (i / n, i % n)) {
            let phi = |plane: usize| {
                let mut node = [a as isize, b as isize, (plane % period) as isize];
                node.swap(axis, 2);
                field.at(node[0], node[1], node[2])
            };
            roughest = roughest.max((phi(plane + 1) - 2.0 * phi(plane) + phi(plane + period - 1)).abs());
        }
    }
    roughest
}

#[test]
fn noise_has_no_seam_in_value_or_slope_across_any_face() {
    for (octaves, correlation_length) in [(1, 16.0), (1, 13.0), (2, 32.0)] {
        let mut options = options(64, correlation_length);
        options.noise.octaves = octaves;
        let field = build(Initial::Noise, &options);
        for axis in 0..3 {
            let within = roughness(&field, axis, 64, |plane| (2..62).contains(&plane));
            let across = roughness(&field, axis, 64, |plane| plane == 0 || plane == 63);
            assert!(across <= 1.2 * within, "axis {axis}: {across} across the face, {within} within");
            // The same measure does notice the seam of a field that is not periodic.
            let cut = roughness(&field, axis, 43, |plane| plane == 0 || plane == 42);
            assert!(cut > 3.0 * within, "axis {axis}: {cut} across a cut, {within} within");
        }
    }
}

#[test]
fn the_correlation_length_is_that_of_a_whole_number_of_cells() {
    // Gradient noise is zero on its lattice: all lattice nodes have one value, others differ.
    let field = build(Initial::Noise, &options(48, 8.3));
    let at_node = field.at(0, 0, 0);
    for (x, y, z) in [(8, 0, 0), (0, 16, 0), (0, 0, 40), (24, 32, 8)] {
        assert!((field.at(x, y, z) - at_node).abs() < 1e-6);
    }
    assert!((field.at(4, 0, 0) - at_node).abs() > 1e-3);
    assert_eq!(field, build(Initial::Noise, &options(48, 7.8)));
    assert_ne!(field, build(Initial::Noise, &options(48, 12.0)));
}

#[test]
fn noise_has_the_mean_and_the_peak_asked_for() {
    let mut options = options(32, 8.0);
    (options.noise.mean, options.noise.amplitude) = (-0.2, 0.6);
    let field = build(Initial::Noise, &options);
    let (low, high) = field.range();
    assert!((field.mean() + 0.2).abs() < 1e-6);
    assert!(((low + 0.2).abs().max(high + 0.2) - 0.6).abs() < 1e-6);

    let field = build(Initial::Noise, &InitialOptions::default());
    let rms = (field.values().iter().map(|v| v * v).sum::<f32>() / field.values().len() as f32).sqrt();
    assert!((0.2..0.6).contains(&rms), "{rms}");
}

#[test]
fn a_seed_makes_one_field_and_another_seed_another() {
    for preset in [Initial::Noise, Initial::WhiteNoise, Initial::Slice] {
        let with_seed = |seed| build(preset.clone(), &InitialOptions { grid: 16.into(), seed, ..Default::default() });
        assert_eq!(with_seed(7), with_seed(7));
        assert_ne!(with_seed(7), with_seed(8));
        assert_ne!(with_seed(7), with_seed(7 + (1 << 32)));
    }
}

#[test]
fn a_slice_fluctuates_in_its_layer_only() {
    let mut options = options(48, 8.0);
    options.noise.mean = 0.1;
    let field = build(Initial::Slice, &options);
    let spread = |z: isize| {
        let from_uniform = (0..48 * 48).map(|i| (field.at(i / 48, i % 48, z) - field.at(0, 0, 0)).abs());
        from_uniform.fold(0.0, f32::max)
    };
    assert!((0..18).chain(31..48).all(|z| spread(z) == 0.0));
    assert!((20..28).all(|z| spread(z) > 0.2));
    assert!((field.mean() - 0.1).abs() < 1e-6);
}

#[test]
fn a_uniform_field_is_white_noise_of_the_amplitude_asked_for() {
    let mut options = options(32, 8.0);
    (options.noise.mean, options.fluctuation) = (0.3, 0.01);
    let field = build(Initial::WhiteNoise, &options);
    let deviations: Vec<_> = field.values().iter().map(|v| f64::from(*v) - 0.3).collect();
    let product = |shift: usize| {
        let pairs = deviations.iter().zip(deviations.iter().cycle().skip(shift));
        pairs.map(|(a, b)| a * b).sum::<f64>() / deviations.len() as f64
    };
    assert!((field.mean() - 0.3).abs() < 1e-6 && deviations.iter().all(|d| d.abs() < 0.0101));
    assert!((product(0) / (0.01_f64.powi(2) / 3.0) - 1.0).abs() < 0.02, "evenly distributed: variance a²/3");
    assert!([1, 32, 1024].into_iter().all(|shift| product(shift).abs() < 0.03 * product(0)), "uncorrelated");
}
