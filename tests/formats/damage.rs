//! Damaged files: each is refused in one sentence that names it. What no damage at all may do is tried in `fuzzing`.

use super::{
    meshes,
    volumes::{Page, read, stack, vti},
};
use spinodal::formats::{
    field,
    mesh::{self, MeshFormat},
    npy,
};
use std::fs;

/// A one-line header of version 1.0, as NumPy writes it, followed by `values`.
fn npy_file(dictionary: &str, values: &[f32]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((dictionary.len() as u16 + 1).to_le_bytes());
    bytes.extend(dictionary.bytes());
    bytes.push(b'\n');
    values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
    bytes
}

fn npy_of_shape(shape: &str, values: &[f32]) -> Vec<u8> {
    npy_file(&format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}"), values)
}

const TEXT: &str = "{'descr': '<U1', 'fortran_order': False, 'shape': (5, 5, 5), }";

#[test]
fn bad_field_files_are_refused_in_one_sentence() {
    let whole = npy_of_shape("5, 5, 5", &[0.5; 125]);
    let mut not_a_number = [0.5; 125];
    not_a_number[31] = f32::NAN;
    let deep = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {}", "(".repeat(9000));
    let fortran = "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 5, 5, 5), }";
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", Vec::new(), "it ends within its header"),
        ("text", b"0.5 0.5 0.5 and so on".to_vec(), "it does not begin like one"),
        ("header cut", whole[..40].to_vec(), "it ends within its header"),
        ("values cut", whole[..whole.len() - 1].to_vec(), "promises 500 bytes of values, but 499 follow"),
        ("values left", [&whole[..], &[0]].concat(), "promises 500 bytes of values, but 501 follow"),
        ("a line", npy_of_shape("5,", &[0.0; 5]), "its shape is [5], but [nx, ny, nz], [nx, ny] or"),
        ("a side of 0", npy_of_shape("5, 0, 5", &[]), "a grid of 5×0×5 is too small"),
        ("a side of 4", npy_of_shape("5, 4, 5", &[0.0; 100]), "a grid of 5×4×5 is too small"),
        ("tiny", npy_of_shape("2, 2, 2", &[0.0; 8]), "a grid of 2³ is too small"),
        ("no frames", npy_of_shape("0, 5, 5, 5", &[]), "it holds no frames"),
        ("NaN", npy_of_shape("5, 5, 5", &not_a_number), "the value at (1, 1, 1) is not a finite number"),
        ("10⁹ frames", npy_of_shape("1000000000, 5, 5, 5", &[]), "promises 500000000000 bytes"),
        ("overflow", npy_of_shape("99999999999, 99999999999, 99999999999", &[]), "its shape is too large"),
        ("negative", npy_of_shape("-5, -5, -5", &[]), "its shape is not a list of numbers"),
        ("deep", npy_file(&deep, &[]), "it does not hold a plain array"),
        ("Fortran frames", npy_file(fortran, &[0.0; 250]), "numpy.ascontiguousarray"),
        ("text", npy_file(TEXT, &[0.0; 125]), "its values are of type '<U1', but real numbers, integers or booleans"),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, reason) in cases {
        let path = folder.path().join("field.npy");
        fs::write(&path, bytes).unwrap();
        let error = npy::read_frames(&path, false).map(|_| ()).unwrap_err().to_string();
        let start = format!("{} is not a usable NumPy file: ", path.display());
        assert!(error.starts_with(&start) && error.contains(reason), "{name}: {error}");
        assert!(!error.contains('\n'), "{name}: {error}");
    }
}

/// Changes a part of a text with other bytes in it.
fn edited(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text: String = bytes.iter().copied().map(char::from).collect();
    assert!(text.contains(from), "{from} in {text}");
    text.replacen(from, to, 1).chars().map(|c| c as u8).collect()
}

