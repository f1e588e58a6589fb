//! VTK images and TIFF stacks, written here byte by byte as ParaView and tomographs write them.

use spinodal::{
    field::Field,
    formats::{
        field::{self, Volume},
        vtk,
    },
    grid::Shape,
};
use std::{fs, path::PathBuf};
use tempfile::TempDir;
use tiff::encoder::{Compression, TiffEncoder, colortype::Gray8};

/// A file that lasts as long as the folder.
pub fn file(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

pub fn read(name: &str, bytes: &[u8]) -> Result<Volume, String> {
    let (_folder, path) = file(name, bytes);
    field::read(&path, false).map_err(|error| error.to_string())
}

/// A VTK image of 5 nodes along x with what `array` says of its only array, and what follows the image.
pub fn vti(attributes: &str, array: &str, rest: &str) -> Vec<u8> {
    format!(
        r#"<?xml version="1.0"?>
<!-- a > b -->
<VTKFile type="ImageData" version="0.1" {attributes}>
  <ImageData WholeExtent="2 6 0 0 -1 -1" Origin="0 0 0" Spacing="0.5 1 1" Direction="1 0 0 0 1 0 0 0 1">
  <Piece Extent="2 6 0 0 -1 -1">
    <PointData Scalars="s">
      <DataArray {array}
      </DataArray>
    </PointData>
    <CellData>
      <DataArray type="Int32" Name="phi" format="ascii">9</DataArray>
    </CellData>
  </Piece>
  </ImageData>
{rest}</VTKFile>
"#
    )
    .into_bytes()
}

const LITTLE: &str = r#"byte_order="LittleEndian" header_type="UInt64""#;

/// Every way to write −1, −½, 0, ½, 1.
pub fn dialects() -> Vec<(&'static str, Vec<u8>)> {
    let notes = r#"<InformationKey name="L2_NORM_RANGE" location="vtkDataArray" length="1">
          <InformationKeyValue index="0"> 1 </InformationKeyValue> </InformationKey>"#;
    let single = r#"type="Float32" Name="s""#;
    let values = [-1.0_f32, -0.5, 0.0, 0.5, 1.0];
    let bytes: Vec<_> = values.iter().flat_map(|value| value.to_be_bytes()).collect();
    let raw = |offset: &str| {
        let array = format!(r#"{single} format="appended" RangeMin="-1" offset="{offset}">{notes}"#);
        let xml =
            vti(r#"byte_order="BigEndian""#, &array, "  <AppendedData encoding=\"raw\">\n   _@\n </AppendedData>\n");
        let at = xml.iter().position(|&byte| byte == b'@').unwrap();
        let another = [&[0, 0, 0, 4][..], b"<no>"].concat();
        [&xml[..at], &another, &[0, 0, 0, 20], &bytes, &xml[at + 1..]].concat()
    };
    let appended = format!(r#"{single} format="appended" offset="4"/><DataArray type="Int8" Name="t" format="ascii">"#);
    let appended = vti(
        LITTLE,
        &appended.replace(r#"Name="s""#, r#"Name="phi""#),
        "<AppendedData encoding=\"base64\">_AAAAFAAAAAAAAAAAAIC/AAAAvwAAAAAAAAA/AACAPw==</AppendedData>",
    );
    vec![
        ("ASCII", vti("", &format!("{single} format='ascii'>\n -1 -.5 0\n5E-1 1.0"), "")),
        ("ASCII behind notes", vti("", &format!("{single} format=\"ascii\">{notes}\n-1 -0.5 0 0.5 1\n"), "")),
        (
            "base64",
            vti(LITTLE, &format!("{single} format=\"binary\">\n FAAAAAAAAAAAAIC/AAAAvwAA\n AAAAAAA/AACAPw=="), ""),
        ),
        (
            "base64 in two parts",
            vti("", &format!("{single} format=\"binary\">FAAAAA==AACAvwAAAL8AAAAAAAAAPwAAgD8="), ""),
        ),
        ("raw, big-endian", raw("8")),
        ("base64, appended", appended),
    ]
}

#[test]
fn every_dialect_of_a_vtk_image_is_read() {
    for (name, bytes) in dialects() {
        let volume = read("image.VTI", &bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(volume.field, Field::from_values([5, 1, 1], vec![-1.0, -0.5, 0.0, 0.5, 1.0]).unwrap(), "{name}");
        assert_eq!((volume.is_discrete, volume.spacing), (false, [0.5, 1.0, 1.0]), "{name}");
    }
}

#[test]
fn integers_of_a_vtk_image_are_known_as_such() {
    let bytes = vti("", r#"type="UInt8" Name="label" format="binary">BQAAAAABAQAB"#, "");
    let volume = read("image.vti", &bytes).unwrap();
    assert!(volume.is_discrete);
    assert_eq!(volume.field.values(), [0.0, 1.0, 1.0, 0.0, 1.0]);

    let bytes =
        vti(r#"byte_order="BigEndian""#, r#"type="Int16" Name="label" format="binary">AAAACv/9AAcAB//9//0="#, "");
    assert_eq!(read("image.vti", &bytes).unwrap().field.values(), [-3.0, 7.0, 7.0, -3.0, -3.0]);
}

#[test]
fn x_runs_fastest_in_a_vtk_image() {
    let values: Vec<_> = (0..5 * 6 * 7).map(|i| (i % 5 + 10 * (i / 5 % 6) + 100 * (i / 30)).to_string()).collect();
    let xml = format!(
        r#"<VTKFile type="ImageData"><ImageData WholeExtent="0 4 0 5 0 6"><Piece Extent="0 4 0 5 0 6">
        <PointData><DataArray type="Float64" format="ascii">{}</DataArray></PointData></Piece></ImageData></VTKFile>"#,
        values.join(" ")
    );
    let field = read("image.vti", xml.as_bytes()).unwrap().field;
    assert_eq!(field, Field::from_fn([5, 6, 7], |x, y, z| x + 10.0 * y + 100.0 * z).unwrap());
}

#[test]
fn what_is_written_for_paraview_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("field.vti");
    let field = Field::from_fn([5, 6, 9], |x, y, z| (x + 10.0 * y + 100.0 * z).sin()).unwrap();
    vtk::write_vti(&path, &field.clone().with_spacing(2.0)).unwrap();
    assert_eq!(field::read(&path, false).unwrap(), Volume { field, is_discrete: false, spacing: [2.0; 3] });
    assert_eq!(field::shape(&path).unwrap(), Shape([5, 6, 9]));
}

/// A page of a stack: the size, the numbers of TIFF's sample format and bits, and the pixels.
pub struct Page<'a> {
    pub size: [u32; 2],
    pub format: u32,
    pub bits: u32,
    pub pixels: &'a [u8],
}

/// A TIFF file of uncompressed pages, by the letter of TIFF 6.0.
pub fn stack(pages: &[Page], big_endian: bool) -> Vec<u8> {
    let short = |value: u32| if big_endian { (value as u16).to_be_bytes() } else { (value as u16).to_le_bytes() };
    let long = |value: u32| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let mut bytes = if big_endian { b"MM".to_vec() } else { b"II".to_vec() };
    bytes.extend(short(42));
    for (index, page) in pages.iter().enumerate() {
        // The pixels follow this pointer, and the directory follows the pixels.
        let pixels = bytes.len() as u32 + 4;
        bytes.extend(long(pixels + page.pixels.len() as u32));
        bytes.extend(page.pixels);
        let entries = [
            (256, page.size[0]),
            (257, page.size[1]),
            (258, page.bits),
            (259, 1),
            (262, 1),
            (273, pixels),
            (277, 1),
            (278, page.size[1]),
            (279, page.pixels.len() as u32),
            (339, page.format),
        ];
        bytes.extend(short(entries.len() as u32));
        for (tag, value) in entries {
            [&short(tag)[..], &short(4), &long(1), &long(value)].iter().for_each(|part| bytes.extend(*part));
        }
        if index == pages.len() - 1 {
            bytes.extend(long(0));
        }
    }
    bytes
}

/// Pixels 100z + 10y + x of planes of 5 × 6.
fn plane(z: u32) -> impl Iterator<Item = u32> {
    (0..30).map(move |i| 100 * z + 10 * (i / 5) + i % 5)
}

fn indexed() -> Field {
    Field::from_fn([5, 6, 7], |x, y, z| x + 10.0 * y + 100.0 * z).unwrap()
}

#[test]
fn a_stack_of_16_bit_pages_has_x_along_its_rows() {
    for big_endian in [false, true] {
        let encode = |v: u32| if big_endian { (v as u16).to_be_bytes() } else { (v as u16).to_le_bytes() };
        let planes: Vec<Vec<u8>> = (0..7).map(|z| plane(z).flat_map(encode).collect()).collect();
        let pages: Vec<_> = planes.iter().map(|pixels| Page { size: [5, 6], format: 1, bits: 16, pixels }).collect();
        let volume = read("stack.tif", &stack(&pages, big_endian)).unwrap();
        assert!(volume.is_discrete);
        assert_eq!(volume.field, indexed());
    }
}

#[test]
fn a_stack_of_real_numbers_and_a_plane_of_bytes_are_read() {
    let planes: Vec<Vec<u8>> = (0..7).map(|z| plane(z).flat_map(|v| (v as f32).to_le_bytes()).collect()).collect();
    let pages: Vec<_> = planes.iter().map(|pixels| Page { size: [5, 6], format: 3, bits: 32, pixels }).collect();
    let volume = read("stack.TIFF", &stack(&pages, false)).unwrap();
    assert!(!volume.is_discrete);
    assert_eq!(volume.field, indexed());

    let pixels: Vec<_> = plane(0).map(|v| v as u8).collect();
    let volume = read("page.tif", &stack(&[Page { size: [5, 6], format: 1, bits: 8, pixels: &pixels }], true)).unwrap();
    assert_eq!(volume.field, Field::from_fn([5, 6, 1], |x, y, _| x + 10.0 * y).unwrap());
}

#[test]
fn compressed_stacks_are_read() {
    for compression in [Compression::Lzw, Compression::Packbits] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let mut encoder = TiffEncoder::new(&mut bytes).unwrap().with_compression(compression);
        for z in 0..7 {
            let pixels: Vec<_> = plane(z).map(|v| v as u8).collect();
            encoder.write_image::<Gray8>(5, 6, &pixels).unwrap();
        }
        let field = read("stack.tif", bytes.get_ref()).unwrap().field;
        assert_eq!(field, Field::from_fn([5, 6, 7], |x, y, z| (x + 10.0 * y + 100.0 * z) % 256.0).unwrap());
    }
}
