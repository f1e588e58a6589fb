//! The settings of views, each once.

use super::Setting;

/// Of the surface that is drawn.
pub const LEVEL: Setting<f32> = Setting {
    name: "level",
    help: "Value of φ on the surface; 0 is the interface",
    unit: "",
    least: -0.95,
    most: 0.95,
    default: 0.0,
};

/// Of a surface.
pub const OPACITY: Setting<f32> = Setting {
    name: "opacity",
    help: "How opaque the surface is; behind it lies what is inside the box",
    unit: "",
    least: 0.05,
    most: 1.0,
    default: 1.0,
};

/// Of a plane through the box.
pub const CUT: Setting<f32> = Setting {
    name: "position of the plane",
    help: "Where the plane crosses its axis, as a share of the box",
    unit: "",
    least: 0.0,
    most: 1.0,
    default: 0.5,
};

/// Of the box.
pub const REPEAT: Setting<u32> = Setting {
    name: "number of repetitions",
    help: "Periodic images of the box side by side along this axis",
    unit: "",
    least: 1,
    most: 3,
    default: 1,
};

/// Of the brush.
pub const BRUSH: Setting<f64> = Setting {
    name: "radius of the brush",
    help: "Radius of the sphere that is painted",
    unit: "grid units",
    least: 0.5,
    most: 1000.0,
    default: 5.0,
};

/// Of a film.
pub const RATE: Setting<f64> = Setting {
    name: "number of pictures per second",
    help: "Pictures per second of a film",
    unit: "",
    least: 0.1,
    most: 100.0,
    default: 15.0,
};

/// Of a film.
pub const TURNTABLE: Setting<usize> = Setting {
    name: "number of pictures of a turn",
    help: "Turn the cameras once round the box within so many pictures; after the last frame they go on round it",
    unit: "",
    least: 1,
    most: 100_000,
    default: 360,
};

/// Of the window.
pub const SCALE: Setting<f32> =
    Setting { name: "scale", help: "Size of text and controls", unit: "", least: 0.75, most: 3.0, default: 1.0 };
