//! A mesh as a body in the box of the run.

use crate::{
    equation::interface_profile,
    field::Field,
    formats::mesh::{self, TriangleMesh},
    grid::{Grid, Shape},
    initial::{InitialError, InitialOptions, placed_distance},
};
use std::{path::Path, sync::Arc};

/// Most nodes a side of a body that is only looked at.
const SIDE: usize = 64;

/// A body, on nodes of the run's grid.
pub struct Body {
    /// Signed distances to its surface in grid units of the run, positive inside.
    pub distances: Arc<Field>,
    /// φ of the body alone.
    pub phi: Arc<Field>,
}

/// What body is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    options: InitialOptions,
    /// Every which node along each axis is taken.
    every: usize,
}

/// A mesh, and the body that was made of it, or why it cannot be placed so.
pub struct Made {
    pub mesh: Arc<TriangleMesh>,
    pub body: Result<Body, String>,
}

impl Wanted {
    /// A body in the box of `options`, on all of its nodes if it is to be applied.
    pub fn new(options: InitialOptions, applied: bool) -> Self {
        let Shape(shape) = options.grid;
        let fits = |every: &usize| shape.iter().all(|side| side % every == 0 && side / every <= SIDE);
        let longest = shape.into_iter().max().unwrap_or(1);
        let every = if applied { 1 } else { (1..=longest / 2).find(fits).unwrap_or(1) };
        Self { options, every }
    }

    /// Whether it is on all nodes of the run.
    pub fn is_full(&self) -> bool {
        self.every == 1
    }
}

/// Makes a body; reads the mesh first unless it is there.
///
/// # Errors
/// One sentence: why the file cannot be read.
pub fn make(path: &Path, mesh: Option<Arc<TriangleMesh>>, wanted: &Wanted) -> Result<Made, String> {
    let mesh = mesh.map_or_else(|| mesh::read(path).map(Arc::new), Ok).map_err(|error| error.to_string())?;
    let body = body(&mesh, wanted, &path.display().to_string()).map_err(|error| error.to_string());
    Ok(Made { mesh, body })
}

fn body(mesh: &TriangleMesh, wanted: &Wanted, name: &str) -> Result<Body, InitialError> {
    let Wanted { options, every } = wanted;
    let shape = Shape(options.grid.0.map(|side| side / every));
    let nodes = placed_distance(mesh, &InitialOptions { grid: shape, ..options.clone() }, name)?;
    let spacing = *every as f64;
    let grid = Grid { spacing, ..shape.into() };
    let phi = nodes.iter().map(|distance| interface_profile(distance * spacing, options.epsilon) as f32).collect();
    let distances = nodes.iter().map(|distance| (distance * spacing) as f32).collect();
    Ok(Body {
        distances: Arc::new(Field::from_values(grid, distances)?),
        phi: Arc::new(Field::from_values(grid, phi)?),
    })
}
