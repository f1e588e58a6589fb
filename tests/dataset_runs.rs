//! Data made on threads of its own, and what folders of datasets and runs tell at a glance.

use crate::{
    dataset::{make, tiny_data},
    runs::{begin, last},
    training::tiny_training,
};
use spinodal::{
    settings::Span,
    training::{
        dataset::{Dataset, Split},
        dataset_config::DatasetConfig,
        dataset_run::{DatasetCommand, DatasetEvent, DatasetHandle, begin_dataset},
        dataset_summary::DatasetSummary,
        estimate::estimate,
        events::TrainEvent,
        folder::RunFolder,
        run_summary::RunSummary,
    },
};
use std::{fs, time::Duration};
use tempfile::tempdir;

/// Long enough to be told something while it is at work.
fn long_data() -> DatasetConfig {
    DatasetConfig { sequences: 80, frames: Span::new(40.0, 40.0), grids: vec![16.into()], ..tiny_data() }
}

fn next(work: &DatasetHandle, wanted: impl Fn(&DatasetEvent) -> bool) -> DatasetEvent {
    work.events().iter().find(wanted).unwrap()
}

#[test]
fn data_are_made_on_a_thread_as_by_the_command() {
    let (expected, found) = (tempdir().unwrap(), tempdir().unwrap());
    let config = DatasetConfig { sequences: 16, ..tiny_data() };
    make(&config, expected.path(), 1);
    let work = begin_dataset(config.clone(), found.path(), Some(2)).unwrap();
    let events: Vec<_> = work.events().iter().collect();
    let DatasetEvent::Planned(plan) = &events[0] else { panic!("{:?}", events[0]) };
    assert_eq!((plan.sequences, plan.present), (16, 0));
    assert_eq!(events.last(), Some(&DatasetEvent::Done(found.path().to_owned())));
    let mut counts = Vec::new();
    let mut previews = Vec::new();
    for event in &events {
        match event {
            DatasetEvent::Made { made, total, seconds_left } => {
                assert!(*total == 16 && seconds_left.is_finite());
                counts.push(*made);
                assert_eq!(*made == 16, *seconds_left == 0.0);
            }
            DatasetEvent::Preview(preview) => previews.push(preview.clone()),
            _ => {}
        }
    }
    counts.sort_unstable();
    assert_eq!(counts, (1..=16).collect::<Vec<_>>());
    assert!(previews.len() >= 12);
    let dataset = Dataset::open(found.path()).unwrap();
    assert_eq!(dataset.manifest(), Dataset::open(expected.path()).unwrap().manifest());
    for preview in previews {
        let sequence = dataset.sequences(preview.split).find(|one| one.index() == preview.index).unwrap();
        assert_eq!(preview.first.values(), sequence.frame(0).unwrap());
        assert_eq!(preview.last.values(), sequence.frame(5).unwrap());
        assert_eq!((preview.first.grid().spacing, preview.recipe.seed), (2.0, sequence.record().recipe.seed));
    }
}

#[test]
fn the_making_of_data_pauses_stops_and_is_resumed() {
    let (expected, found) = (tempdir().unwrap(), tempdir().unwrap());
    let config = long_data();
    let work = begin_dataset(config.clone(), found.path(), Some(2)).unwrap();
    next(&work, |event| matches!(event, DatasetEvent::Made { .. }));
    work.send(DatasetCommand::Pause);
    next(&work, |event| *event == DatasetEvent::Paused(true));
    // Both threads may have finished a sequence before they came to the pause.
    let quiet = || work.events().recv_timeout(Duration::from_millis(500)).is_err();
    assert!((0..10).any(|_| quiet()), "paused work continues");
    let summary = DatasetSummary::read(found.path()).unwrap();
    assert!(summary.busy && !summary.finished && (1..80).contains(&summary.present.len()), "{summary:?}");
    work.send(DatasetCommand::Resume);
    next(&work, |event| *event == DatasetEvent::Paused(false));
    work.send(DatasetCommand::Stop);
    assert_eq!(work.events().iter().last(), Some(DatasetEvent::Stopped));
    drop(work);

    let plan = estimate(&config, Some(found.path()), 1).unwrap();
    assert!(plan.present >= summary.present.len() && plan.present < 80);
    assert_eq!(plan.bytes, ((80 - plan.present) * 40 * 512 * 4) as u64);
    drop(begin_dataset(config.clone(), found.path(), None).unwrap());
    assert!(!DatasetSummary::read(found.path()).unwrap().busy, "a dropped handle gives the folder free");
    let rest = begin_dataset(config.clone(), found.path(), None).unwrap();
    assert!(matches!(rest.events().iter().last(), Some(DatasetEvent::Done(_))));
    make(&config, expected.path(), 2);
    let [found, expected] = [found, expected].map(|folder| Dataset::open(folder.path()).unwrap());
    assert_eq!(found.manifest(), expected.manifest());
}

