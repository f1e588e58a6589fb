//! Datasets whose files do not fit each other: each is refused in one sentence, before anything is trained on it.

use crate::{
    dataset::{make, tiny_data},
    training::{tiny_training, trainer},
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use spinodal::{
    settings::{Span, write_config},
    training::{
        dataset::{Dataset, DatasetError, Split},
        dataset_config::DatasetConfig,
        dataset_summary::DatasetSummary,
        estimate::estimate,
        generate::generate,
        trainer_error::TrainerError,
    },
};
use std::{
    fs::{self, File},
    ops::ControlFlow,
    path::{Path, PathBuf},
};
use tempfile::{TempDir, tempdir};

/// Sequences of 6 frames of 8³ nodes.
fn cubes() -> DatasetConfig {
    DatasetConfig { sequences: 4, grids: vec![16.into()], ..tiny_data() }
}

fn made(config: &DatasetConfig) -> TempDir {
    let folder = tempdir().unwrap();
    make(config, folder.path(), 2);
    folder
}

fn sequence(folder: &Path, index: usize) -> PathBuf {
    folder.join(format!("sequences/{index:05}.npy"))
}

fn again(config: &DatasetConfig, folder: &Path) -> Result<(), DatasetError> {
    generate(config, folder, 1, || false, &|_| {}).map(drop)
}

/// The refusal to open a dataset, which must be one sentence.
fn refusal(folder: &Path) -> String {
    let message = Dataset::open(folder).map(drop).unwrap_err().to_string();
    assert!(!message.contains('\n') && message.contains(&folder.display().to_string()), "{message}");
    message
}

/// Changes the manifest of a dataset.
fn edit(folder: &Path, change: impl FnOnce(&mut Value)) {
    let path = folder.join("manifest.json");
    let mut manifest = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut manifest);
    fs::write(&path, manifest.to_string()).unwrap();
}

/// Puts bytes in the place of sequence 1, whose checksum is then right.
fn replace(folder: &Path, bytes: &[u8]) {
    fs::write(sequence(folder, 1), bytes).unwrap();
    let sha256: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    edit(folder, |manifest| manifest["sequences"][1]["sha256"] = sha256.into());
}

