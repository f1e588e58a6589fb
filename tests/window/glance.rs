//! Quick looks at a display, to see what is there for one picture only.

use x11rb::{
    connection::Connection,
    protocol::xproto::{ConnectionExt as _, ImageFormat, Window},
    rust_connection::RustConnection,
};

/// Somebody who looks at a whole screen.
pub struct Glance {
    connection: RustConnection,
    root: Window,
}

impl Glance {
    /// Looks at the screen of `display`.
    pub fn at(display: &str) -> Self {
        let (connection, screen) = x11rb::connect(Some(display)).expect("the display can be reached");
        let root = connection.setup().roots[screen].root;
        Self { connection, root }
    }

    /// Whether an area, x, y, width and height in pixels, has one colour only.
    pub fn is_plain(&self, (x, y, width, height): (u32, u32, u32, u32)) -> bool {
        let ([x, y], [width, height]) =
            ([x, y].map(|pixels| pixels as i16), [width, height].map(|pixels| pixels as u16));
        let request = self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, !0);
        let image = request.expect("the display can be reached").reply().expect("the screen can be seen").data;
        let mut pixels = image.chunks_exact(4);
        let first = pixels.next();
        pixels.all(|pixel| Some(pixel) == first)
    }
}
