//! The panels of the window, driven without a window.

mod placing;
mod tiles;
mod training;
