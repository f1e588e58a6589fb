//! Every test of Spinodal, one file per part, in one binary: the library is linked once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::let_underscore_must_use)]

mod adaptive;
mod adjustments;
mod allen_cahn;
mod bodies;
mod boxes;
mod coarsening;
mod commands;
mod comparison;
mod crane;
mod dataset;
mod dataset_runs;
mod equation;
mod evaluation;
mod field;
mod formats;
mod fourier;
mod gpu_device;
mod gpu_metrics;
mod gpu_network;
mod gpu_solver;
mod gpu_surface;
mod gpu_training;
mod initial;
mod kernels;
mod losses;
mod messages;
mod metrics;
mod network;
mod optimizer;
mod previews;
mod recording;
mod report;
mod rooms;
mod runs;
mod scene;
mod session;
mod settings;
mod solver;
mod start;
mod state;
mod stepper;
mod support;
mod surface;
mod surface_values;
mod threads;
mod train_config;
mod training;
mod view;
mod view_gallery;
mod view_scene;
mod walks;
#[cfg(target_os = "linux")]
mod window;
