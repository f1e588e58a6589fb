//! Both evolutions under one clock, without a window in sight.
//!
//! [`Setup`] says what is compared, and [`Simulation`] runs it on a thread of its own and publishes what
//! it does.

pub mod pending;
mod setup;
mod simulation;
mod snapshot;
mod worker;

pub use setup::{Method, Setup};
pub use simulation::{Command, Event, Simulation};
pub use snapshot::{InitialInfo, SideSnapshot, Snapshot};
