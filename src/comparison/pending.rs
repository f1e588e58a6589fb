//! Names of types that other parts are about to provide, so that the window can be written against them.

use serde::{Deserialize, Serialize};
use std::{fmt, path::PathBuf};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum EngineChoice {
    #[default]
    Auto,
    Cpu,
    Gpu,
}

#[derive(Debug, Clone)]
pub struct Gpu;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Initial {
    Noise,
    Bunny,
    Mesh(PathBuf),
    File(PathBuf),
}

impl fmt::Display for Initial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct InitialOptions {
    pub size: usize,
    pub seed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrameMetrics {
    pub frame: usize,
    pub time: f64,
    pub rmse: f64,
    pub displacement: f64,
    pub energy_solver: f64,
    pub energy_network: f64,
}

#[derive(Debug)]
pub struct GpuSurface;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caps {
    Closed,
    Open,
}
