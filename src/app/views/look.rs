//! How fields are drawn.

use super::bodies::{Bodies, Wanted};
use crate::{
    settings::view::{CUT, LEVEL, OPACITY, REPEAT},
    surface::Caps,
    view::{
        Camera, ClipBox, ColourBy, ColourMap, CutPlane, FlatScene, Ground, LINE_WIDTH, Palette, Scene, Style, Surface,
        interface_lines,
    },
};
use serde::{Deserialize, Serialize};

/// Width of the lines φ = 0 on planes, in pixels.
const INTERFACE: f32 = 2.0;

/// How all views of the window draw, apart from their cameras.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    /// Whether surfaces are drawn at all.
    pub surface: bool,
    /// Whether they are closed at the faces of the box.
    pub caps: Caps,
    /// Value of φ on them.
    pub level: f32,
    /// 1 is opaque.
    pub opacity: f32,
    /// Whether the surface of the other evolution is drawn over it, translucent.
    pub ghost: bool,
    pub colour_by: ColourBy,
    /// The colour map; `None` chooses the one that suits the quantity.
    pub map: Option<ColourMap>,
    /// The values at its ends; `None` chooses a range that holds nearly all values.
    pub range: Option<[f32; 2]>,
    /// A plane through the box: its axis, and where it crosses that, 0 to 1.
    pub cut: Option<(usize, f32)>,
    pub clip: ClipBox,
    /// Boxes side by side along each axis.
    pub repeat: [u32; 3],
    pub ground: Ground,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            surface: true,
            caps: Caps::Closed,
            level: 0.0,
            opacity: 1.0,
            ghost: false,
            colour_by: ColourBy::Phase,
            map: None,
            range: None,
            cut: None,
            clip: ClipBox::WHOLE,
            repeat: [1; 3],
            ground: Ground::Dark,
        }
    }
}

impl Look {
    /// Whether the controls of the window could have made it: a file may say anything.
    pub fn is_sound(&self) -> bool {
        let is_cut = |(axis, position): (usize, f32)| axis < 3 && CUT.check(position).is_ok();
        let ClipBox { min, max } = self.clip;
        let is_clip = |axis: usize| 0.0 <= min[axis] && min[axis] <= max[axis] && max[axis] <= 1.0;
        LEVEL.check(self.level).is_ok()
            && OPACITY.check(self.opacity).is_ok()
            && self.colour_by != ColourBy::Spread
            && self.range.is_none_or(|range| range.iter().all(|end| end.is_finite()))
            && self.cut.is_none_or(is_cut)
            && (0..3).all(is_clip)
            && self.repeat.iter().all(|&count| REPEAT.check(count).is_ok())
    }

    /// What to prepare of a field and the one it is compared with.
    pub fn wanted<'a>(&self, wanted: Wanted<'a>) -> Wanted<'a> {
        Wanted {
            caps: self.caps,
            level: self.level,
            ghost: self.ghost,
            fields: self.cut.is_some() || self.ghost,
            quantity: self.colour_by.quantity(),
            ..wanted
        }
    }

    /// The map of the colours.
    pub fn map(&self) -> ColourMap {
        self.map.unwrap_or(self.colour_by.map())
    }

    /// The values at the ends of the map.
    pub fn range(&self, bodies: &Bodies) -> [f32; 2] {
        let found = bodies.values().map(|(_, range)| range);
        self.range.or(found).unwrap_or(self.colour_by.range())
    }

    fn style(&self, bodies: &Bodies, palette: Palette) -> Style {
        Style {
            palette,
            colour_by: self.colour_by,
            range: self.range(bodies),
            map: self.map(),
            opacity: self.opacity.clamp(0.0, 1.0),
        }
    }

    /// The picture of bodies in a box, into a target whose sides are those of the view divided by `divisor`.
    pub fn scene<'a>(&self, bodies: &'a Bodies, scene: Scene<'a>, palettes: [Palette; 2], divisor: u32) -> Scene<'a> {
        let style = self.style(bodies, palettes[0]);
        let values = bodies.values().map(|(values, _)| values);
        let own = bodies.surface().filter(|_| self.surface).map(|body| Surface { body, values, style });
        let ghost = bodies.ghost().filter(|_| self.surface).map(|body| Surface {
            body,
            values: None,
            style: Style { opacity: GHOST, ..Style::phase(palettes[1]) },
        });
        let cut = self.cut.zip(bodies.field()).map(|((axis, position), field)| CutPlane {
            axis,
            position,
            field,
            other: bodies.other(),
            style: Style { opacity: 1.0, ..style },
            lines: interface_lines(&style, &palettes[1]),
            line_width: INTERFACE / divisor as f32,
        });
        Scene {
            surfaces: own.into_iter().chain(ghost).collect(),
            cuts: cut.into_iter().collect(),
            clip: self.clip,
            repeat: self.repeat,
            ground: self.ground,
            line_width: LINE_WIDTH / divisor as f32,
            ..scene
        }
    }

    /// The picture of a flat box.
    pub fn flat<'a>(&self, bodies: &'a Bodies, camera: &'a Camera, palettes: [Palette; 2]) -> Option<FlatScene<'a>> {
        let style = self.style(bodies, palettes[0]);
        let scene = FlatScene::new(camera, bodies.field()?, style);
        let lines = interface_lines(&style, &palettes[1]);
        Some(FlatScene { other: bodies.other(), lines, ground: self.ground, ..scene })
    }
}

/// Opacity of the surface of the other evolution.
const GHOST: f32 = 0.4;
