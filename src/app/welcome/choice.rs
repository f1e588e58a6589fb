//! What a newcomer can begin with.

use crate::{
    app::{
        panels::dialogs::Dialogs,
        session::Session,
        tiles::{Layout, Ready},
    },
    scene::Scene,
};

/// A tile of the start page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The scene `noise`.
    Watch,
    /// The scene `bunny`.
    #[cfg(feature = "bunny")]
    Bunny,
    /// The layout for training.
    Train,
    /// The dialog for files.
    Open,
}

impl Choice {
    /// All of them, in the order of the page.
    pub const ALL: &[Self] = &[
        Self::Watch,
        #[cfg(feature = "bunny")]
        Self::Bunny,
        Self::Train,
        Self::Open,
    ];

    /// A few words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Watch => "Watch it separate",
            #[cfg(feature = "bunny")]
            Self::Bunny => "The bunny",
            Self::Train => "Train your own",
            Self::Open => "Open a file",
        }
    }

    /// What it does, in a sentence or two.
    pub fn about(self) -> &'static str {
        match self {
            Self::Watch => "A mixture becomes two phases: the solver on the left, a neural network beside it.",
            #[cfg(feature = "bunny")]
            Self::Bunny => "A rabbit of one phase rounds off, ears first. The network has never seen one.",
            Self::Train => "Make data, train a network and watch it learn, in a few minutes on two cores.",
            Self::Open => "Start from a mesh, a field or a scene, compare a network, or look at a recording.",
        }
    }

    /// Does it.
    pub fn carry_out(self, session: &mut Session, layout: &mut Layout, dialogs: &mut Dialogs) {
        let mut open = |name: &str| match Scene::find(name) {
            Ok(scene) => session.open_scene(scene),
            Err(error) => session.messages.push(error.to_string()),
        };
        match self {
            Self::Watch => open("noise"),
            #[cfg(feature = "bunny")]
            Self::Bunny => open("bunny"),
            Self::Train => {
                let candidates = session.snapshot.as_ref().map_or(1, |snapshot| snapshot.candidates.len());
                *layout = Layout::ready(Ready::Train, candidates);
            }
            Self::Open => dialogs.ask(),
        }
    }
}
