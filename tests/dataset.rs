//! Data: the same bytes however they are made, resumable, extendable, and true to the solver.

use spinodal::{
    equation::reference_step,
    evolution::Evolution,
    network,
    settings::Span,
    solver::{Method, explicit::cpu::ExplicitSolver},
    training::{
        dataset::{Dataset, Manifest, Split},
        dataset_config::DatasetConfig,
        generate::{DatasetProgress, generate},
        recipe::{Recipe, Start},
    },
};
use std::{
    collections::HashSet,
    fs,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use tempfile::tempdir;

pub fn tiny_data() -> DatasetConfig {
    DatasetConfig {
        sequences: 6,
        frames: Span::new(6.0, 6.0),
        grids: vec![12.into(), 16.into()],
        correlation_length: Span::new(4.0, 6.0),
        amplitude: Span::new(0.5, 1.5),
        late_share: 0.5,
        late_frames: Span::new(1.0, 3.0),
        film_share: 0.0,
        slice_share: 0.0,
        ..DatasetConfig::default()
    }
}

pub fn make(config: &DatasetConfig, folder: &Path, threads: usize) -> Manifest {
    generate(config, folder, threads, || false, &|_| {}).unwrap().unwrap()
}

#[test]
fn dataset_does_not_depend_on_threads() {
    let (one, three) = (tempdir().unwrap(), tempdir().unwrap());
    let config = tiny_data();
    let manifest = make(&config, one.path(), 1);
    assert_eq!(manifest, make(&config, three.path(), 3));
    let checksums: HashSet<_> = manifest.sequences.iter().map(|sequence| &sequence.sha256).collect();
    assert_eq!(checksums.len(), config.sequences, "every sequence is another");
    assert!(manifest.sequences.iter().any(|sequence| sequence.recipe.skipped > 0));
    assert!(manifest.sequences.iter().any(|sequence| sequence.split == Split::Validation));
}

#[test]
fn other_starts_take_the_place_of_some_sequences_and_leave_the_others() {
    let plain = DatasetConfig { sequences: 60, mean_deviation: 0.1, ..tiny_data() };
    let mixed = DatasetConfig {
        film_share: 0.4,
        film_roughness: Span::new(0.5, 1.0),
        film_hills: Span::new(1.0, 2.0),
        slice_share: 0.3,
        quench_share: 0.2,
        quench_fluctuation: Span::new(0.1, 0.4),
        ..plain.clone()
    };
    let recipes = |config: &DatasetConfig| (0..60).map(|index| Recipe::draw(config, index)).collect::<Vec<_>>();
    let (noise, some) = (recipes(&plain), recipes(&mixed));
    let (mut films, mut slices, mut quenches, mut hills) = (0, 0, 0, HashSet::new());
    for (recipe, other) in some.iter().zip(&noise) {
        let field = recipe.initial_field(&mixed).unwrap();
        assert!((field.mean() - recipe.mean).abs() < 0.02, "{} {}", field.mean(), recipe.mean);
        match recipe.start {
            Start::Noise => assert_eq!(recipe, other),
            Start::Film { roughness } => {
                assert!((0.5..=1.0).contains(&roughness));
                films += 1;
                hills.insert((recipe.grid.0[0] as f64 / recipe.correlation_length) as usize);
            }
            Start::Slice { layer } => {
                assert!((0.1..=0.5).contains(&layer));
                slices += 1;
                let side = recipe.grid.0[2];
                let face = (0..side * side).map(|i| field.values()[i * side]);
                assert!(face.clone().all(|value| value == field.values()[0]), "at rest far from the layer");
                assert!(field.values().iter().any(|value| (value - field.values()[0]).abs() > 0.1));
            }
            Start::Quench { fluctuation } => {
                assert!((0.1..=0.4).contains(&fluctuation));
                quenches += 1;
                let (low, high) = field.range();
                let largest = (f64::from(high) - recipe.mean).max(recipe.mean - f64::from(low));
                assert!((largest - fluctuation).abs() < 1e-5, "{largest}");
            }
        }
    }
    assert!((15..35).contains(&films) && (8..30).contains(&slices), "{films} {slices}");
    assert!((5..22).contains(&quenches), "{quenches}");
    assert_eq!(hills, HashSet::from([1, 2]));
    let crowded = DatasetConfig { slice_share: 0.7, ..mixed };
    assert!(crowded.validate().unwrap_err().to_string().contains("must make 1 at most together"));
}

#[test]
fn dataset_is_resumed_after_a_stop_and_can_be_extended() {
    let (whole, parts) = (tempdir().unwrap(), tempdir().unwrap());
    let config = tiny_data();
    let expected = make(&config, whole.path(), 2);
    let made = Arc::new(AtomicUsize::new(0));
    let count = |progress| {
        if let DatasetProgress::Made { made: count, .. } = progress {
            made.store(count, Ordering::Relaxed);
        }
    };
    let enough = made.clone();
    let stopped = generate(&config, parts.path(), 1, move || enough.load(Ordering::Relaxed) >= 2, &count).unwrap();
    assert_eq!(stopped, None);
    assert!(Dataset::open(parts.path()).unwrap_err().to_string().contains("holds no finished dataset"));
    assert_eq!(make(&config, parts.path(), 1), expected);

    let more = DatasetConfig { sequences: 8, ..config.clone() };
    assert_eq!(make(&more, parts.path(), 2).sequences[..6], expected.sequences);
    let other = DatasetConfig { seed: 2, ..more };
    let refusal = generate(&other, parts.path(), 1, || false, &|_| {}).unwrap_err().to_string();
    assert!(refusal.contains("another configuration"), "{refusal}");
    let refusal = generate(&config, parts.path(), 1, || false, &|_| {}).unwrap_err().to_string();
    assert!(refusal.contains("already holds 8 sequences"), "{refusal}");
}

#[test]
fn a_resumed_dataset_takes_only_what_was_made_in_its_folder() {
    let (folder, other) = (tempdir().unwrap(), tempdir().unwrap());
    let config = tiny_data();
    let made = Arc::new(AtomicUsize::new(0));
    let count = |progress| {
        if let DatasetProgress::Made { made: count, .. } = progress {
            made.store(count, Ordering::Relaxed);
        }
    };
    let enough = made.clone();
    generate(&config, folder.path(), 1, move || enough.load(Ordering::Relaxed) >= 2, &count).unwrap();
    make(&DatasetConfig { seed: 2, ..config.clone() }, other.path(), 2);
    let refusal = || generate(&config, folder.path(), 1, || false, &|_| {}).unwrap_err().to_string();

    let [made, foreign] = [0, 5].map(|index| folder.path().join(format!("sequences/{index:05}.npy")));
    fs::copy(other.path().join("sequences/00005.npy"), &foreign).unwrap();
    assert!(refusal().contains("00005.npy is damaged (it was not made here)"), "{}", refusal());
    fs::remove_file(&foreign).unwrap();

    let good = fs::read(&made).unwrap();
    let not_a_number = [&good[..good.len() - 4], &f32::NAN.to_le_bytes()].concat();
    fs::write(&made, not_a_number).unwrap();
    assert!(refusal().contains("00000.npy is damaged (its checksum is not"), "{}", refusal());
    #[cfg(unix)]
    {
        let elsewhere = other.path().join("elsewhere.npy");
        fs::write(&elsewhere, &good).unwrap();
        fs::remove_file(&made).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &made).unwrap();
        assert!(refusal().contains("a link to another file"), "{}", refusal());
        fs::remove_file(&made).unwrap();
    }
    fs::write(&made, &good).unwrap();
    // A loss of power leaves half a line.
    let list = folder.path().join("made.csv");
    let lines = fs::read_to_string(&list).unwrap() + "3,0123";
    fs::write(&list, lines).unwrap();
    let manifest = make(&config, folder.path(), 2);
    let expected = tempdir().unwrap();
    assert_eq!(manifest, make(&config, expected.path(), 1));
    assert!(!list.exists());
}

