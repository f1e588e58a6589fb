//! The shared device: opening, limits, readback, and the same device as burn sees it.

use burn::tensor::{Tensor, TensorData};
use spinodal::{
    engines,
    gpu::{Engine, EngineChoice, Gpu, GpuError},
};
use std::thread;
use wgpu::BufferUsages;

/// The shared device of all tests.
pub fn gpu() -> Gpu {
    Gpu::open().expect("the tests of the GPU engine need a Vulkan driver: install the packages that README.md names")
}

#[test]
fn a_buffer_comes_back_as_it_went() {
    let gpu = gpu();
    let values: Vec<f32> = (0..1000).map(|i| (i as f32).sin()).collect();
    let buffer = gpu.upload("values", &values).unwrap();
    assert_eq!(gpu.read_f32(&buffer, values.len()).unwrap(), values);
    assert!(matches!(gpu.read_f32(&buffer, values.len() + 1), Err(GpuError::Failed(_))));
}

#[test]
fn a_buffer_over_the_limit_is_refused_in_one_sentence() {
    let gpu = gpu();
    let error = gpu.storage("a field of 9999³", gpu.largest_binding() + 4, BufferUsages::empty()).unwrap_err();
    assert!(matches!(error, GpuError::TooLarge { .. }));
    let message = error.to_string();
    assert!(message.contains("a field of 9999³") && message.contains("--engine cpu"), "{message}");
}

#[test]
fn a_device_error_is_kept_for_the_user() {
    // Its own device: the shared one's errors belong to the other tests.
    let gpu = Gpu::create().expect("a second device");
    assert_eq!(gpu.take_error(), None);
    let source = gpu.storage("source", 16, BufferUsages::empty()).unwrap();
    let mut encoder = gpu.device.create_command_encoder(&Default::default());
    encoder.copy_buffer_to_buffer(&source, 0, &source, 0, 1024);
    gpu.queue.submit([encoder.finish()]);
    assert!(matches!(gpu.take_error(), Some(GpuError::Failed(_))));
    assert_eq!(gpu.take_error(), None);
}

#[test]
fn a_thread_can_keep_its_errors_apart() {
    let gpu = Gpu::create().expect("a second device");
    let source = gpu.storage("source", 16, BufferUsages::empty()).unwrap();
    let fail = || {
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(&source, 0, &source, 0, 1024);
        gpu.queue.submit([encoder.finish()]);
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            gpu.keep_errors_apart();
            fail();
            // What this thread reads is not what failed elsewhere, and the other way round.
            scope.spawn(|| assert_eq!(gpu.read_f32(&source, 4).unwrap(), [0.0; 4]));
            assert!(gpu.read_f32(&source, 4).is_err());
        });
    });
    fail();
    assert!(thread::scope(|scope| scope.spawn(|| gpu.take_error()).join().unwrap()).is_some());
}

#[test]
fn a_device_that_is_gone_is_an_error() {
    let gpu = Gpu::create().expect("a second device");
    let buffer = gpu.upload("values", &[1.0, 2.0]).unwrap();
    gpu.device.destroy();
    assert!(matches!(gpu.read_f32(&buffer, 2), Err(GpuError::Failed(_))));
}

#[test]
fn a_second_device_is_another_one() {
    let other = Gpu::create().expect("a second device");
    assert!(gpu().is_same(&gpu()) && !gpu().is_same(&other));
}

#[test]
fn automatic_choice_avoids_software_adapters() {
    let software = gpu().is_software();
    assert_eq!(matches!(engines::choose(EngineChoice::Auto), Ok(Engine::Cpu)), software);
    assert!(matches!(engines::choose(EngineChoice::Gpu), Ok(Engine::Gpu(_))));
    assert!(matches!(engines::choose(EngineChoice::Cpu), Ok(Engine::Cpu)));
}

#[test]
fn burn_computes_on_the_shared_device() {
    let device = gpu().burn_device();
    assert_eq!(device, gpu().burn_device());
    let tensor = Tensor::<burn_wgpu::Wgpu, 1>::from_data(TensorData::from([1.0f32, 2.0, 3.0]), &device);
    assert_eq!((tensor * 2.0).into_data().to_vec::<f32>().unwrap(), [2.0, 4.0, 6.0]);
}
