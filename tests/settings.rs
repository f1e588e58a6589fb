//! Settings: one table for command line, panels, files and validation.

use bevy_egui::egui::{Context, RawInput};
use clap::{Command, CommandFactory, FromArgMatches, Parser, ValueEnum};
use egui_kittest::{
    Harness,
    kittest::{By, Queryable},
};
use spinodal::{
    app::setting,
    commands::Cli,
    comparison::CandidateSpec,
    equation::{Equation, Parameters},
    evaluation::Plan,
    grid::Shape,
    initial::{Initial, InitialOptions},
    settings::{self, *},
    training::{
        config::TrainConfig,
        dataset_config::DatasetConfig,
        preset::{DataPreset, Preset},
    },
};

type Change<T> = fn(&mut InitialOptions, T);

/// Options of an initial field that are real numbers: name, setting, and field.
fn reals() -> Vec<(&'static str, Setting<f64>, Change<f64>)> {
    vec![
        ("volume-fraction", VOLUME_FRACTION, |o, v| o.volume_fraction = Some(v)),
        ("correlation-length", CORRELATION_LENGTH, |o, v| o.noise.correlation_length = v),
        ("hurst", HURST, |o, v| o.noise.hurst = v),
        ("mean", MEAN, |o, v| o.noise.mean = v),
        ("amplitude", AMPLITUDE, |o, v| o.noise.amplitude = v),
        ("fluctuation", FLUCTUATION, |o, v| o.fluctuation = v),
        ("radius", RADIUS, |o, v| o.shape.radius = v),
        ("thickness", THICKNESS, |o, v| o.shape.thickness = v),
        ("undulation", UNDULATION, |o, v| o.shape.undulation = v),
        ("roughness", ROUGHNESS, |o, v| o.shape.roughness = v),
        ("layer", LAYER, |o, v| o.shape.layer = v),
        ("margin", MARGIN, |o, v| o.margin = v),
    ]
}

/// Those that are whole numbers.
fn whole() -> Vec<(&'static str, Setting<u32>, Change<u32>)> {
    vec![
        ("octaves", OCTAVES, |o, v| o.noise.octaves = v),
        ("waves", WAVES, |o, v| o.shape.waves = v),
        ("periods", PERIODS, |o, v| o.shape.periods = v),
    ]
}

fn simulate() -> Command {
    Cli::command().find_subcommand("simulate").unwrap().clone()
}

/// What the command line makes of options of an initial field.
fn parsed(options: &[String]) -> Result<InitialOptions, String> {
    let words = ["simulate", "--out", "out.npy"].map(str::to_owned).into_iter().chain(options.iter().cloned());
    let matches = simulate().try_get_matches_from(words).map_err(|error| error.to_string())?;
    let mut parsed = InitialOptions::default();
    Overrides::<InitialOptions>::from_arg_matches(&matches).unwrap().apply(&mut parsed).unwrap();
    Ok(parsed)
}

/// What validation says of options that only `change` sets.
fn validated(change: impl Fn(&mut InitialOptions)) -> Result<(), String> {
    let mut options = InitialOptions::default();
    change(&mut options);
    options.validate_for(&Initial::Noise).map_err(|error| error.to_string())
}

/// Command line and validation take the same values, and refuse others in the same words.
fn assert_bounds<T: Number>(option: &str, change: Change<T>, inside: &[T], outside: &[T]) {
    for &value in inside {
        let mut expected = InitialOptions::default();
        change(&mut expected, value);
        assert_eq!(parsed(&[format!("--{option}={value}")]).as_ref(), Ok(&expected), "{option} {value}");
        assert_eq!(validated(|options| change(options, value)), Ok(()), "{option} {value}");
    }
    for &value in outside {
        let sentence = validated(|options| change(options, value)).unwrap_err();
        let refusal = parsed(&[format!("--{option}={value}")]).unwrap_err();
        assert!(refusal.contains(&sentence), "{option} {value}: {refusal}");
    }
}

