//! The φ = 0 surface: extraction and measures.

pub mod gpu;

/// What happens to a surface at the faces of the box.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Caps {
    /// Flat caps close the region φ > level.
    #[default]
    Closed,
    /// The surface ends at the faces.
    Open,
}
