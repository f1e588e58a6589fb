//! Costs in tables and charts.

use super::{Cost, Costs, rows::Row, undominated};
use crate::{
    evaluation::{EvaluationError, Evaluator},
    report::{
        ReportError,
        chart::{Axis, Chart, Curve, Style},
        colour::{self, BROWN, Colour, GREEN, NETWORK, RED, REFERENCE, VIOLET},
        number::{error, fixed, or_dash, significant},
        table::{header, markdown, write_csv},
    },
};
use std::path::Path;

/// Writes tables and plots and gives the Markdown that shows them.
///
/// # Errors
/// When something cannot be drawn or written.
pub fn write(folder: &Path, costs: &Costs, evaluator: &Evaluator) -> Result<String, EvaluationError> {
    write_csv(&folder.join("cost.csv"), costs.sizes.iter().map(Row::from))?;
    draw_sizes(&costs.sizes, &folder.join("cost.png"))?;
    let frames = evaluator.plan.cost.frames;
    let sizes = format!(
        "Wall-clock milliseconds per frame, one evolution at a time: the median over {} frames after one to warm up. \
         Explicit solvers and network run on this engine: {}; spectral solvers run on the CPU. The name of a solver ends with \
         its time step or its tolerance; “coarse” means on the network's grid. Other work on the machine slows all of them.\n\n{}\
         RMSE of φ at frame {frames} against the reference, on each one's own nodes: the price of that speed.\n\n{}\
         ![Cost of a frame](cost.png)\n\n",
        frames - 1,
        evaluator.engine.description(),
        by_size(&costs.sizes, |cost| significant(cost.milliseconds)),
        by_size(&costs.sizes, |cost| error(cost.rmse, |rmse| fixed(rmse, 4))),
    );
    let front = if costs.front.is_empty() { String::new() } else { write_front(folder, &costs.front)? };
    Ok(sizes + &front)
}

/// Errors against costs.
fn write_front(folder: &Path, costs: &[Cost]) -> Result<String, ReportError> {
    write_csv(&folder.join("cost_front.csv"), costs.iter().map(Row::from))?;
    draw_front(costs, &folder.join("cost_front.png"))?;
    let grid = costs.first().map_or(String::new(), |cost| cost.grid.to_string());
    Ok(format!(
        "### Error against cost\n\n\
         One box of {grid}: RMSE of φ at a frame, on each one's own nodes, and in brackets the milliseconds per frame, \
         averaged over all frames up to that one. Bold: no conventional solver is better in both.\n\n{}\
         The cheapest conventional solver that is at least as exact as the network:\n\n{}\
         ![Error against cost](cost_front.png)\n\n",
        by_frame(costs),
        rivals(costs),
    ))
}

