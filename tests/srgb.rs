//! The shader's conversions between sRGB and light against those of the standard.

use crate::gpu_device::gpu;

/// Encoded values, finer than a screen shows them.
const COUNT: usize = 4096;

/// One step of the 256 of a screen.
const STEP: f64 = 1.0 / 255.0;

/// Replaces each value of `values` by `expression` of it, named `v`.
fn mapped(values: &[f32], expression: &str) -> Vec<f64> {
    let gpu = gpu();
    let kernel = format!(
        "@group(0) @binding(0) var<storage, read_write> values: array<f32>;
         @compute @workgroup_size(64)
         fn map(@builtin(global_invocation_id) id: vec3<u32>) {{
             let v = vec3(values[id.x]);
             values[id.x] = ({expression}).x;
         }}"
    );
    let source = [include_str!("../shaders/srgb.wgsl"), &kernel].concat();
    let module = gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: None,
        source: wgpu::ShaderSource::Wgsl(source.into()),
    });
    let pipeline = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: None,
        module: &module,
        entry_point: Some("map"),
        compilation_options: Default::default(),
        cache: None,
    });
    let buffer = gpu.upload("values", values).unwrap();
    let bindings = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &pipeline.get_bind_group_layout(0),
        entries: &[wgpu::BindGroupEntry { binding: 0, resource: buffer.as_entire_binding() }],
    });
    let mut encoder = gpu.device.create_command_encoder(&Default::default());
    let mut pass = encoder.begin_compute_pass(&Default::default());
    pass.set_pipeline(&pipeline);
    pass.set_bind_group(0, &bindings, &[]);
    pass.dispatch_workgroups(values.len().div_ceil(64) as u32, 1, 1);
    drop(pass);
    gpu.queue.submit([encoder.finish()]);
    gpu.read_f32(&buffer, values.len()).unwrap().into_iter().map(f64::from).collect()
}

/// IEC 61966-2-1.
fn light(encoded: f64) -> f64 {
    if encoded <= 0.04045 { encoded / 12.92 } else { ((encoded + 0.055) / 1.055).powf(2.4) }
}

/// Its inverse.
fn encoded(light: f64) -> f64 {
    if light <= 0.0031308 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

#[test]
fn colours_of_the_shaders_are_those_of_srgb_to_a_seventh_of_a_step() {
    let codes: Vec<f32> = (0..COUNT).map(|i| i as f32 / (COUNT - 1) as f32).collect();
    let lights: Vec<f32> = codes.iter().map(|&code| light(f64::from(code)) as f32).collect();
    let decoded = mapped(&codes, "light_of_srgb(v)");
    let again = mapped(&lights, "srgb_of_light(v)");
    let both = mapped(&codes, "srgb_of_light(light_of_srgb(v))");
    for (i, &code) in codes.iter().enumerate() {
        let code = f64::from(code);
        for found in [encoded(decoded[i]), again[i], both[i]] {
            assert!((found - code).abs() < STEP / 7.0, "{code} became {found}");
        }
    }
}