#[test]
fn what_cannot_be_made_is_told() {
    let folder = tempdir().unwrap();
    let refused = begin_dataset(DatasetConfig { sequences: 0, ..tiny_data() }, folder.path(), None).map(drop);
    assert!(refused.unwrap_err().to_string().contains("the number of sequences must lie"));
    fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    let work = begin_dataset(tiny_data(), folder.path(), None).unwrap();
    let Some(DatasetEvent::Failed(reason)) = work.events().iter().last() else { panic!("it must fail") };
    assert!(reason.contains("holds something else"), "{reason}");
}

#[test]
fn an_estimate_starts_nothing_and_counts_large_datasets_by_samples() {
    let folder = tempdir().unwrap();
    let place = folder.path().join("data");
    let config = DatasetConfig { grids: vec![12.into()], late_share: 0.0, ..tiny_data() };
    let plan = estimate(&config, Some(&place), 2).unwrap();
    assert_eq!((plan.sequences, plan.present, plan.bytes), (6, 0, 6 * 6 * 216 * 4));
    assert!(plan.seconds > 0.0 && !place.exists());
    let vast = DatasetConfig { sequences: 1_000_000, ..config };
    let vast = estimate(&vast, None, 2).unwrap();
    assert_eq!(vast.bytes, 1_000_000 * 6 * 216 * 4);
}

#[test]
fn folders_tell_what_they_hold() {
    let folders = tempdir().unwrap();
    let [data, run] = ["data", "run"].map(|name| folders.path().join(name));
    let config = tiny_data();
    let manifest = make(&config, &data, 2);
    let summaries = DatasetSummary::list(folders.path());
    let [summary] = &summaries[..] else { panic!("{summaries:?}") };
    let count = |split| manifest.sequences.iter().filter(|one| one.split == split).count();
    assert_eq!((summary.training, summary.validation), (count(Split::Training), count(Split::Validation)));
    assert_eq!((summary.folder.clone(), summary.config.clone(), summary.present.len()), (data.clone(), config, 6));
    assert!(summary.finished && !summary.busy);
    let lengths = fs::read_dir(data.join("sequences")).unwrap().map(|file| file.unwrap().metadata().unwrap().len());
    assert_eq!(summary.bytes, lengths.sum::<u64>());
    assert_eq!(summary.preview(3).unwrap().index, 3);
    assert!(summary.preview(6).unwrap_err().to_string().contains("00006.npy"));

    let training = begin(&tiny_training(&data), &run).unwrap();
    let TrainEvent::Done { step } = last(&training) else { panic!("it must end") };
    drop(training);
    let summaries = RunSummary::list(folders.path());
    let [summary] = &summaries[..] else { panic!("{summaries:?}") };
    let curves = RunFolder::curves(&run).unwrap();
    let best = curves.validations.iter().map(|one| one.mse).reduce(f64::min);
    assert_eq!((summary.step, summary.steps, summary.best), (step, 16, best));
    assert_eq!(curves.steps.len(), step);
    assert!(summary.finished && !summary.busy);
    assert_eq!(summary.last, Some(run.join("last.safetensors")));
    let held = RunFolder::resume(&run).unwrap();
    assert!(RunSummary::read(&run).unwrap().busy);
    drop(held);
    assert!(RunSummary::read(&data).is_err() && DatasetSummary::read(&run).is_err());
}
