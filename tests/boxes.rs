//! Boxes of unequal sides, and of two dimensions: every evolution and measure, against the oracle, against boxes in
//! which nothing varies along an axis, and against PFHub's benchmark.

use crate::{
    equation::evolve,
    gpu_device::gpu,
    support::{equation, random_field},
};
use spinodal::{
    equation::{Equation, Kinetics, Parameters},
    evolution::Evolution,
    field::Field,
    fourier::{Fourier, Modes, Symbol, waves},
    gpu::Engine,
    grid::{Grid, GridError, Shape},
    initial::{Initial, InitialOptions, pfhub},
    metrics::{compare, energy_density, structure::StructureFactor},
    network::{Model, evolve as evolve_network},
    solver::{
        explicit::{cpu::ExplicitSolver, gpu::GpuExplicitSolver},
        spectral::SpectralSolver,
    },
    surface::{Caps, extract, gpu::SurfaceExtractor, measures},
};
use std::f64::consts::TAU;

/// Unequal, odd, smaller than a tile or a vector, and flat.
const SHAPES: [[usize; 3]; 6] = [[12, 7, 5], [9, 20, 33], [16, 16, 1], [1, 9, 20], [24, 1, 10], [40, 1, 1]];

fn after(evolution: &mut dyn Evolution, frames: usize) -> Field {
    (0..frames).for_each(|_| evolution.advance().unwrap());
    evolution.field().unwrap()
}

fn largest_difference(a: &Field, b: &[f64]) -> f64 {
    a.values().iter().zip(b).map(|(&a, b)| (f64::from(a) - b).abs()).fold(0.0, f64::max)
}

fn exact(field: &Field) -> Vec<f64> {
    field.values().iter().map(|&value| f64::from(value)).collect()
}

#[test]
fn shapes_are_written_as_they_are_read() {
    for (text, shape) in
        [("64", [64; 3]), ("128x96X32", [128, 96, 32]), ("512x512", [512, 512, 1]), ("9×5×5", [9, 5, 5])]
    {
        let read: Shape = text.parse().unwrap();
        assert_eq!(read, Shape(shape));
        assert_eq!(read.option().parse::<Shape>().unwrap(), read);
        let json = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<Shape>(&json).unwrap(), read, "{json}");
    }
    assert_eq!(serde_json::to_string(&Shape::cube(32)).unwrap(), "32", "as cubes have always been written");
    for text in ["", "12x", "1x2x3x4", "-5", "axb"] {
        assert_eq!(text.parse::<Shape>(), Err(GridError::Unreadable(text.into())));
    }
    assert!(Grid::from([5, 1, 1]).check().is_ok() && Grid::from([4, 8, 8]).check().is_err());
    let refused = Grid::from([130, 64, 9]).coarsened(4).unwrap_err().to_string();
    assert!(refused.contains("130×64×9") && refused.ends_with("132×64×20"), "{refused}");
}

#[test]
fn explicit_solvers_follow_the_oracle_in_any_box_by_either_kinetics() {
    for kinetics in [Kinetics::CahnHilliard, Kinetics::AllenCahn] {
        for shape in SHAPES {
            for spacing in [1.0, 2.0] {
                let grid = Grid { shape, spacing };
                let start = random_field(grid, 0.1, 0.3);
                let equation = Equation { kinetics, ..Equation::default() };
                let parameters = Parameters { equation, steps_per_frame: 60, ..Parameters::default() };
                let expected = evolve(exact(&start), grid, &parameters, 60);
                let solvers: [Box<dyn Evolution>; 2] = [
                    Box::new(ExplicitSolver::new(&start, parameters).unwrap()),
                    Box::new(GpuExplicitSolver::new(&gpu(), &start, parameters).unwrap()),
                ];
                for mut solver in solvers {
                    let worst = largest_difference(&after(&mut *solver, 1), &expected);
                    assert!(worst < 2e-5, "{kinetics:?} {shape:?} {spacing}: {worst:e}");
                }
            }
        }
    }
}

