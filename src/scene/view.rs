//! The view of a scene.

use crate::{surface::Caps, view::ColourBy};
use serde::{Deserialize, Serialize};

/// The table `view` of a scene; what it leaves out is the window's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SceneView {
    /// Where the cameras stand.
    pub camera: CameraPlace,
    /// Whether the surfaces are closed at the faces of the box.
    pub caps: Caps,
    /// What the colours of the surfaces mean.
    pub colour_by: ColourBy,
}

/// Where a camera stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CameraPlace {
    /// Before a corner, a little above.
    #[default]
    Corner,
    /// On the −y axis: x to the right, z up.
    Front,
    /// On the +x axis: y to the right, z up.
    Side,
    /// On the +z axis: x to the right, y up.
    Top,
}
