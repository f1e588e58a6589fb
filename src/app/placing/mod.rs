//! Placing a mesh: it is seen in its place within the present fields before anything is changed.

mod body;
mod panel;

use super::{
    errand::{self, Errand, answer},
    session::Session,
    views::Subject,
};
use crate::{
    evolution::{Brush, Form},
    formats::mesh::TriangleMesh,
    initial::{Initial, InitialOptions, Placement},
};
use bevy::prelude::Resource;
use bevy_egui::egui::{Context, Pos2};
use body::{Body, Made, Wanted};
use std::{path::PathBuf, sync::Arc};

/// The mesh that is being placed, if any.
#[derive(Default, Resource)]
pub struct Placing(Option<Trial>);

/// What becomes of a mesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// A run starts from it.
    Start,
    /// It is added to the fields of the present run.
    Add,
    /// It is cut out of them.
    CutOut,
}

/// A mesh that is being placed.
struct Trial {
    path: PathBuf,
    purpose: Purpose,
    placement: Placement,
    /// The mesh, once it has been read.
    mesh: Option<Arc<TriangleMesh>>,
    /// The body that was made last, or why there is none.
    made: Option<(Wanted, Result<Arc<Body>, String>)>,
    /// What is being made.
    asked: Option<Wanted>,
    making: Option<Errand<Result<Made, String>>>,
    /// Whether it is to be applied once it is made on all nodes.
    applied: bool,
}

impl Placing {
    /// Takes a mesh that was opened, and what has been made of the present one. In a box without depth nothing can be
    /// placed: the run starts from the mesh.
    pub fn refresh(&mut self, session: &mut Session) {
        if let Some(path) = session.to_place.take() {
            let has_depth = session.snapshot.as_ref().is_some_and(|snapshot| !snapshot.reference.grid.is_flat());
            if !has_depth {
                return session.start_from(Initial::Mesh(path));
            }
            self.0 = Some(Trial::new(path, session.draft.options.placement));
        }
        let Some(trial) = &mut self.0 else { return };
        if let Err(reason) = trial.refresh(session) {
            session.messages.push(format!("Could not open {}: {reason}.", trial.path.display()));
            self.0 = None;
        } else if trial.is_ready() {
            trial.apply(session);
            self.0 = None;
        }
    }

    /// Draws the panel, with its upper left corner at first here.
    pub fn show(&mut self, ctx: &Context, corner: Pos2) {
        let Some(trial) = &mut self.0 else { return };
        match panel::show(ctx, trial, corner) {
            Some(panel::Action::Apply) => trial.applied = true,
            Some(panel::Action::Cancel) => self.0 = None,
            None => {}
        }
        if self.0.as_ref().is_some_and(|trial| trial.making.is_some() || trial.applied) {
            ctx.request_repaint_after(errand::LOOK);
        }
    }

    /// What a view shows meanwhile: the body in its place, and its own field translucent around it.
    pub fn over(&self, subject: Subject) -> Subject {
        let made = self.0.as_ref().and_then(|trial| trial.body());
        match made {
            Some(body) => Subject { field: Some(body.phi.clone()), other: subject.field, placing: true, ..subject },
            None => subject,
        }
    }
}

impl Trial {
    fn new(path: PathBuf, placement: Placement) -> Self {
        Self {
            path,
            purpose: Purpose::Start,
            placement,
            mesh: None,
            made: None,
            asked: None,
            making: None,
            applied: false,
        }
    }

    /// The body as it was made last.
    fn body(&self) -> Option<&Arc<Body>> {
        self.made.as_ref()?.1.as_ref().ok()
    }

    /// Why the mesh cannot be placed so.
    fn refusal(&self) -> Option<&str> {
        self.made.as_ref()?.1.as_ref().err().map(String::as_str)
    }

    /// Follows what the panel asks for.
    ///
    /// # Errors
    /// If the file holds no mesh that can be used.
    fn refresh(&mut self, session: &Session) -> Result<(), String> {
        if let Some(made) = answer(&mut self.making) {
            let Made { mesh, body } = made?;
            self.mesh = Some(mesh);
            self.applied &= body.is_ok();
            self.made = self.asked.take().map(|asked| (asked, body.map(Arc::new)));
        }
        let Some(snapshot) = session.snapshot.as_ref().filter(|_| self.making.is_none()) else { return Ok(()) };
        let options = InitialOptions {
            grid: snapshot.reference.grid.shape(),
            epsilon: session.interface_width(),
            placement: self.placement,
            ..session.draft.options.clone()
        };
        let wanted = Wanted::new(options, self.applied && self.purpose != Purpose::Start);
        if self.made.as_ref().is_none_or(|(made, _)| *made != wanted) {
            let (path, mesh, asked) = (self.path.clone(), self.mesh.clone(), wanted.clone());
            self.making = Errand::run("body", move || body::make(&path, mesh, &asked));
            self.asked = Some(wanted);
        }
        Ok(())
    }

    /// Whether all is there that is to be applied.
    fn is_ready(&self) -> bool {
        let made = || self.making.is_none() && self.made.as_ref().is_some_and(|(made, _)| made.is_full());
        self.applied && (self.purpose == Purpose::Start || made())
    }

    fn apply(&self, session: &mut Session) {
        let value = match self.purpose {
            Purpose::Start => {
                session.draft.options.placement = self.placement;
                return session.start_from(Initial::Mesh(self.path.clone()));
            }
            Purpose::Add => 1.0,
            Purpose::CutOut => -1.0,
        };
        if let Some(body) = self.body() {
            session.begin_stroke();
            let form = Form::Body(body.distances.clone());
            session.paint(Brush { form, edge: session.interface_width(), value });
            session.end_stroke();
        }
    }
}