#[test]
fn the_spectral_solver_follows_the_explicit_one_in_any_box_by_either_kinetics() {
    for kinetics in [Kinetics::CahnHilliard, Kinetics::AllenCahn] {
        for shape in SHAPES {
            let start = random_field(shape, 0.1, 0.1);
            let equation = Equation { kinetics, ..Equation::default() };
            let steps = |count| Parameters { equation, time_step: 0.2 / count as f64, steps_per_frame: count };
            let truth = after(&mut ExplicitSolver::new(&start, steps(800)).unwrap(), 1);
            let mut solver = SpectralSolver::new(&start, steps(200), Symbol::Difference).unwrap();
            let worst = largest_difference(&after(&mut solver, 1), &exact(&truth));
            assert!(worst < 2e-3, "{kinetics:?} {shape:?}: {worst:e}");
        }
    }
}

#[test]
fn modes_of_any_box_are_sums_over_all_nodes_and_come_back() {
    for shape in SHAPES {
        let grid = Grid::from(shape);
        let field = random_field(grid, 0.2, 1.0);
        let mut fourier = Fourier::new(&grid);
        let mut transformed = fourier.forward(field.values());
        let modes = Modes::of(&grid);
        assert_eq!(modes.places().map(|(_, weight)| weight).sum::<f64>(), grid.len() as f64);
        // The nodes in the order of the modes' axes, single ones first: the order in memory is the same.
        let turned = Grid::from(modes.nodes());
        let step = (modes.len() / 40).max(1);
        for ((place, _), mode) in modes.places().zip(&transformed).step_by(step) {
            let k = [0, 1, 2].map(|axis| TAU * waves(place[axis], turned.shape[axis]) / turned.shape[axis] as f64);
            let (mut re, mut im) = (0.0, 0.0);
            for (index, &value) in field.values().iter().enumerate() {
                let phase: f64 = turned.node(index).iter().zip(k).map(|(&c, k)| c as f64 * k).sum();
                re += f64::from(value) * phase.cos();
                im -= f64::from(value) * phase.sin();
            }
            let error = (f64::from(mode.re) - re).hypot(f64::from(mode.im) - im);
            assert!(error < 1e-6 * (grid.len() as f64).max(1e3), "{shape:?} {place:?}: {error}");
        }
        let mut back = vec![0.0; grid.len()];
        fourier.inverse(&mut transformed, &mut back);
        let scale = grid.len() as f32;
        assert!(back.iter().zip(field.values()).all(|(a, b)| (a / scale - b).abs() < 1e-5), "{shape:?}");
    }
}

/// The field that a plane is a cut of.
fn extruded(plane: &Field, nz: usize) -> Field {
    let [nx, ny, _] = plane.grid().shape;
    let values = plane.values().iter().flat_map(|&value| vec![value; nz]).collect();
    Field::from_values(Grid { shape: [nx, ny, nz], ..plane.grid() }, values).unwrap()
}

#[test]
fn a_plane_is_a_box_in_which_nothing_varies_along_an_axis() {
    let plane = random_field([20, 14, 1], 0.1, 0.3);
    let whole = extruded(&plane, 10);
    let (model, parameters) = (Model::builtin().unwrap(), Parameters { steps_per_frame: 40, ..Parameters::default() });
    let fine = |field: &Field| after(&mut ExplicitSolver::new(field, parameters).unwrap(), 2);
    let coarse = |field: &Field| {
        let start = field.coarsened(2).unwrap();
        after(&mut *evolve_network(&Engine::Cpu, &model, &start).unwrap(), 2)
    };
    for (evolution, evolved, expected) in
        [("solver", fine(&whole), fine(&plane)), ("network", coarse(&whole), coarse(&plane))]
    {
        let expected = extruded(&expected, evolved.grid().shape[2]);
        let worst = largest_difference(&evolved, &exact(&expected));
        assert!(worst < 1e-5, "{evolution}: {worst:e}");
        for (measure, found, expected) in [
            ("energy", energy_density(&evolved, &equation(3.0)), energy_density(&expected, &equation(3.0))),
            ("mean", evolved.mean(), expected.mean()),
        ] {
            assert!((found - expected).abs() < 1e-6, "{evolution}'s {measure}: {found} {expected}");
        }
    }
    let pairs = [
        compare(&fine(&plane), &coarse(&plane), &equation(3.0)).unwrap(),
        compare(&fine(&whole), &coarse(&whole), &equation(3.0)).unwrap(),
    ];
    assert!((pairs[0].rmse - pairs[1].rmse).abs() < 1e-5 && (pairs[0].rmse_fine - pairs[1].rmse_fine).abs() < 1e-5);
}

