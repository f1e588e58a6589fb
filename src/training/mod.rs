//! Data for the network, and its training.
//!
//! - [`dataset`], [`dataset_config`], [`recipe`], [`generate`](mod@generate): sequences from a solver, on disk;
//!   [`estimate`](mod@estimate), [`dataset_summary`]: their cost beforehand, and a look at them; [`dataset_run`]:
//!   generation on threads of its own;
//! - [`config`], [`schedule`], [`adjustment`], [`preset`]: every hyperparameter, how it changes over a run, and named
//!   sets of values;
//! - [`symmetry`], [`walk`], [`energy`], [`loss`], [`optimizer`], [`parameters`]: the parts of a step;
//! - [`trainer`], [`state`]: the training itself; [`validation`], [`preview`]: its errors, and pictures of them;
//! - [`checkpoint`], [`folder`], [`run`]: a run on disk, and on a thread of its own; [`run_summary`]: a look at it;
//!   [`events`]: its commands and events.

pub mod adjustment;
mod card;
pub mod checkpoint;
pub mod config;
pub mod dataset;
pub mod dataset_config;
mod dataset_error;
pub mod dataset_run;
pub mod dataset_summary;
mod desk;
pub mod energy;
pub mod estimate;
pub mod events;
pub mod folder;
pub mod generate;
pub mod loss;
mod made;
mod make;
mod manifest;
mod memory;
pub mod optimizer;
pub mod parameters;
pub mod preset;
pub mod preview;
pub mod recipe;
pub mod run;
pub mod run_summary;
pub mod schedule;
mod sequence;
pub mod state;
pub mod symmetry;
mod tables;
pub mod trainer;
pub mod trainer_error;
pub mod validation;
pub mod walk;
mod worker;
