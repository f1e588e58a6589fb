//! Names and states of evolutions, in words.

use crate::{
    comparison::{CandidateSpec, EvolutionSnapshot, Snapshot},
    recording::{Row, Standing},
};
use clap::ValueEnum;

/// What a candidate is, in a word or two.
pub fn kind(candidate: &CandidateSpec) -> &'static str {
    match candidate {
        CandidateSpec::Network { .. } => "Network",
        CandidateSpec::Solver(_) => "Solver",
        CandidateSpec::Frozen { .. } => "Initial field",
    }
}

/// Name and meaning of a value, as the command line has them.
pub fn value(value: &impl ValueEnum) -> (String, String) {
    let possible = value.to_possible_value().unwrap_or_default();
    (possible.get_name().to_owned(), possible.get_help().map(ToString::to_string).unwrap_or_default())
}

/// The state of a candidate at a frame, if notable: led, or stopped.
pub fn standing(snapshot: &Snapshot, row: &Row, candidate: usize) -> Option<String> {
    let evolution = snapshot.candidates.get(candidate)?;
    match row.candidates.get(candidate)?.standing {
        Standing::Stopped => Some(format!(
            "diverged and stopped at {}. Likely cause: {}",
            stop(snapshot, candidate),
            cause(snapshot, candidate)
        )),
        Standing::Led => Some(format!("led to frame {}", evolution.led_to)),
        // Before it was reloaded or handed a field, it went another way.
        Standing::Running if (1..=row.frame).contains(&evolution.since) => {
            Some(format!("led to frame {}", evolution.since))
        }
        Standing::Running => None,
    }
}

/// The frame at which a candidate was stopped, from the rows that were kept.
fn stop(snapshot: &Snapshot, candidate: usize) -> String {
    let stopped = |row: &&Row| row.candidates.get(candidate).is_some_and(|entry| entry.standing == Standing::Stopped);
    let first = snapshot.rows.iter().find(stopped);
    first.map_or("a frame".into(), |row| format!("frame {}", row.frame))
}

/// Why a candidate may have diverged.
fn cause(snapshot: &Snapshot, candidate: usize) -> String {
    let doubts = snapshot.candidates.get(candidate).map(|candidate| candidate.doubts.clone()).unwrap_or_default();
    snapshot.setup.candidates.get(candidate).map_or_else(String::new, |spec| spec.likely_cause(&doubts))
}

/// Notes on the stopped candidates of the present run, a sentence each.
pub fn losses(snapshot: &Snapshot) -> impl Iterator<Item = String> {
    let stopped = snapshot.candidates.iter().enumerate().filter(|(_, c)| c.standing == Standing::Stopped);
    stopped.map(|(index, candidate)| {
        format!(
            "{} diverged and was stopped at {}; likely cause: {}",
            candidate.name,
            stop(snapshot, index),
            cause(snapshot, index)
        )
    })
}

/// Notes on what is doubtful about the candidates of the present run, a sentence each. Of one that was stopped
/// [`losses`] tells it.
pub fn doubts(snapshot: &Snapshot) -> impl Iterator<Item = String> {
    let present = snapshot.candidates.iter().filter(|candidate| candidate.standing != Standing::Stopped);
    present.flat_map(EvolutionSnapshot::sentences)
}
