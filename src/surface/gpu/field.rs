//! A field on the device, for the kernels and shaders that look at it between its nodes.

use crate::{
    field::Field,
    gpu::{Gpu, GpuError},
    grid::Grid,
};
use wgpu::Buffer;

/// How the kernels find a field between its nodes; comes after [`crate::grid::WGSL`].
pub(crate) const WGSL: &str = include_str!("../../../shaders/profile.wgsl");

/// The profile of a field ([`Field::profile`]) on the device. Cloning shares it.
///
/// Across an interface the profile is linear where φ is not, so that it may be interpolated, also to other grids.
#[derive(Debug, Clone)]
pub struct GpuField {
    /// artanh φ in C order.
    pub profile: Buffer,
    /// The nodes.
    pub grid: Grid,
}

impl GpuField {
    /// Brings a field to the device.
    ///
    /// # Errors
    /// When it is larger than the device allows.
    pub fn upload(gpu: &Gpu, field: &Field) -> Result<Self, GpuError> {
        Ok(Self { profile: gpu.upload("the field to draw", field.profile().values())?, grid: field.grid() })
    }
}