#[test]
fn command_line_and_validation_have_the_same_bounds() {
    for (option, Setting { least, most, default, .. }, change) in reals() {
        let outside = [least.next_down(), most.next_up(), f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        assert_bounds(option, change, &[least, default, most], &outside);
    }
    for (option, Setting { least, most, default, .. }, change) in whole() {
        assert_bounds(option, change, &[least, default, most], &[most + 1]);
        if least > 0 {
            assert_bounds(option, change, &[], &[least - 1]);
        }
    }
}

#[test]
fn the_equation_and_its_steps_have_them_too() {
    let default = Parameters::default();
    let refused = |parameters: Parameters| parameters.validate().unwrap_err().to_string();
    let with = |epsilon| Parameters { equation: Equation { epsilon, ..default.equation }, ..default };
    for (words, sentence) in [
        ("--epsilon=-1", refused(with(-1.0))),
        ("--epsilon=0.09", refused(with(0.09))),
        ("--dt=0", refused(Parameters { time_step: 0.0, ..default })),
        ("--dt=NaN", refused(Parameters { time_step: f64::NAN, ..default })),
        ("--steps-per-frame=0", refused(Parameters { steps_per_frame: 0, ..default })),
        ("--tolerance=0.6", "adaptive:tolerance=0.6".parse::<CandidateSpec>().unwrap_err().to_string()),
        ("--coarsening=3", "network:coarsening=3".parse::<CandidateSpec>().unwrap_err().to_string()),
        ("--lead=soon", "network:lead=soon".parse::<CandidateSpec>().unwrap_err().to_string()),
    ] {
        let refusal = Cli::try_parse_from(["spinodal", words]).unwrap_err().to_string();
        assert!(refusal.contains(&sentence), "{words}: {refusal} for {sentence}");
    }
    let refusal = Cli::try_parse_from(["spinodal", "--epsilon", "-1"]).unwrap_err().to_string();
    assert!(refusal.contains("the interface width ε must lie between 0.1 and 8192 grid units, but is -1"), "{refusal}");
    let refusal = Cli::try_parse_from(["spinodal", "--dt", "small"]).unwrap_err().to_string();
    assert!(refusal.contains("the time step must be a number, but is “small”"), "{refusal}");
}

#[test]
fn trainings_and_datasets_have_them_too() {
    let refusal = |words: String| Cli::try_parse_from(words.split(' ')).unwrap_err().to_string();
    for (option, line) in [
        ("--averaging=1", "averaging = 1"),
        ("--batch=0", "batch = 0"),
        ("--clip=-1", "clip = -1"),
        ("--learning-rate=2..0", "learning_rate = '2..0'"),
        ("--length=5..1", "length = '5..1'"),
        ("--channels=65", "[network]\nchannels = 65"),
    ] {
        let sentence = toml::from_str::<TrainConfig>(line).unwrap().validate().unwrap_err().to_string();
        let refusal = refusal(format!("spinodal train {option}"));
        assert!(refusal.contains(&sentence), "{refusal} for {sentence}");
    }
    for (option, line) in [
        ("--sequences=0", "sequences = 0"),
        ("--frames=1..9", "frames = '1..9'"),
        ("--amplitude=1..3", "amplitude = '1..3'"),
        ("--correlation-length=1", "correlation_length = 1"),
        ("--late-share=1.5", "late_share = 1.5"),
        ("--coarsening=3", "coarsening = 3"),
    ] {
        let sentence = toml::from_str::<DatasetConfig>(line).unwrap().validate().unwrap_err().to_string();
        let refusal = refusal(format!("spinodal dataset --out data {option}"));
        assert!(refusal.contains(&sentence), "{refusal} for {sentence}");
    }
    for preset in Preset::ALL {
        TrainConfig::preset(preset).validate().unwrap();
        assert_eq!(Preset::from_str(preset.name(), false), Ok(preset));
    }
    for preset in DataPreset::ALL {
        DatasetConfig::preset(preset).validate().unwrap();
        assert_eq!(DataPreset::from_str(preset.name(), false), Ok(preset));
    }
}

#[test]
fn evaluations_have_them_too() {
    let refusal = |words: &str| Cli::try_parse_from(words.split(' ')).unwrap_err().to_string();
    for (option, lines) in [
        ("--runs=0", "[boxes]\nruns = 0"),
        ("--frames=0", "[boxes]\nframes = 0"),
        ("--large-runs=10001", "[large]\nruns = 10001"),
        ("--large-frames=0", "[large]\nframes = 0"),
        ("--shape-frames=0", "[shapes]\nframes = 0"),
        ("--led-frames=0", "[led]\nframes = 0"),
        ("--led-leads=3,1000001", "[led]\nleads = [3, 1000001]"),
        ("--long-runs=0", "[long]\nruns = 0"),
        ("--long-frames=1000001", "[long]\nframes = 1000001"),
        ("--long-solver-runs=10001", "[long]\nsolver_runs = 10001"),
        ("--exponent-runs=0", "[exponent]\nruns = 0"),
        ("--exponent-solver-runs=10001", "[exponent]\nsolver_runs = 10001"),
        ("--exponent-correlation=1", "[exponent]\ncorrelation = 1"),
        ("--exponent-window=0..100", "[exponent]\nwindow = '0..100'"),
        ("--cost-frames=1", "[cost]\nframes = 1"),
        ("--front-frames=0,10", "[cost]\nfront_frames = [0, 10]"),
    ] {
        let sentence = toml::from_str::<Plan>(lines).unwrap().validate().unwrap_err().to_string();
        let refusal = refusal(&format!("spinodal evaluate {option}"));
        assert!(refusal.contains(&sentence), "{refusal} for {sentence}");
    }
    let evaluate = Cli::command().find_subcommand("evaluate").unwrap().clone();
    let help = |option: &str| {
        let option = evaluate.get_arguments().find(|arg| arg.get_long() == Some(option)).unwrap();
        option.get_help().unwrap().to_string()
    };
    assert!(help("runs").starts_with(&settings::evaluation::BOXES_RUNS.about()), "{}", help("runs"));
    assert!(help("runs").ends_with("[default: 16]"), "{}", help("runs"));
    assert!(help("exponent-window").ends_with("[1 to 1e6 frames] [default: 100..1000]"), "{}", help("exponent-window"));
}

#[test]
fn an_interval_lies_between_bounds_when_both_its_ends_do() {
    let length = settings::training::LENGTH;
    for (text, within) in [("2..1000000", true), ("9..3", true), ("5", true), ("1..5", false), ("5..1", false)] {
        assert_eq!(length.parse(text).is_ok(), within, "{text}");
    }
    assert_eq!(settings::training::ERROR_SCALE.parse("inf"), Ok(Span::point(f64::INFINITY)));
    assert_eq!(
        length.parse("1..5").unwrap_err().to_string(),
        "the length must lie between 2 and 1e6 frames, but is 1..5"
    );
    let refusal = length.parse("long").unwrap_err().to_string();
    assert_eq!(refusal, "the length must be an interval such as 4..16, or a number, but is “long”");
}

#[test]
fn defaults_lie_within_the_bounds() {
    for (option, setting, _) in reals() {
        assert_eq!(setting.check(setting.default), Ok(setting.default), "{option}");
    }
    for (option, setting, _) in whole() {
        assert_eq!(setting.check(setting.default), Ok(setting.default), "{option}");
    }
    for setting in [EPSILON, MOBILITY, TIME_STEP, TOLERANCE] {
        assert_eq!(setting.check(setting.default), Ok(setting.default), "{}", setting.name);
    }
    for setting in [SIDE, NODES, STEPS_PER_FRAME, COARSENING, LEAD, CHANNELS, LAYERS] {
        assert_eq!(setting.check(setting.default), Ok(setting.default), "{}", setting.name);
    }
}

#[test]
fn the_help_shows_bounds_and_defaults() {
    let help = |option: &str| {
        let simulate = simulate();
        let mut options = simulate.get_arguments();
        let option = options.find(|arg| arg.get_long() == Some(option)).unwrap_or_else(|| panic!("no --{option}"));
        option.get_help().unwrap().to_string()
    };
    for (option, setting, _) in reals() {
        assert!(help(option).starts_with(&setting.about()), "{option}: {}", help(option));
    }
    for (option, setting, _) in whole() {
        assert!(help(option).starts_with(&setting.about()), "{option}: {}", help(option));
    }
    for (option, setting) in [("epsilon", EPSILON), ("dt", TIME_STEP), ("tolerance", TOLERANCE)] {
        assert!(help(option).starts_with(&setting.about()), "{option}: {}", help(option));
    }
    assert!(help("steps-per-frame").starts_with(&STEPS_PER_FRAME.about()));
    assert_eq!(help("radius"), "Radius of sphere, droplets and column [0.01 to 0.5 sides of the box] [default: 0.3]");
    assert!(help("mean").ends_with("[-1 to 1] [default: 0]"), "{}", help("mean"));
    assert!(help("tolerance").ends_with("[1e-7 to 0.5] [default: 0.001]"), "{}", help("tolerance"));
    assert!(help("periods").ends_with("[1 to 2048] [default: 2]"), "{}", help("periods"));
    for option in ["grid", "epsilon"] {
        assert_eq!(help(option).matches("[default: ").count(), 1, "{}", help(option));
    }
}

#[test]
fn all_of_an_initial_field_can_be_set_on_the_command_line() {
    let complete = InitialOptions { volume_fraction: Some(0.5), ..InitialOptions::default() };
    let simulate = simulate();
    let options: Vec<_> = simulate.get_arguments().filter_map(|arg| arg.get_long()).collect();
    let fields = |table: &toml::Table| -> Vec<String> {
        let own = table.iter().filter(|(_, value)| !value.is_table()).map(|(name, _)| name.clone());
        let parts = table.iter().filter_map(|(part, value)| Some((part, value.as_table()?)));
        // Beside other options, those of a mesh say whose centre and size they are.
        let parts = parts.flat_map(|(part, table)| {
            let prefix = if part == "placement" { "mesh-" } else { "" };
            table.keys().map(move |name| format!("{prefix}{name}"))
        });
        own.chain(parts).map(|name| name.replace('_', "-")).collect()
    };
    let fields = fields(&toml::Table::try_from(complete).unwrap());
    assert!(fields.len() > 15, "{fields:?}");
    for field in fields {
        assert!(options.contains(&field.as_str()), "--{field}");
    }
}

#[test]
fn what_the_command_line_sets_is_recorded_and_read_again() {
    let mut words: Vec<_> = reals().iter().map(|(name, setting, _)| format!("--{name}={}", setting.most)).collect();
    words.extend(whole().iter().map(|(name, setting, _)| format!("--{name}={}", setting.most)));
    words.extend(["--seed=7".to_owned(), "--concentration".to_owned()]);
    let options = parsed(&words).unwrap();
    let mut expected = InitialOptions { seed: 7, concentration: true, ..InitialOptions::default() };
    reals().into_iter().for_each(|(_, setting, change)| change(&mut expected, setting.most));
    whole().into_iter().for_each(|(_, setting, change)| change(&mut expected, setting.most));
    assert_eq!(options, expected);
    assert_eq!(toml::from_str::<InitialOptions>(&toml::to_string(&options).unwrap()).unwrap(), options);
}

#[test]
fn bounds_that_follow_from_the_grid_are_told() {
    let options = InitialOptions { grid: Shape([64, 20, 1]), ..InitialOptions::default() };
    assert_eq!((options.waves().most, options.periods().most), (10, 5));
    let mut coarse = options.clone();
    coarse.shape.waves = 11;
    let refusal = coarse.validate_for(&Initial::Slab).unwrap_err().to_string();
    assert_eq!(refusal, "the number of waves must lie between 0 and 10, but is 11");
    assert!(coarse.validate_for(&Initial::Sphere).is_ok(), "the sphere has no waves");
}

#[test]
fn ends_of_an_interval_are_written_without_zeros() {
    let mut frames = Span::new(30.0, 600.0);
    let mut rate = Span::new(0.005, 0.0001);
    let mut harness = Harness::new_ui(|ui| {
        setting::interval(ui, &settings::dataset::FRAMES, &mut frames);
        setting::interval(ui, &settings::training::LEARNING_RATE, &mut rate);
    });
    harness.run();
    for end in ["30", "600", "0.005", "0.0001"] {
        harness.get(By::new().value(end));
    }
}

#[test]
fn panels_keep_to_the_bounds() {
    let (mut radius, mut octaves) = (0.7, 0);
    // What is out of bounds is not shown as it is.
    let _ = Context::default().run_ui(RawInput::default(), |ui| {
        setting::line(ui, &RADIUS, &mut radius);
        setting::line(ui, &OCTAVES, &mut octaves);
    });
    assert_eq!((radius, octaves), (RADIUS.most, OCTAVES.least));
    assert_eq!(setting::name(&CORRELATION_LENGTH), "Correlation length");
}
