//! The rules by which weights follow gradients.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use spinodal::training::optimizer::{self, Method, Optimizer};

#[test]
fn adam_takes_the_textbook_steps() {
    // Minimise (w − 3)² by the update rule written out for one weight in f64.
    let (mut m, mut v, mut w) = (0.0, 0.0, 0.0_f64);
    let adam = Optimizer::for_shapes(Method::Adam, &[vec![1]]);
    let (mut memory, mut weights) = (adam.memory(), [0.0_f32]);
    for t in 1..=200 {
        let slope = 2.0 * (weights[0] - 3.0);
        adam.update(&mut memory, &mut weights, &[slope], 0.1);
        let g = 2.0 * (w - 3.0);
        (m, v) = (0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g);
        w -= 0.1 * (m / (1.0 - 0.9_f64.powi(t))) / ((v / (1.0 - 0.999_f64.powi(t))).sqrt() + 1e-8);
        assert!((f64::from(weights[0]) - w).abs() < 1e-4, "update {t}");
    }
    let mut gradient = [3.0, 4.0];
    assert_eq!(optimizer::clip(&mut gradient, 0.5), 5.0);
    assert_eq!(gradient, [0.3, 0.4]);
}

type Square = [[f32; 4]; 4];

fn product(a: &Square, b: &Square) -> Square {
    std::array::from_fn(|i| std::array::from_fn(|j| (0..4).map(|k| a[i][k] * b[k][j]).sum()))
}

fn transposed(a: &Square) -> Square {
    std::array::from_fn(|i| std::array::from_fn(|j| a[j][i]))
}

/// The matrix that mirrors along `v`: orthogonal, and with `v` askew it mixes all axes.
fn mirror(v: [f32; 4]) -> Square {
    let square = v.iter().map(|x| x * x).sum::<f32>();
    std::array::from_fn(|i| std::array::from_fn(|j| f32::from(u8::from(i == j)) - 2.0 * v[i] * v[j] / square))
}

/// Gradients U·N·Vᵀ of a matrix, whose strengths along the axes U and V span three decades: SOAP is to find the axes,
/// and to go as far along the weak ones as along the strong.
#[test]
fn soap_finds_the_axes_of_the_gradients_and_walks_all_of_them() {
    const STRENGTHS: [f32; 4] = [1.0, 0.3, 0.1, 0.03];
    let [u, v] = [mirror([1.0, 2.0, -1.0, 0.5]), mirror([-0.4, 1.0, 1.5, 1.0])];
    let soap = Optimizer::for_shapes(Method::Soap, &[vec![4, 4, 1, 1, 1]]);
    let (mut memory, mut weights) = (soap.memory(), vec![0.0; 16]);
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let mut travelled = [[0.0; 4]; 4];
    for update in 0..1200 {
        let noise = std::array::from_fn(|i| {
            std::array::from_fn(|j| STRENGTHS[i] * STRENGTHS[j] * rng.random_range(-1.0..1.0_f32))
        });
        let gradient = product(&product(&u, &noise), &transposed(&v)).concat();
        let before = weights.clone();
        soap.update(&mut memory, &mut weights, &gradient, 1.0);
        let step = std::array::from_fn(|i| std::array::from_fn(|j| weights[4 * i + j] - before[4 * i + j]));
        let step = product(&product(&transposed(&u), &step), &v);
        let counted = if update < 600 { 0.0 } else { 1.0 / 600.0 };
        travelled.iter_mut().flatten().zip(step.iter().flatten()).for_each(|(sum, s)| *sum += counted * s.abs());
    }
    // The columns of both bases are the axes, the strongest first, up to their sign.
    for (basis, axes) in memory.bases.as_chunks::<16>().0.iter().zip([u, v]) {
        let q: Square = std::array::from_fn(|i| std::array::from_fn(|j| basis[4 * i + j]));
        let cosines = product(&transposed(&axes), &q);
        assert!((0..4).all(|i| cosines[i][i].abs() > 0.97), "{cosines:?}");
    }
    let (least, most) = travelled.iter().flatten().fold((f32::MAX, 0.0_f32), |(l, m), &t| (l.min(t), m.max(t)));
    assert!(most < 2.0 * least, "{travelled:?}");
}
