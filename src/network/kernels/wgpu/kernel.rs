//! Our shaders as kernels of burn's device: launched on its stream, they keep their place among burn's own.

use burn::tensor::{DType, Shape, TensorMetadata};
use burn_wgpu::{CubeDim, CubeTensor, KernelSource, SourceKernel, SourceTemplate, WgpuRuntime};
use cubecl::{
    prelude::{CubeCount, KernelId},
    server::{KernelArguments, MetadataBindingInfo},
};

use super::{
    slices,
    template::{Constants, expand},
};

/// What burn calls a tensor on this device.
pub type WgpuTensor = CubeTensor<WgpuRuntime>;

/// Invocations of a workgroup, the same in every shader.
pub const LANES: usize = 64;

/// Workgroups that any device dispatches along one axis.
pub const MOST_GROUPS: usize = 65_535;

/// The shaders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shader {
    SpatialConvolution,
    PointwiseConvolution,
    SpatialWeightGradient,
    PointwiseWeightGradient,
    PartialSums,
    GruGates,
    GruUpdate,
    GruCandidateGradient,
    GruGateGradients,
}

impl Shader {
    fn source(self) -> String {
        macro_rules! shaders {
            ($($file:literal),*) => { concat!($(include_str!(concat!("../../../../shaders/network/", $file))),*) };
        }
        match self {
            Self::SpatialConvolution => shaders!("activation.wgsl", "spatial_convolution.wgsl"),
            Self::PointwiseConvolution => shaders!("activation.wgsl", "pointwise_convolution.wgsl"),
            Self::SpatialWeightGradient => shaders!("spatial_weight_gradient.wgsl"),
            Self::PointwiseWeightGradient => shaders!("pointwise_weight_gradient.wgsl"),
            Self::PartialSums => shaders!("partial_sums.wgsl"),
            Self::GruGates => shaders!("activation.wgsl", "gru_shape.wgsl", "gru_gates.wgsl"),
            Self::GruUpdate => shaders!("activation.wgsl", "gru_shape.wgsl", "gru_update.wgsl"),
            Self::GruCandidateGradient => shaders!("gru_shape.wgsl", "gru_candidate_gradient.wgsl"),
            Self::GruGateGradients => shaders!("gru_shape.wgsl", "gru_gate_gradients.wgsl"),
        }
        .to_owned()
    }
}

/// A shader with numbers for its constants; a device compiles each combination once.
#[derive(Debug, Clone)]
pub struct Kernel {
    pub shader: Shader,
    pub constants: Constants,
}

impl KernelSource for Kernel {
    fn source(&self) -> SourceTemplate {
        SourceTemplate::new(expand(&self.shader.source(), &self.constants))
    }

    fn id(&self) -> KernelId {
        KernelId::new::<Self>().info((self.shader, self.constants.clone()))
    }
}

impl Kernel {
    /// Launches `count` workgroups along the first two axes and `deep` along the third, in slices where [`slices`] says
    /// so. Tensors and `shape` as in [`Kernel::launch`]; after `shape` come the workgroups along the first axis of a
    /// slice, and the number of its first one.
    pub fn launch_over(self, count: usize, deep: usize, tensors: &[&WgpuTensor], shape: &[i32]) {
        let Some(first) = tensors.first() else { return };
        slices::cut(&first.client, count, |slice| {
            let [along, across] = spread(slice.len());
            let place = [along, slice.start].map(|number| number as i32);
            self.clone().launch([along, across, deep], tensors, &[shape, &place].concat());
        });
    }

    /// Launches so many workgroups along each axis. The tensors, which lie in the order of their axes, are bound in
    /// their order, and after them `shape` as a uniform structure.
    pub fn launch(self, groups: [usize; 3], tensors: &[&WgpuTensor], shape: &[i32]) {
        let Some(first) = tensors.first() else { return };
        let buffers = tensors.iter().map(|tensor| tensor.handle.clone().binding()).collect();
        let half = |value: Option<&i32>| u64::from(value.map_or(0, |value| value.cast_unsigned()));
        let words = shape.chunks(2).map(|pair| half(pair.first()) | half(pair.get(1)) << 32).collect();
        let arguments = KernelArguments::new().with_buffers(buffers).with_info(MetadataBindingInfo::custom(words));
        let [x, y, z] = groups.map(|count| count as u32);
        let kernel = SourceKernel::new(self, CubeDim::new_1d(LANES as u32));
        first.client.launch(Box::new(kernel), CubeCount::Static(x, y, z), arguments);
    }
}

/// So many workgroups over two axes, neither too long.
fn spread(groups: usize) -> [usize; 2] {
    let along = groups.clamp(1, MOST_GROUPS);
    [along, groups.div_ceil(along)]
}

/// The size of equal blocks, none larger than `most`, that `count` things divide into.
pub fn block(count: usize, most: usize) -> usize {
    count.div_ceil(count.div_ceil(most).max(1)).max(1)
}

/// A tensor of any numbers on the device of `like`.
pub fn empty(like: &WgpuTensor, shape: impl Into<Shape>) -> WgpuTensor {
    let shape = shape.into();
    let handle = like.client.empty(shape.num_elements() * size_of::<f32>());
    WgpuTensor::new_contiguous(like.client.clone(), like.device.clone(), shape, handle, DType::F32)
}

/// Batch, channels and side lengths of a tensor `[batch, channel, x, y, z]`.
pub fn dimensions(tensor: &WgpuTensor) -> [usize; 5] {
    let shape = tensor.shape();
    std::array::from_fn(|axis| shape[axis])
}
