//! The camera of views that are linked.

use crate::{
    grid::Grid,
    view::{Camera, flat_axis, sides},
};

/// The box of a group, and the camera that its linked views share.
pub struct GroupCamera {
    /// The box that the camera looks at.
    pub framed: Grid,
    pub camera: Camera,
}

impl Default for GroupCamera {
    fn default() -> Self {
        let framed = Grid::cube(1);
        Self { framed, camera: Camera::framing(sides(&framed)) }
    }
}

impl GroupCamera {
    /// A camera on all of a box.
    pub fn of(grid: Grid) -> Self {
        let mut camera = Self::default();
        camera.frame(grid);
        camera.reset();
        camera
    }

    /// The axis along which the box is flat, if it is.
    pub fn flat(&self) -> Option<usize> {
        // Before the first run the box stands for any.
        flat_axis(&self.framed).filter(|_| self.framed.dimensions() > 0)
    }

    /// The camera that shows the whole box.
    pub fn whole(&self) -> Camera {
        let sides = sides(&self.framed);
        self.flat().map_or_else(|| Camera::framing(sides), |axis| Camera::facing(sides, axis))
    }

    /// Looks at the whole box.
    pub fn reset(&mut self) {
        self.camera = self.whole();
    }

    /// Frames another box. True if it has another form, which brings the camera back.
    pub fn frame(&mut self, grid: Grid) -> bool {
        let other = sides(&grid) != sides(&self.framed) || flat_axis(&grid) != flat_axis(&self.framed);
        self.framed = grid;
        if other {
            self.reset();
        }
        other
    }
}
