//! The panels of the window, driven without a window.

mod brush;
mod compare;
mod memory;
mod placing;
mod tiles;
mod training;
