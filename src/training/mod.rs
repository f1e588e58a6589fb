//! Data for the network, and its training.
//!
//! - [`dataset`], [`dataset_config`], [`recipe`], [`generate`](mod@generate): sequences from a solver, on disk;
//!   [`estimate`](mod@estimate), [`dataset_summary`]: what they will take, and what is there; [`dataset_run`]: their making
//!   on threads of its own;
//! - [`config`], [`schedule`], [`adjustment`], [`preset`]: every hyperparameter, how it changes over a run, and its values
//!   for a purpose;
//! - [`symmetry`], [`walk`], [`energy`], [`loss`], [`optimizer`], [`parameters`]: the parts of a step;
//! - [`trainer`], [`state`]: the training itself; [`validation`], [`preview`]: what it is judged by, and seen by;
//! - [`checkpoint`], [`folder`], [`run`]: a run on disk, and on a thread of its own; [`run_summary`]: what is
//!   there; [`events`]: what that is told and tells.

pub mod adjustment;
mod card;
pub mod checkpoint;
pub mod config;
pub mod dataset;
pub mod dataset_config;
pub mod dataset_run;
pub mod dataset_summary;
pub mod energy;
pub mod estimate;
pub mod events;
pub mod folder;
pub mod generate;
mod lock;
pub mod loss;
pub mod optimizer;
pub mod parameters;
pub mod preset;
pub mod preview;
pub mod recipe;
pub mod run;
pub mod run_summary;
pub mod schedule;
pub mod state;
pub mod symmetry;
mod tables;
pub mod trainer;
pub mod validation;
pub mod walk;
mod worker;
