//! The reductions on the GPU against the CPU's sums.

use crate::{gpu_device::gpu, support::equation};
use spinodal::{
    field::Field,
    metrics::{PairMetrics, compare, pair::gpu::GpuMetrics},
};

const EPSILON: f64 = 3.0;

/// A field with structure on several scales, other for every phase.
fn waves(size: usize, phase: f64) -> Field {
    let k = std::f64::consts::TAU / size as f64;
    Field::from_fn(size, |x, y, z| {
        let sum = (k * (2.0 * x + y) + phase).sin() + (k * (3.0 * y - z)).cos() + (k * (z + x) + 2.0 * phase).sin();
        (1.5 * sum + 0.2).tanh()
    })
    .unwrap()
}

fn figures(metrics: &PairMetrics) -> [f64; 11] {
    let m = metrics;
    [
        m.rmse,
        m.rmse_fine,
        m.rmse_floor,
        m.displacement,
        m.displacement_fine,
        m.displacement_floor,
        m.energy_reference,
        m.energy_candidate,
        m.energy_error,
        m.mean_reference,
        m.mean_candidate,
    ]
}

fn agree(solver: &Field, network: &Field) {
    let gpu = gpu();
    let metrics = GpuMetrics::new(&gpu, solver.grid(), network.grid(), &equation(EPSILON)).unwrap();
    let upload = |field: &Field| gpu.upload("field", field.values()).unwrap();
    let found = figures(&metrics.compare(&upload(solver), &upload(network)).unwrap());
    let expected = figures(&compare(solver, network, &equation(EPSILON)).unwrap());
    for (found, expected) in found.iter().zip(expected) {
        // A mean near zero is a difference of values near one, each rounded to f32.
        assert!((found - expected).abs() <= 1e-5 * expected.abs() + 1e-7, "{found} is not {expected}");
    }
}

#[test]
fn figures_are_those_of_the_cpu() {
    for (size, step) in [(48, 2), (30, 1), (30, 3), (50, 2)] {
        agree(&waves(size, 0.0), &waves(size, 0.3).coarsened(step).unwrap());
    }
}

#[test]
fn a_field_does_not_differ_from_itself() {
    let field = waves(24, 0.0);
    let gpu = gpu();
    let buffer = gpu.upload("field", field.values()).unwrap();
    let metrics =
        GpuMetrics::new(&gpu, 24.into(), 24.into(), &equation(EPSILON)).unwrap().compare(&buffer, &buffer).unwrap();
    assert_eq!([metrics.rmse, metrics.displacement, metrics.energy_error], [0.0; 3]);
}

#[test]
fn unrelated_grids_are_refused() {
    assert!(GpuMetrics::new(&gpu(), 48.into(), 32.into(), &equation(EPSILON)).is_err());
}
