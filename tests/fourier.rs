//! Fourier transforms, against the sum that they are.

use crate::support::random_field;
use spinodal::fourier::{Fourier, Modes, waves};
use spinodal::grid::Grid;
use std::f64::consts::TAU;

#[test]
fn modes_are_sums_over_all_nodes_and_come_back() {
    // 33 has more modes per line than are moved at once.
    for n in [5, 6, 9, 33] {
        let field = random_field(n, 0.2, 1.0);
        let mut fourier = Fourier::new(&n.into());
        let mut transformed = fourier.forward(field.values());
        let step = (transformed.len() / 40).max(1);
        for (([x, y, z], _), mode) in Modes::of(&n.into()).places().zip(&transformed).step_by(step) {
            let k = [x, y, z].map(|axis| TAU * waves(axis, n) / n as f64);
            let (mut re, mut im) = (0.0, 0.0);
            for (i, &value) in field.values().iter().enumerate() {
                let phase = k[0] * (i / (n * n)) as f64 + k[1] * (i / n % n) as f64 + k[2] * (i % n) as f64;
                re += f64::from(value) * phase.cos();
                im -= f64::from(value) * phase.sin();
            }
            let error = (f64::from(mode.re) - re).hypot(f64::from(mode.im) - im);
            assert!(error < 1e-6 * (n as f64).powi(3).max(1e3), "{n}: {x} {y} {z}: {error}");
        }
        let mut back = vec![0.0; n.pow(3)];
        fourier.inverse(&mut transformed, &mut back);
        let scale = (n as f32).powi(3);
        assert!(back.iter().zip(field.values()).all(|(a, b)| (a / scale - b).abs() < 1e-5), "{n}");
    }
}

#[test]
fn half_of_the_modes_stands_for_all() {
    for n in [5, 6] {
        let field = random_field(n, 0.2, 1.0);
        let (modes, transformed) = (Modes::of(&Grid::cube(n)), Fourier::new(&n.into()).forward(field.values()));
        assert_eq!(modes.places().map(|(_, weight)| weight).sum::<f64>(), n.pow(3) as f64);
        // Parseval.
        let power: f64 =
            modes.places().zip(&transformed).map(|((_, weight), mode)| weight * f64::from(mode.norm_sqr())).sum();
        let squares: f64 = field.values().iter().map(|&value| f64::from(value).powi(2)).sum();
        assert!((power / n.pow(3) as f64 / squares - 1.0).abs() < 1e-5);
    }
}

#[test]
fn modes_are_mapped_as_their_values_are() {
    // Planes in groups that are full and not, and boxes of two dimensions.
    for shape in [[5, 6, 7], [8, 5, 6], [9, 33, 5], [1, 12, 10], [7, 1, 8]] {
        let grid = Grid::from(shape);
        let field = random_field(grid, 0.2, 1.0);
        let mut fourier = Fourier::new(&grid);
        let (mut modes, mut values) = (fourier.forward(field.values()), vec![0.0; grid.len()]);
        fourier.map(&mut modes, &mut values, |value| value * value - 0.5);
        assert!(values.iter().zip(field.values()).all(|(a, b)| (a - b).abs() < 1e-6), "{shape:?}");
        let mapped: Vec<f32> = field.values().iter().map(|value| value * value - 0.5).collect();
        let expected = fourier.forward(&mapped);
        let largest = 1e-5 * (grid.len() as f32).max(10.0);
        assert!(modes.iter().zip(&expected).all(|(a, b)| (a - b).norm() < largest), "{shape:?}");
    }
}
