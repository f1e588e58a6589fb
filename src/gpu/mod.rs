//! The one graphics device that solver, network, surfaces and window share.
//!
//! Fields, tensors and vertices can then pass between them without leaving the device. Everything here
//! also runs on a software adapter (Mesa's lavapipe), slowly: that is how the kernels are tested on
//! machines without a graphics card.

mod buffer;
mod engine;

pub use buffer::{ReadBack, Submitted};
pub use engine::{Engine, EngineChoice};

use crate::threads;
use burn_wgpu::{RuntimeOptions, WgpuDevice, WgpuSetup};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    env,
    num::NonZero,
    sync::{Arc, OnceLock},
    thread::{self, ThreadId},
};
use thiserror::Error;
use wgpu::{Adapter, Device, DeviceType, Features, Instance, Queue};

/// Why the graphics device cannot do what was asked.
#[derive(Debug, Clone, Error, PartialEq)]
pub enum GpuError {
    #[error(
        "no graphics adapter was found: install a Vulkan driver (on Debian or Ubuntu: apt-get install libvulkan1 \
         mesa-vulkan-drivers)"
    )]
    NoAdapter,
    #[error("no graphics adapter is called {name}, as WGPU_ADAPTER_NAME asks for; there are: {present}")]
    NoSuchAdapter { name: String, present: String },
    #[error(
        "a graphics driver may start {0} threads, and the system does not allow the program so many more: raise the \
         limit (ulimit -u)"
    )]
    Threads(usize),
    #[error("the graphics adapter {adapter} gave no device ({reason})")]
    NoDevice { adapter: String, reason: String },
    #[error(
        "{what} needs {needed} MiB in one piece, but this graphics device allows {limit} MiB: use a smaller grid or \
         picture, or --engine cpu"
    )]
    TooLarge { what: String, needed: u64, limit: u64 },
    #[error(
        "the surface needs {needed} MiB in one piece, but this graphics device allows {limit} MiB: it is drawn once it is \
         smaller, after more frames or on a smaller grid"
    )]
    SurfaceTooLarge { needed: u64, limit: u64 },
    #[error("a picture of {width}×{height} pixels cannot be drawn: each side must lie between {least} and {most}")]
    PictureSize { width: u32, height: u32, least: u32, most: u32 },
    #[error("{engine} computes a step of the {what} wrongly, by {error:.1e}: {cure}")]
    Wrong { engine: String, what: &'static str, error: f32, cure: &'static str },
    #[error("{0}; or choose --engine cpu")]
    NotChosen(Box<Self>),
    #[error("the graphics device failed ({0}): restart the program, or choose --engine cpu")]
    Failed(String),
}

impl GpuError {
    /// What it means for a run that the processor continues.
    pub fn taken_over(&self) -> String {
        let reason = match self {
            Self::Failed(reason) => format!("the graphics device failed ({reason})"),
            other => other.to_string(),
        };
        format!("{reason}; the CPU has taken over, with the same run up to rounding")
    }
}

/// A wgpu device with all that belongs to it. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Gpu {
    /// Made without a display handle: a window's surface brings its own.
    pub instance: Instance,
    pub adapter: Adapter,
    pub device: Device,
    pub queue: Queue,
    errors: Arc<Mutex<Errors>>,
    burn: Arc<OnceLock<WgpuDevice>>,
    checked: Arc<OnceLock<Result<(), GpuError>>>,
}

/// First errors that wgpu reported outside of any call; it does so on the thread whose call failed.
#[derive(Debug, Default)]
struct Errors {
    apart: HashMap<ThreadId, Option<String>>,
    /// Of all other threads: those of burn work for whoever calls it.
    others: Option<String>,
}

impl Errors {
    /// Where those of the calling thread are kept.
    fn here(&mut self) -> &mut Option<String> {
        self.apart.get_mut(&thread::current().id()).unwrap_or(&mut self.others)
    }
}

/// Threads that a driver may start beside those of a software driver, one per core. Mesa's waits for ever for those
/// that it could not start.
const DRIVER_THREADS: usize = 8;

/// See [`Gpu::open`].
static SHARED: OnceLock<Result<Gpu, GpuError>> = OnceLock::new();

impl Gpu {
    /// The process's shared device, opened at the first call; later calls return the same one.
    ///
    /// # Errors
    /// When there is no adapter, or it gives no device.
    pub fn open() -> Result<Self, GpuError> {
        SHARED.get_or_init(Self::create).clone()
    }

    /// Makes this the process's shared device unless there is one already, and returns the shared one.
    ///
    /// # Errors
    /// When an earlier attempt to open it has failed.
    pub fn share(self) -> Result<Self, GpuError> {
        SHARED.get_or_init(|| Ok(self)).clone()
    }

    /// A device of its own on the same adapter, for work that must not share a queue (training).
    ///
    /// # Errors
    /// As [`Gpu::open`].
    pub fn create() -> Result<Self, GpuError> {
        pollster::block_on(Self::request())
    }