/// Distinct values in order of first appearance.
fn distinct<'a, T: PartialEq>(costs: &'a [Cost], of: impl Fn(&'a Cost) -> T) -> Vec<T> {
    let mut values = Vec::new();
    for value in costs.iter().map(of) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

fn names(costs: &[Cost]) -> Vec<&str> {
    distinct(costs, |cost| cost.name.as_str())
}

/// One row per box, one column per evolution.
fn by_size(costs: &[Cost], show: impl Fn(&Cost) -> String) -> String {
    let names = names(costs);
    let columns: Vec<_> = ["box"].iter().chain(&names).map(|&name| name.to_owned()).collect();
    let rows = costs.chunk_by(|a, b| a.grid == b.grid).map(|of_box| {
        let cell = |name: &&str| of_box.iter().find(|cost| cost.name == *name).map_or("–".to_owned(), &show);
        let grid = of_box.first().map_or(String::new(), |cost| cost.grid.to_string());
        [grid].into_iter().chain(names.iter().map(cell)).collect()
    });
    markdown(&columns, rows)
}

/// One row per evolution, one column per frame.
fn by_frame(costs: &[Cost]) -> String {
    let frames = distinct(costs, |cost| cost.frame);
    let columns = ["evolution".to_owned()].into_iter().chain(frames.iter().map(|frame| format!("frame {frame}")));
    let cell = |name: &str, frame: usize| {
        let at_frame = || costs.iter().filter(move |cost| cost.frame == frame);
        let Some(cost) = at_frame().find(|cost| cost.name == name) else { return "–".to_owned() };
        let text = format!("{} ({})", error(cost.rmse, |rmse| fixed(rmse, 4)), significant(cost.milliseconds));
        let rivals = at_frame().filter(|other| !other.is_network || other.name == name);
        if undominated(rivals).contains(&cost) { format!("**{text}**") } else { text }
    };
    let row = |name: &&str| {
        let cells = frames.iter().map(|&frame| cell(name, frame));
        [(*name).to_owned()].into_iter().chain(cells).collect()
    };
    markdown(&columns.collect::<Vec<_>>(), names(costs).iter().map(row))
}

/// For each frame, the network and the solver to compare it with.
fn rivals(costs: &[Cost]) -> String {
    let row = |frame: usize| {
        let of_frame = || costs.iter().filter(move |cost| cost.frame == frame);
        let network = of_frame().find(|cost| cost.is_network)?;
        let rivals = of_frame().filter(|cost| !cost.is_network && cost.rmse <= network.rmse);
        let cheapest = rivals.min_by(|a, b| a.milliseconds.total_cmp(&b.milliseconds));
        Some(vec![
            frame.to_string(),
            error(network.rmse, |rmse| fixed(rmse, 4)),
            significant(network.milliseconds),
            cheapest.map_or("–".into(), |rival| rival.name.clone()),
            or_dash(cheapest.map(|rival| rival.milliseconds), significant),
            or_dash(cheapest.map(|rival| rival.milliseconds / network.milliseconds), significant),
        ])
    };
    let columns =
        ["frame", "RMSE of the network", "its ms per frame", "solver", "its ms per frame", "times the network's"];
    markdown(&header(&columns), distinct(costs, |cost| cost.frame).into_iter().filter_map(row))
}

/// Nodes per side of a cube with as many nodes.
fn side(cost: &Cost) -> f64 {
    (cost.grid.len() as f64).cbrt()
}

fn draw_sizes(costs: &[Cost], path: &Path) -> Result<(), ReportError> {
    const SOLVERS: [Colour; 5] = [REFERENCE, VIOLET, RED, BROWN, GREEN];
    let curve = |(number, &name): (usize, &&str)| {
        let of_name = || costs.iter().filter(move |cost| cost.name == name);
        let is_network = of_name().any(|cost| cost.is_network);
        let colour = if is_network { NETWORK } else { SOLVERS[number % SOLVERS.len()] };
        let points = of_name().map(|cost| (side(cost), cost.milliseconds)).collect();
        Curve::line(name, colour, points).styled(Style::Marked)
    };
    let curves: Vec<_> = names(costs).iter().enumerate().map(curve).collect();
    let grids = costs.chunk_by(|a, b| a.grid == b.grid).filter_map(|of_box| Some(side(of_box.first()?)));
    let x = Axis::logarithmic("nodes per side of the box").marked(grids.collect());
    let y = Axis::logarithmic("milliseconds per frame");
    Chart { title: "Cost of a frame", x, y, curves: &curves }.save(path)
}

/// For each frame, the conventional solvers that no other one beats as a line, and the network as a cross.
fn draw_front(costs: &[Cost], path: &Path) -> Result<(), ReportError> {
    let point = |cost: &Cost| (cost.milliseconds, cost.rmse);
    let of_frame = |(number, frame): (usize, usize)| {
        let at_frame =
            |network: bool| costs.iter().filter(move |cost| cost.frame == frame && cost.is_network == network);
        let colour = colour::of_series(number);
        let conventional = undominated(at_frame(false)).into_iter().map(point).collect();
        let network = at_frame(true).map(point).collect();
        [
            Curve::line(format!("conventional, frame {frame}"), colour, conventional).styled(Style::Marked),
            Curve::line(format!("network, frame {frame}"), colour, network).styled(Style::Crosses),
        ]
    };
    let frames = distinct(costs, |cost| cost.frame);
    let curves: Vec<_> = frames.into_iter().enumerate().flat_map(of_frame).collect();
    let (x, y) = (Axis::logarithmic("milliseconds per frame"), Axis::logarithmic("RMSE of φ"));
    Chart { title: "Error against cost", x, y, curves: &curves }.save(path)
}
