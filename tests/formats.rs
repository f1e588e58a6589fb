//! Files: what NumPy and others write is read, what is written is read back, and nothing else passes.

mod damage;
mod gltf;
pub mod meshes;
pub mod npy;
mod output;
mod path_text;
pub mod volumes;

use spinodal::{field::Field, formats::vtk};

#[test]
fn paraview_opens_a_series_by_its_list() {
    let folder = tempfile::tempdir().unwrap();
    let files = [("run_00000.vti".to_owned(), 0.0), ("run_00005.vti".to_owned(), 12.5)];
    let path = folder.path().join("run.vti.series");
    vtk::write_series(&path, &files).unwrap();
    let list: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let expected = serde_json::json!({
        "file-series-version": "1.0",
        "files": [{ "name": "run_00000.vti", "time": 0.0 }, { "name": "run_00005.vti", "time": 12.5 }],
    });
    assert_eq!(list, expected);
}

#[test]
fn paraview_images_have_x_fastest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("field.vti");
    let field = Field::from_fn(5, |x, y, z| x + 10.0 * y + 100.0 * z).unwrap();
    vtk::write_vti(&path, &field.with_spacing(2.0)).unwrap();

    let bytes = std::fs::read(&path).unwrap();
    let marker = b"<AppendedData encoding=\"raw\">\n    _";
    let start = bytes.windows(marker.len()).position(|window| window == marker).unwrap() + marker.len();
    let xml = str::from_utf8(&bytes[..start]).unwrap();
    assert!(xml.contains("WholeExtent=\"0 4 0 4 0 4\"") && xml.contains("Spacing=\"2 2 2\""), "{xml}");
    assert_eq!(u64::from_le_bytes(bytes[start..start + 8].try_into().unwrap()), 4 * 125);
    let values: Vec<_> = bytes[start + 8..][..500].as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)).collect();
    for (index, value) in values.iter().enumerate() {
        let (x, y, z) = (index % 5, index / 5 % 5, index / 25);
        assert_eq!(*value, (x + 10 * y + 100 * z) as f32);
    }
    assert!(bytes.ends_with(b"\n  </AppendedData>\n</VTKFile>\n"));
}
