//! Explicit Euler on the GPU, in f32.

use crate::{
    equation::Parameters,
    evolution::{Evolution, EvolutionError},
    field::Field,
    gpu::Gpu,
};
use std::time::{Duration, Instant};
use wgpu::{BindGroup, Buffer, BufferUsages, ComputePipeline};

/// Nodes per side of the cube that one workgroup updates (`TILE` in the shader).
const TILE: usize = 8;

/// How long a submission is to take: the window's own commands wait no longer than two of them, and no driver takes the
/// kernel for hung.
const SUBMISSION: Duration = Duration::from_millis(8);

/// Node updates in the first submission, before it is known how fast the device is.
const FIRST_UPDATES: usize = 1 << 22;

/// Forward Euler with the 7-point Laplacian applied twice: the scheme of
/// [`reference_step`](crate::equation::reference_step) as a kernel (`shaders/cahn_hilliard.wgsl`), many steps
/// per submission.
pub struct GpuSolver {
    gpu: Gpu,
    size: usize,
    steps_per_frame: usize,
    kernel: ComputePipeline,
    /// φ, and the field of one step earlier, which the next step replaces.
    fields: [Buffer; 2],
    /// The change of φ that the last step meant, before rounding.
    meant: Buffer,
    /// A step from the buffer of the same index into the other one.
    steps: [BindGroup; 2],
    /// Index of the buffer that holds the present field.
    present: usize,
    /// Steps per submission.
    batch: usize,
    frame: usize,
}

impl GpuSolver {
    /// Starts from `field`.
    ///
    /// # Errors
    /// When the parameters are invalid or unstable, or the field does not fit on the device.
    pub fn new(gpu: &Gpu, field: &Field, parameters: Parameters) -> Result<Self, EvolutionError> {
        parameters.validate_explicit()?;
        let size = field.size();
        let bytes = 4 * field.values().len() as u64;
        let what = format!("the solver's field of {size}³");
        let fields = [gpu.upload(&what, field.values())?, gpu.upload(&what, field.values())?];
        let meant = gpu.storage(&format!("the solver's changes of {size}³"), bytes, BufferUsages::empty())?;

        let module = gpu.shader("cahn_hilliard", include_str!("../../../shaders/cahn_hilliard.wgsl"));
        let kernel = gpu.kernel(&module, "step");
        let [potential, epsilon, rate] =
            [18.0 / parameters.epsilon, parameters.epsilon, parameters.time_step * parameters.mobility]
                .map(|value| (value as f32).to_bits());
        let uniform = gpu.uniform("solver parameters", &[size as u32, potential, epsilon, rate]);
        let layout = kernel.get_bind_group_layout(0);
        let [first, second] = [0, 1].map(|i: usize| fields[i].as_entire_binding());
        let step = |from, to| {
            gpu.bind(&layout, &[(0, uniform.as_entire_binding()), (1, from), (2, to), (3, meant.as_entire_binding())])
        };
        let steps = [step(first.clone(), second.clone()), step(second, first)];
        let steps_per_frame = parameters.steps_per_frame;
        let batch = (FIRST_UPDATES / size.pow(3)).max(1);
        Ok(Self { gpu: gpu.clone(), size, steps_per_frame, kernel, fields, meant, steps, present: 0, batch, frame: 0 })
    }

    /// Commands for `count` steps; the present field moves with them.
    fn encode(&mut self, count: usize) -> wgpu::CommandBuffer {
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&self.kernel);
        let tiles = self.size.div_ceil(TILE) as u32;
        for _ in 0..count {
            pass.set_bind_group(0, &self.steps[self.present], &[]);
            pass.dispatch_workgroups(tiles, tiles, tiles);
            self.present = 1 - self.present;
        }
        drop(pass);
        encoder.finish()
    }
}

impl Evolution for GpuSolver {
    fn size(&self) -> usize {
        self.size
    }

    fn restart(&mut self, field: &Field) -> Result<(), EvolutionError> {
        if field.size() != self.size {
            return Err(EvolutionError::WrongSize { expected: self.size, found: field.size() });
        }
        for buffer in &self.fields {
            self.gpu.queue.write_buffer(buffer, 0, bytemuck::cast_slice(field.values()));
        }
        self.gpu.queue.write_buffer(&self.meant, 0, &vec![0; 4 * field.values().len()]);
        self.frame = 0;
        Ok(())
    }

    fn advance(&mut self) -> Result<(), EvolutionError> {
        let start = Instant::now();
        // One submission runs while the next is recorded, and no more than two are ever queued.
        let mut running = None;
        let mut left = self.steps_per_frame;
        while left > 0 {
            let count = self.batch.min(left);
            left -= count;
            let commands = self.encode(count);
            if let Some(before) = running.replace(self.gpu.submit(commands)) {
                before.wait()?;
            }
        }
        if let Some(last) = running {
            last.wait()?;
        }
        let per_step = start.elapsed().as_secs_f64() / self.steps_per_frame as f64;
        self.batch = (SUBMISSION.as_secs_f64() / per_step).clamp(1.0, self.steps_per_frame as f64) as usize;
        self.frame += 1;
        Ok(())
    }

    fn field(&mut self) -> Result<Field, EvolutionError> {
        let values = self.gpu.read_f32(&self.fields[self.present], self.size.pow(3))?;
        Field::from_values(self.size, values).map_err(EvolutionError::in_frame(self.frame))
    }

    fn buffer(&mut self) -> Result<Option<Buffer>, EvolutionError> {
        Ok(Some(self.fields[self.present].clone()))
    }
}
