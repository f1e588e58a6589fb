//! Data for the network, and its training.
//!
//! - [`dataset`], [`dataset_config`], [`recipe`], [`generate`](mod@generate): sequences from a solver, on disk;
//! - [`config`], [`schedule`], [`adjustment`], [`preset`]: every hyperparameter, how it changes over a run, and its values
//!   for a purpose;
//! - [`symmetry`], [`walk`], [`energy`], [`loss`], [`optimizer`], [`parameters`]: the parts of a step;
//! - [`trainer`], [`state`]: the training itself; [`validation`], [`preview`]: what it is judged by, and seen by;
//! - [`checkpoint`], [`folder`], [`run`]: a run on disk, and on a thread of its own; [`events`]: what that is told and tells.

pub mod adjustment;
mod card;
pub mod checkpoint;
pub mod config;
pub mod dataset;
pub mod dataset_config;
pub mod energy;
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
pub mod schedule;
pub mod state;
pub mod symmetry;
mod tables;
pub mod trainer;
pub mod validation;
pub mod walk;
mod worker;
