//! Data for the network, and its training.
//!
//! - [`dataset`], [`dataset_config`], [`recipe`], [`generate`](mod@generate): sequences from the explicit solver, on disk;
//! - [`config`]: every hyperparameter and its schedule;
//! - [`symmetry`], [`walk`], [`energy`], [`loss`], [`optimizer`], [`parameters`]: the parts of a step;
//! - [`trainer`]: the training itself; [`validation`]: what it is judged by;
//! - [`checkpoint`], [`folder`], [`run`]: a run on disk, and on a thread of its own; [`events`]: what that is told and tells.

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
pub mod recipe;
pub mod run;
pub mod symmetry;
pub mod trainer;
pub mod validation;
pub mod walk;
mod worker;
