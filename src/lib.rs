//! Spinodal: a laboratory for spinodal decomposition in three dimensions.
//!
//! The same microstructure evolves several times: with a reference solver of the Cahn–Hilliard equation, and with
//! candidates, such as a convolutional recurrent network that takes one step where the solver takes 400. A module uses
//! only modules above it in this list:
//!
//! - [`grid`], [`memory`], [`threads`]: nodes of a periodic box; how much memory there is; how every worker starts,
//!   yields and ends;
//! - [`field`]: the order parameter φ on a grid;
//! - [`fourier`], [`formats`]: transforms of periodic fields; files in and out;
//! - [`settings`]: every setting once, with its bounds, default, unit and help;
//! - [`equation`]: the potential, kinetics, stability limit and energy;
//! - [`gpu`]: the graphics device that solver, network and window share;
//! - [`initial`]: initial fields: noise, shapes, meshes, files;
//! - [`evolution`]: what solvers and networks have in common: advance, save, restore, disturb;
//! - [`surface`]: the surface φ = 0, and measures of it;
//! - [`metrics`]: errors, energies, structure factor, morphology;
//! - [`solver`], [`network`]: the two kinds of evolution;
//! - [`engines`]: the choice of an engine that computes rightly;
//! - [`view`]: camera and renderer, with or without a window;
//! - [`recording`]: frames, figures and states of a run, in memory and on disk;
//! - [`report`]: tables, charts and pictures;
//! - [`comparison`]: a reference and its candidates under one clock, on a thread of their own;
//! - [`scene`]: a comparison as a small file, and the scenes that come with the program;
//! - [`training`]: data and training of networks;
//! - [`evaluation`]: a finished network against fresh runs of the solver;
//! - [`app`]: the window;
//! - [`commands`]: the command line.

pub mod app;
pub mod commands;
pub mod comparison;
pub mod engines;
pub mod equation;
pub mod evaluation;
pub mod evolution;
pub mod field;
pub mod formats;
pub mod fourier;
pub mod gpu;
pub mod grid;
pub mod initial;
pub mod memory;
pub mod metrics;
pub mod network;
pub mod recording;
pub mod report;
pub mod scene;
pub mod settings;
pub mod solver;
pub mod surface;
pub mod threads;
pub mod training;
pub mod view;
