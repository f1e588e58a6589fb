//! How a training is configured: schedules, presets, options, files.

use clap::{Args, FromArgMatches};
use spinodal::{
    network::{CrnnConfig, Output},
    settings::{Overrides, Span},
    training::{config::TrainConfig, dataset_config::DatasetConfig, preset::Preset, schedule::Stage},
};

#[test]
fn schedules_run_from_their_first_value_to_their_last() {
    let (length, learning_rate) = (Span::new(8.0, 50.0), Span::new(3e-3, 0.0));
    let config = TrainConfig { steps: 1000, growth: 0.5, warmup: 10, length, learning_rate, ..TrainConfig::default() };
    let (first, middle, last) = (config.stage(0), config.stage(500), config.stage(999));
    assert_eq!((first.length, middle.length, last.length), (8, 50, 50));
    assert_eq!((first.unroll, middle.unroll, last.unroll), (2, 4, 4));
    assert!((first.learning_rate - 3e-4).abs() < 1e-6 && (middle.learning_rate - 1.5e-3).abs() < 1e-9);
    assert!(last.learning_rate < 1e-7);

    let paper = TrainConfig { steps: 1000, ..TrainConfig::preset(Preset::Paper) };
    let (first, last) = (paper.stage(0), paper.stage(999));
    assert_eq!((first.length, first.given, last.given), (50, 49, 1));
    assert_eq!((first.learning_rate, last.learning_rate), (1e-4, 1e-4));

    for (length, unroll) in [(2, 1), (8, 2), (50, 7), (50, 49), (5, 9)] {
        let stage = Stage { unroll, ..config.stage(0) };
        let frames: Vec<_> = stage.stretches(length).flat_map(|stretch| stretch.frames).collect();
        assert_eq!(frames, (1..length).collect::<Vec<_>>(), "each frame after the first is predicted once");
        assert!(stage.stretches(length).all(|stretch| stretch.frames.len() <= unroll));
    }
}

#[test]
fn options_go_before_files_and_files_before_defaults() {
    let command = Overrides::<TrainConfig>::augment_args(clap::Command::new("train"));
    let parse = |options: &[&str], config: &mut TrainConfig| {
        let matches = command.clone().try_get_matches_from([&["train"], options].concat()).unwrap();
        Overrides::<TrainConfig>::from_arg_matches(&matches).unwrap().apply(config).unwrap();
    };
    let file: TrainConfig = toml::from_str("steps = 77\nlength = '3..9'\ngiven = 2\nlearning_rate = 0.01").unwrap();
    assert_eq!((file.given, file.learning_rate), (Span::new(2.0, 2.0), Span::new(0.01, 0.01)));
    let mut config = file.clone();
    parse(&[], &mut config);
    assert_eq!(config, file);
    parse(&["--steps", "88", "--unroll", "1,2", "--augment", "false", "--learning-rate", "1e-3..1e-4"], &mut config);
    assert_eq!((config.steps, &config.unroll[..], config.augment), (88, &[1, 2][..], false));
    assert_eq!((config.learning_rate, config.length), (Span::new(1e-3, 1e-4), Span::new(3.0, 9.0)));
    assert_eq!(config.batch, TrainConfig::default().batch);
    parse(&["--channels", "4", "--output", "non-conservative"], &mut config);
    let network = CrnnConfig { channels: 4, output: Output::NonConservative, ..CrnnConfig::default() };
    assert_eq!((config.network, config.steps), (network, 88));
    let recorded: TrainConfig = toml::from_str(&toml::to_string(&config).unwrap()).unwrap();
    assert_eq!(recorded, config);
    let help = command.clone().render_help().to_string();
    for default in ["[default: 16000]", "[default: 8..120]", "[default: soap]", "[default: 10]", "[default: face]"] {
        assert!(help.contains(default), "{default}: {help}");
    }
}

#[test]
fn bad_configurations_are_refused_in_one_sentence() {
    let train: [(&str, &str); 7] = [
        ("steps = 0", "the number of steps must lie between 1 and"),
        ("unroll = []", "unroll must be a list"),
        ("learning_rate = '0'", "learning-rate must begin above 0"),
        ("length = '1..5'", "length must lie between 2 and"),
        ("from_start = 1.5", "the share of walks from the start must lie between 0 and 1"),
        ("clip = 0.0", "the clip must lie between"),
        ("error_scale = '0.1..0'", "the error scale must lie between"),
    ];
    for (text, expected) in train {
        let message = toml::from_str::<TrainConfig>(text).unwrap().validate().unwrap_err().to_string();
        assert!(message.contains(expected) && !message.contains('\n'), "{message}");
    }
    for (text, expected) in [("stepz = 3", "unknown field"), ("length = 'long'", "is not an interval")] {
        let message = toml::from_str::<TrainConfig>(text).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
    let data: [(&str, &str); 8] = [
        ("frames = 1", "frames must lie between 2"),
        ("grids = [33]", "grids must have sides of 1 or multiples"),
        ("grids = []", "grids must have sides of 1 or multiples"),
        ("late_share = -0.1", "the late share must lie"),
        (
            "grids = [64, 12]\nfilm_share = 0.5\nfilm_roughness = '1..7'",
            "the film roughness must lie between 0 and 6 grid units",
        ),
        ("film_share = 0.5\nfilm_hills = '0..3'", "film hills must lie between 1 and 16, but is 0..3"),
        ("film_share = 0.5\nfilm_hills = '4..2'", "film-hills must be whole"),
        ("[equation]\ntime_step = 0.004", "stability limit"),
    ];
    for (text, expected) in data {
        let message = toml::from_str::<DatasetConfig>(text).unwrap().validate().unwrap_err().to_string();
        assert!(message.contains(expected) && !message.contains('\n'), "{message}");
    }
}