#[test]
fn a_wave_in_an_odd_box_has_its_length() {
    for (shape, axis, waves) in [([48, 20, 12], 0, 6.0), ([48, 20, 12], 1, 2.0), ([64, 24, 1], 1, 4.0)] {
        let side = shape[axis] as f64;
        let wave = Field::from_fn(shape, |x, y, z| 0.5 * (TAU * waves * [x, y, z][axis] / side).cos()).unwrap();
        let found = StructureFactor::of(&wave).domain_length();
        // Wave numbers are those of the longest side.
        let longest = 48_f64.max(shape[0] as f64);
        let nearest = longest / (waves * longest / side).round();
        assert!((found - nearest).abs() < 1e-3, "{shape:?}: {found} {nearest}");
    }
}

#[test]
fn surfaces_of_odd_boxes_enclose_what_they_should_on_both_engines() {
    let grid = Grid { shape: [48, 32, 72], spacing: 1.0 };
    let ball = |spacing: f64| {
        let grid = Grid { shape: grid.shape.map(|side| side / spacing as usize), spacing };
        Field::from_fn(grid, |x, y, z| {
            let distance = ((x - 24.0).powi(2) + (y - 16.0).powi(2) + (z - 36.0).powi(2)).sqrt();
            (12.0 - distance).tanh()
        })
        .unwrap()
    };
    let volume = 4.0 / 3.0 * std::f64::consts::PI * 12.0_f64.powi(3);
    for (spacing, tolerance) in [(1.0, 0.01), (2.0, 0.04)] {
        let field = ball(spacing);
        let mesh = extract(&field, 0.0, Caps::Closed);
        assert_eq!((measures::boundary_edges(&mesh), measures::euler_number(&mesh)), (0, 2));
        let found = measures::enclosed_volume(&mesh) / volume;
        assert!((found - 1.0).abs() < tolerance, "{spacing}: {found}");
        let mut extractor = SurfaceExtractor::new(&gpu(), field.grid(), Caps::Closed).unwrap();
        let triangles = extractor.extract(&field, 0.0).unwrap().triangle_count(&gpu()).unwrap();
        assert_eq!(triangles, mesh.triangles.len());
    }
    // A gyroid leaves the box through every face and is closed there.
    let gyroid = Initial::Gyroid.build(&InitialOptions { grid: Shape([32, 48, 32]), ..Default::default() }).unwrap();
    let mesh = extract(&gyroid, 0.0, Caps::Closed);
    assert_eq!(measures::boundary_edges(&mesh), 0);
    let filled = measures::enclosed_volume(&mesh) / gyroid.grid().len() as f64;
    assert!((filled - 0.5).abs() < 0.01, "{filled}");
}

