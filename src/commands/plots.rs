//! Plots of a finished comparison, drawn without a window or system fonts.

use super::CommandError;
use crate::metrics::series::FrameMetrics;
use image::RgbImage;
use plotters::{
    coord::Shift,
    prelude::*,
    style::{FontStyle, register_font},
};
use std::{ops::Range, path::Path};

const SIZE: (u32, u32) = (1200, 800);
const FONT: &str = "plot";
/// As the surfaces: warm the solver, cool the network.
const SOLVER: RGBColor = RGBColor(232, 122, 79);
const NETWORK: RGBColor = RGBColor(53, 167, 188);
const RMSE: RGBColor = RGBColor(96, 80, 160);
const DISPLACEMENT: RGBColor = RGBColor(110, 160, 60);
const GUIDE: RGBColor = RGBColor(120, 120, 120);

/// One curve with its name in the legend.
struct Curve {
    name: &'static str,
    colour: RGBColor,
    dashed: bool,
    points: Vec<(f64, f64)>,
}

/// Draws RMSE and interface displacement over time, log–log.
///
/// # Errors
/// When the image cannot be drawn or written.
pub fn draw_error(rows: &[FrameMetrics], path: &Path) -> Result<(), CommandError> {
    let curves = [
        Curve::new("RMSE of φ", RMSE, rows, |row| row.rmse),
        Curve::new("interface displacement δ (grid units)", DISPLACEMENT, rows, |row| row.displacement),
    ];
    draw("Network against solver", "error", &curves, SeriesLabelPosition::LowerRight, path)
}

/// Draws the free energies per volume over time, log–log, with a t^(−1/3) guide through the solver's end.
///
/// # Errors
/// When the image cannot be drawn or written.
pub fn draw_energy(rows: &[FrameMetrics], path: &Path) -> Result<(), CommandError> {
    let solver = Curve::new("solver", SOLVER, rows, |row| row.energy_solver);
    let network = Curve::new("network", NETWORK, rows, |row| row.energy_network);
    let mut curves = vec![solver, network];
    if let Some(&(end, energy)) = curves[0].points.last() {
        let points = curves[0].points.iter().map(|&(t, _)| (t, energy * (t / end).powf(-1.0 / 3.0))).collect();
        curves.push(Curve { name: "t^(−1/3)", colour: GUIDE, dashed: true, points });
    }
    draw("Free energy", "F / V", &curves, SeriesLabelPosition::UpperRight, path)
}

impl Curve {
    /// Takes `value` of every row that a logarithmic plot can show: positive time, positive value.
    fn new(name: &'static str, colour: RGBColor, rows: &[FrameMetrics], value: impl Fn(&FrameMetrics) -> f64) -> Self {
        let points = rows.iter().map(|row| (row.time, value(row))).filter(|&(t, v)| t > 0.0 && v > 0.0).collect();
        Self { name, colour, dashed: false, points }
    }
}

fn draw(
    title: &str,
    ordinate: &str,
    curves: &[Curve],
    legend: SeriesLabelPosition,
    path: &Path,
) -> Result<(), CommandError> {
    let failed = |reason: String| CommandError::Image { path: path.to_owned(), reason };
    let mut pixels = vec![0; SIZE.0 as usize * SIZE.1 as usize * 3];
    {
        let area = BitMapBackend::with_buffer(&mut pixels, SIZE).into_drawing_area();
        draw_chart(&area, title, ordinate, curves, legend).map_err(|error| failed(error.to_string()))?;
    }
    let image = RgbImage::from_raw(SIZE.0, SIZE.1, pixels).ok_or_else(|| failed("its size is wrong".into()))?;
    image.save(path).map_err(|error| failed(error.to_string()))
}

fn draw_chart(
    area: &DrawingArea<BitMapBackend, Shift>,
    title: &str,
    ordinate: &str,
    curves: &[Curve],
    legend: SeriesLabelPosition,
) -> Result<(), Box<dyn std::error::Error>> {
    register_font(FONT, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT).map_err(|_| "the font is unreadable")?;
    area.fill(&WHITE)?;
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let times = padded(points().map(|p| p.0), 2.0);
    let values = padded(points().map(|p| p.1), 6.0);
    let mut chart = ChartBuilder::on(area)
        .caption(title, (FONT, 36))
        .margin(20)
        .x_label_area_size(60)
        .y_label_area_size(110)
        .build_cartesian_2d(times.log_scale(), values.log_scale())?;
    chart
        .configure_mesh()
        .x_desc("time t")
        .y_desc(ordinate)
        .label_style((FONT, 22))
        .x_label_formatter(&|t| format!("{t}"))
        .y_label_formatter(&|v| format!("{v:.2e}"))
        .draw()?;
    for curve in curves {
        let style = curve.colour.stroke_width(3);
        let points = curve.points.iter().copied();
        let drawn = if curve.dashed {
            chart.draw_series(DashedLineSeries::new(points, 12, 8, style))?
        } else {
            chart.draw_series(LineSeries::new(points, style))?
        };
        drawn.label(curve.name).legend(move |(x, y)| PathElement::new([(x, y), (x + 30, y)], style));
    }
    chart
        .configure_series_labels()
        .position(legend)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK)
        .legend_area_size(40)
        .label_font((FONT, 22))
        .draw()?;
    area.present()?;
    Ok(())
}

/// The range of positive numbers, wide enough for `factor` between its ends so that some label fits in.
fn padded(values: impl Iterator<Item = f64>, factor: f64) -> Range<f64> {
    let (low, high) = values.fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), v| (low.min(v), high.max(v)));
    if low > high {
        return 0.1..10.0;
    }
    let margin = (factor * low / high).sqrt().max(1.05);
    low / margin..high * margin
}
