//! What disturbs a field: a brush that paints one value of φ.

use crate::{field::Field, grid::Grid};
use std::sync::Arc;

/// A brush that paints one value of φ within a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Brush {
    /// Where half of the change is made: on the surface of this form.
    pub form: Form,
    /// Width over which the change fades, in grid units: the ε of the interface that it makes.
    pub edge: f64,
    /// What φ becomes inside.
    pub value: f64,
}

/// The form of a brush, in a periodic box.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// A sphere.
    Sphere {
        /// In grid units.
        centre: [f64; 3],
        /// In grid units.
        radius: f64,
    },
    /// Any body: signed distances to its surface in grid units, positive inside, on nodes among which are those of all
    /// grids that are painted on.
    Body(Arc<Field>),
}

impl Form {
    /// Signed distance of a node to the surface in grid units, positive inside.
    fn depth(&self, node: [usize; 3], grid: &Grid, extent: [f64; 3]) -> f64 {
        let point = node.map(|c| c as f64 * grid.spacing);
        match self {
            Self::Sphere { centre, radius } => {
                let square = |axis: usize| {
                    let apart = (point[axis] - centre[axis]).rem_euclid(extent[axis]);
                    apart.min(extent[axis] - apart).powi(2)
                };
                radius - (0..3).map(square).sum::<f64>().sqrt()
            }
            Self::Body(distances) => {
                let own = distances.grid();
                let nearest = |axis: usize| (point[axis] / own.spacing).round() as usize % own.shape[axis];
                distances.values()[own.index([0, 1, 2].map(nearest))].into()
            }
        }
    }
}

impl Brush {
    /// Share of the change that is made at a depth below the surface; 0 from two widths outside on.
    fn weight(&self, depth: f64) -> f64 {
        if depth < -2.0 * self.edge { 0.0 } else { (1.0 + (3.0 * depth / self.edge).tanh()) / 2.0 }
    }

    /// Paints on a field; gives the nodes that have changed.
    pub fn paint(&self, field: &mut Field) -> Vec<usize> {
        let grid = field.grid();
        let extent = grid.extent();
        let mut painted = Vec::new();
        for (index, phi) in field.values_mut().iter_mut().enumerate() {
            let weight = self.weight(self.form.depth(grid.node(index), &grid, extent));
            let value = (f64::from(*phi) + weight * (self.value - f64::from(*phi))) as f32;
            if value != *phi {
                *phi = value;
                painted.push(index);
            }
        }
        painted
    }
}
