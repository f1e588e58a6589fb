//! The periodic box and its nodes.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use thiserror::Error;

/// The order of nodes in WGSL, to be put before the kernels that use it.
pub const WGSL: &str = include_str!("../shaders/grid.wgsl");

/// Fewest nodes along an axis for which the biharmonic stencil does not overlap itself. An axis may also have a single
/// node: nothing then varies along it.
pub const MIN_SIDE: usize = 5;

/// Why a box is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GridError {
    #[error("a grid of {0} is too small: each side needs 1 node or at least {MIN_SIDE}, and one side more than 1")]
    TooSmall(Shape),
    #[error("a grid of {0} has too many nodes for this machine to address")]
    TooLarge(Shape),
    #[error(
        "a grid of {shape} cannot be coarsened by {step}: its sides must be multiples of {step} with at least {MIN_SIDE} \
         nodes left, or 1; the nearest that fits is {nearest}"
    )]
    Indivisible { shape: Shape, step: usize, nearest: Shape },
    #[error("a grid of {fine} cannot be compared with one of {coarse}: its nodes are not among the finer ones")]
    Unrelated { fine: Shape, coarse: Shape },
    #[error("“{0}” is not a grid: write one number for a cube, such as 64, or the sides, such as 128x128x32")]
    Unreadable(String),
}

/// Numbers of nodes along the axes x, y and z.
///
/// Written `64` for a cube and `128x128x32` otherwise; `512x512` stands for `512x512x1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Shape(pub [usize; 3]);

impl Shape {
    /// `n` nodes along every axis.
    pub const fn cube(n: usize) -> Self {
        Self([n; 3])
    }

    /// Number of nodes.
    pub fn len(self) -> usize {
        self.0.iter().fold(1, |nodes, &side| nodes.saturating_mul(side))
    }

    /// Whether there is no node at all.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// As it is written in options and files: `64` or `128x128x32`.
    pub fn option(self) -> String {
        let [x, y, z] = self.0;
        self.side_of_cube().map_or_else(|| format!("{x}x{y}x{z}"), |n| n.to_string())
    }

    /// The number along every axis, if it is the same.
    fn side_of_cube(self) -> Option<usize> {
        let [x, y, z] = self.0;
        (x == y && y == z).then_some(x)
    }

    /// The shape nearest to this one whose every `step`-th node makes a valid grid.
    fn nearest_divisible(self, step: usize) -> Self {
        let least = MIN_SIDE * step;
        Self(self.0.map(|side| match side {
            1 => 1,
            side => ((side + step / 2) / step * step).max(least),
        }))
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.side_of_cube(), self.0) {
            (Some(n), _) => write!(f, "{n}³"),
            (None, [x, y, z]) => write!(f, "{x}×{y}×{z}"),
        }
    }
}

impl FromStr for Shape {
    type Err = GridError;

    fn from_str(text: &str) -> Result<Self, GridError> {
        let unreadable = || GridError::Unreadable(text.to_owned());
        let sides = text.split(['x', 'X', '×']).map(|side| side.trim().parse());
        let sides: Vec<usize> = sides.collect::<Result<_, _>>().map_err(|_| unreadable())?;
        match sides[..] {
            [n] => Ok(Self::cube(n)),
            [x, y] => Ok(Self([x, y, 1])),
            [x, y, z] => Ok(Self([x, y, z])),
            _ => Err(unreadable()),
        }
    }
}

impl From<usize> for Shape {
    fn from(n: usize) -> Self {
        Self::cube(n)
    }
}

/// A shape in a file: a number for a cube, otherwise a text.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Cube(usize),
    Sides(String),
}

impl TryFrom<Written> for Shape {
    type Error = GridError;

    fn try_from(written: Written) -> Result<Self, GridError> {
        match written {
            Written::Cube(n) => Ok(Self::cube(n)),
            Written::Sides(text) => text.parse(),
        }
    }
}

impl From<Shape> for Written {
    fn from(shape: Shape) -> Self {
        shape.side_of_cube().map_or_else(|| Self::Sides(shape.option()), Self::Cube)
    }
}

/// The nodes of a periodic box. Lengths are in grid units: distances between the nodes of the finest grid in use, the
/// reference solver's.
///
/// Values on a grid lie in C order: node (x, y, z) is element `(x·ny + y)·nz + z`, so that a NumPy array `a[x, y, z]`
/// has the same memory. An axis with one node does not count: its neighbours are itself, and with them every
/// difference along it vanishes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// Nodes along x, y and z.
    pub shape: [usize; 3],
    /// Distance between neighbouring nodes in grid units.
    pub spacing: f64,
}

impl Grid {
    /// `n` nodes along every axis, one grid unit apart.
    pub const fn cube(n: usize) -> Self {
        Self { shape: [n; 3], spacing: 1.0 }
    }

