//! The panels and menus: each reads the session and sends it commands.

pub mod brush;
pub mod compare;
pub mod curves;
pub mod dialogs;
pub mod grids;
pub mod look;
pub mod messages;
pub mod plots;
pub mod readouts;
pub mod setting;
pub mod solver;
pub mod start;
pub mod status;
pub mod tiles;
pub mod timeline;
pub mod transport;
