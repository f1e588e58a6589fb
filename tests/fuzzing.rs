//! Damaged files of every kind, by the thousand: a reader gives a value that keeps its promises, or one short sentence,
//! and takes no more memory than the file justifies.
//!
//! The damage is drawn by proptest, which shrinks what fails and keeps its seed in `tests/fuzzing/failures.txt`, from
//! where it is tried first from then on. By default every test draws the same cases in every run;
//! `SPINODAL_FUZZ_CASES=100000 cargo test --release fuzzing` draws so many per test, and others every time.

mod damage;
mod fields;
mod folders;
mod memory;
mod meshes;
mod models;
mod recordings;
mod texts;

use proptest::{
    strategy::Strategy,
    test_runner::{Config, FileFailurePersistence, RngSeed, TestRunner},
};
use std::{env, fmt::Debug};

/// Cases of each test, unless others are asked for.
const CASES: u32 = 1000;

/// Most letters of a message, and of the path in it.
const LONGEST: usize = 400;

/// Tries what must hold of all values of a strategy.
fn try_all<S: Strategy>(values: &S, holds: impl Fn(S::Value))
where
    S::Value: Debug,
{
    let asked = env::var("SPINODAL_FUZZ_CASES").ok();
    let asked = asked.map(|cases| cases.parse().expect("SPINODAL_FUZZ_CASES is a number of cases"));
    let failures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fuzzing/failures.txt");
    let config = Config {
        cases: asked.unwrap_or(CASES),
        rng_seed: if asked.is_some() { RngSeed::Random } else { RngSeed::Fixed(1958) },
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(failures))),
        max_shrink_iters: 4000,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(values, |value| {
        holds(value);
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

/// One sentence, fit for a terminal: on one line, without control characters, and short however long the file's text
/// is.
fn assert_sentence(message: &str) {
    assert!(!message.contains(char::is_control), "{message:?}");
    assert!((1..=LONGEST).contains(&message.chars().count()), "{message}");
}
