//! What training walks through: batches of sequences under symmetries.

use crate::{
    dataset::{make, tiny_data},
    training::tiny_training,
};
use burn_flex::{Flex, FlexDevice};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use spinodal::{
    equation::{Parameters, reference_step},
    grid::Shape,
    settings::Span,
    training::{
        config::TrainConfig,
        dataset::{Dataset, Split},
        dataset_config::DatasetConfig,
        symmetry::Symmetry,
        walk::Pool,
    },
};
use std::collections::HashSet;
use tempfile::tempdir;

#[test]
fn symmetries_are_48_orthogonal_maps_with_and_without_exchange() {
    let all: Vec<_> = Symmetry::all().collect();
    let matrices: HashSet<_> = all.iter().map(Symmetry::matrix).collect();
    assert_eq!((all.len(), matrices.len()), (96, 48));
    let dot = |a: [i32; 3], b: [i32; 3]| a.iter().zip(b).map(|(a, b)| a * b).sum::<i32>();
    for m in &matrices {
        for (i, j) in (0..9).map(|k| (k / 3, k % 3)) {
            assert_eq!(dot(m[i], m[j]), i32::from(i == j));
        }
    }
    let n = 5;
    for symmetry in &all {
        let mut spike = vec![0.0; n * n * n];
        spike[(n + 2) * n + 4] = 1.0; // node (1, 2, 4)
        let mut moved = Vec::new();
        symmetry.apply(&spike, Shape::cube(n), &mut moved);
        let [x, y, z] = symmetry.matrix().map(|row| dot(row, [1, 2, 4]).rem_euclid(n as i32) as usize);
        assert_eq!(moved[(x * n + y) * n + z], if symmetry.exchanged { -1.0 } else { 1.0 });
    }
}

#[test]
fn symmetries_commute_with_the_solver() {
    let n = 6;
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let phi: Vec<f32> = (0..n * n * n).map(|_| rng.random_range(-1.0..1.0)).collect();
    let step = |phi: &[f32]| -> Vec<f32> {
        let phi: Vec<f64> = phi.iter().map(|&v| f64::from(v)).collect();
        reference_step(&phi, &n.into(), &Parameters::default()).iter().map(|&v| v as f32).collect()
    };
    let stepped = step(&phi);
    for symmetry in Symmetry::all() {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        symmetry.apply(&phi, Shape::cube(n), &mut before);
        symmetry.apply(&stepped, Shape::cube(n), &mut after);
        let largest = step(&before).iter().zip(&after).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(largest < 1e-6, "{symmetry:?}: {largest}");
    }
}

#[test]
fn walks_are_drawn_by_the_inverse_square_of_their_lengths() {
    let data = tempdir().unwrap();
    let config = DatasetConfig {
        sequences: 2,
        frames: Span::new(33.0, 33.0),
        grids: vec![12.into()],
        late_share: 0.0,
        ..tiny_data()
    };
    make(&config, data.path(), 2);
    let dataset = Dataset::open(data.path()).unwrap();
    let pool = Pool::new(&dataset).unwrap();
    let config = TrainConfig { length: Span::new(32.0, 32.0), shortest: 4, ..tiny_training(data.path()) };
    let lengths: Vec<_> = (0..3000).map(|number| pool.draw(&config, number, 0).length).collect();
    assert!(lengths.iter().all(|length| (4..=32).contains(length)));
    // Probability 1/length², the ends counted in.
    for (low, high) in [(4_u32, 8_u32), (8, 16), (16, 33)] {
        let share = lengths.iter().filter(|&&length| (low..high).contains(&(length as u32))).count() as f64 / 3000.0;
        let [low_share, high_share, all] = [low, high, 4].map(|frames| 1.0 / f64::from(frames));
        let expected = (low_share - high_share) / (all - 1.0 / 33.0);
        assert!((share - expected).abs() < 0.03, "{low}..{high}: {share} not {expected}");
    }
    let whole = TrainConfig { shortest: 50, ..config };
    assert!((0..50).all(|number| pool.draw(&whole, number, 0).length == 32));
}

#[test]
fn long_and_short_sequences_make_one_dataset() {
    let data = tempdir().unwrap();
    let config = DatasetConfig { sequences: 12, frames: Span::new(3.0, 9.0), grids: vec![12.into()], ..tiny_data() };
    let manifest = make(&config, data.path(), 2);
    let dataset = Dataset::open(data.path()).unwrap();
    let sequences: Vec<_> = [Split::Training, Split::Validation].iter().flat_map(|&s| dataset.sequences(s)).collect();
    assert!(sequences.iter().all(|sequence| sequence.frames() == sequence.record().recipe.frames));
    let lengths: HashSet<_> = manifest.sequences.iter().map(|record| record.recipe.frames).collect();
    assert!(lengths.len() > 3 && lengths.iter().all(|length| (3..=9).contains(length)), "{lengths:?}");

    let (pool, config) = (Pool::new(&dataset).unwrap(), tiny_training(data.path()));
    let config = TrainConfig { length: Span::new(9.0, 9.0), batch: 4, ..config };
    let walks: Vec<_> = (0..2000).map(|number| pool.draw(&config, number, 0)).collect();
    let longest = dataset.sequences(Split::Training).map(|sequence| sequence.frames()).max();
    assert_eq!(walks.iter().map(|walk| walk.length).max(), longest, "short sequences do not cut long walks");
    for walk in walks {
        assert_eq!(walk.truth::<Flex>(walk.length - 1, &FlexDevice).unwrap().dims(), [4, 1, 6, 6, 6]);
    }
}