#[test]
fn bad_vtk_images_are_refused_in_one_sentence() {
    let ascii = "type='Float32' Name='s' format='ascii'>0 0 0 0 0";
    let plain = vti("", ascii, "");
    let with = |from: &str, to: &str| edited(&plain, from, to);
    let base64 = |text: &str| vti("", &format!("type='UInt8' Name='s' format='binary'>{text}"), "");
    let appended = |encoding: &str, offset: &str, values: &str| {
        let array = format!("type='UInt8' Name='s' format='appended' offset='{offset}'>");
        vti("", &array, &format!("<AppendedData encoding='{encoding}'>{values}</AppendedData>"))
    };
    let raw = appended("raw", "0", "_\x05\0\0\0\0\x01\0\x01\0");
    let start = raw.iter().rposition(|&byte| byte == b'_').unwrap();
    let several = vti(
        "",
        "type='Int8' Name='a' format='ascii'>0 0 0 0 0</DataArray><DataArray Name='b' type='Int8' format='ascii'>",
        "",
    );
    let huge = edited(&with("2 6 0 0 -1 -1", "0 8191 0 8191 0 8191"), "2 6 0 0 -1 -1", "0 8191 0 8191 0 8191");
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", Vec::new(), "it holds no image data"),
        ("something else", b"solid cube".to_vec(), "it holds no image data"),
        ("cut within a tag", plain[..300].to_vec(), "it ends within its XML"),
        (
            "cut between tags",
            with("</Piece>", "<!--").split(|&b| b == b'!').next().unwrap().to_vec(),
            "it ends within its XML",
        ),
        ("cut behind the values", with("</VTKFile>", ""), "it ends within its XML"),
        ("other data", with("\"ImageData\"", "\"PolyData\""), "it holds PolyData, but ImageData is needed"),
        ("compressed", vti("compressor='vtkZLibDataCompressor'", ascii, ""), "it is compressed: save it with"),
        ("pieces", with("Piece Extent=\"2 6", "Piece Extent=\"2 4"), "it is cut into pieces"),
        ("no extent", with("WholeExtent", "Extent"), "its element ImageData lacks the attribute WholeExtent"),
        ("an extent of letters", with("2 6 0 0", "a b 0 0"), "its extent “a b 0 0 -1 -1” is not three pairs"),
        ("backwards", with("2 6 0 0", "2 1 0 0"), "is not three pairs"),
        ("overflow", with("2 6 0 0", "-9223372036854775808 9223372036854775807 0 0"), "is not three pairs"),
        ("far too large", with("2 6 0 0", "0 9223372036854775806 0 9223372036854775806"), "has too many nodes"),
        ("tiny", with("2 6 0 0", "2 5 0 0"), "a grid of 4×1×1 is too small"),
        ("no spacing", with("0.5 1 1", "0 1 1"), "its spacing “0 1 1” is not three positive numbers"),
        ("huge", huge, "it has 549755813888 nodes, but 5 values"),
        ("too few", with("0 0 0 0 0\n", "0 0 0 0\n"), "it has 5 nodes, but 4 values"),
        ("a word", with(">0 0 0", ">0 zero 0"), "its value “zero” is not a number"),
        ("NaN", with(">0 0 0", ">0 nan 0"), "the value at (1, 0, 0) is not a finite number"),
        ("infinite", with(">0 0 0", ">0 -inf 0"), "the value at (1, 0, 0) is not a finite number"),
        ("text", with("Float32", "String"), "its values are of type String"),
        ("vectors", with("Name='s'", "Name='v' NumberOfComponents='3'"), "its array “v” has 3 components"),
        ("cells only", with("<PointData Scalars=\"s\">", "<FieldData>"), "it holds no point data"),
        ("two arrays", several, "it holds the arrays “a”, “b”, and none is called “phi”"),
        ("not base64", base64("BQAA*AABAQAB"), "its base64 text holds other characters"),
        ("cut base64", base64("BQAAAAABAQ"), "its base64 text is cut short"),
        ("short base64", base64("BQAAAAAB"), "its header promises 5 bytes of values, but 2 follow"),
        ("another length", base64("BgAAAAABAQAB"), "its nodes need 5 bytes of values, but 6 are announced"),
        ("no header", base64(""), "it ends before its values"),
        ("raw data cut", raw[..start + 6].to_vec(), "its header promises 5 bytes of values, but 1 follow"),
        ("raw data end", raw[..start].to_vec(), "its appended data do not begin with"),
        ("offset", appended("raw", "18446744073709551615", "_\x05\0\0\0\0\x01\0\x01\0"), "it ends before its values"),
        ("offset of letters", appended("raw", "x", "_"), "the offset “x” of its array “s” is not a number"),
        ("no underscore", appended("raw", "0", "x"), "its appended data do not begin with “_”"),
        ("odd encoding", appended("hex", "0", "_"), "its array “s” is written as appended hex"),
    ];
    for (name, bytes, reason) in cases {
        let error = read("image.vti", &bytes).map(drop).expect_err(name);
        assert!(
            error.contains("image.vti is not a usable VTK image file: ") && error.contains(reason),
            "{name}: {error}"
        );
        assert!(!error.contains('\n'), "{name}: {error}");
    }
}

