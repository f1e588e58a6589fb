//! Every test of Spinodal, one file per part, in one binary: the library is linked once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::let_underscore_must_use)]

mod adaptive;
mod allen_cahn;
mod bodies;
mod boxes;
mod coarsening;
mod commands;
mod comparison;
mod crane;
mod dataset;
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
mod interventions;
mod kernels;
mod messages;
mod metrics;
mod network;
mod optimizer;
mod recording;
mod report;
mod rooms;
mod runs;
mod session;
mod settings;
mod solver;
mod start;
mod state;
mod stepper;
mod support;
mod surface;
mod threads;
mod timeline;
mod training;
mod view;
#[cfg(target_os = "linux")]
mod window;
