//! Launches in slices, for devices on which whole ones take long: the window's own commands would wait for them, and a
//! driver could take the device for hung.
//!
//! burn's operations are called by nothing but their tensors; so what they need to know besides is kept for the thread
//! that calls them.

use crate::gpu::{Gpu, GpuError};
use burn_wgpu::WgpuRuntime;
use cubecl::client::ComputeClient;
use std::{
    cell::RefCell,
    mem,
    ops::Range,
    time::{Duration, Instant},
};

/// How long a slice is to take.
const AIM: Duration = Duration::from_millis(20);

/// Workgroups of a kernel's first slice: few enough for a slow device.
const FIRST: usize = 64;

/// How much longer than the slice before the next one may be.
const GROWTH: f64 = 8.0;

/// How long slices may be, as learnt from those before: for work that launches the same kernels in the same order again
/// and again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slices {
    /// Workgroups, by the number of the launch.
    sizes: Vec<usize>,
    /// Number of the next launch.
    next: usize,
}

impl Slices {
    /// The next slice of a launch, when so many of its `count` workgroups are done.
    fn next(&self, launch: usize, done: usize, count: usize) -> Range<usize> {
        done..count.min(done + self.sizes[launch])
    }

    /// Learns how long a slice took. One that was shorter than it might have been says nothing, unless it took too
    /// long.
    fn learn(&mut self, launch: usize, length: usize, took: Duration) {
        let size = &mut self.sizes[launch];
        if length == *size || took > AIM {
            let fitting = AIM.as_secs_f64() / took.as_secs_f64();
            *size = (length as f64 * fitting.min(GROWTH)).max(1.0) as usize;
        }
    }
}

/// What the calls of a thread need to know.
struct Cutting {
    gpu: Gpu,
    slices: Slices,
    /// The first failure of the device.
    failure: Option<GpuError>,
}

thread_local! {
    static CUTTING: RefCell<Option<Cutting>> = const { RefCell::new(None) };
}

/// Does `work`, the launches of which are cut into slices and waited for, one after the other.
///
/// # Errors
/// When the device fails.
pub fn within<T>(gpu: &Gpu, slices: &mut Slices, work: impl FnOnce() -> T) -> Result<T, GpuError> {
    let learnt = Slices { next: 0, ..mem::take(slices) };
    CUTTING.set(Some(Cutting { gpu: gpu.clone(), slices: learnt, failure: None }));
    let done = work();
    let Some(cutting) = CUTTING.take() else { return Ok(done) };
    *slices = cutting.slices;
    cutting.failure.map_or(Ok(done), Err)
}

/// Launches `count` workgroups by `launch`: as a whole, or slice by slice [`within`] work that asks for it.
pub fn cut(client: &ComputeClient<WgpuRuntime>, count: usize, mut launch: impl FnMut(Range<usize>)) {
    CUTTING.with_borrow_mut(|cutting| {
        let Some(Cutting { gpu, slices, failure }) = cutting else { return launch(0..count) };
        let number = slices.next;
        slices.next += 1;
        if slices.sizes.len() == number {
            slices.sizes.push(FIRST);
        }
        let mut done = 0;
        while done < count && failure.is_none() {
            let start = Instant::now();
            let slice = slices.next(number, done, count);
            launch(slice.clone());
            *failure = wait(gpu, client).err();
            let took = start.elapsed();
            tracing::trace!("launch {number}: {} of {count} workgroups in {took:.1?}", slice.len());
            slices.learn(number, slice.len(), took);
            done = slice.end;
        }
    });
}

/// Has the device do all that burn has recorded, and waits for it.
///
/// # Errors
/// When the device fails.
pub fn wait(gpu: &Gpu, client: &ComputeClient<WgpuRuntime>) -> Result<(), GpuError> {
    client.flush().map_err(|error| GpuError::Failed(error.to_string()))?;
    gpu.finish()
}
