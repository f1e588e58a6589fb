//! `spinodal surface`: the φ = 0 surface of a field file, as a mesh.

use super::{CommandError, frame_args::FrameArgs, output, say};
use crate::{
    formats::{
        OutputFile,
        mesh::{self, MeshFormat},
    },
    surface::{self, Caps, measures},
};
use clap::Args;
use std::path::PathBuf;

/// Options of `spinodal surface`. Lengths are distances between nodes of the field file: those of a network's field are
/// twice the solver's grid units.
#[derive(Debug, Args)]
pub struct SurfaceArgs {
    #[command(flatten)]
    frame: FrameArgs,
    /// Leave the surface open at the faces of the box
    #[arg(long)]
    open: bool,
    /// Mesh file to write: .ply, .obj, .stl or .glb (glTF)
    #[arg(long, value_name = "MESH")]
    out: PathBuf,
    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
}

/// Runs the command.
///
/// # Errors
/// When the field cannot be read, has no surface, or the mesh cannot be written.
pub fn run(args: &SurfaceArgs) -> Result<(), CommandError> {
    // No file has all of them for its extension, so that any other one is refused with this list.
    output::check_file(&args.out, MeshFormat::of(&args.out).map_or("ply, .obj, .stl or .glb", MeshFormat::extension))?;
    output::check_not_same(&args.out, &args.frame.field)?;
    output::check_new(&args.out, args.force)?;
    let field = args.frame.read()?;
    if field.grid().is_flat() {
        return Err(CommandError::FlatField(args.frame.field.clone()));
    }
    let caps = if args.open { Caps::Open } else { Caps::Closed };
    let mesh = surface::extract(&field, 0.0, caps);
    if mesh.triangles.is_empty() {
        return Err(CommandError::NoSurface(args.frame.field.clone()));
    }
    mesh::write_to(OutputFile::of_result(&args.out, args.force)?, &mesh.positions, &mesh.normals, &mesh.triangles)?;
    let area = if args.open { "area" } else { "area + caps" };
    let last = match caps {
        Caps::Closed => format!("volume        {:.3}", measures::enclosed_volume(&mesh)),
        Caps::Open => format!("open edges    {}", measures::boundary_edges(&mesh)),
    };
    say::result(format_args!(
        "triangles     {}\n{area:<12}  {:.3}\neuler number  {}\n{last}",
        mesh.triangles.len(),
        measures::area(&mesh),
        measures::euler_number(&mesh)
    ))
}
