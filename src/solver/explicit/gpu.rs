//! Explicit Euler on a graphics device, in f32.

use super::{LOST, PHI};
use crate::{
    equation::{self, Kinetics, Parameters},
    evolution::{Brush, Evolution, EvolutionError, OnDevice, State, Watch},
    field::Field,
    gpu::Gpu,
    grid::{self, Grid},
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

/// Forward Euler with the 7-point Laplacian: the scheme of [`reference_step`](crate::equation::reference_step) as a
/// kernel (`shaders/explicit_step.wgsl`), many steps per submission.
pub struct GpuExplicitSolver {
    gpu: Gpu,
    grid: Grid,
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
    watch: Watch,
}

impl GpuExplicitSolver {
    /// Starts from `field`.
    ///
    /// # Errors
    /// When the parameters are invalid or unstable, or the field does not fit on the device.
    pub fn new(gpu: &Gpu, field: &Field, parameters: Parameters) -> Result<Self, EvolutionError> {
        let grid = field.grid();
        parameters.validate_explicit(&grid)?;
        let bytes = 4 * grid.len() as u64;
        let what = format!("the solver's field of {grid}");
        let fields = [gpu.upload(&what, field.values())?, gpu.upload(&what, field.values())?];
        let meant = gpu.storage(&format!("the solver's changes of {grid}"), bytes, BufferUsages::empty())?;

        let step = include_str!("../../../shaders/explicit_step.wgsl");
        let module = gpu.shader("explicit_step", &[grid::WGSL, equation::WGSL, step].concat());
        let kernel = gpu.kernel(&module, "step");
        let uniform = gpu.uniform("solver parameters", &uniform_words(&grid, &parameters));
        let layout = kernel.get_bind_group_layout(0);
        let [first, second] = [0, 1].map(|i: usize| fields[i].as_entire_binding());
        let step = |from, to| {
            gpu.bind(&layout, &[(0, uniform.as_entire_binding()), (1, from), (2, to), (3, meant.as_entire_binding())])
        };
        let steps = [step(first.clone(), second.clone()), step(second, first)];
        let steps_per_frame = parameters.steps_per_frame;
        let batch = (FIRST_UPDATES / grid.len()).max(1);
        let (gpu, watch) = (gpu.clone(), Watch::default());
        Ok(Self { gpu, grid, steps_per_frame, kernel, fields, meant, steps, present: 0, batch, frame: 0, watch })
    }

    /// Commands for `count` steps; the present field moves with them.
    fn encode(&mut self, count: usize) -> wgpu::CommandBuffer {
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&self.kernel);
        let [x, y, z] = self.grid.shape.map(|side| side.div_ceil(TILE) as u32);
        for _ in 0..count {
            pass.set_bind_group(0, &self.steps[self.present], &[]);
            pass.dispatch_workgroups(z, y, x);
            self.present = 1 - self.present;
        }
        drop(pass);
        encoder.finish()
    }
}

impl Evolution for GpuExplicitSolver {
    fn grid(&self) -> Grid {
        self.grid
    }

    fn restart(&mut self, field: &Field) -> Result<(), EvolutionError> {
        EvolutionError::check_grid(self.grid, field)?;
        self.write(field.values(), &vec![0.0; self.grid.len()]);
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
                self.watch.report(self.steps_per_frame - left - count, self.steps_per_frame)?;
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

    fn watch(&mut self, watch: &Watch) {
        self.watch = watch.clone();
    }

    fn field(&mut self) -> Result<Field, EvolutionError> {
        let values = self.gpu.read_f32(&self.fields[self.present], self.grid.len())?;
        Field::from_values(self.grid, values).map_err(EvolutionError::in_frame(self.frame))
    }

    fn save(&mut self) -> Result<State, EvolutionError> {
        let [phi, lost] = self.read()?;
        Ok(State::at(self.frame).with(PHI, phi).with(LOST, lost))
    }

    fn restore(&mut self, state: &State) -> Result<(), EvolutionError> {
        let length = self.grid.len();
        self.write(state.array(PHI, length)?, state.array(LOST, length)?);
        self.frame = state.frame;
        Ok(())
    }

    fn disturb(&mut self, brush: &Brush) -> Result<(), EvolutionError> {
        let mut field = self.field()?;
        let [_, mut lost] = self.read()?;
        brush.paint(&mut field).into_iter().for_each(|node| lost[node] = 0.0);
        self.write(field.values(), &lost);
        Ok(())
    }

    fn on_device(&mut self) -> Option<&mut dyn OnDevice> {
        Some(self)
    }
}

impl OnDevice for GpuExplicitSolver {
    fn buffer(&mut self) -> Result<Buffer, EvolutionError> {
        Ok(self.fields[self.present].clone())
    }
}

impl GpuExplicitSolver {
    /// φ, and what its steps have lost to rounding and still hold.
    fn read(&self) -> Result<[Vec<f32>; 2], EvolutionError> {
        let read = |buffer| self.gpu.read_f32(buffer, self.grid.len());
        let (phi, mut lost) = (read(&self.fields[self.present])?, read(&self.meant)?);
        let earlier = read(&self.fields[1 - self.present])?;
        // As the kernel has it.
        lost.iter_mut().zip(phi.iter().zip(earlier)).for_each(|(lost, (phi, earlier))| *lost -= phi - earlier);
        Ok([phi, lost])
    }

    /// Replaces what [`Self::read`] gives: as if a step from `phi` to `phi` had meant to add `lost`.
    fn write(&self, phi: &[f32], lost: &[f32]) {
        let places = [(&self.fields[0], phi), (&self.fields[1], phi), (&self.meant, lost)];
        for (buffer, values) in places {
            self.gpu.queue.write_buffer(buffer, 0, bytemuck::cast_slice(values));
        }
    }
}

/// The fields of `Parameters` in the shader, filled up to a multiple of 16 bytes.
fn uniform_words(grid: &Grid, parameters: &Parameters) -> Vec<u32> {
    let unit = parameters.equation.in_units_of(grid.spacing);
    let rate = (parameters.time_step * unit.mobility) as f32;
    let conserved = u32::from(unit.kinetics == Kinetics::CahnHilliard);
    let shape = grid.shape.map(|side| side as u32);
    let coefficients = unit.coefficients().map(f32::to_bits);
    [&shape[..], &[rate.to_bits()], &coefficients, &[conserved, 0, 0, 0]].concat()
}
