//! Noise: seamless, repeatable, and with the statistics asked for.

use super::build;
use sha2::{Digest, Sha256};
use spinodal::{
    field::Field,
    grid::Shape,
    initial::{Initial, InitialOptions, NoiseGenerator, NoiseParameters},
    metrics::structure::StructureFactor,
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

/// The first bytes of the SHA-256 of a field's values.
fn fingerprint(field: &Field) -> String {
    let bytes: Vec<_> = field.values().iter().flat_map(|value| value.to_le_bytes()).collect();
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn fields_of_earlier_recordings_come_out_to_the_last_bit() {
    // By the program that had no other generator yet.
    for (shape, noise, slice, white) in [
        ([32, 32, 32], "568a6f1ed4b4db62", "ab16053beaefa869", "aa969a5a59ec941f"),
        ([24, 40, 1], "f1a1fce28cb96443", "8c8e049d3319c99e", "a7c0e9a24496c7c4"),
    ] {
        let recorded =
            r#"{"seed": 5, "noise": {"correlation_length": 9, "octaves": 3, "mean": 0.1, "amplitude": 0.8}}"#;
        let options = InitialOptions { grid: Shape(shape), ..serde_json::from_str(recorded).unwrap() };
        for (initial, expected) in [(Initial::Noise, noise), (Initial::Slice, slice), (Initial::WhiteNoise, white)] {
            assert_eq!(fingerprint(&build(initial.clone(), &options)), expected, "{initial} of {shape:?}");
        }
    }
}

fn fbm(shape: [usize; 3], noise: NoiseParameters) -> Field {
    build(Initial::Noise, &InitialOptions { grid: Shape(shape), noise, seed: 3, ..Default::default() })
}

#[test]
fn fbm_is_a_preset_and_recorded_with_its_generator() {
    let (initial, noise) = Initial::with_noise("fbm").unwrap();
    assert_eq!((initial, noise.clone()), (Initial::Noise, NoiseParameters::fbm()));
    assert_eq!(Initial::with_noise("sphere").unwrap(), (Initial::Sphere, NoiseParameters::default()));
    assert!(Initial::with_noise("fractal").unwrap_err().to_string().contains("pfhub-1a, fbm)"));
    // A file, which has the parameters in another place, is told them.
    let told = Initial::parse("fbm").unwrap_err().to_string();
    assert!(!Initial::parse("fractal").unwrap_err().to_string().contains("fbm"));
    let (_, line) = told.split_once("noise = ").unwrap();
    assert_eq!(toml::from_str::<InitialOptions>(&format!("noise = {line}")).unwrap().noise, noise);
    let recorded = serde_json::to_string(&noise).unwrap();
    assert!(recorded.contains(r#""generator":"permutation""#), "{recorded}");
    assert_eq!(serde_json::from_str::<NoiseParameters>(&recorded).unwrap(), noise);
    let drawn = NoiseParameters { generator: NoiseGenerator::Drawn, ..noise.clone() };
    assert_ne!(fbm([16; 3], noise), fbm([16; 3], drawn));
}

#[test]
fn fbm_has_the_mean_and_the_peak_asked_for_in_any_box() {
    for shape in [[64, 64, 64], [48, 20, 96], [64, 96, 1], [1, 40, 1]] {
        let field = fbm(shape, NoiseParameters { mean: 0.2, amplitude: 0.5, ..NoiseParameters::fbm() });
        let (low, high) = field.range();
        assert!((field.mean() - 0.2).abs() < 1e-6, "{shape:?}: {}", field.mean());
        assert!(((0.2 - low).max(high - 0.2) - 0.5).abs() < 1e-6, "{shape:?}: {low} to {high}");
    }
}

/// Largest difference of neighbouring slopes between the planes `plane` − 1, `plane` and `plane` + 1 across an axis.
fn bend(field: &Field, axis: usize, plane: usize) -> f32 {
    let Shape(shape) = field.grid().shape();
    let (side, others) = (shape[axis], [(axis + 1) % 3, (axis + 2) % 3]);
    let phi = |a: usize, b: usize, plane: usize| {
        let mut node = [0; 3];
        (node[axis], node[others[0]], node[others[1]]) = ((plane % side) as isize, a as isize, b as isize);
        field.at(node[0], node[1], node[2])
    };
    let places = (0..shape[others[0]]).flat_map(|a| (0..shape[others[1]]).map(move |b| (a, b)));
    let bends = places.map(|(a, b)| phi(a, b, plane + side - 1) - 2.0 * phi(a, b, plane) + phi(a, b, plane + 1));
    bends.fold(0.0, |most, bend| most.max(bend.abs()))
}

#[test]
fn fbm_has_no_seam_across_any_face_of_any_box() {
    for (shape, octaves) in [([64, 64, 64], 2), ([48, 32, 80], 1), ([96, 64, 1], 2)] {
        let field = fbm(shape, NoiseParameters { octaves, ..NoiseParameters::fbm() });
        for axis in (0..3).filter(|&axis| shape[axis] > 1) {
            let side = shape[axis];
            let within = (2..side - 2).map(|plane| bend(&field, axis, plane)).fold(0.0, f32::max);
            let across = bend(&field, axis, 0).max(bend(&field, axis, side - 1));
            assert!(across <= 1.2 * within, "{shape:?}, axis {axis}: {across} across the face, {within} within");
            // The same measure does notice where another field follows.
            let values = field.values().iter().enumerate();
            let cut = values.map(|(i, v)| if field.grid().node(i)[axis] < side / 3 { -v } else { *v }).collect();
            let cut = Field::from_values(field.grid(), cut).unwrap();
            assert!(bend(&cut, axis, side / 3) > 3.0 * within, "axis {axis}");
        }
    }
}

#[test]
fn the_spectrum_of_fbm_falls_as_hurst_says() {
    // Octaves with 2 to 32 cells per side: their ends, where the spectrum is that of one octave, are left out.
    for hurst in [0.3, 0.6, 1.0] {
        let noise = NoiseParameters { correlation_length: 32.0, hurst, ..NoiseParameters::fbm() };
        let mut points = Vec::new();
        for seed in 0..4 {
            let options = InitialOptions { noise: noise.clone(), seed, ..Default::default() };
            let StructureFactor { wavenumbers, power } = StructureFactor::of(&build(Initial::Noise, &options));
            points.extend(wavenumbers.iter().zip(&power).skip(2).take(14).map(|(k, s)| (k.ln(), s.ln())));
        }
        let mean = |of: &dyn Fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / points.len() as f64;
        let (x, y) = (mean(&|p| p.0), mean(&|p| p.1));
        let slope = mean(&|p| (p.0 - x) * (p.1 - y)) / mean(&|p| (p.0 - x).powi(2));
        assert!((slope + 2.0 * hurst + 3.0).abs() < 0.35, "H = {hurst}: {slope}");
    }
}
