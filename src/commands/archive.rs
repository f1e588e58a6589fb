//! The folder that a comparison leaves behind.

use super::{CommandError, output};
use crate::{
    comparison::{Comparison, Setup},
    field::Field,
    formats::{mesh, npy::FrameWriter, write_text},
    gpu::{Engine, Gpu},
    initial::{Initial, InitialOptions},
    metrics::series::{FrameMetrics, MetricsWriter},
    report::{picture, plots},
    surface::{self, Caps},
    view::Palette,
};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Everything of a run, in one folder:
///
/// - `run.toml`: program version, engine, network, how it ended, and the setup;
/// - `metrics.csv`: one row per frame;
/// - `solver.npy`, `network.npy`: the fields, [frames, nx, ny, nz];
/// - `surfaces/`: the φ = 0 surfaces of chosen frames as `.ply`, and images of them as `.png`;
/// - `error.png`, `energy.png`: plots of the metrics.
pub struct Archive {
    folder: PathBuf,
    record: Record,
    chosen: Vec<usize>,
    gpu: Option<Gpu>,
    rows: Vec<FrameMetrics>,
    metrics: MetricsWriter,
    solver: FrameWriter,
    network: FrameWriter,
}

/// The contents of `run.toml`.
#[derive(Debug, Serialize)]
struct Record {
    version: &'static str,
    engine: String,
    network: String,
    outcome: Option<Outcome>,
    setup: Setup,
}

#[derive(Debug, Serialize)]
struct Outcome {
    frames: usize,
    solver_milliseconds_per_frame: Option<f64>,
    network_milliseconds_per_frame: Option<f64>,
}

/// What the files of the two sides begin with.
const SIDES: [&str; 2] = ["solver", "network"];
/// Folder of the surfaces.
const SURFACES: &str = "surfaces";
/// Plots, which are there once a run has ended.
const PLOTS: [&str; 2] = ["error.png", "energy.png"];

impl Archive {
    /// Checks that an archive in `folder` will not write over what it starts from.
    ///
    /// # Errors
    /// When it would.
    pub fn check(folder: &Path, initial: &Initial) -> Result<(), CommandError> {
        let [solver, network] = SIDES.map(|side| fields_of(folder, side));
        [solver, network, folder.join(SURFACES)].iter().try_for_each(|path| output::check_not_input(path, initial))
    }