#[test]
fn bad_tiff_files_are_refused_in_one_sentence() {
    let pixels = [0; 120];
    let page = |size: [u32; 2], format, bits| Page { size, format, bits, pixels: &pixels[..] };
    let good = page([5, 6], 1, 8);
    let whole = stack(&[Page { pixels: &pixels[..30], ..good }], false);
    let nan: Vec<_> = (0..30).flat_map(|_| f32::NAN.to_le_bytes()).collect();
    let mut coloured = whole.clone();
    let at = coloured.windows(2).position(|pair| pair == 262_u16.to_le_bytes()).unwrap();
    coloured[at + 8] = 3;
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", Vec::new(), "it is damaged (TIFF signature not found)"),
        ("something else", b"GIF89a and so on".to_vec(), "it is damaged (TIFF signature"),
        ("cut directory", whole[..whole.len() - 20].to_vec(), "it is cut short"),
        ("cut header", whole[..6].to_vec(), "it is cut short"),
        ("no pixels", stack(&[page([0, 6], 1, 8)], false), ""),
        ("pixels missing", stack(&[page([5, 600], 1, 8)], false), ""),
        ("huge", stack(&[page([8000, 8000], 1, 8)], false), ""),
        ("wide", stack(&[page([1_000_000_000, 1], 1, 8)], false), "pages have 1000000000×1 pixels, but 1 to 8192"),
        ("tiny", stack(&[page([2, 2], 1, 8)], false), "a grid of 2×2×1 is too small"),
        ("doubles", stack(&[page([5, 2], 3, 64)], false), "its pixels have 64 bits"),
        ("32-bit integers", stack(&[page([5, 6], 1, 32)], false), "neither 8- or 16-bit integers nor 32-bit real"),
        ("unlike pages", stack(&[good, page([6, 5], 1, 8)], false), "its page 1 differs from page 0"),
        (
            "NaN",
            stack(&[Page { size: [5, 6], format: 3, bits: 32, pixels: &nan }], false),
            "the value at (0, 0, 0) is not",
        ),
        ("colours", coloured, ""),
    ];
    for (name, bytes, reason) in cases {
        let error = read("stack.tif", &bytes).map(drop).expect_err(name);
        assert!(error.contains("stack.tif is not a usable TIFF file: ") && error.contains(reason), "{name}: {error}");
        assert!(!error.contains('\n') && error.len() < 400, "{name}: {error}");
    }
}

