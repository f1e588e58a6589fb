//! Spinodal: a laboratory for spinodal decomposition in three dimensions.
//!
//! The same microstructure is evolved twice: with a reference solver of the Cahn–Hilliard equation
//! and with a convolutional recurrent network that takes one step where the solver takes 400. The
//! modules build on each other in this order, and never the other way round:
//!
//! - [`grid`], [`field`], [`formats`]: the box and the order parameter; files in and out;
//! - [`settings`]: what can be set, each number once, with its bounds, default and help;
//! - [`equation`], [`evolution`]: the physics, and what any way of carrying a field forward in time looks like;
//! - [`fourier`]: transforms of periodic fields;
//! - [`threads`]: how every worker starts and ends, and who goes first on a busy processor;
//! - [`initial`]: where a run starts;
//! - [`gpu`]: the one graphics device that solver, network and window share;
//! - [`solver`], [`network`]: the two evolutions;
//! - [`metrics`], [`surface`]: what is measured and what is drawn;
//! - [`view`]: camera and renderer, with or without a window;
//! - [`recording`]: frames and states of a run, in memory and on disk;
//! - [`report`]: tables, charts and pictures;
//! - [`comparison`]: both evolutions under one clock, on a thread of their own;
//! - [`scene`]: a comparison as a small file with a title, and the scenes that come with the program;
//! - [`training`]: data and training of networks;
//! - [`evaluation`]: a finished network against fresh runs of the solver;
//! - [`commands`], [`app`]: the command line and the window.

pub mod app;
pub mod commands;
pub mod comparison;
pub mod equation;
pub mod evaluation;
pub mod evolution;
pub mod field;
pub mod formats;
pub mod fourier;
pub mod gpu;
pub mod grid;
pub mod initial;
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
