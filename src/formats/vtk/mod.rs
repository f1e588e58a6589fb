//! Fields for ParaView: VTK image data (`.vti`), the XML file format of the VTK User's Guide.

mod base64;
mod number;
mod read;
mod series;
mod xml;

pub use read::{parse_vti, read_vti};
pub use series::write_series;

use super::{FormatError, OutputFile};
use crate::field::Field;
use std::{
    io::{self, Write},
    path::Path,
};

/// Writes φ as point data named `phi` of an image with the field's nodes and spacing.
///
/// VTK wants x fastest, so the axes of the field are reversed on the way; in ParaView x, y and z are
/// the field's axes 0, 1 and 2. The periodic images of the nodes 0 are left out.
///
/// # Errors
/// When the file cannot be written.
pub fn write_vti(path: &Path, field: &Field) -> Result<(), FormatError> {
    write_vti_to(OutputFile::create(path)?, field)
}

/// [`write_vti`] to a file that was begun, which is finished.
///
/// # Errors
/// As there.
pub fn write_vti_to(mut file: OutputFile, field: &Field) -> Result<(), FormatError> {
    file.put(|file| write_image(file, field))?;
    file.finish().map(drop)
}

/// The values follow the XML as raw little-endian f32, preceded by their length in bytes.
fn write_image(file: &mut OutputFile, field: &Field) -> io::Result<()> {
    let grid = field.grid();
    let ([nx, ny, nz], spacing) = (grid.shape, grid.spacing);
    let extent = format!("0 {} 0 {} 0 {}", nx - 1, ny - 1, nz - 1);
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
    for z in 0..nz {
        for y in 0..ny {
            for x in 0..nx {
                file.write_all(&field.values()[grid.index([x, y, z])].to_le_bytes())?;
            }
        }
    }
    writeln!(file, "\n  </AppendedData>\n</VTKFile>")
}