#[test]
fn datasets_are_made_in_folders_of_their_own() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    let refusal = generate(&tiny_data(), folder.path(), 1, || false, &|_| {}).unwrap_err().to_string();
    assert!(refusal.contains("holds something else"), "{refusal}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_dataset_that_does_not_fit_takes_no_folder() {
    let folder = tempdir().unwrap();
    let vast = DatasetConfig {
        sequences: 1000,
        frames: Span::new(1e6, 1e6),
        grids: vec![1024.into()],
        late_share: 0.0,
        ..tiny_data()
    };
    let refusal = generate(&vast, folder.path(), 1, || false, &|_| {}).unwrap_err().to_string();
    assert!(refusal.contains("MB are free"), "{refusal}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    make(&tiny_data(), folder.path(), 2);
    let beyond = DatasetConfig { grids: vec![(1 << 22).into()], ..tiny_data() };
    assert!(beyond.validate().unwrap_err().to_string().contains("number of nodes must lie between"));
    let uneven = DatasetConfig { grids: vec![21.into()], ..tiny_data() };
    assert!(uneven.validate().unwrap_err().to_string().contains("multiples of the coarsening"));
}

#[test]
fn a_folder_is_made_by_one_program_at_a_time() {
    let folder = tempdir().unwrap();
    let refusals = Mutex::new(Vec::new());
    let once_more = |progress| {
        if matches!(progress, DatasetProgress::Made { made: 1, .. }) {
            let refusal = generate(&tiny_data(), folder.path(), 1, || false, &|_| {}).unwrap_err().to_string();
            refusals.lock().unwrap().push(refusal);
        }
    };
    generate(&tiny_data(), folder.path(), 1, || false, &once_more).unwrap().unwrap();
    let refusals = refusals.into_inner().unwrap();
    assert!(refusals.len() == 1 && refusals[0].contains("in use by another run"), "{refusals:?}");
    make(&tiny_data(), folder.path(), 1);
}

#[test]
fn starts_too_far_out_for_the_step_get_shorter_ones_in_their_first_frame() {
    let folder = tempdir().unwrap();
    let with = |seed| DatasetConfig {
        sequences: 4,
        frames: Span::new(3.0, 3.0),
        grids: vec![16.into()],
        correlation_length: Span::new(16.0, 16.0),
        mean_deviation: 0.5,
        amplitude: Span::new(2.0, 2.0),
        late_share: 0.0,
        seed,
        ..tiny_data()
    };
    let start = |config: &DatasetConfig| Recipe::draw(config, 0).initial_field(config).unwrap();
    let diverges = |config: &DatasetConfig| {
        let mut solver = ExplicitSolver::new(&start(config), config.equation).unwrap();
        solver.advance().unwrap();
        solver.field().is_err()
    };
    let config = (1..50).map(with).find(diverges).expect("a start that the step is too long for");
    make(&config, folder.path(), 2);
    let dataset = Dataset::open(folder.path()).unwrap();
    let sequence = dataset.sequences(Split::Training).next().unwrap();
    // Far more and shorter steps come to the same.
    let mut careful = ExplicitSolver::new(&start(&config), config.equation.in_steps(8000)).unwrap();
    for frame in 1..3 {
        careful.advance().unwrap();
        let expected = careful.field().unwrap().coarsened(2).unwrap();
        let found = sequence.frame(frame).unwrap();
        let pairs = found.iter().zip(expected.values());
        assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 0.02), "frame {frame}");
    }
}