/// A header of version 1.0, and values behind it.
fn npy(descr: &str, fortran: &str, shape: &str, values: &[u8]) -> Vec<u8> {
    let text = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
    let length = (text.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00".as_slice(), &length, text.as_bytes(), values].concat()
}

#[test]
fn damaged_sequences_are_named() {
    let config = DatasetConfig { sequences: 2, ..tiny_data() };
    let folder = made(&config);
    let path = sequence(folder.path(), 1);
    let bytes = fs::read(&path).unwrap();
    let mut flipped = bytes.clone();
    flipped[200] ^= 1;
    fs::write(&path, flipped).unwrap();
    let dataset = Dataset::open(folder.path()).unwrap();
    assert!(dataset.checks().find_map(Result::err).unwrap().to_string().contains("00001.npy"));
    let refused = again(&config, folder.path()).unwrap_err().to_string();
    assert!(refused.contains("00001.npy") && refused.contains("checksum"), "a damaged file is not blessed: {refused}");
    for bad in [&bytes[..bytes.len() - 4], &bytes[..100], &[][..]] {
        fs::write(&path, bad).unwrap();
        let message = refusal(folder.path());
        assert!(message.contains("00001.npy") && message.contains("damaged"), "{message}");
    }
}

#[test]
fn shapes_are_those_of_the_recipes_whatever_the_checksums_say() {
    let folder = made(&cubes());
    let values = vec![0; 6 * 512 * 4];
    let plain = |shape: &str, values: &[u8]| npy("<f4", "False", shape, values);
    let deep = format!("({}5{})", "(".repeat(40), ")".repeat(40));
    let long = |version: u8| [&[0x93, b'N', b'U', b'M', b'P', b'Y', version, 0][..], &[0xff; 4], &values].concat();
    for (bytes, reason) in [
        (plain("(4294967296, 4294967296, 1, 1)", &[]), "its shape is too large"),
        (plain("(2, 2147483648, 2147483648, 2)", &[]), "its shape is too large"),
        (plain("(10000, 10000, 10000, 8)", &[]), "its header promises"),
        (plain("(0, 8, 8, 8)", &[]), "it holds no frames"),
        (plain("(6, 0, 8, 8)", &[]), "is too small"),
        (plain("(6, 8, 64, 1)", &values), "its shape is [6, 8, 64, 1] instead of [6, 8, 8, 8]"),
        (plain("(3, 16, 8, 8)", &values), "its shape is [3, 16, 8, 8] instead of [6, 8, 8, 8]"),
        (plain("(1, 8, 8, 8)", &values[..2048]), "its shape is [1, 8, 8, 8] instead of [6, 8, 8, 8]"),
        (plain("(3072,)", &values), "its shape is [3072]"),
        (plain(&deep, &values), "it does not hold a plain array"),
        (npy("<f8", "False", "(6, 8, 8, 8)", &values.repeat(2)), "its values are not f32 in C order"),
        (npy(">f4", "False", "(6, 8, 8, 8)", &values), "its values are not f32 in C order"),
        (npy("<f4", "True", "(6, 8, 8, 8)", &values), "Fortran"),
        (long(2), "its header is too long"),
        (long(3), "its header is too long"),
    ] {
        replace(folder.path(), &bytes);
        let message = refusal(folder.path());
        assert!(message.contains("00001.npy is damaged") && message.contains(reason), "{reason}: {message}");
    }
    replace(folder.path(), &plain("(6, 8, 8, 8)", &values));
    Dataset::open(folder.path()).unwrap();
}

#[test]
fn no_file_is_taken_into_a_manifest_without_its_checksum() {
    let folder = made(&cubes());
    fs::remove_file(folder.path().join("manifest.json")).unwrap();
    let count = cubes().sequences;
    for index in 0..count {
        let message = again(&cubes(), folder.path()).unwrap_err().to_string();
        assert!(message.contains(&format!("{index:05}.npy is damaged (it was not made here)")), "{message}");
        // What the message advises helps.
        fs::remove_file(sequence(folder.path(), index)).unwrap();
    }
    again(&cubes(), folder.path()).unwrap();
    Dataset::open(folder.path()).unwrap();
}

#[test]
fn a_manifest_names_the_sequences_of_its_configuration() {
    type Change = (&'static str, fn(&mut Value), &'static str);
    let changes: [Change; 10] = [
        ("seed", |manifest| manifest["config"]["seed"] = 2.into(), "sequence 0 is not the one"),
        ("mean", |manifest| manifest["config"]["mean_deviation"] = 0.3.into(), "than the dataset.toml beside it"),
        ("coarsening", |manifest| manifest["config"]["coarsening"] = 0.into(), "coarsening"),
        (
            "count",
            |manifest| manifest["config"]["sequences"] = 5.into(),
            "names 4 sequences, but its configuration asks for 5",
        ),
        ("grid", |manifest| manifest["sequences"][2]["recipe"]["grid"] = 18.into(), "sequence 2 is not the one"),
        ("stream", |manifest| manifest["sequences"][2]["recipe"]["seed"] = 7.into(), "sequence 2 is not the one"),
        ("split", |manifest| manifest["sequences"][0]["split"] = "validation".into(), "sequence 0 is not the one"),
        (
            "one frame",
            |manifest| manifest["sequences"][1]["recipe"]["frames"] = 1.into(),
            "the number of frames must lie",
        ),
        ("a frame more", |manifest| manifest["sequences"][1]["recipe"]["frames"] = 7.into(), "instead of [7, 8, 8, 8]"),
        ("version", |manifest| manifest["version"] = 2.into(), "version 2 instead of 3"),
    ];
    let folder = made(&cubes());
    let whole = fs::read(folder.path().join("manifest.json")).unwrap();
    for (name, change, reason) in changes {
        edit(folder.path(), change);
        let message = refusal(folder.path());
        assert!(message.contains(reason), "{name}: {message}");
        fs::write(folder.path().join("manifest.json"), &whole).unwrap();
    }
    // Files and manifest of one seed, configuration of another: what two runs at once used to leave.
    let other = DatasetConfig { seed: 2, ..cubes() };
    let toml = folder.path().join("dataset.toml");
    write_config(&other, &toml).unwrap();
    assert!(refusal(folder.path()).contains("make the dataset anew"));
    assert!(again(&other, folder.path()).unwrap_err().to_string().contains("make the dataset anew"));
    edit(folder.path(), |manifest| manifest["config"]["seed"] = 2.into());
    assert!(refusal(folder.path()).contains("sequence 0 is not the one that its configuration makes"));
    fs::remove_file(&toml).unwrap();
    fs::write(folder.path().join("manifest.json"), &whole).unwrap();
    assert!(refusal(folder.path()).contains("dataset.toml"));
    // While a dataset is being extended, what is finished can be trained on.
    write_config(&DatasetConfig { sequences: 9, ..cubes() }, &toml).unwrap();
    Dataset::open(folder.path()).unwrap();
}

#[test]
fn numbers_of_many_digits_do_not_make_another_configuration() {
    // serde_json reads the last digit of this one wrong.
    let odd = 180.0 / 1997.0;
    let config = DatasetConfig { mean_deviation: odd, amplitude: Span::new(0.5 + odd, 1.0 + odd), ..cubes() };
    let folder = made(&config);
    Dataset::open(folder.path()).unwrap();
    again(&config, folder.path()).unwrap();
}

#[test]
fn a_sequence_that_changes_while_it_is_in_use_is_an_error() {
    let folder = made(&cubes());
    let dataset = Dataset::open(folder.path()).unwrap();
    let mut trainer = trainer(&tiny_training(folder.path()), &dataset).unwrap();
    let before = trainer.state().clone();
    let cut = |length| {
        let file = |index| File::options().write(true).open(sequence(folder.path(), index)).unwrap();
        (0..4).for_each(|index| file(index).set_len(length).unwrap());
    };
    cut(128 + 2048 + 100);
    let one = dataset.sequences(Split::Training).next().unwrap();
    assert!(one.frame(0).is_ok());
    for frame in [1, 5] {
        let message = one.frame(frame).unwrap_err().to_string();
        assert!(message.contains("it was cut short while it was in use"), "{message}");
    }
    cut(0);
    let error = trainer.walk(&mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(matches!(error, TrainerError::Dataset(_)), "{error}");
    assert_eq!(trainer.state(), &before, "the failed walk is taken back");
    assert!(trainer.validate().unwrap_err().to_string().contains("cut short"));
    fs::remove_dir_all(folder.path().join("sequences")).unwrap();
    assert!(one.frame(0).unwrap_err().to_string().starts_with("cannot use "));
}

#[test]
fn values_that_are_not_finite_are_refused_when_they_are_read() {
    let folder = made(&cubes());
    let mut values = vec![0; 6 * 512 * 4];
    values[2 * 2048..][..4].copy_from_slice(&f32::NAN.to_le_bytes());
    replace(folder.path(), &npy("<f4", "False", "(6, 8, 8, 8)", &values));
    let dataset = Dataset::open(folder.path()).unwrap();
    let all = [Split::Training, Split::Validation].map(|split| dataset.sequences(split).collect::<Vec<_>>()).concat();
    let one = all.iter().find(|one| one.index() == 1).unwrap();
    assert!(one.frame(1).is_ok() && one.frame(3).is_ok());
    let message = one.frame(2).unwrap_err().to_string();
    assert!(message.contains("00001.npy is damaged (it holds values that are not finite)"), "{message}");
}

#[test]
fn other_names_of_a_number_are_no_sequences() {
    let folder = made(&cubes());
    for name in ["0", "+1", "000002", "4"] {
        fs::write(folder.path().join(format!("sequences/{name}.npy")), "").unwrap();
    }
    assert_eq!(DatasetSummary::read(folder.path()).unwrap().present, [0, 1, 2, 3]);
    let plan = estimate(&cubes(), Some(folder.path()), 1).unwrap();
    assert_eq!((plan.present, plan.bytes), (4, 0));
}

#[test]
fn a_configuration_beyond_its_bounds_is_no_dataset() {
    let folder = made(&cubes());
    let toml = folder.path().join("dataset.toml");
    for config in [
        DatasetConfig { validation_share: 5.0, ..cubes() },
        DatasetConfig { grids: Vec::new(), ..cubes() },
        DatasetConfig { film_share: 0.5, film_hills: Span::new(9.0, 2.0), ..cubes() },
    ] {
        write_config(&config, &toml).unwrap();
        assert!(DatasetSummary::read(folder.path()).is_err());
        Dataset::open(folder.path()).map(drop).unwrap_err();
    }
}