#[test]
fn bad_mesh_files_are_refused_in_one_sentence() {
    use MeshFormat::{Obj, Ply, Stl};
    let shortened = |mut bytes: Vec<u8>, by: usize| {
        bytes.truncate(bytes.len() - by);
        bytes
    };
    let longer = |bytes: Vec<u8>, by: &[u8]| [&bytes, by].concat();
    let face = |text: &str| edited(&meshes::obj(), "f 3 4 8 7", text);
    let mut promises = meshes::binary_stl("");
    promises[80..84].copy_from_slice(&1_000_000_000_u32.to_le_bytes());
    let mut infinite = meshes::binary_stl("");
    infinite[96..100].copy_from_slice(&f32::INFINITY.to_le_bytes());
    let zero = "ply\nformat ascii 1.0\nelement vertex 0\nproperty float x\nend_header\n";
    let cases: Vec<(&str, Vec<u8>, MeshFormat, &str)> = vec![
        ("empty PLY", Vec::new(), Ply, ""),
        ("empty OBJ", Vec::new(), Obj, "it holds no triangles"),
        ("empty STL", Vec::new(), Stl, "it is too short to be one"),
        ("no vertices", zero.into(), Ply, "it holds no triangles"),
        ("points", b"v 0 0 0\nv 1 0 0\np 1\nl 1 2\n".to_vec(), Obj, "it holds no triangles"),
        ("cut ASCII PLY", shortened(meshes::ascii_ply(), 30), Ply, ""),
        ("cut PLY", shortened(meshes::binary_ply(false), 10), Ply, ""),
        ("cut ASCII STL", shortened(meshes::ascii_stl(), 30), Stl, "it ends before its endsolid"),
        ("cut STL", shortened(meshes::binary_stl(""), 10), Stl, "promises 12 triangles, but only 11 follow"),
        ("cut OBJ", meshes::obj()[..70].to_vec(), Obj, "the position of the vertex in line 8 is not three numbers"),
        (
            "index",
            edited(&meshes::ascii_ply(), "4 0 3 2 1", "4 0 3 2 8"),
            Ply,
            "triangle 1 uses a vertex that does not exist",
        ),
        ("negative index", edited(&meshes::ascii_ply(), "4 0 3 2 1", "4 0 3 2 -1"), Ply, ""),
        (
            "index in OBJ",
            edited(&meshes::obj(), "f 3 4 8 7", "f 3 4 9 7"),
            Obj,
            "the face in line 20 uses vertex 9, but there are 8",
        ),
        (
            "10⁹ ASCII",
            edited(&meshes::ascii_ply(), "vertex 8", "vertex 1000000000"),
            Ply,
            "promises 1000000000 elements “vertex”",
        ),
        (
            "10⁹ binary",
            edited(&meshes::binary_ply(true), "vertex 8", "vertex 1000000000"),
            Ply,
            "promises 1000000000 elements",
        ),
        (
            "10⁹ faces",
            edited(&meshes::binary_ply(false), "face 6", "face 1000000000"),
            Ply,
            "promises 1000000000 elements “face”",
        ),
        ("10⁹ nothings", edited(zero.as_bytes(), "vertex 0", "void 1000000000"), Ply, "promises 1000000000"),
        ("10⁹ triangles", promises, Stl, "promises 1000000000 triangles, but only 12 follow"),
        ("infinite", infinite, Stl, "the coordinates of vertex 0 are not finite"),
        ("NaN", edited(&meshes::obj(), "v 0 0 0", "v NaN 0 0"), Obj, "are not finite numbers"),
        ("no z", edited(&meshes::binary_ply(false), "float z", "float w"), Ply, "are not finite numbers"),
        (
            "no number",
            edited(&meshes::obj(), "v 0 0 0", "v zero 0 0"),
            Obj,
            "the position of the vertex in line 6 is not three numbers",
        ),
        ("no weight", edited(&meshes::obj(), "v 0 0 0", "v 0 0 0 0"), Obj, "the position of the vertex in line 6"),
        ("more STL", longer(meshes::binary_stl(""), &[0; 50]), Stl, "promises 12 triangles, but 13 follow"),
        ("more solid STL", longer(meshes::binary_stl("solid cube"), &[0; 170]), Stl, "12 triangles, but 15 follow"),
        ("rest of STL", longer(meshes::binary_stl(""), &[0; 7]), Stl, "it goes on for 7 bytes after the 12 triangles"),
        ("more PLY", longer(meshes::ascii_ply(), b"4 0 1 2 3\r\n"), Ply, "it goes on for 9 bytes after all"),
        ("rest of PLY", longer(meshes::binary_ply(false), &[0; 3]), Ply, "it goes on for 3 bytes after all"),
        ("an edge in PLY", edited(&meshes::ascii_ply(), "4 0 3 2 1", "2 0 3 2 1"), Ply, "its face 0 has 2 corners"),
        ("an edge in OBJ", face("f 3 4"), Obj, "the face in line 20 is not a list of three or more vertices"),
        ("an empty face", face("f"), Obj, "the face in line 20 is not a list"),
        ("a word in a face", face("f 3 4 eight 7"), Obj, "the face in line 20 is not a list"),
        ("half a number", face("f 3 4 8.5 7"), Obj, "the face in line 20 is not a list"),
        ("vertex 0", face("f 3 4 0 7"), Obj, "the face in line 20 is not a list"),
        ("before the first", face("f 3 4 -9 7"), Obj, "the face in line 20 is not a list"),
        ("far before it", face("f 3 4 -9223372036854775808 7"), Obj, "the face in line 20 is not a list"),
        ("a word for a normal", face("f 3//up 4//1 8//1"), Obj, "the face in line 20 is not a list"),
        ("four indices", face("f 3/1/1/1 4 8 7"), Obj, "the face in line 20 is not a list"),
        ("far behind the last", face("f 3 4 4294967295 7"), Obj, "uses vertex 4294967295, but there are 8"),
        ("beyond all", face("f 3 4 4294967297 7"), Obj, "the face in line 20 is not a list"),
        ("beyond f32", edited(&meshes::obj(), "v 0 0 0", "v 1e39 0 0"), Obj, "are not finite numbers"),
        ("beyond f32 in PLY", edited(&meshes::ascii_ply(), "0 255 0 0", "1e39 255 0 0"), Ply, "are not finite numbers"),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, format, reason) in cases {
        let extension = format!("{format:?}").to_lowercase();
        let path = folder.path().join("mesh").with_extension(&extension);
        fs::write(&path, bytes).unwrap();
        let error = mesh::read(&path).map(|mesh| mesh.triangles.len()).expect_err(name).to_string();
        let start = format!("{} is not a usable {} file: ", path.display(), extension.to_uppercase());
        assert!(error.starts_with(&start) && error.len() > start.len() && error.contains(reason), "{name}: {error}");
        assert!(!error.contains('\n'), "{name}: {error}");
    }
}

