//! What can be written, where, and how.

use crate::{app::home::from_home, formats::free_path_where, recording::REFERENCE, settings::view::RATE, view::Ground};
use std::path::{Path, PathBuf};

/// What can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The frame shown, as `.png`.
    Picture,
    /// All recorded frames, as a film or a folder of pictures.
    Film,
    /// The surfaces of the frame shown, one file per evolution.
    Surfaces,
    /// The fields of the frame shown, one file per evolution.
    Fields,
    /// The fields of all recorded frames, as series of `.vti` in a folder.
    Series,
    /// The figures of all frames, as `.csv`.
    Table,
    /// A page with plots and pictures, in a folder.
    Report,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Picture, Self::Film, Self::Surfaces, Self::Fields, Self::Series, Self::Table, Self::Report];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Picture => "Picture",
            Self::Film => "Film",
            Self::Surfaces => "Surfaces",
            Self::Fields => "Fields",
            Self::Series => "Series",
            Self::Table => "Table",
            Self::Report => "Report",
        }
    }

    /// What it is, in a sentence.
    pub fn about(self) -> &'static str {
        match self {
            Self::Picture => "The frame shown, all evolutions side by side, in any size.",
            Self::Film => "All recorded frames, also as a turntable: .gif, .mp4 (needs ffmpeg) or a folder of .png.",
            Self::Surfaces => "The surfaces of the frame shown, a file per evolution.",
            Self::Fields => "The fields of the frame shown, a file per evolution.",
            Self::Series => "The fields of all recorded frames, in a folder: ParaView opens NAME.vti.series.",
            Self::Table => "The figures of all frames that are kept.",
            Self::Report => {
                "One page of text with plots and pictures, in a folder with the recording if all its frames are kept."
            }
        }
    }

    /// The endings that it can have; the first is the usual one. Empty for a folder.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Picture => &["png"],
            Self::Film => &["gif", "mp4", ""],
            Self::Surfaces => &["ply", "obj", "stl", "glb"],
            Self::Fields => &["npy", "vti"],
            Self::Table => &["csv"],
            Self::Series | Self::Report => &[""],
        }
    }

    /// What lies on the disk once it is written to `path`, for evolutions of these names.
    pub(super) fn files(self, path: &Path, names: &[String]) -> Vec<PathBuf> {
        match self {
            Self::Surfaces | Self::Fields => names.iter().map(|name| of_evolution(path, name)).collect(),
            _ => vec![path.to_owned()],
        }
    }
}

/// What to write, where, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputSpec {
    pub kind: Kind,
    /// File or folder.
    pub path: PathBuf,
    /// Width and height of pictures, in pixels.
    pub size: [u32; 2],
    /// What is behind them; as in the window if `None`.
    pub ground: Option<Ground>,
    /// Pictures per second of a film.
    pub rate: f64,
    /// One picture per so many recorded frames.
    pub every: usize,
    /// Pictures in which the camera goes round once; 0 if it stays.
    pub turntable: usize,
}

impl Default for OutputSpec {
    fn default() -> Self {
        let mut spec = Self {
            kind: Kind::Picture,
            path: PathBuf::new(),
            size: [1920, 1080],
            ground: None,
            rate: RATE.default,
            every: 1,
            turntable: 0,
        };
        spec.rename(Kind::Picture.endings()[0]);
        spec
    }
}

impl OutputSpec {
    /// Chooses another kind, with a name that suits it.
    pub fn take(&mut self, kind: Kind) {
        self.kind = kind;
        self.rename(kind.endings()[0]);
    }

    /// Chooses another ending, and a free name.
    pub fn rename(&mut self, ending: &str) {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.map_or_else(super::usual_folder, Path::to_owned);
        let stem = format!("spinodal-{}", self.kind.name().to_lowercase());
        let path = folder.join(stem);
        let path = if ending.is_empty() { path } else { path.with_extension(ending) };
        self.path = free_path_where(&path, |path| {
            self.kind.files(path, &[REFERENCE.to_owned()]).iter().all(|path| !from_home(path).exists())
        });
    }
}

/// The file of one evolution: with its name before the ending.
pub(super) fn of_evolution(path: &Path, name: &str) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
    path.with_file_name(format!("{stem}-{name}.{ending}"))
}
