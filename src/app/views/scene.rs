//! What a scene says about how it is looked at.

use super::{Look, ViewGroup, Views};
use crate::{
    scene::{CameraPlace, SceneView},
    view::Camera,
};
use std::f32::consts::FRAC_PI_2;

/// Where a camera stands, and its yaw and pitch there, in radians.
const PLACES: [(CameraPlace, [f32; 2]); 3] = [
    (CameraPlace::Front, [-FRAC_PI_2, 0.0]),
    (CameraPlace::Side, [0.0, 0.0]),
    // Straight down, as a flat box is seen.
    (CameraPlace::Top, [-FRAC_PI_2, FRAC_PI_2 - 0.01]),
];

impl Views {
    /// Looks at the run as its scene says, with the whole box in view.
    pub fn look_as(&mut self, view: &SceneView) {
        self.look = Look { caps: view.caps, colour_by: view.colour_by, map: None, range: None, ..self.look };
        let Some(shared) = self.groups.get_mut(&ViewGroup::Comparison) else { return };
        shared.reset();
        // A flat box has one side to be seen from.
        if shared.flat().is_none() {
            shared.camera = placed(shared.camera, view.camera);
        }
        let camera = shared.camera;
        let own = self.places.iter_mut().filter(|(view, _)| view.group() == ViewGroup::Comparison);
        own.for_each(|(_, place)| place.camera = place.camera.and(Some(camera)));
    }

    /// How the run is looked at, as far as a scene can tell.
    pub fn as_scene(&self) -> SceneView {
        let camera = self.groups.get(&ViewGroup::Comparison).map_or(CameraPlace::default(), |shared| {
            let near = |[yaw, pitch]: [f32; 2]| {
                (shared.camera.yaw - yaw).cos() > 0.99 && (shared.camera.pitch - pitch).abs() < 0.1
            };
            PLACES.iter().find(|(_, angles)| near(*angles)).map_or(CameraPlace::Corner, |(place, _)| *place)
        });
        SceneView { camera, caps: self.look.caps, colour_by: self.look.colour_by }
    }
}

/// A camera that shows the whole box, from another place.
fn placed(whole: Camera, place: CameraPlace) -> Camera {
    let angles = PLACES.iter().find(|(known, _)| *known == place).map(|(_, angles)| *angles);
    angles.map_or(whole, |[yaw, pitch]| Camera { yaw, pitch, ..whole })
}
