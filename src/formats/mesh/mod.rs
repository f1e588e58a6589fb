//! Triangle meshes in `.ply`, `.obj` and `.stl` files; in `.glb` files they are only written.

mod gltf;
mod obj;
mod ply;
mod stl;

use super::{FormatError, OutputFile, read_file};
use std::path::Path;

/// A triangle soup with shared vertices: not necessarily closed, oriented or manifold, but every
/// coordinate is finite, every index is valid, and there is at least one triangle.
#[derive(Debug, Clone, PartialEq)]
pub struct TriangleMesh {
    /// Positions x, y, z.
    pub vertices: Vec<[f32; 3]>,
    /// Three indices into `vertices` each.
    pub triangles: Vec<[u32; 3]>,
}

/// The file formats of meshes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeshFormat {
    Ply,
    Obj,
    Stl,
    Glb,
}

impl MeshFormat {
    /// The format that a file's extension names, in upper or lower case.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "ply" => Some(Self::Ply),
            "obj" => Some(Self::Obj),
            "stl" => Some(Self::Stl),
            "glb" => Some(Self::Glb),
            _ => None,
        }
    }

    /// The extension of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Ply => "ply",
            Self::Obj => "obj",
            Self::Stl => "stl",
            Self::Glb => "glb",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Ply => "PLY",
            Self::Obj => "OBJ",
            Self::Stl => "STL",
            Self::Glb => "glTF",
        }
    }

    /// Whether files of it can be read, and not only written.
    pub fn is_readable(self) -> bool {
        self != Self::Glb
    }
}

/// Reads the mesh in a file, of the format its extension names. Polygons become fans of triangles,
/// points, lines, colours and materials are left out, and all objects of the file become one mesh.
///
/// # Errors
/// When the extension is unknown, the file cannot be read or is damaged, or the mesh breaks a promise
/// of [`TriangleMesh`].
pub fn read(path: &Path) -> Result<TriangleMesh, FormatError> {
    let format = MeshFormat::of(path).ok_or_else(|| FormatError::UnknownMesh { path: path.to_owned() })?;
    let bytes = read_file(path).map_err(FormatError::read(path))?;
    parse(&bytes, format).map_err(|reason| FormatError::Unusable { path: path.to_owned(), kind: format.name(), reason })
}

/// Reads a mesh from the bytes of a file, as [`read`].
///
/// # Errors
/// Says, in half a sentence about the file, what is wrong with it.
pub fn parse(bytes: &[u8], format: MeshFormat) -> Result<TriangleMesh, String> {
    let mesh = match format {
        MeshFormat::Ply => ply::parse(bytes),
        MeshFormat::Obj => obj::parse(bytes),
        MeshFormat::Stl => stl::parse(bytes),
        MeshFormat::Glb => return Err("files of this format are only written".into()),
    }?;
    check(mesh)
}

/// Writes a surface with one unit normal per vertex in the format that the extension of `path` names: binary `.ply` and
/// text `.obj` with their normals, binary `.stl` with those of the flat triangles, binary glTF (`.glb`) with z up.
///
/// # Errors
/// When the extension is unknown, or the file cannot be written.
pub fn write(
    path: &Path,
    positions: &[[f32; 3]],
    normals: &[[f32; 3]],
    triangles: &[[u32; 3]],
) -> Result<(), FormatError> {
    write_to(OutputFile::create(path)?, positions, normals, triangles)
}

/// [`write`] to a file that was begun, which is finished.
///
/// # Errors
/// As there.
pub fn write_to(
    mut file: OutputFile,
    positions: &[[f32; 3]],
    normals: &[[f32; 3]],
    triangles: &[[u32; 3]],
) -> Result<(), FormatError> {
    let Some(format) = MeshFormat::of(file.path()) else {
        return Err(FormatError::UnknownMesh { path: file.path().to_owned() });
    };
    file.put(|file| match format {
        MeshFormat::Ply => ply::write(file, positions, normals, triangles),
        MeshFormat::Obj => obj::write(file, positions, normals, triangles),
        MeshFormat::Glb => gltf::write(file, positions, normals, triangles),
        MeshFormat::Stl => stl::write(file, positions, triangles),
    })?;
    file.finish().map(drop)
}

fn check(mesh: TriangleMesh) -> Result<TriangleMesh, String> {
    if mesh.triangles.is_empty() {
        return Err("it holds no triangles".into());
    }
    if let Some(at) = mesh.vertices.iter().position(|vertex| vertex.iter().any(|c| !c.is_finite())) {
        return Err(format!("the coordinates of vertex {at} are not finite numbers"));
    }
    let count = mesh.vertices.len();
    if let Some(at) = mesh.triangles.iter().position(|triangle| triangle.iter().any(|&i| i as usize >= count)) {
        return Err(format!("triangle {at} uses a vertex that does not exist (there are {count})"));
    }
    Ok(mesh)
}

/// Appends the polygon over `corners` as a fan about its first corner.
fn push_fan(triangles: &mut Vec<[u32; 3]>, corners: &[u32]) {
    if let [first, rest @ ..] = corners {
        triangles.extend(rest.windows(2).map(|edge| [*first, edge[0], edge[1]]));
    }
}
