//! Damaged networks: our own files, checkpoints of CRANE, checkpoints of a training.

use super::{
    assert_sentence,
    damage::{Part, Sound, damage, every, marks},
    memory, try_all,
};
use crate::crane::{parts, zipped};
use spinodal::{
    formats::OutputFile,
    network::{CrnnConfig, Model, Output, crane},
    training::{
        checkpoint::{Checkpoint, read_checkpoint, read_progress, write_checkpoint},
        optimizer::Memory,
        state::State,
    },
};
use std::{fs, path::Path};
use tempfile::tempdir;

/// A `.safetensors` file in its header and its values.
pub fn safetensors(bytes: &[u8]) -> Sound {
    let (length, rest) = bytes.split_first_chunk().unwrap();
    let (header, values) = rest.split_at(u64::from_le_bytes(*length) as usize);
    let part = |name: &str, bytes: &[u8], cuts| Part { name: name.into(), bytes: bytes.into(), cuts };
    let join = |parts: &[Part]| {
        let length = (parts[0].bytes.len() as u64).to_le_bytes();
        [&length, &parts[0].bytes[..], &parts[1].bytes].concat()
    };
    Sound { parts: vec![part("header", header, marks), part("values", values, every::<4>)], join }
}

fn assert_sound(model: &Model) {
    model.config.validate().unwrap();
    assert_eq!(
        model.weights.0.values().map(|weight| weight.values.len()).sum::<usize>(),
        model.config.parameter_count()
    );
    assert!(model.weights.0.values().flat_map(|weight| &weight.values).all(|value| value.is_finite()));
}

/// Tries damaged files, of which each may take so much memory: for itself, and for each of its bytes.
fn try_files(name: &str, files: &[Sound], [justified, each]: [usize; 2], read: impl Fn(&Path) -> Result<(), String>) {
    let folder = tempdir().unwrap();
    let path = folder.path().join(name);
    for file in files {
        fs::write(&path, (file.join)(&file.parts)).unwrap();
        read(&path).unwrap();
    }
    try_all(&damage(), |damage| {
        let (_, bytes) = damage.of(files);
        fs::write(&path, &bytes).unwrap();
        if let Err(message) = memory::within(justified + each * bytes.len(), || read(&path)) {
            assert_sentence(&message);
        }
    });
}

#[test]
fn models() {
    let outputs = [Output::Face, Output::Central, Output::NonConservative];
    let folder = tempdir().unwrap();
    let files = outputs.map(|output| {
        let path = folder.path().join("sound.safetensors");
        Model::random(CrnnConfig { channels: 1, layers: 1, output }, 1).save(&path).unwrap();
        safetensors(&fs::read(path).unwrap())
    });
    try_files("model.safetensors", &files, [1 << 20, 64], |path| {
        Model::load(path).map(|model| assert_sound(&model)).map_err(|error| error.to_string())
    });
}

/// Where one instruction of a pickle ends and another begins.
fn instructions(pickle: &[u8]) -> Vec<usize> {
    let mut cuts = Vec::new();
    let mut at = 0;
    while at < pickle.len() {
        let rest = &pickle[at + 1..];
        let line = |rest: &[u8]| rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |end| end + 1);
        at += 1 + match pickle[at] {
            0x80 | b'K' | b'q' | b'h' => 1,
            b'M' => 2,
            b'J' | b'r' | b'j' => 4,
            b'X' => rest.first_chunk().map_or(4, |length| u32::from_le_bytes(*length) as usize + 4),
            b'c' => line(rest) + line(&rest[line(rest)..]),
            _ => 0,
        };
        cuts.push(at);
    }
    cuts.retain(|&cut| cut < pickle.len());
    cuts
}

/// Nothing in a checkpoint can make it larger than its bytes, but a pickle may ask for a tensor many times: the reader
/// stops at 64 MB.
#[test]
fn checkpoints_of_crane() {
    let part = |(name, bytes): (String, Vec<u8>)| {
        let cuts = if name.ends_with(".pkl") { instructions } else { every::<4> };
        Part { name, bytes, cuts }
    };
    let parts: Vec<_> = parts().into_iter().map(part).collect();
    // All but the pickle are numbers, of which it does not matter which are damaged.
    let pickle = parts.iter().position(|part| part.name.ends_with(".pkl")).unwrap();
    let join = |parts: &[Part]| {
        let files: Vec<_> = parts.iter().map(|part| (part.name.clone(), part.bytes.clone())).collect();
        zipped(&files)
    };
    let pickle_alone = |parts: &[Part]| {
        let (mut files, sound) = (crate::crane::parts(), &parts[0]);
        files.iter_mut().filter(|(name, _)| *name == sound.name).for_each(|(_, bytes)| bytes.clone_from(&sound.bytes));
        zipped(&files)
    };
    let files = [Sound { parts: vec![parts[pickle].clone()], join: pickle_alone }, Sound { parts, join }];
    try_files("model.pt", &files, [192 << 20, 64], |path| {
        crane::import(path).map(|model| assert_sound(&model)).map_err(|error| error.to_string())
    });
}

#[test]
fn checkpoints_of_a_training() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("sound.safetensors");
    let vector = || vec![0.5; 40];
    let memory =
        Memory { first: vector(), second: vector(), correlations: vec![0.1; 9], bases: Vec::new(), updates: 7 };
    let state = State { weights: vector(), average: vector(), memory, step: 7, walk: 3, best: Some(0.25) };
    let checkpoint = Checkpoint { state, seconds: 1.5, run: String::new() };
    write_checkpoint(&checkpoint, OutputFile::create(&path).unwrap()).unwrap();
    let files = [safetensors(&fs::read(path).unwrap())];
    try_files("checkpoint.safetensors", &files, [1 << 20, 64], |path| {
        let read = read_checkpoint(path).map_err(|error| error.to_string());
        let progress = read_progress(path).map_err(|error| error.to_string());
        if let Err(message) = &progress {
            assert_sentence(message);
        }
        let state = read?.state;
        assert_eq!(progress, Ok((state.step, state.best)));
        assert!(state.weights.iter().chain(&state.average).all(|value| value.is_finite()));
        assert_eq!(state.weights.len(), state.average.len());
        Ok(())
    });
}
