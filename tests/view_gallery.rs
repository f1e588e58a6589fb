//! Pictures to look at: `cargo test --release -- --ignored view_gallery`, written to the folder that GALLERY names.

use crate::gpu_device::gpu;
use bevy::math::Vec3;
use spinodal::{
    equation::Parameters,
    evolution::Evolution,
    field::Field,
    initial::{Initial, InitialOptions},
    solver::explicit::cpu::{ExplicitSolver, Threads},
    surface::{
        Caps,
        gpu::{GpuField, GpuSurface, SurfaceExtractor, SurfaceProbe},
    },
    view::{
        Camera, ClipBox, ColourBy, ColourMap, CutPlane, FlatScene, Ground, Palette, Renderer, Scene, Style, Surface,
        render_flat_image, render_image, sides,
    },
};
use std::{env, path::PathBuf, time::Instant};

const SIDE: u32 = 640;

fn extract(field: &Field, caps: Caps) -> GpuSurface {
    SurfaceExtractor::new(&gpu(), field.grid(), caps).unwrap().extract(field, 0.0).unwrap().clone()
}

#[test]
#[ignore = "pictures for the eye"]
fn draw() {
    let gpu = gpu();
    let folder = PathBuf::from(env::var_os("GALLERY").expect("GALLERY names a folder"));
    std::fs::create_dir_all(&folder).unwrap();
    let only = env::var("ONLY").unwrap_or_default();
    let save = |name: &str, scene: &Scene| {
        if name.contains(&only) {
            render_image(&gpu, scene, [SIDE; 2]).unwrap().save(folder.join(format!("{name}.png"))).unwrap();
        }
    };

    let options = InitialOptions { grid: 64.into(), ..InitialOptions::default() };
    let noise = Initial::Noise.build(&options).unwrap();
    let mut solver = ExplicitSolver::with_threads(&noise, Parameters::default(), Threads::One).unwrap();
    let mut advance = |frames: usize| {
        (0..frames).for_each(|_| solver.advance().unwrap());
        solver.field().unwrap()
    };
    let (phi, psi) = (advance(12), advance(6).coarsened(2).unwrap());
    let grid = phi.grid();
    let [closed, open] = [Caps::Closed, Caps::Open].map(|caps| extract(&phi, caps));
    let other = extract(&psi, Caps::Closed);
    let [own, second] = [&phi, &psi].map(|field| GpuField::upload(&gpu, field).unwrap());
    let camera = Camera::framing(sides(&grid));
    let scene = || Scene::new(&camera, grid);
    let warm = Style::phase(Palette::warm());

    for (name, ground) in
        [("dark", Ground::Dark), ("light", Ground::Light), ("white", Ground::White), ("clear", Ground::Transparent)]
    {
        save(&format!("phase-{name}"), &Scene { ground, ..scene().with(&closed, warm) });
    }
    save("phase-open", &scene().with(&open, warm));
    save("phase-coarse", &scene().with(&other, Style::phase(Palette::cool())));
    let probe = SurfaceProbe::new(&gpu);
    for by in [ColourBy::Curvature, ColourBy::Difference, ColourBy::Distance] {
        let values = probe.find(by.quantity().unwrap(), &closed, &own, Some(&second)).unwrap();
        let range = values.range(&gpu).unwrap();
        println!("{by:?}: {range:?}");
        for ground in [Ground::Dark, Ground::Light] {
            let style = Style { range, ..Style::by(by) };
            let surfaces = vec![Surface { body: &closed, values: Some(&values), style }];
            save(&format!("by-{by:?}-{ground:?}"), &Scene { surfaces, ground, ..scene() });
        }
    }
    let glass = Style { opacity: 0.35, ..Style::phase(Palette::cool()) };
    save("both", &scene().with(&closed, warm).with(&other, glass));
    save("both-light", &Scene { ground: Ground::Light, ..scene().with(&closed, warm).with(&other, glass) });
    save("glass", &scene().with(&other, glass));
    let lines = [Palette::warm().outside, Palette::cool().outside];
    let cut = |by, map, other| CutPlane {
        axis: 1,
        position: 0.5,
        field: &own,
        other,
        style: Style { map, ..Style::by(by) },
        lines,
        line_width: 2.0,
    };
    let clip = ClipBox { min: [0.0, 0.5, 0.0], max: [1.0; 3] };
    let field = || vec![cut(ColourBy::Field, ColourMap::Vik, Some(&second))];
    save("cut-field", &Scene { cuts: field(), ..scene() });
    save("cut-clip", &Scene { cuts: field(), clip, ..scene().with(&closed, warm) });
    let difference = vec![cut(ColourBy::Difference, ColourMap::Viridis, Some(&second))];
    save("cut-difference", &Scene { cuts: difference, clip, ..scene().with(&closed, warm) });
    let phase = vec![cut(ColourBy::Phase, ColourMap::Viridis, Some(&second))];
    save("cut-phase", &Scene { cuts: phase, clip, ground: Ground::Light, ..scene().with(&closed, warm) });
    save("clip", &Scene { clip: ClipBox { min: [0.2; 3], max: [0.8; 3] }, ..scene().with(&open, warm) });
    let wide = Camera::framing(Vec3::new(2.0, 2.0, 1.0));
    save("repeat", &Scene { camera: &wide, repeat: [2, 2, 1], ..scene().with(&closed, warm) });
    let mut near = camera;
    near.zoom(0.25);
    save("near", &Scene { camera: &near, ..scene().with(&closed, warm) });

    let flat = Field::from_fn([96, 96, 1], |x, y, _| f64::from(phi.at((x / 1.5) as isize, (y / 1.5) as isize, 9)));
    let flat = GpuField::upload(&gpu, &flat.unwrap()).unwrap();
    let straight = Camera::facing(sides(&flat.grid), 2);
    for (name, by) in [("phase", ColourBy::Phase), ("field", ColourBy::Field)] {
        let scene = FlatScene::new(&straight, &flat, Style { palette: Palette::warm(), ..Style::by(by) });
        let image = render_flat_image(&gpu, &scene, [SIDE; 2]).unwrap();
        image.save(folder.join(format!("flat-{name}.png"))).unwrap();
    }

    // What a redraw costs.
    let target = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: None,
        size: wgpu::Extent3d { width: SIDE, height: SIDE, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8UnormSrgb,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
        view_formats: &[],
    });
    let target = target.create_view(&Default::default());
    let mut renderer = Renderer::new(&gpu, wgpu::TextureFormat::Rgba8UnormSrgb);
    let mut time = |name: &str, scene: &Scene| {
        let mut best = f64::INFINITY;
        for _ in 0..8 {
            let start = Instant::now();
            renderer.draw(&target, [SIDE; 2], scene);
            gpu.finish().unwrap();
            best = best.min(start.elapsed().as_secs_f64());
        }
        println!("{name}: {:.1} ms", 1e3 * best);
    };
    time("empty", &scene());
    time("fine", &scene().with(&closed, warm));
    time("coarse", &scene().with(&extract(&phi.coarsened(2).unwrap(), Caps::Closed), warm));
    time("both", &scene().with(&closed, warm).with(&other, glass));
    time("cut", &Scene { cuts: field(), ..scene() });
}
