//! The machinery of the window: devices, display, when it draws and when it closes.

pub mod blending;
pub mod canvas;
pub mod close;
pub mod device;
pub mod display;
pub mod icon;
pub mod keys;
pub mod pace;
pub mod present;
pub mod reveal;
pub mod wake;
pub mod watch;
