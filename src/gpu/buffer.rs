//! Buffers, kernels and readback.

use super::{Gpu, GpuError};
use crate::threads;
use bytemuck::AnyBitPattern;
use std::{
    borrow::Cow,
    sync::mpsc::{Receiver, TryRecvError, channel},
    thread,
    time::Duration,
};
use wgpu::{
    BindGroup, BindGroupDescriptor, BindGroupEntry, BindGroupLayout, BindingResource, Buffer, BufferUsages,
    ComputePipeline,
};

/// Pause between two looks at the device. A blocking wait would hold wgpu's fence, and with it every
/// submission of the window, until the computation is done.
const POLL_INTERVAL: Duration = Duration::from_micros(100);

impl Gpu {
    /// Fails with one clear sentence when `what` of `bytes` bytes does not fit into one storage binding.
    ///
    /// # Errors
    /// [`GpuError::TooLarge`].
    pub fn check_size(&self, what: &str, bytes: u64) -> Result<(), GpuError> {
        let limit = self.largest_binding();
        let mib = |bytes: u64| bytes.div_ceil(1 << 20);
        match bytes <= limit {
            true => Ok(()),
            false => Err(GpuError::TooLarge { what: what.into(), needed: mib(bytes), limit: mib(limit) }),
        }
    }

    /// Bytes of the largest buffer that a kernel can be given whole.
    pub fn largest_binding(&self) -> u64 {
        let limits = self.device.limits();
        limits.max_buffer_size.min(limits.max_storage_buffer_binding_size)
    }

