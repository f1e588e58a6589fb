//! Names of types that other parts are about to provide, so that the window can be written against them.

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
