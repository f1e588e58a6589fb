//! A preview of the initial field in the menus, on few enough nodes to be built at once.

use crate::{
    app::errand::{Errand, answer},
    comparison::Setup,
    field::Field,
    grid::{MIN_SIDE, Shape},
    initial::{Initial, InitialOptions, file_shape},
    settings::{CORRELATION_LENGTH, EPSILON},
};
use std::sync::Arc;

/// Most nodes a side.
const SIDE: usize = 48;

/// Most nodes of a file that is read for its preview.
const LARGEST_FILE: usize = 256 * 256 * 256;

/// The preview, built on a thread of its own.
#[derive(Default)]
pub struct Preview {
    /// What it shows, or failed to show.
    of: Option<(Initial, InitialOptions)>,
    field: Option<Result<Arc<Field>, String>>,
    asked: Option<(Initial, InitialOptions)>,
    answer: Option<Errand<Result<Field, String>>>,
}

impl Preview {
    /// Follows what a setup asks for.
    pub fn refresh(&mut self, setup: &Setup) {
        let built = answer(&mut self.answer);
        if self.is_busy() {
            return;
        }
        if let Some(asked) = self.asked.take() {
            self.of = Some(asked);
            self.field = built.map(|built| built.map(Arc::new));
        }
        let epsilon = setup.reference.parameters.equation.epsilon;
        let wanted = (setup.initial.clone(), InitialOptions { epsilon, ..setup.options.clone() });
        if self.of.as_ref() != Some(&wanted) {
            let (initial, options) = wanted.clone();
            self.answer = Errand::run("preview", move || small(&initial, &options));
            self.asked = Some(wanted);
        }
    }

    /// Whether it is being built.
    pub fn is_busy(&self) -> bool {
        self.answer.is_some()
    }

    /// The field, or why there is none; the one before while another is being built.
    pub fn field(&self) -> Option<Result<&Arc<Field>, &str>> {
        self.field.as_ref().map(|field| field.as_ref().map_err(String::as_str))
    }
}

/// The initial field on a grid of the same form with no more than [`SIDE`] nodes a side. Lengths in grid units shrink
/// with it, so that the same structures are seen; white noise alone is another on other nodes.
///
/// # Errors
/// One sentence that says what is wrong with what is asked for.
pub fn small(initial: &Initial, options: &InitialOptions) -> Result<Field, String> {
    options.validate_for(initial).map_err(|error| error.to_string())?;
    if let Initial::File(path) = initial {
        let nodes = file_shape(path, options.crop).map_err(|error| error.to_string())?;
        if nodes.len() > LARGEST_FILE {
            return Err(format!("the {nodes} nodes of the file are too many for a preview"));
        }
        let field = initial.build(options).map_err(|error| error.to_string())?;
        return field.resampled(shrunk(field.grid().shape()).0).map_err(|error| error.to_string());
    }
    let (grid, factor) = shrunk(options.grid);
    let mut options = InitialOptions { grid, ..options.clone() };
    options.epsilon = (options.epsilon * factor).max(EPSILON.least);
    let length = &mut options.noise.correlation_length;
    *length = (*length * factor).max(CORRELATION_LENGTH.least);
    options.shape.waves = options.shape.waves.min(options.waves().most);
    options.shape.periods = options.shape.periods.min(options.periods().most);
    initial.build(&options).map_err(|error| error.to_string())
}

/// The shape with no more than [`SIDE`] nodes a side, and by what lengths shrink.
fn shrunk(shape: Shape) -> (Shape, f64) {
    let longest = shape.0.into_iter().max().unwrap_or(1);
    let factor = (SIDE as f64 / longest as f64).min(1.0);
    let side = |nodes: usize| if nodes == 1 { 1 } else { ((nodes as f64 * factor).round() as usize).max(MIN_SIDE) };
    (Shape(shape.0.map(side)), factor)
}