    /// Whether it is valid.
    ///
    /// # Errors
    /// When a side is neither 1 nor at least [`MIN_SIDE`], all are 1, or the nodes cannot be counted.
    pub fn check(&self) -> Result<(), GridError> {
        let fits = |&side: &usize| side == 1 || side >= MIN_SIDE;
        if !self.shape.iter().all(fits) || self.shape == [1; 3] {
            return Err(GridError::TooSmall(self.shape()));
        }
        let bytes = self.shape.iter().try_fold(size_of::<f64>(), |bytes, &side| bytes.checked_mul(side));
        bytes.filter(|&bytes| isize::try_from(bytes).is_ok()).map(drop).ok_or(GridError::TooLarge(self.shape()))
    }

    /// Nodes along the axes, as they are written.
    pub fn shape(&self) -> Shape {
        Shape(self.shape)
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.shape().len()
    }

    /// Whether there is no node at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of axes along which anything can vary: 3, or fewer where a side has one node.
    pub fn dimensions(&self) -> usize {
        self.shape.iter().filter(|&&side| side > 1).count()
    }

    /// Whether an axis has one node, so that the box is a plane (or a line).
    pub fn is_flat(&self) -> bool {
        self.dimensions() < 3
    }

    /// Sides of the box in grid units. An axis of one node is as thick as their distance.
    pub fn extent(&self) -> [f64; 3] {
        self.shape.map(|side| side as f64 * self.spacing)
    }

    /// The shortest side with more than one node, in grid units.
    pub fn shortest_side(&self) -> f64 {
        let long = self.shape.into_iter().filter(|&side| side > 1);
        long.min().unwrap_or(1) as f64 * self.spacing
    }

    /// Largest value of −∇² with the 7-point stencil on nodes one unit apart, in units of spacing⁻²: that of the wave
    /// which changes its sign from node to node, 4 per axis.
    pub fn largest_symbol(&self) -> f64 {
        4.0 * self.dimensions() as f64
    }

    /// Flat index of a node.
    pub fn index(&self, [x, y, z]: [usize; 3]) -> usize {
        let [_, ny, nz] = self.shape;
        (x * ny + y) * nz + z
    }

    /// The node with a flat index.
    pub fn node(&self, index: usize) -> [usize; 3] {
        let [_, ny, nz] = self.shape;
        [index / (ny * nz), index / nz % ny, index % nz]
    }

    /// The node next to one along an axis, `forwards` or backwards, across the face of the box.
    pub fn neighbour(&self, mut node: [usize; 3], axis: usize, forwards: bool) -> [usize; 3] {
        let side = self.shape[axis];
        node[axis] = (node[axis] + if forwards { 1 } else { side - 1 }) % side;
        node
    }

    /// Every `step`-th node, along axes with more than one.
    ///
    /// # Errors
    /// When `step` does not divide a side or would leave too few nodes; names the nearest shape that fits.
    pub fn coarsened(&self, step: usize) -> Result<Self, GridError> {
        let indivisible = || GridError::Indivisible {
            shape: self.shape(),
            step,
            nearest: self.shape().nearest_divisible(step.max(1)),
        };
        let coarse = |side: usize| match side {
            1 => Some(1),
            side => (step > 0 && side.is_multiple_of(step) && side / step >= MIN_SIDE).then(|| side / step),
        };
        let [Some(x), Some(y), Some(z)] = self.shape.map(coarse) else { return Err(indivisible()) };
        Ok(Self { shape: [x, y, z], spacing: self.spacing * step as f64 })
    }

    /// `step` times as many nodes along axes with more than one.
    pub fn refined(&self, step: usize) -> Self {
        let fine = |side: usize| if side == 1 { 1 } else { side * step };
        Self { shape: self.shape.map(fine), spacing: self.spacing / step as f64 }
    }

    /// By how many nodes of this grid those of `coarse` lie apart.
    ///
    /// # Errors
    /// When its nodes are not among those of this grid, equally far apart along each axis.
    pub fn step_to(&self, coarse: &Self) -> Result<usize, GridError> {
        let unrelated = GridError::Unrelated { fine: self.shape(), coarse: coarse.shape() };
        let long = self.shape.iter().zip(coarse.shape).find(|(side, _)| **side > 1);
        let step = long.map_or(1, |(fine, coarse)| fine / coarse.max(1));
        let refined = coarse.refined(step.max(1));
        let same = refined.shape == self.shape && (refined.spacing / self.spacing - 1.0).abs() < 1e-9;
        if same { Ok(step) } else { Err(unrelated) }
    }
}

impl From<usize> for Grid {
    fn from(n: usize) -> Self {
        Self::cube(n)
    }
}

impl From<[usize; 3]> for Grid {
    fn from(shape: [usize; 3]) -> Self {
        Self { shape, spacing: 1.0 }
    }
}

impl From<Shape> for Grid {
    fn from(shape: Shape) -> Self {
        shape.0.into()
    }
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shape().fmt(f)
    }
}