#[test]
fn places_between_coarse_nodes_are_those_of_the_interface() {
    // A ball whose surface passes the nodes of a coarse grid anywhere.
    let distance =
        |x: f64, y: f64, z: f64| 11.3 - [x - 16.2, y - 15.7, z - 16.4].map(|c| c * c).iter().sum::<f64>().sqrt();
    let coarse = Field::from_fn(Grid { shape: [16; 3], spacing: 2.0 }, |x, y, z| distance(x, y, z).tanh()).unwrap();
    let mesh = extract(&coarse, 0.0, Caps::Open);
    let off = |[x, y, z]: [f32; 3]| distance(x.into(), y.into(), z.into()).powi(2);
    let rms = (mesh.positions.iter().map(|&place| off(place)).sum::<f64>() / mesh.positions.len() as f64).sqrt();
    assert!(rms < 0.03, "vertices lie {rms} grid units off the ball: by φ itself, they lie 0.06 off");
    let fine = Field::from_fn(32, |x, y, z| distance(x, y, z).tanh()).unwrap();
    let rmse = |found: &Field| {
        let squares = found.values().iter().zip(fine.values()).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>();
        (squares / fine.values().len() as f64).sqrt()
    };
    // φ itself, interpolated trilinearly between the coarse nodes around.
    let linear = Field::from_fn(32, |x, y, z| {
        let around = |c: f64| [(c / 2.0).floor() as isize, (c / 2.0).ceil() as isize];
        let corners = (0..8).map(|i| coarse.at(around(x)[i & 1], around(y)[i >> 1 & 1], around(z)[i >> 2]));
        corners.map(f64::from).sum::<f64>() / 8.0
    })
    .unwrap();
    let (by_profile, by_phi) = (rmse(&coarse.refined(2)), rmse(&linear));
    assert!(by_profile < 0.02 && 3.0 * by_profile < by_phi, "between nodes φ is off by {by_profile}, not {by_phi}");
}

#[test]
fn initial_fields_fill_boxes_of_any_shape_without_seams() {
    for shape in [[24, 40, 32], [40, 24, 1]] {
        for (name, initial) in Initial::presets() {
            let options = InitialOptions { grid: Shape(shape), ..Default::default() };
            if name == "bunny" && shape[2] == 1 {
                assert!(initial.build(&options).unwrap_err().to_string().contains("three dimensions"));
                continue;
            }
            let field = initial.build(&options).unwrap();
            assert_eq!(field.grid().shape, shape, "{name}");
            if ["white-noise", "bunny", "pfhub-1a", "film"].contains(&name) {
                continue;
            }
            // Across each face φ changes no faster than within the box.
            for axis in (0..3).filter(|&axis| shape[axis] > 1) {
                let mut steepest = [0.0_f32; 2];
                for index in 0..field.grid().len() {
                    let node = field.grid().node(index);
                    let next = field.grid().index(field.grid().neighbour(node, axis, true));
                    let at_face = usize::from(node[axis] + 1 == shape[axis]);
                    let change = (field.values()[index] - field.values()[next]).abs();
                    steepest[at_face] = steepest[at_face].max(change);
                }
                assert!(steepest[1] <= 1.05 * steepest[0] + 1e-6, "{name} in {shape:?} along {axis}: {steepest:?}");
            }
        }
    }
}

#[test]
fn pfhubs_benchmark_1a_has_its_free_energies() {
    // Of the 7-point scheme on 90 nodes per side, exact in time.
    let expected = [(10.0, 298.697), (20.0, 209.291), (50.0, 166.447), (100.0, 135.296)];
    let shape = Initial::Pfhub1a.usual_shape();
    assert_eq!(shape, Shape([90, 90, 1]));
    let options = InitialOptions { grid: shape, ..Default::default() };
    let start = Initial::Pfhub1a.build(&options).unwrap();
    let epsilon = Initial::Pfhub1a.usual_epsilon(shape);
    assert!((epsilon - 6.708204 * 90.0 / 200.0).abs() < 1e-6);
    // A frame is one unit of the benchmark's time.
    let frame = 1.0 / pfhub::time_unit(shape);
    let parameters = Parameters { equation: equation(epsilon), time_step: frame / 60.0, steps_per_frame: 60 };
    let mut solver = ExplicitSolver::new(&start, parameters).unwrap();
    let mut time = 0.0;
    for (until, energy) in expected {
        while time < until {
            solver.advance().unwrap();
            time += 1.0;
        }
        let found = pfhub::energy(shape, energy_density(&solver.field().unwrap(), &parameters.equation));
        assert!((found / energy - 1.0).abs() < 3e-3, "t = {until}: {found} instead of {energy}");
    }
}
