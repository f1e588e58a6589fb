//! Field files on the command line: parts of them, surfaces, and exports.

use super::{Workshop, npy, reference_start, text};
use crate::formats::{
    meshes,
    volumes::{Page, stack},
};
use spinodal::formats::{field, mesh, npy::read_field};
use std::fs;

#[test]
fn exports_a_frame_for_paraview() {
    let shop = Workshop::new();
    shop.file("field.npy", npy("(24, 24, 24)", &reference_start()));
    shop.succeed("export field.npy --spacing 2 --out field.vti");
    let file = fs::read(shop.path("field.vti")).unwrap();
    let head = String::from_utf8_lossy(&file[..400]).into_owned();
    assert!(head.contains(r#"WholeExtent="0 23 0 23 0 23" Origin="0 0 0" Spacing="2 2 2""#), "{head}");
    // The second value along x is the first of the second plane.
    let start = file.windows(2).position(|pair| pair == b"_\x00").unwrap() + 1 + 8;
    let second = f32::from_le_bytes(file[start + 4..][..4].try_into().unwrap());
    assert_eq!(second, reference_start()[24 * 24] as f32);
    shop.refuse("export field.npy --frame 1 --out other.vti", "frame 1");
    // Coordinates in f32 would vanish or be infinite, and node 0 times infinity is no number.
    for spacing in ["0", "1e-300", "1e39", "1e300", "inf", "NaN"] {
        let refused = shop.run(&format!("surface field.npy --spacing {spacing} --out field.ply"));
        let message = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{spacing}: {message}");
        assert!(message.contains("the spacing must lie between 1e-6 and 1e6"), "{message}");
    }
}

#[test]
fn measures_the_surface_it_writes() {
    let shop = Workshop::new();
    shop.succeed("simulate --init sphere --grid 48 --frames 0 --engine cpu --out sphere.npy");
    let printed = shop.succeed("surface sphere.npy --out sphere.ply");
    let figure = |name: &str| -> f64 {
        let line = printed.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().last().unwrap().parse().unwrap()
    };
    let radius = 0.3 * 48.0;
    let (area, volume) = (4.0 * std::f64::consts::PI * radius * radius, figure("volume"));
    assert!((figure("area") / area - 1.0).abs() < 0.01, "{printed}");
    assert!((volume / (area * radius / 3.0) - 1.0).abs() < 0.01, "{printed}");
    assert_eq!(figure("euler number"), 2.0);
    let header = fs::read(shop.path("sphere.ply")).unwrap();
    assert!(header.starts_with(b"ply\n"));
    for name in ["sphere.obj", "sphere.stl"] {
        assert_eq!(shop.succeed(&format!("surface sphere.npy --out {name}")), printed);
        let triangles = mesh::read(&shop.path(name)).unwrap().triangles.len();
        assert_eq!(triangles as f64, figure("triangles"), "{name}");
    }
    shop.refuse("surface sphere.npy --out sphere.gltf", "the name must end in .ply, .obj, .stl or .glb");
}

#[test]
fn starts_from_a_part_of_an_image_stretched_over_the_grid() {
    let shop = Workshop::new();
    shop.succeed("simulate --init slab --grid 24 --frames 0 --engine cpu --out slab.npy");
    shop.succeed("export slab.npy --out slab.vti");
    shop.succeed(
        "simulate --init slab.vti --crop :12,4:20,: --grid 24x16x12 --resample --frames 0 --engine cpu --out part.npy",
    );
    let (whole, part) = (read_field(&shop.path("slab.npy"), false), read_field(&shop.path("part.npy"), false));
    let (whole, part) = (whole.unwrap(), part.unwrap());
    assert_eq!(part.grid(), [24, 16, 12].into());
    for (x, y, z) in [(0, 0, 4), (10, 7, 6), (22, 15, 11)] {
        assert!((part.at(x, y, z) - whole.at(x / 2, y + 4, 2 * z)).abs() < 1e-5);
    }
    shop.succeed("simulate --init slab.vti --crop :12,4:20,: --grid 12x16x24 --frames 0 --engine cpu --out crop.npy");
    shop.refuse(
        "simulate --init slab.vti --grid 12 --out out.npy",
        "but --grid says 12³: leave --grid out, or --resample",
    );
    shop.refuse(
        "simulate --init slab.vti --crop 0:30 --out out.npy",
        "the part 0:30,:,: is empty or does not lie within",
    );
    assert_eq!(shop.run("simulate --init slab.vti --resample --out out.npy").status.code(), Some(2));
    assert_eq!(shop.run("simulate --init slab.vti --crop 5 --out out.npy").status.code(), Some(2));
    shop.succeed("simulate --init fbm --grid 16 --frames 0 --engine cpu --out fbm.npy");
}

#[test]
fn surfaces_and_exports_take_every_field_file() {
    let shop = Workshop::new();
    shop.succeed("simulate --init gyroid --grid 24 --frames 0 --engine cpu --out gyroid.npy");
    shop.succeed("export gyroid.npy --out gyroid.vti");
    let printed = shop.succeed("surface gyroid.npy --out from_npy.ply");
    assert_eq!(shop.succeed("surface gyroid.vti --frame 0 --out from_vti.ply"), printed);
    assert_eq!(fs::read(shop.path("from_npy.ply")).unwrap(), fs::read(shop.path("from_vti.ply")).unwrap());
    // The nodes of the image lie as far apart as it says.
    shop.succeed("export gyroid.npy --spacing 2 --out wide.vti");
    let wide = shop.succeed("surface gyroid.npy --spacing 2 --out wide.ply");
    assert_eq!(shop.succeed("surface wide.vti --out from_wide.ply"), wide);
    assert_eq!(shop.succeed("surface wide.vti --spacing 1 --out narrow.ply"), printed);
    shop.refuse("surface gyroid.vti --frame 1 --out out.ply", "it has one frame, frame 0, but frame 1 was asked for");
    shop.refuse("export gyroid.ply --out out.vti", "use a .npy, .vti or .tif file");

    // A segmented ball: the surface of the two phases, whatever the numbers that stand for them.
    let inside = |x: usize, y: usize, z: usize| [x, y, z].iter().map(|&c| (c as f64 - 6.0).powi(2)).sum::<f64>() < 16.0;
    let page = |z: usize| (0..144).map(move |i| if inside(i % 12, i / 12, z) { 200 } else { 7 }).collect::<Vec<u8>>();
    let pages: Vec<_> = (0..12).map(page).collect();
    let pages: Vec<_> = pages.iter().map(|pixels| Page { size: [12, 12], format: 1, bits: 8, pixels }).collect();
    let phi = |i: usize| if inside(i / 144, i / 12 % 12, i % 12) { 1.0 } else { -1.0 };
    let phases: Vec<f64> = (0..1728).map(phi).collect();
    shop.file("ball.tif", stack(&pages, false)).file("ball.npy", npy("(12, 12, 12)", &phases));
    let printed = shop.succeed("surface ball.npy --out ball.ply");
    assert!(printed.contains("euler number  2"), "{printed}");
    assert_eq!(shop.succeed("surface ball.tif --out ball.stl"), printed);
    shop.succeed("export ball.tif --out ball.vti");
    let exported = field::read(&shop.path("ball.vti"), false).unwrap().field;
    assert_eq!(exported, read_field(&shop.path("ball.npy"), false).unwrap());

    // Frames of a series become what each becomes alone.
    let mut header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 5, 5, 5), }".to_owned();
    header += &" ".repeat(63 - (header.len() + 10) % 64);
    let header =
        [b"\x93NUMPY\x01\x00".as_slice(), &(header.len() as u16 + 1).to_le_bytes(), header.as_bytes(), b"\n"].concat();
    let bytes: Vec<u8> = (0..250).map(|i| if i % 3 == 0 { 255 } else { 0 }).collect();
    shop.file("bytes.npy", [header, bytes].concat());
    shop.succeed("export bytes.npy --frame 0 --out alone.vti");
    shop.succeed("export bytes.npy --series 0..1 --out all.vti");
    assert_eq!(fs::read(shop.path("all_00000.vti")).unwrap(), fs::read(shop.path("alone.vti")).unwrap());

    let uneven = String::from_utf8_lossy(&fs::read(shop.path("gyroid.vti")).unwrap()[..400])
        .lines()
        .take_while(|line| !line.contains("<PointData"))
        .map(|line| line.replace("Spacing=\"1 1 1\"", "Spacing=\"1 1 2\"") + "\n")
        .collect::<String>();
    assert!(uneven.contains("1 1 2"), "{uneven}");
    let whole = fs::read(shop.path("gyroid.vti")).unwrap();
    shop.file("uneven.vti", [uneven.as_bytes(), &whole[uneven.len()..]].concat());
    shop.refuse("surface uneven.vti --out out.ply", "lie 1, 1 and 2 apart");
}

