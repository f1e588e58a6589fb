//! `spinodal surface`: the φ = 0 surface of a field file, as a mesh.

use super::{CommandError, output};
use crate::{
    formats::{mesh, npy},
    surface::{self, Caps, measures},
};
use clap::Args;
use std::path::PathBuf;

/// Options of `spinodal surface`. Lengths are distances between nodes of the field file: those of a network's field are
/// twice the solver's grid units.
#[derive(Debug, Args)]
pub struct SurfaceArgs {
    /// Field file; of several frames the last is taken, unless --frame says otherwise
    #[arg(value_name = "FIELD.npy")]
    field: PathBuf,
    /// Frame to take, counted from 0
    #[arg(long, value_name = "K")]
    frame: Option<usize>,
    /// The field file holds c from 0 to 1 instead of φ from −1 to 1
    #[arg(long)]
    concentration: bool,
    /// Leave the surface open at the faces of the box
    #[arg(long)]
    open: bool,
    /// Mesh file to write
    #[arg(long, value_name = "MESH.ply")]
    out: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// When the field cannot be read, has no surface, or the mesh cannot be written.
pub fn run(args: &SurfaceArgs) -> Result<(), CommandError> {
    output::check_file(&args.out, "ply")?;
    let mut reader = npy::FrameReader::open(&args.field, args.concentration)?;
    let field = reader.read(args.frame.unwrap_or(reader.frames() - 1))?;
    let caps = if args.open { Caps::Open } else { Caps::Closed };
    let mesh = surface::extract(&field, 0.0, caps);
    if mesh.triangles.is_empty() {
        return Err(CommandError::NoSurface(args.field.clone()));
    }
    mesh::write_ply(&args.out, &mesh.positions, &mesh.normals, &mesh.triangles)?;
    let area = if args.open { "area" } else { "area + caps" };
    println!("triangles     {}", mesh.triangles.len());
    println!("{area:<12}  {:.3}", measures::area(&mesh));
    println!("euler number  {}", measures::euler_number(&mesh));
    match caps {
        Caps::Closed => println!("volume        {:.3}", measures::enclosed_volume(&mesh)),
        Caps::Open => println!("open edges    {}", measures::boundary_edges(&mesh)),
    }
    Ok(())
}