    /// Whether both are the same device. The handles of wgpu cannot tell those of different instances apart.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.errors, &other.errors)
    }

    /// All features of the adapter but two kinds: mappable primary buffers, which slow discrete cards down, and
    /// experimental ones, which may be unsound. Limits are the adapter's.
    async fn request() -> Result<Self, GpuError> {
        let threads = thread::available_parallelism().map_or(1, NonZero::get) + DRIVER_THREADS;
        if !threads::can_start(threads) {
            return Err(GpuError::Threads(threads));
        }
        // OpenGL, which wgpu would try too, lacks what the kernels need; WGPU_BACKEND may still ask for it.
        let first_class = wgpu::InstanceDescriptor {
            backends: wgpu::Backends::PRIMARY,
            ..wgpu::InstanceDescriptor::new_without_display_handle()
        };
        let instance = Instance::new(first_class.with_env());
        let adapter = adapter(&instance).await?;
        let excluded = Features::MAPPABLE_PRIMARY_BUFFERS | Features::all_experimental_mask();
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("spinodal"),
            required_features: adapter.features() - excluded,
            required_limits: adapter.limits(),
            ..Default::default()
        };
        let (device, queue) = adapter
            .request_device(&descriptor)
            .await
            .map_err(|e| GpuError::NoDevice { adapter: adapter.get_info().name, reason: e.to_string() })?;
        let gpu = Self {
            instance,
            adapter,
            device,
            queue,
            errors: Arc::default(),
            burn: Arc::default(),
            checked: Arc::default(),
        };
        gpu.record_errors();
        Ok(gpu)
    }

    /// Keeps what wgpu reports outside of any call for [`Gpu::take_error`] instead of ending the program.
    ///
    /// Bevy installs a handler of its own when its renderer starts: call this again after that.
    pub fn record_errors(&self) {
        let errors = Arc::clone(&self.errors);
        self.device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            tracing::error!("graphics device: {error}");
            errors.lock().here().get_or_insert_with(|| one_line(&error.to_string()));
        }));
    }

    /// From now on, errors of calls from this thread are kept for this thread alone: no other takes them for its own.
    pub fn keep_errors_apart(&self) {
        self.errors.lock().apart.entry(thread::current().id()).or_default();
    }

    /// The first error recorded since the last call, as a sentence for the user: of this thread's own calls if it keeps
    /// them apart, otherwise of all threads that do not.
    pub fn take_error(&self) -> Option<GpuError> {
        self.errors.lock().here().take().map(GpuError::Failed)
    }

    /// What a check of this device came to, which is made at the first call.
    ///
    /// # Errors
    /// Those of the check.
    pub fn check_once(&self, check: impl FnOnce() -> Result<(), GpuError>) -> Result<(), GpuError> {
        self.checked.get_or_init(check).clone()
    }

    /// Whether the adapter is a software rasteriser, on which the CPU engine is faster.
    pub fn is_software(&self) -> bool {
        self.adapter.get_info().device_type == DeviceType::Cpu
    }

    /// The adapter's name and graphics interface, e.g. `NVIDIA GeForce RTX 3060 (Vulkan)`.
    pub fn description(&self) -> String {
        let info = self.adapter.get_info();
        format!("{} ({:?})", info.name, info.backend)
    }

    /// The same device as burn sees it.
    pub fn burn_device(&self) -> WgpuDevice {
        let register = || {
            let setup = WgpuSetup {
                instance: self.instance.clone(),
                adapter: self.adapter.clone(),
                device: self.device.clone(),
                queue: self.queue.clone(),
                backend: self.adapter.get_info().backend,
            };
            burn_wgpu::init_device(setup, RuntimeOptions::default())
        };
        self.burn.get_or_init(register).clone()
    }
}

/// The adapter that the user names, or the fastest; both by the environment variables of wgpu's own programs.
async fn adapter(instance: &Instance) -> Result<Adapter, GpuError> {
    if let Some(name) = env::var("WGPU_ADAPTER_NAME").ok().filter(|name| !name.is_empty()) {
        let adapters = instance.enumerate_adapters(wgpu::Backends::all()).await;
        let names: Vec<_> = adapters.iter().map(|adapter| adapter.get_info().name).collect();
        let wanted = |found: &String| found.to_lowercase().contains(&name.to_lowercase());
        let chosen = names.iter().position(wanted).and_then(|index| adapters.into_iter().nth(index));
        return chosen.ok_or_else(|| GpuError::NoSuchAdapter { name, present: names.join(", ") });
    }
    let power_preference = wgpu::PowerPreference::from_env().unwrap_or(wgpu::PowerPreference::HighPerformance);
    let options = wgpu::RequestAdapterOptions { power_preference, ..Default::default() };
    instance.request_adapter(&options).await.map_err(|_| GpuError::NoAdapter)
}

/// wgpu's messages span lines, from the outermost cause to the innermost.
fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}
