//! Paths as users type them.

use std::path::{Path, PathBuf};

/// A path in which a leading `~` stands for the user's own folder, as in a shell.
pub fn from_home(path: impl AsRef<Path>) -> PathBuf {
    let path = path.as_ref();
    let inside = path.strip_prefix("~").ok().zip(dirs::home_dir());
    inside.map_or_else(|| path.to_owned(), |(inside, home)| home.join(inside))
}
