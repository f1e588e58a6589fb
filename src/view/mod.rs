//! Camera and renderer: draws surfaces into a texture, with or without a window.