#[test]
fn sequences_hold_the_solvers_field_at_every_second_node() {
    let folder = tempdir().unwrap();
    let config = DatasetConfig {
        sequences: 3,
        frames: Span::new(3.0, 3.0),
        grids: vec![12.into()],
        late_share: 0.0,
        ..tiny_data()
    };
    make(&config, folder.path(), 1);
    let dataset = Dataset::open(folder.path()).unwrap();
    assert!(dataset.checks().all(|check| check.is_ok()));
    let sequence = dataset.sequences(Split::Training).next().unwrap();
    let start = Recipe::draw(&config, 0).initial_field(&config).unwrap();
    let mut phi: Vec<f64> = start.values().iter().map(|&v| f64::from(v)).collect();
    for frame in 0..3 {
        for (i, &stored) in sequence.frame(frame).unwrap().iter().enumerate() {
            let fine = (i / 36 * 2 * 12 + i / 6 % 6 * 2) * 12 + i % 6 * 2;
            assert!((f64::from(stored) - phi[fine]).abs() < 1e-4, "frame {frame}, node {i}");
        }
        for _ in 0..config.equation.steps_per_frame {
            phi = reference_step(&phi, &12.into(), &config.equation);
        }
    }
}

#[test]
fn white_noise_is_kept_as_a_network_starts_from_it() {
    let folder = tempdir().unwrap();
    let config = DatasetConfig { frames: Span::new(2.0, 2.0), late_share: 0.0, quench_share: 1.0, ..tiny_data() };
    make(&config, folder.path(), 2);
    let dataset = Dataset::open(folder.path()).unwrap();
    let sequence = dataset.sequences(Split::Training).next().unwrap();
    let field = sequence.record().recipe.initial_field(&config).unwrap();
    let start = network::start(&field, 2).unwrap();
    assert_eq!(sequence.frame(0).unwrap(), start.values());
    assert!(start != field.coarsened(2).unwrap());
}

#[test]
fn the_adaptive_solver_makes_the_same_sequences_within_its_tolerance() {
    let (by_steps, by_tolerance, again) = (tempdir().unwrap(), tempdir().unwrap(), tempdir().unwrap());
    let config = DatasetConfig { quench_share: 0.0, ..tiny_data() };
    make(&config, by_steps.path(), 2);
    let adaptive = DatasetConfig { method: Method::Adaptive, tolerance: 1e-4, ..config };
    let manifest = make(&adaptive, by_tolerance.path(), 2);
    assert_eq!(manifest.config.tolerance, 1e-4, "the manifest says how exact it is");
    assert_eq!(make(&adaptive, again.path(), 1), manifest, "and does not depend on the number of threads");
    let frames = |folder: &Path| -> Vec<Vec<f32>> {
        let data = Dataset::open(folder).unwrap();
        let sequences = [Split::Training, Split::Validation].map(|split| data.sequences(split).collect::<Vec<_>>());
        sequences.concat().iter().map(|one| one.frame(one.frames() - 1).unwrap()).collect()
    };
    for (exact, found) in frames(by_steps.path()).iter().zip(frames(by_tolerance.path())) {
        let squares: f64 = exact.iter().zip(&found).map(|(a, b)| f64::from(a - b).powi(2)).sum();
        let rmse = (squares / exact.len() as f64).sqrt();
        assert!(rmse < 5e-3, "{rmse:e}");
    }
}
