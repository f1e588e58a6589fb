//! What a frame costs against the size of the box.

use crate::{
    commands::{
        CommandError,
        chart::{Axis, COARSE_SOLVER, COARSE_SPECTRAL, Chart, Curve, NETWORK, RED, SOLVER, Style, VIOLET},
        table::{markdown, significant, write_csv},
    },
    evaluation::{
        Evaluator,
        cost::{Cost, Method},
    },
};
use serde::Serialize;
use std::path::Path;

/// Writes table and plot and gives the Markdown that shows them.
pub fn write(folder: &Path, costs: &[Cost], evaluator: &Evaluator) -> Result<String, CommandError> {
    write_csv(&folder.join("cost.csv"), costs.iter().map(Row::from))?;
    draw(costs, &folder.join("cost.png"))?;
    let frames = evaluator.plan.cost_frames;
    Ok(format!(
        "Wall-clock milliseconds per frame, its field read back, one evolution at a time: the median over {} frames after \
         one to warm up. Explicit solvers and network run on this engine: {}; spectral solvers on the CPU. Other work on \
         the machine slows all of them.\n\n{}\
         RMSE of φ at frame {frames} against the explicit solver, on the network's grid: what that speed costs.\n\n{}\
         ![Cost of a frame](cost.png)\n\n",
        frames - 1,
        evaluator.engine.description(),
        table(costs, |cost| significant(cost.milliseconds)),
        table(costs, |cost| format!("{:.4}", cost.rmse)),
    ))
}

/// A row of the `.csv` file.
#[derive(Serialize)]
struct Row {
    grid: String,
    method: String,
    milliseconds_per_frame: f64,
    rmse: f64,
}

impl From<&Cost> for Row {
    fn from(cost: &Cost) -> Self {
        let Cost { grid, method, milliseconds, rmse } = *cost;
        Self { grid: grid.option(), method: method.to_string(), milliseconds_per_frame: milliseconds, rmse }
    }
}

/// One row per box, one column per way.
fn table(costs: &[Cost], show: impl Fn(&Cost) -> String) -> String {
    let columns = ["box".to_owned()].into_iter().chain(Method::all().map(|method| method.to_string()));
    let rows = costs.chunk_by(|a, b| a.grid == b.grid).map(|of_box| {
        let cell = |method| of_box.iter().find(|cost| cost.method == method).map_or("–".to_owned(), &show);
        let grid = of_box.first().map_or(String::new(), |cost| cost.grid.to_string());
        [grid].into_iter().chain(Method::all().map(cell)).collect()
    });
    markdown(&columns.collect::<Vec<_>>(), rows)
}

/// Nodes per side of a cube with as many nodes.
fn side(cost: &Cost) -> f64 {
    (cost.grid.len() as f64).cbrt()
}

fn draw(costs: &[Cost], path: &Path) -> Result<(), CommandError> {
    let curves: Vec<_> = Method::all()
        .zip([SOLVER, VIOLET, RED, COARSE_SOLVER, COARSE_SPECTRAL, NETWORK])
        .map(|(method, colour)| {
            let of_method = costs.iter().filter(|cost| cost.method == method);
            let points = of_method.map(|cost| (side(cost), cost.milliseconds)).collect();
            Curve::line(method.to_string(), colour, points).styled(Style::Marked)
        })
        .collect();
    let grids = costs.chunk_by(|a, b| a.grid == b.grid).filter_map(|of_box| Some(side(of_box.first()?)));
    let x = Axis::logarithmic("nodes per side of the box").marked(grids.collect());
    let y = Axis::logarithmic("milliseconds per frame");
    Chart { title: "Cost of a frame", x, y, curves: &curves }.save(path)
}
