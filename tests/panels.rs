//! The panels of the window, driven without a window.

mod memory;
mod placing;
mod tiles;
mod training;
