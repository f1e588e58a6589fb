//! Damaged texts: scenes, and the configurations of datasets and trainings.

use super::{
    damage::{Sound, damage, lines},
    folders::checked,
    memory, try_all,
};
use crate::{dataset::tiny_data, training::tiny_training};
use serde::{Serialize, de::DeserializeOwned};
use spinodal::{
    comparison::Setup,
    scene::{LIBRARY, Scene},
    settings::{ConfigError, read_config},
    training::{
        adjustment::{Adjusted, Adjustment},
        config::TrainConfig,
        dataset_config::DatasetConfig,
        preset::{DataPreset, Preset},
    },
};
use std::{fs, path::Path};
use tempfile::tempdir;

/// Most nodes of a field that is made here.
const NODES: usize = 16 * 16 * 16;

/// The initial field that a setup asks for and the checks of all that it asks for, unless the box is large.
fn load(setup: &Setup) {
    let nodes = setup.options.grid.0.iter().try_fold(1_usize, |nodes, &side| nodes.checked_mul(side));
    if nodes.is_some_and(|nodes| nodes <= NODES)
        && let Some(inputs) = checked(setup.load())
    {
        assert!(inputs.field.values().iter().all(|value| value.is_finite()));
        assert_eq!(inputs.models.len(), setup.candidates.len());
        inputs.field.grid().check().unwrap();
    }
}

#[test]
fn scenes() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    // The bunny takes long, in however small a box.
    let library = LIBRARY.iter().filter(|(name, _)| *name != "bunny");
    let small = |text: &str| {
        let mut scene = Scene::parse(text, "a scene").unwrap();
        scene.setup.options.grid = 12.into();
        toml::to_string_pretty(&scene).unwrap()
    };
    let files: Vec<_> =
        library.flat_map(|(_, text)| [Sound::whole(*text, lines), Sound::whole(small(text), lines)]).collect();
    try_all(&damage(), |damage| {
        let (_, bytes) = damage.of(&files);
        fs::write(&path, &bytes).unwrap();
        let Some(scene) = checked(memory::within((1 << 20) + 256 * bytes.len(), || Scene::read(&path))) else { return };
        // What is read is written as the same.
        let text = toml::to_string(&scene).unwrap();
        assert_eq!(toml::to_string(&Scene::parse(&text, "again").unwrap()).unwrap(), text);
        load(&scene.setup);
    });
}

/// Tries damaged files of a configuration that checks itself.
fn configurations<T: Serialize + DeserializeOwned>(all: &[T], validate: impl Fn(&T) -> Result<(), ConfigError>) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("config.toml");
    let files: Vec<_> = all.iter().map(|config| Sound::whole(toml::to_string(config).unwrap(), lines)).collect();
    let read = |path: &Path| read_config::<T>(path);
    try_all(&damage(), |damage| {
        let (_, bytes) = damage.of(&files);
        fs::write(&path, &bytes).unwrap();
        let Some(config) = checked(memory::within((1 << 20) + 256 * bytes.len(), || read(&path))) else { return };
        if checked(validate(&config)).is_some() {
            let text = toml::to_string(&config).unwrap();
            fs::write(&path, &text).unwrap();
            assert_eq!(toml::to_string(&read(&path).unwrap()).unwrap(), text);
        }
    });
}

#[test]
fn configurations_of_datasets() {
    let all = [tiny_data(), DatasetConfig::preset(DataPreset::default())];
    configurations(&all, DatasetConfig::validate);
}

#[test]
fn configurations_of_trainings() {
    let change = Adjustment { learning_rate: Some(0.5), steps: Some(40), ..Adjustment::default() };
    let adjusted = Adjusted { step: 8, change };
    let trained = TrainConfig { adjustments: vec![adjusted], ..tiny_training(Path::new("data")) };
    let all = [trained, TrainConfig::preset(Preset::default())];
    configurations(&all, TrainConfig::validate);
}
