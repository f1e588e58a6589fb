//! Paths in text files: whatever a path holds comes back.

use proptest::prelude::*;
use spinodal::formats::path_text::{of_text, to_text};
use std::path::Path;

#[test]
fn usual_paths_are_written_as_they_are() {
    for path in ["a/b c.npy", "/größe/фи=0,1.ply", "50%41.npy", "🐇.obj", ""] {
        assert_eq!(to_text(Path::new(path)), path);
        assert_eq!(of_text(path), Path::new(path));
    }
}

#[test]
fn what_would_end_a_line_is_written_otherwise() {
    let path = Path::new("two\nlines\u{85}\u{1b}[31m.npy");
    let text = to_text(path);
    assert!(!text.contains(char::is_control), "{text:?}");
    assert_eq!(of_text(&text), path);
}

#[cfg(unix)]
mod bytes {
    use super::*;
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    fn path(bytes: &[u8]) -> &Path {
        Path::new(OsStr::from_bytes(bytes))
    }

    #[test]
    fn bytes_that_are_no_text_are_written_as_private_characters() {
        assert_eq!(to_text(path(b"caf\xe9/\xff.npy")), "caf\u{10FFE9}/\u{10FFFF}.npy");
        assert_eq!(of_text("caf\u{10FFE9}"), path(b"caf\xe9"));
        // One that stands in a path stands for itself.
        let odd = Path::new("\u{10FF41}");
        assert_eq!(to_text(odd), "\u{10FFF4}\u{10FF8F}\u{10FFBD}\u{10FF81}");
        assert_eq!(of_text(&to_text(odd)), odd);
    }

    proptest! {
        #[test]
        fn all_bytes_come_back(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(of_text(&to_text(path(&bytes))), path(&bytes));
        }

        #[test]
        fn all_texts_come_back(text in any::<String>()) {
            prop_assert_eq!(of_text(&to_text(Path::new(&text))), Path::new(&text));
        }
    }
}