#[test]
fn messages_show_a_line_of_a_file_at_most_and_no_control_characters() {
    let flood = format!("\u{1b}[31m{}\u{7}", "x".repeat(100_000));
    let image = vti("", &format!("type='{flood}' Name='s' format='ascii'>0 0 0 0 0"), "");
    let mut solid = meshes::ascii_stl();
    let at = solid.windows(6).position(|word| word == b"vertex").unwrap();
    solid.splice(at..at, flood.bytes());
    let header = edited(&meshes::ascii_ply(), "comment a cube", &flood);
    let line = edited(&meshes::ascii_ply(), "0 255 0 0", &flood);
    let folder = tempfile::tempdir().unwrap();
    let refused = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        mesh::read(&path).map(drop).unwrap_err().to_string()
    };
    let errors = [
        read("image.vti", &image).map(drop).unwrap_err(),
        refused("solid.stl", &solid),
        refused("header.ply", &header),
        refused("line.ply", &line),
        refused("red\u{1b}[31m\nname.ply", b"not a mesh"),
    ];
    for error in errors {
        assert!(error.contains(" is not a usable ") && error.chars().count() < 500, "{error}");
        assert!(!error.contains(char::is_control), "{error:?}");
    }
    // What the beginning and the end of a long message say is left.
    let error = read("image.vti", &image).map(drop).unwrap_err();
    assert!(error.contains("its values are of type  [31mxxx") && error.ends_with("integers are needed"), "{error}");
}

#[test]
fn missing_files_folders_and_unknown_extensions_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder_mesh = folder.path().join("folder.obj");
    fs::create_dir(&folder_mesh).unwrap();
    let folder_tiff = folder.path().join("folder.tif");
    fs::create_dir(&folder_tiff).unwrap();
    let cases = [
        (mesh::read(&folder.path().join("none.ply")).map(drop), "none.ply: No such file"),
        (mesh::read(&folder_mesh).map(drop), "folder.obj: "),
        (mesh::read(&folder.path().join("shape.gltf")).map(drop), "shape.gltf is not a mesh this program knows"),
        (npy::read_field(&folder.path().join("none.npy"), false).map(drop), "none.npy: No such file"),
        (npy::read_field(folder.path(), false).map(drop), "cannot read "),
        (field::read(&folder.path().join("none.vti"), false).map(drop), "none.vti: No such file"),
        (field::read(&folder.path().join("none.tif"), false).map(drop), "none.tif: No such file"),
        (field::read(&folder_tiff, false).map(drop), "cannot read "),
        (field::read(&folder.path().join("scan.nii"), false).map(drop), "scan.nii is not a field this program knows"),
    ];
    for (result, expected) in cases {
        let error = result.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
