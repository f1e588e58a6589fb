//! Fields for ParaView: VTK image data (`.vti`), the XML file format of the VTK User's Guide.

use super::{FormatError, OutputFile};
use crate::field::Field;
use std::{
    io::{self, Write},
    path::Path,
};

/// Writes φ as point data named `phi` of an image of N³ points, `spacing` grid units apart (2 for a
/// field on the network's grid).
///
/// VTK wants x fastest, so the axes of the field are reversed on the way; in ParaView x, y and z are
/// the field's axes 0, 1 and 2. The periodic images of the nodes 0 are left out.
///
/// # Errors
/// When the file cannot be written.
pub fn write_vti(path: &Path, field: &Field, spacing: f64) -> Result<(), FormatError> {
    let mut file = OutputFile::create(path)?;
    file.put(|file| write_image(file, field, spacing))?;
    file.finish()
}

/// The values follow the XML as raw little-endian f32, preceded by their length in bytes.
fn write_image(file: &mut OutputFile, field: &Field, spacing: f64) -> io::Result<()> {
    let (n, last) = (field.size(), field.size() - 1);
    let extent = format!("0 {last} 0 {last} 0 {last}");
    write!(
        file,
        r#"<?xml version="1.0"?>
<VTKFile type="ImageData" version="1.0" byte_order="LittleEndian" header_type="UInt64">
  <ImageData WholeExtent="{extent}" Origin="0 0 0" Spacing="{spacing} {spacing} {spacing}">
    <Piece Extent="{extent}">
      <PointData Scalars="phi">
        <DataArray type="Float32" Name="phi" format="appended" offset="0"/>
      </PointData>
    </Piece>
  </ImageData>
  <AppendedData encoding="raw">
    _"#
    )?;
    file.write_all(&(4 * field.values().len() as u64).to_le_bytes())?;
    for z in 0..n {
        for y in 0..n {
            for x in 0..n {
                file.write_all(&field.values()[(x * n + y) * n + z].to_le_bytes())?;
            }
        }
    }
    writeln!(file, "\n  </AppendedData>\n</VTKFile>")
}
