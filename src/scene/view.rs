//! How a scene is looked at.

use serde::{Deserialize, Serialize};

/// The table `view` of a scene; what it leaves out is the window's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SceneView {
    /// Where the cameras stand.
    pub camera: CameraPlace,
    /// Whether the surfaces are closed at the faces of the box.
    pub caps: SceneCaps,
    /// What the colours of the surfaces mean.
    pub colour_by: Colouring,
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

/// What a surface does at the faces of the box.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SceneCaps {
    /// It is closed by flat caps.
    #[default]
    Closed,
    /// It ends there.
    Open,
}

/// What the colours of a surface mean.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Colouring {
    /// The evolution that it belongs to, and the phase that it is seen from.
    #[default]
    Phase,
    /// φ by a map, on planes.
    Field,
    /// Its mean curvature.
    Curvature,
    /// |ψ − φ|, how far candidate and reference differ there.
    Difference,
    /// The signed distance to the other interface.
    Distance,
}
