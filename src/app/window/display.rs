//! Which display server shows the window, where there may be several.

use crate::app::AppError;
#[cfg(target_os = "linux")]
use {std::sync::OnceLock, x11rb::rust_connection::RustConnection};

/// Makes sure that there is one, for without one the event loop would end the program. Where both can be had, chooses
/// X11 over Wayland: only there winit tells of files that are dropped on the window, and Wayland desktops serve X11
/// programs, too. Once there are other threads, the choice is left to winit: it is made by the environment, which they
/// may read.
///
/// # Errors
/// When there is none, or X11 is the only one and a library is missing that it takes.
#[cfg(target_os = "linux")]
pub fn choose() -> Result<(), AppError> {
    use std::env;

    let named = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let wayland = named(WAYLAND[1]) || wayland_answers();
    let x11 = named("DISPLAY") && x11_answers();
    let missing = if x11 { missing_library() } else { None };
    match (x11, wayland, missing) {
        (true, false, Some(library)) => return Err(AppError::MissingLibrary(library)),
        (false, false, _) => return Err(AppError::NoDisplay),
        (true, _, None) if is_alone() => {
            for name in WAYLAND {
                // SAFETY: there is no other thread that could read the environment meanwhile.
                unsafe { env::remove_var(name) };
            }
        }
        _ => {}
    }
    Ok(())
}

/// The name of the Wayland server's socket, and the number of one that is open already.
#[cfg(target_os = "linux")]
const WAYLAND: [&str; 2] = ["WAYLAND_DISPLAY", "WAYLAND_SOCKET"];

/// Whether the Wayland server that the environment names takes connections: the name may have outlived it.
#[cfg(target_os = "linux")]
fn wayland_answers() -> bool {
    let folder = || std::env::var_os("XDG_RUNTIME_DIR").map(std::path::PathBuf::from).unwrap_or_default();
    let name = std::env::var_os(WAYLAND[0]).filter(|name| !name.is_empty());
    name.is_some_and(|name| std::os::unix::net::UnixStream::connect(folder().join(name)).is_ok())
}

/// Whether the X server takes connections. The one that is made to find out is kept: a server that loses its last
/// client starts anew, and refuses all others meanwhile.
#[cfg(target_os = "linux")]
fn x11_answers() -> bool {
    static CONNECTION: OnceLock<Option<RustConnection>> = OnceLock::new();
    CONNECTION.get_or_init(|| x11rb::connect(None).ok().map(|(connection, _)| connection)).is_some()
}

/// What winit loads when it goes by X11, and panics without.
#[cfg(target_os = "linux")]
const LIBRARIES: [&std::ffi::CStr; 5] =
    [c"libX11.so.6", c"libX11-xcb.so.1", c"libXcursor.so.1", c"libXi.so.6", c"libxkbcommon-x11.so.0"];

/// The first of [`LIBRARIES`] that is not there.
#[cfg(target_os = "linux")]
fn missing_library() -> Option<String> {
    // SAFETY: the names are C strings, and these libraries do nothing but set themselves up when they are loaded.
    let is_there = |name: &std::ffi::CStr| unsafe { !libc::dlopen(name.as_ptr(), libc::RTLD_LAZY).is_null() };
    let missing = LIBRARIES.into_iter().find(|name| !is_there(name))?;
    Some(missing.to_string_lossy().into_owned())
}

/// Whether the process has no other threads.
#[cfg(target_os = "linux")]
fn is_alone() -> bool {
    std::fs::read_dir("/proc/self/task").is_ok_and(|threads| threads.count() == 1)
}

/// There is only one, and always.
#[cfg(not(target_os = "linux"))]
pub fn choose() -> Result<(), AppError> {
    Ok(())
}
