//! A part of a box.

use super::InitialError;
use crate::{
    field::Field,
    grid::{Grid, Shape},
};
use serde::{Deserialize, Serialize};
use std::{fmt, ops::Range, str::FromStr};

/// The nodes of a field file to keep along x, y and z, counted from 0.
///
/// Written as first nodes and ends, which are not kept: `10:74,0:64,32:96`. What is left out reaches to the border, so
/// that `:64` keeps the first 64 nodes of x and all of y and z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Crop([[Option<usize>; 2]; 3]);

impl Crop {
    /// The shape of what is kept of a field.
    ///
    /// # Errors
    /// When it is empty or reaches out of the field.
    pub fn shape(self, of: Shape) -> Result<Shape, InitialError> {
        Ok(Shape(self.ranges(of)?.map(|range| range.len())))
    }

    /// What is kept of a field. Its box is periodic all the same: what met its neighbours in the file now meets what
    /// lies at the opposite face.
    ///
    /// # Errors
    /// As [`Crop::shape`], and when it is too small for a field.
    pub fn apply(self, field: &Field) -> Result<Field, InitialError> {
        let grid = field.grid();
        let [xs, ys, zs] = self.ranges(grid.shape())?;
        let cropped = Grid { shape: [xs.len(), ys.len(), zs.len()], ..grid };
        let rows = xs.flat_map(|x| ys.clone().map(move |y| grid.index([x, y, 0])));
        let values = rows.flat_map(|row| &field.values()[row + zs.start..row + zs.end]).copied().collect();
        Ok(Field::from_values(cropped, values)?)
    }

    fn ranges(self, shape: Shape) -> Result<[Range<usize>; 3], InitialError> {
        let ranges = std::array::from_fn(|axis| {
            let [first, end] = self.0[axis];
            first.unwrap_or(0)..end.unwrap_or(shape.0[axis])
        });
        let fits = |(range, side): (&Range<usize>, usize)| range.start < range.end && range.end <= side;
        if ranges.iter().zip(shape.0).all(fits) {
            Ok(ranges)
        } else {
            Err(InitialError::OutsideFile { crop: self.to_string(), shape })
        }
    }
}

impl FromStr for Crop {
    type Err = InitialError;

    fn from_str(text: &str) -> Result<Self, InitialError> {
        let unreadable = || InitialError::UnreadableCrop(text.to_owned());
        let bound = |text: &str| match text.trim() {
            "" => Ok(None),
            number => number.parse().map(Some).map_err(|_| unreadable()),
        };
        let mut crop = [[None; 2]; 3];
        for (axis, range) in text.split(',').enumerate() {
            let (first, end) = range.split_once(':').ok_or_else(unreadable)?;
            *crop.get_mut(axis).ok_or_else(unreadable)? = [bound(first)?, bound(end)?];
        }
        Ok(Self(crop))
    }
}

impl TryFrom<String> for Crop {
    type Error = InitialError;

    fn try_from(text: String) -> Result<Self, InitialError> {
        text.parse()
    }
}

impl From<Crop> for String {
    fn from(crop: Crop) -> Self {
        crop.to_string()
    }
}

impl fmt::Display for Crop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bound = |bound: Option<usize>| bound.map(|node| node.to_string()).unwrap_or_default();
        let [x, y, z] = self.0.map(|[first, end]| format!("{}:{}", bound(first), bound(end)));
        write!(f, "{x},{y},{z}")
    }
}
