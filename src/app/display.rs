//! Which display server shows the window, where there may be several.

use super::AppError;

/// Makes sure that there is one, for without one the event loop would end the program. Where both can be had, chooses X11
/// over Wayland: only there winit tells of files that are dropped on the window, and Wayland desktops serve X11 programs,
/// too.
///
/// To be called before other threads are there.
///
/// # Errors
/// When there is none.
#[cfg(all(unix, not(target_vendor = "apple"), not(target_os = "android")))]
pub fn choose() -> Result<(), AppError> {
    use std::env;

    const WAYLAND: [&str; 2] = ["WAYLAND_DISPLAY", "WAYLAND_SOCKET"];
    let named = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    if named("DISPLAY") && x11rb::connect(None).is_ok() {
        for name in WAYLAND {
            // SAFETY: no other thread is there that could read the environment meanwhile.
            unsafe { env::remove_var(name) };
        }
        return Ok(());
    }
    if WAYLAND.into_iter().any(named) { Ok(()) } else { Err(AppError::NoDisplay) }
}

/// There is only one, and always.
#[cfg(not(all(unix, not(target_vendor = "apple"), not(target_os = "android"))))]
pub fn choose() -> Result<(), AppError> {
    Ok(())
}