#[cfg(unix)]
#[test]
fn paths_need_not_be_unicode() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt, process::Command};

    let shop = Workshop::new();
    let folder = shop.0.path().join(OsStr::from_bytes(b"caf\xe9"));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("cube.obj"), meshes::obj()).unwrap();
    // What begins with ./ is a path in that folder.
    let succeed = |words: &str| {
        let place = |word: &str| match word.strip_prefix("./") {
            Some(name) => folder.join(name).into_os_string(),
            None => word.into(),
        };
        let output =
            Command::new(env!("CARGO_BIN_EXE_spinodal")).args(words.split_whitespace().map(place)).output().unwrap();
        assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
    };
    succeed("simulate --init ./cube.obj --grid 16 --frames 1 --engine cpu --out ./cube.npy");
    succeed("surface ./cube.npy --out ./cube.ply");
    succeed("export ./cube.npy --series 0..1 --out ./cube.vti");
    succeed("simulate --init ./cube.npy --frames 1 --engine cpu --out ./more.npy");
    succeed("compare --init ./cube.ply --grid 16 --frames 1 --engine cpu --surfaces 1 --out ./run");
    let written = ["cube.vti.series", "cube_00000.vti", "more.npy", "run/surfaces/reference_00001.ply"];
    written.iter().for_each(|name| assert!(folder.join(name).is_file(), "{name}"));
    succeed("compare --rerun ./run --out ./again");
    let fields = |run: &str| fs::read(folder.join(run).join("reference.npy")).unwrap();
    assert_eq!(fields("again"), fields("run"));
    succeed("dataset --out ./data --sequences 5 --frames 6 --grids 12,16 --late-frames 1..3");
    succeed("train --data ./data --steps 2 --batch 1 --channels 2 --length 3 --unroll 2 --engine cpu --out ./trained");
    succeed("train --resume ./trained --steps 3");
    succeed("compare --init sphere --grid 16 --frames 1 --engine cpu --model ./trained/last.safetensors --out ./net");
    succeed("compare --rerun ./net --out ./net-again");
    let mut candidate = OsStr::new("network:lead=1,model=").to_owned();
    candidate.push(folder.join("trained/last.safetensors"));
    let mut command = shop.command("compare --init sphere --grid 16 --frames 1 --engine cpu --candidate");
    let output = command.arg(candidate).arg("--out").arg(folder.join("led")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // The window opens it, as far as it can without a display.
    let mut command = shop.command("");
    let output = command.arg(folder.join("led")).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && said.contains("display"), "{said}");
    let names: Vec<_> = fs::read_dir(shop.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, [OsStr::from_bytes(b"caf\xe9")]);
}
