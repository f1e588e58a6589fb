//! The panels of the window, driven without a window.

mod tiles;
mod training;
