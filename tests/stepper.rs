//! The CPU's explicit kernel: boxes of any shape, Cahn–Hilliard and Allen–Cahn, any number of threads.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use spinodal::solver::explicit::stepper::{Scheme, Stepper};

type Shape = [usize; 3];

const DIFFUSION: Scheme = Scheme { well: 6.0, gradient: 3.0, rate: 0.0025, conserved: true };
const RELAXATION: Scheme = Scheme { rate: 0.02, conserved: false, ..DIFFUSION };

/// Odd sides, none a multiple of a vector; sides of one node at each place; the smallest and the thinnest boxes; more
/// planes than a wavefront has levels.
const SHAPES: [Shape; 12] = [
    [5, 5, 5],
    [7, 6, 5],
    [17, 9, 40],
    [9, 40, 17],
    [40, 9, 17],
    [32, 32, 33],
    [47, 33, 1],
    [20, 1, 64],
    [1, 5, 9],
    [130, 70, 1],
    [37, 1, 1],
    [1, 1, 5],
];

/// Those of [`SHAPES`] with few enough nodes for whoever runs the test. Miri takes thousands of times as long.
fn shapes() -> impl Iterator<Item = Shape> {
    SHAPES.into_iter().filter(|shape| !cfg!(miri) || shape.iter().product::<usize>() < 1300)
}

/// Uniform in ±0.2, always the same.
fn noise(shape: Shape) -> Vec<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    (0..shape.iter().product()).map(|_| random.random_range(-0.2..0.2)).collect()
}

/// φ and what its steps have lost after each of `runs` steps in turn.
fn run(shape: Shape, scheme: Scheme, threads: usize, runs: &[usize]) -> (Vec<f32>, Vec<f32>) {
    let mut stepper = Stepper::new(shape, scheme, threads);
    let start = noise(shape);
    stepper.load(&start, &vec![0.0; start.len()]);
    runs.iter().for_each(|&steps| stepper.advance(steps));
    stepper.unload()
}

/// Evaluates `f` at every node, from the flat indices of the node and of its neighbours: two along x, y and z each.
fn map_nodes<T>([nx, ny, nz]: Shape, f: impl Fn(usize, [usize; 6]) -> T) -> Vec<T> {
    let at = |x: usize, y: usize, z: usize| (x % nx * ny + y % ny) * nz + z % nz;
    let mut values = Vec::new();
    for x in 0..nx {
        for y in 0..ny {
            for z in 0..nz {
                let neighbours = [
                    at(x + nx - 1, y, z),
                    at(x + 1, y, z),
                    at(x, y + ny - 1, z),
                    at(x, y + 1, z),
                    at(x, y, z + nz - 1),
                    at(x, y, z + 1),
                ];
                values.push(f(at(x, y, z), neighbours));
            }
        }
    }
    values
}

/// A step in f64.
fn exact_step(phi: &[f64], shape: Shape, scheme: Scheme) -> Vec<f64> {
    let laplacian = |field: &[f64], i: usize, beside: [usize; 6]| {
        beside.iter().map(|&neighbour| field[neighbour] - field[i]).sum::<f64>()
    };
    let mu = map_nodes(shape, |i, beside| {
        scheme.well * (phi[i].powi(3) - phi[i]) - scheme.gradient * laplacian(phi, i, beside)
    });
    map_nodes(shape, |i, beside| {
        phi[i] + scheme.rate * if scheme.conserved { laplacian(&mu, i, beside) } else { -mu[i] }
    })
}

#[test]
fn steps_follow_the_equation_in_boxes_of_any_shape() {
    let steps = if cfg!(miri) { 3 } else { 40 };
    for shape in shapes() {
        for scheme in [DIFFUSION, RELAXATION] {
            let mut exact = noise(shape).iter().map(|&v| f64::from(v)).collect::<Vec<_>>();
            (0..steps).for_each(|_| exact = exact_step(&exact, shape, scheme));
            let (phi, _) = run(shape, scheme, 2, &[steps]);
            let worst = phi.iter().zip(&exact).map(|(&a, b)| (f64::from(a) - b).abs()).fold(0.0, f64::max);
            assert!(worst < 2e-6, "{shape:?} {scheme:?}: {worst:e}");
        }
    }
}

#[test]
fn neither_threads_nor_calls_change_a_bit() {
    for shape in SHAPES {
        for scheme in [DIFFUSION, RELAXATION] {
            let expected = run(shape, scheme, 1, &[1; 40]);
            for (threads, runs) in [(1, &[40][..]), (2, &[40]), (2, &[9, 0, 31]), (3, &[17, 23]), (7, &[40])] {
                assert!(run(shape, scheme, threads, runs) == expected, "{shape:?} {threads} {runs:?}");
            }
        }
    }
}

#[test]
fn a_step_is_this_sum_to_the_bit() {
    #[cfg(target_arch = "x86_64")]
    let has_fused = is_x86_feature_detected!("fma") && is_x86_feature_detected!("avx2");
    #[cfg(not(target_arch = "x86_64"))]
    let has_fused = cfg!(target_arch = "aarch64");
    let fused = |a: f32, b: f32, c: f32| if has_fused { a.mul_add(b, c) } else { a * b + c };
    let sum = |field: &[f32], beside: [usize; 6]| {
        let [a, b, c, d, e, f] = beside.map(|i| field[i]);
        (a + b) + (c + d) + (e + f)
    };
    for size in [5, 6, 13, 32, 50] {
        let shape = [size; 3];
        let (mut phi, mut lost) = (noise(shape), vec![0.0_f32; size * size * size]);
        for steps in 1..30 {
            let mu = map_nodes(shape, |i, beside| {
                fused(phi[i], fused(phi[i] * phi[i], 6.0, 18.0 - 6.0), -3.0 * sum(&phi, beside))
            });
            let change = map_nodes(shape, |i, beside| fused(0.0025, fused(-6.0, mu[i], sum(&mu, beside)), lost[i]));
            for (i, change) in change.into_iter().enumerate() {
                let sum = phi[i] + change;
                (phi[i], lost[i]) = (sum, change - (sum - phi[i]));
            }
            if [1, 2, 11, 29].contains(&steps) {
                assert!(run(shape, DIFFUSION, 2, &[steps]) == (phi.clone(), lost.clone()), "{size} {steps}");
            }
        }
    }
}

#[test]
fn a_stepper_goes_on_from_what_another_held() {
    let shape = [33, 20, 18];
    let (phi, lost) = run(shape, DIFFUSION, 2, &[30]);
    assert!(lost.iter().any(|&v| v != 0.0));
    let mut stepper = Stepper::new(shape, DIFFUSION, 1);
    stepper.load(&phi, &lost);
    assert!(stepper.unload() == (phi, lost));
    stepper.advance(25);
    assert!(stepper.unload() == run(shape, DIFFUSION, 2, &[55]));
}

#[test]
fn diffusion_conserves_the_sum_where_relaxation_does_not() {
    let shape = [130, 70, 1];
    let sum = |(phi, lost): (Vec<f32>, Vec<f32>)| phi.iter().chain(&lost).map(|&v| f64::from(v)).sum::<f64>();
    let drift = |scheme| (sum(run(shape, scheme, 2, &[400])) - sum(run(shape, scheme, 2, &[]))).abs();
    assert!(drift(DIFFUSION) < 1e-3, "{}", drift(DIFFUSION));
    assert!(drift(RELAXATION) > 1.0, "{}", drift(RELAXATION));
}