    /// An empty storage buffer that can be copied from and to, with `usage` besides.
    ///
    /// # Errors
    /// When it is larger than the device allows.
    pub fn storage(&self, what: &str, bytes: u64, usage: BufferUsages) -> Result<Buffer, GpuError> {
        self.check_size(what, bytes)?;
        Ok(self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(what),
            size: bytes,
            usage: usage | BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST,
            mapped_at_creation: false,
        }))
    }

    /// A storage buffer that holds `values`.
    ///
    /// # Errors
    /// When it is larger than the device allows.
    pub fn upload(&self, what: &str, values: &[f32]) -> Result<Buffer, GpuError> {
        let buffer = self.storage(what, size_of_val(values) as u64, BufferUsages::empty())?;
        self.queue.write_buffer(&buffer, 0, bytemuck::cast_slice(values));
        Ok(buffer)
    }

    /// A uniform buffer of 32-bit words.
    pub fn uniform(&self, what: &str, words: &[u32]) -> Buffer {
        self.words(what, words, BufferUsages::UNIFORM)
    }

    /// A small buffer of 32-bit words for `usage`. It is not mapped when it is created, which panics once the device is
    /// lost.
    pub(crate) fn words(&self, what: &str, words: &[u32], usage: BufferUsages) -> Buffer {
        let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(what),
            size: size_of_val(words) as u64,
            usage: usage | BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        self.queue.write_buffer(&buffer, 0, bytemuck::cast_slice(words));
        buffer
    }

    /// A WGSL module.
    pub(crate) fn shader(&self, name: &str, source: &str) -> wgpu::ShaderModule {
        self.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(name),
            source: wgpu::ShaderSource::Wgsl(Cow::Borrowed(source)),
        })
    }

    /// The compute kernel `entry` of a module, its layout deduced from the source. Workgroup memory starts
    /// undefined: kernels write it before they read it.
    pub(crate) fn kernel(&self, module: &wgpu::ShaderModule, entry: &str) -> ComputePipeline {
        self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(entry),
            layout: None,
            module,
            entry_point: Some(entry),
            compilation_options: wgpu::PipelineCompilationOptions {
                zero_initialize_workgroup_memory: false,
                ..Default::default()
            },
            cache: None,
        })
    }

    /// A bind group from pairs of binding and resource.
    pub(crate) fn bind(&self, layout: &BindGroupLayout, resources: &[(u32, BindingResource)]) -> BindGroup {
        let entries: Vec<_> = resources
            .iter()
            .map(|(binding, resource)| BindGroupEntry { binding: *binding, resource: resource.clone() })
            .collect();
        self.device.create_bind_group(&BindGroupDescriptor { label: None, layout, entries: &entries })
    }

    /// Submits commands; what it returns tells when they are done.
    pub fn submit(&self, commands: wgpu::CommandBuffer) -> Submitted {
        self.queue.submit([commands]);
        let (sender, done) = channel();
        self.queue.on_submitted_work_done(move || {
            // The receiver may have given up; then no one needs to know.
            sender.send(()).ok();
        });
        Submitted { gpu: self.clone(), done }
    }

    /// Waits until the device has done all that was submitted.
    ///
    /// # Errors
    /// When the device failed.
    pub fn finish(&self) -> Result<(), GpuError> {
        self.submit(self.device.create_command_encoder(&Default::default()).finish()).wait()
    }

    /// Reads the first `length` f32 of a buffer, waiting for all work submitted before.
    ///
    /// # Errors
    /// When the buffer is shorter, or the device fails.
    pub fn read_f32(&self, buffer: &Buffer, length: usize) -> Result<Vec<f32>, GpuError> {
        self.start_reading(buffer, 4 * length as u64)?.wait()
    }

    /// Reads the first `length` u32 of a buffer, waiting for all work submitted before.
    ///
    /// # Errors
    /// As [`Gpu::read_f32`].
    pub fn read_u32(&self, buffer: &Buffer, length: usize) -> Result<Vec<u32>, GpuError> {
        self.start_reading(buffer, 4 * length as u64)?.wait()
    }

    /// Whether the device still works: one that is lost says of any work that it is done, but gives nothing back.
    ///
    /// # Errors
    /// When it does not.
    pub fn probe(&self) -> Result<(), GpuError> {
        self.read_f32(&self.upload("probe", &[1.0])?, 1).map(drop)
    }

    /// Starts to copy the first `bytes` bytes (a multiple of 4) of `buffer` to the CPU, without waiting.
    ///
    /// # Errors
    /// When the buffer is shorter.
    pub fn start_reading(&self, buffer: &Buffer, bytes: u64) -> Result<ReadBack, GpuError> {
        if bytes > buffer.size() {
            return Err(GpuError::Failed(format!("{bytes} bytes were to be read from {}", buffer.size())));
        }
        let staging = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("readback"),
            size: bytes,
            usage: BufferUsages::COPY_DST | BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        let mut encoder = self.device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(buffer, 0, &staging, 0, bytes);
        self.queue.submit([encoder.finish()]);
        Ok(self.map(staging))
    }

    /// Starts to map a buffer that was made with `MAP_READ`.
    pub(crate) fn map(&self, staging: Buffer) -> ReadBack {
        let (sender, mapped) = channel();
        staging.map_async(wgpu::MapMode::Read, .., move |result| {
            // The receiver may have given up; then no one needs to know.
            sender.send(result).ok();
        });
        ReadBack { gpu: self.clone(), staging, mapped }
    }

    /// Polls the device until `receiver` has a message.
    fn poll_until<T>(&self, receiver: &Receiver<T>) -> Result<T, GpuError> {
        loop {
            let polled = self.unless_lost(|| self.device.poll(wgpu::PollType::Poll))?;
            polled.map_err(|e| GpuError::Failed(e.to_string()))?;
            match receiver.try_recv() {
                Ok(message) => return Ok(message),
                // Not a wait with a timeout, which Windows rounds up to its clock's tick.
                Err(TryRecvError::Empty) => thread::sleep(POLL_INTERVAL),
                Err(TryRecvError::Disconnected) => return Err(self.lost()),
            }
        }
    }

    /// Does what panics in wgpu once the device is lost.
    fn unless_lost<T>(&self, act: impl FnOnce() -> T) -> Result<T, GpuError> {
        threads::guard(act).map_err(|_| self.lost())
    }

    /// What was recorded when an operation vanished, or that the device is gone.
    fn lost(&self) -> GpuError {
        self.take_error().unwrap_or_else(|| GpuError::Failed("the device was lost".into()))
    }
}

/// Commands that the device works on.
pub struct Submitted {
    gpu: Gpu,
    done: Receiver<()>,
}

impl Submitted {
    /// Waits until the commands are done, letting other threads submit meanwhile.
    ///
    /// # Errors
    /// When the device failed.
    pub fn wait(self) -> Result<(), GpuError> {
        self.gpu.poll_until(&self.done)?;
        self.gpu.take_error().map_or(Ok(()), Err)
    }
}

/// Bytes on their way from the device.
pub struct ReadBack {
    gpu: Gpu,
    staging: Buffer,
    mapped: Receiver<Result<(), wgpu::BufferAsyncError>>,
}

impl ReadBack {
    /// The bytes as values of `T`, once they have arrived.
    ///
    /// # Errors
    /// When the device fails.
    pub fn wait<T: AnyBitPattern>(self) -> Result<Vec<T>, GpuError> {
        let result = self.gpu.poll_until(&self.mapped)?;
        self.finish(result)
    }

    fn finish<T: AnyBitPattern>(&self, mapped: Result<(), wgpu::BufferAsyncError>) -> Result<Vec<T>, GpuError> {
        mapped.map_err(|_| self.gpu.lost())?;
        // What an invalid kernel or command would have written is not there.
        self.gpu.take_error().map_or(Ok(()), Err)?;
        // wgpu maps buffers at addresses aligned to 8 bytes.
        self.gpu.unless_lost(|| bytemuck::cast_slice(&self.staging.get_mapped_range(..)).to_vec())
    }
}