    /// Creates the folder, or takes an earlier archive's place in it, and starts its files. Surfaces are written for the
    /// `chosen` frames, images of them where there is a graphics device, fields as concentrations if that is asked for.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn create(
        folder: &Path,
        comparison: &Comparison,
        engine: &Engine,
        chosen: Vec<usize>,
        concentration: bool,
    ) -> Result<Self, CommandError> {
        remove_drawings(folder)?;
        output::create_directory(&folder.join(SURFACES))?;
        let record = Record {
            version: env!("CARGO_PKG_VERSION"),
            engine: engine.description(),
            network: comparison.model_name().to_string(),
            outcome: None,
            setup: Setup {
                // A field file has a grid of its own.
                options: InitialOptions {
                    grid: comparison.solver.grid().shape(),
                    ..comparison.setup().options.clone()
                },
                ..comparison.setup().clone()
            },
        };
        let [solver, network] = SIDES.map(|side| fields_of(folder, side));
        let archive = Self {
            record,
            chosen,
            gpu: Gpu::open().inspect_err(|error| tracing::warn!("no images are drawn: {error}")).ok(),
            rows: Vec::new(),
            metrics: MetricsWriter::create(&folder.join("metrics.csv"))?,
            solver: FrameWriter::create(&solver, comparison.solver.grid(), concentration)?,
            network: FrameWriter::create(&network, comparison.network.grid(), concentration)?,
            folder: folder.to_owned(),
        };
        write_record(folder, &archive.record)?;
        Ok(archive)
    }

    /// Adds the present frame of `comparison`.
    ///
    /// # Errors
    /// When it cannot be had from the device, or not be written.
    pub fn add(&mut self, comparison: &mut Comparison) -> Result<(), CommandError> {
        let row = *comparison.measured();
        let (solver, network) = (comparison.solver.field()?, comparison.network.field()?);
        self.solver.append(&solver)?;
        self.network.append(&network)?;
        self.metrics.append(&row)?;
        self.rows.push(row);
        if self.chosen.contains(&row.frame) {
            self.write_surfaces(comparison)?;
        }
        Ok(())
    }

    /// Writes the surfaces of both at the present frame.
    ///
    /// # Errors
    /// As [`Archive::add`].
    pub fn write_surfaces(&self, comparison: &mut Comparison) -> Result<(), CommandError> {
        let frame = comparison.frame();
        let [solver, network] = SIDES;
        self.write_surface(solver, Palette::warm(), &*comparison.solver.field()?, frame)?;
        self.write_surface(network, Palette::cool(), &*comparison.network.field()?, frame)
    }

    /// Completes all files after the last frame and says in a few lines how it went.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn finish(mut self, comparison: &Comparison) -> Result<String, CommandError> {
        // What was computed comes first: no picture is worth losing it.
        self.solver.finish()?;
        self.network.finish()?;
        self.metrics.finish()?;
        let (solver, network) = (comparison.solver.milliseconds(), comparison.network.milliseconds());
        self.record.outcome = Some(Outcome {
            frames: comparison.frame(),
            solver_milliseconds_per_frame: solver,
            network_milliseconds_per_frame: network,
        });
        write_record(&self.folder, &self.record)?;
        let [error, energy] = PLOTS.map(|name| self.folder.join(name));
        plots::draw_error(&self.rows, &error)?;
        plots::draw_energy(&self.rows, &energy)?;
        Ok(summary(&self.folder, comparison))
    }

    /// Writes the surface of one field as `surfaces/NAME_FRAME.ply`, in grid units of the solver, and an
    /// image of it beside.
    fn write_surface(&self, name: &str, palette: Palette, field: &Field, frame: usize) -> Result<(), CommandError> {
        let stem = self.folder.join(SURFACES).join(format!("{name}_{frame:05}"));
        let mesh = surface::extract(field, 0.0, Caps::Closed);
        mesh::write_ply(&stem.with_extension("ply"), &mesh.positions, &mesh.normals, &mesh.triangles)?;
        if let Some(gpu) = &self.gpu {
            picture::draw_if_possible(gpu, field, &palette, &stem.with_extension("png"));
        }
        Ok(())
    }
}

/// File of the frames of one side.
fn fields_of(folder: &Path, side: &str) -> PathBuf {
    folder.join(side).with_extension("npy")
}

/// Removes what an earlier archive drew: its frames may be others than those that are drawn now.
fn remove_drawings(folder: &Path) -> Result<(), CommandError> {
    output::remove_files(folder, |name| PLOTS.contains(&name))?;
    output::remove_files(&folder.join(SURFACES), |name| {
        let of_a_side = name.split_once('_').is_some_and(|(side, _)| SIDES.contains(&side));
        of_a_side && (name.ends_with(".ply") || name.ends_with(".png"))
    })
}

fn write_record(folder: &Path, record: &Record) -> Result<(), CommandError> {
    Ok(write_text(&folder.join("run.toml"), &toml::to_string_pretty(record)?)?)
}

/// The last row and the cost of a frame in words.
fn summary(folder: &Path, comparison: &Comparison) -> String {
    let row = comparison.measured();
    let cost = |milliseconds: Option<f64>| milliseconds.map_or("—".into(), |ms| format!("{ms:.1} ms per frame"));
    format!(
        "frame {}, t = {}: RMSE {:.4} (between its nodes {:.4}, floor {:.4}), δ {:.3}, F/V {:.5} (solver) and {:.5} (network)\n\
         solver {}, network {}: {}",
        row.frame,
        row.time,
        row.rmse,
        row.rmse_fine,
        row.rmse_floor,
        row.displacement,
        row.energy_reference,
        row.energy_candidate,
        cost(comparison.solver.milliseconds()),
        cost(comparison.network.milliseconds()),
        folder.display(),
    )
}
