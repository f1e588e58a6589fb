//! One plot on the screen: curves, the frame shown, zoom, and the handles of a fit.

use super::{
    axes,
    figure::{Figure, Scale},
    series::{Look, Owner, Series},
    window::{End, Window},
};
use crate::app::theme;
use bevy_egui::egui::{
    Align2, Color32, CursorIcon, FontId, Id, Rangef, Rect, Response, RichText, Sense, Shape, Stroke, Ui, Vec2,
    WidgetInfo, WidgetType, pos2,
};
use egui_plot::{
    HoverPosition, Line, LineStyle, PlotBounds, PlotPoint, PlotResponse, PlotTransform, Points, Text, VLine,
};

/// How near the pointer has to be to grab a handle, in points.
const GRIP: f32 = 5.0;

/// A curve that is shown, with its places on the axes.
pub struct Shown<'a> {
    pub series: &'a Series,
    pub places: &'a [[f64; 2]],
}

/// What a plot shows.
pub struct Picture<'a> {
    pub figure: Figure,
    pub curves: Vec<Shown<'a>>,
    /// Fitted lines.
    pub fits: &'a [Series],
    /// The time of the frame shown, where the plot is over time.
    pub now: Option<f64>,
    /// What it was zoomed to.
    pub zoomed: Option<PlotBounds>,
    /// What stands in it while there is no curve.
    pub missing: &'static str,
}

/// What the user did.
pub struct Deed {
    pub response: Response,
    pub transform: PlotTransform,
    /// What it is zoomed to now.
    pub zoomed: Option<PlotBounds>,
}

impl Picture<'_> {
    /// Draws the plot.
    pub fn show(&self, ui: &mut Ui, height: f32) -> Deed {
        let (scales, letter) = (self.figure.scales(), self.figure.abscissa());
        let bounds = self.zoomed.unwrap_or_else(|| self.bounds());
        let strong = ui.visuals().strong_text_color();
        let plot = axes::plot(self.figure.stem(), height, scales)
            .allow_zoom(true)
            .allow_boxed_zoom(true)
            .boxed_zoom_pointer_button(bevy_egui::egui::PointerButton::Primary)
            .label_formatter(move |position| label(position, letter, scales));
        let drawn = plot.show(ui, |plot| {
            plot.set_plot_bounds(bounds);
            for (line, upright) in self.lines(scales, strong) {
                upright.into_iter().for_each(|upright| plot.vline(upright));
                line.into_iter().for_each(|line| plot.line(line));
            }
            for shown in self.curves.iter().filter(|shown| shown.series.look == Look::Mark) {
                let (name, colour) = (&shown.series.name, theme::colour(shown.series.owner.hue()));
                plot.points(Points::new(name, shown.places.to_vec()).radius(4.0).color(colour));
                for &[x, y] in shown.places {
                    let text = RichText::new(format!(" {name}")).small().color(colour);
                    plot.text(Text::new("", PlotPoint::new(x, y), text).anchor(Align2::LEFT_BOTTOM));
                }
            }
            if let Some(now) = self.now.and_then(|now| scales[0].place(now)) {
                let line = VLine::new("", now).stroke(Stroke::new(1.0, strong.gamma_multiply(0.6)));
                plot.vline(line.allow_hover(false));
            }
        });
        if self.curves.is_empty() {
            let (centre, font) = (drawn.response.rect.center(), FontId::proportional(11.0));
            ui.painter().text(centre, Align2::CENTER_CENTER, self.missing, font, ui.visuals().weak_text_color());
        }
        self.deed(drawn, bounds)
    }

    fn deed(&self, drawn: PlotResponse<()>, asked: PlotBounds) -> Deed {
        let PlotResponse { response, transform, .. } = drawn;
        let is = *transform.bounds();
        let zoomed = if is == asked || !is.is_valid() { self.zoomed } else { Some(is) };
        let zoomed = zoomed.filter(|_| !response.double_clicked());
        Deed { response, transform, zoomed }
    }

    /// All lines, the first behind the others.
    fn lines(&self, scales: [Scale; 2], strong: Color32) -> Vec<(Option<Line<'static>>, Option<VLine>)> {
        let line = |series: &Series, places: Vec<[f64; 2]>| {
            let colour = theme::colour(series.owner.hue());
            let width = if series.owner == Owner::Reference { 2.2 } else { 1.6 };
            let stroke = |width| Stroke::new(width, colour);
            match series.look {
                Look::Line => (Some(Line::new(&series.name, places).stroke(stroke(width))), None),
                Look::Dashed => {
                    let line = Line::new(&series.name, places).stroke(stroke(1.2)).style(LineStyle::dashed_dense());
                    (Some(line.allow_hover(series.owner != Owner::Law)), None)
                }
                Look::Upright => {
                    let place = series.points.first().and_then(|point| scales[0].place(point[0]));
                    (
                        None,
                        place.map(|x| VLine::new(&series.name, x).stroke(stroke(1.6)).style(LineStyle::dashed_dense())),
                    )
                }
                Look::Mark => (None, None),
            }
        };
        let curves = self.curves.iter().map(|shown| line(shown.series, shown.places.to_vec()));
        let fits = self.fits.iter().map(|fit| {
            let (fitted, _) = line(fit, fit.placed(scales));
            (fitted.map(|fitted| fitted.stroke(Stroke::new(1.6, strong)).allow_hover(false)), None)
        });
        curves.chain(fits).collect()
    }

    /// What the plot shows unless it is zoomed: all of all curves. The law of coarsening may lead out of it.
    fn bounds(&self) -> PlotBounds {
        let [x, y] = self.figure.scales();
        let places = self.curves.iter().filter(|shown| shown.series.owner != Owner::Law).flat_map(|shown| shown.places);
        let upright = self.curves.iter().filter(|shown| shown.series.look == Look::Upright);
        let upright = upright.flat_map(|shown| &shown.series.points).filter_map(|point| x.place(point[0]));
        let (xs, ys): (Vec<_>, Vec<_>) = places.map(|place| (place[0], place[1])).unzip();
        let all = xs.into_iter().chain(upright);
        let (x, y) = (range(x, all, [0.03, 0.5], 0.02), range(y, ys.into_iter(), [0.12, 0.1], 0.1));
        PlotBounds::from_min_max([x[0], y[0]], [x[1], y[1]])
    }
}

/// A range about places on an axis: from 0 on a linear one where all are positive; on a logarithmic one with a margin
/// as a share of it, and not less than so many decades.
fn range(scale: Scale, places: impl Iterator<Item = f64>, [margin, decades]: [f64; 2], above: f64) -> [f64; 2] {
    let (low, high) = places.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), place| (l.min(place), h.max(place)));
    if low > high {
        return [0.0, 1.0];
    }
    match scale {
        Scale::Logarithmic => {
            let span = (high - low).max(decades);
            let middle = (high + low) / 2.0;
            // Time starts at the left edge; values are centred.
            let (from, to) = if decades > 0.2 { (low, low + span) } else { (middle - span / 2.0, middle + span / 2.0) };
            [from - margin * span, to + margin * span]
        }
        Scale::Linear if low >= 0.0 => [0.0, if high > 0.0 { high * (1.0 + above) } else { 1.0 }],
        Scale::Linear => {
            let room = above * if high > low { high - low } else { low.abs() };
            [low - room, high + room]
        }
    }
}

/// The label at the pointer: abscissa and value, both as numbers again.
fn label(position: &HoverPosition<'_>, letter: &str, [x, y]: [Scale; 2]) -> Option<String> {
    let HoverPosition::NearDataPoint { plot_name, position, .. } = position else { return None };
    let (x, y) = (theme::readout(x.value(position.x)), theme::readout(y.value(position.y)));
    Some(format!("{letter} = {x}\n{plot_name} {y}"))
}

/// The two handles of a fit; the window as it is afterwards if one was dragged. It stays within `first` and `last`.
pub fn handles(ui: &Ui, figure: Figure, deed: &Deed, window: Window, [first, last]: [f64; 2]) -> Option<Window> {
    let (transform, frame) = (&deed.transform, *deed.transform.frame());
    let painter = ui.painter_at(frame);
    let mut dragged = None;
    for end in End::BOTH {
        // What lies outside waits at the edge.
        let x = frame.x_range().clamp(transform.position_from_point_x(window.at(end).log10()));
        let rect = Rect::from_x_y_ranges(Rangef::point(x).expand(GRIP), frame.y_range());
        let id = Id::new(("fit", figure, end.name()));
        let handle = ui.interact(rect, id, Sense::drag()).on_hover_cursor(CursorIcon::ResizeHorizontal);
        let name = format!("{} of {}", end.name(), figure.fitted().unwrap_or_default());
        handle.widget_info(|| WidgetInfo::labeled(WidgetType::Slider, true, &name));
        if let Some(pointer) = handle.interact_pointer_pos().filter(|_| handle.dragged()) {
            let time = 10_f64.powf(transform.value_from_position(pointer).x);
            dragged = Some(window.with(end, time, first, last));
        }
        let active = handle.hovered() || handle.dragged();
        let colour = if active { ui.visuals().strong_text_color() } else { theme::accent() };
        painter.vline(x, frame.y_range(), Stroke::new(1.4, colour));
        let top = pos2(x, frame.top());
        let corners = [top + Vec2::new(-5.0, 0.0), top + Vec2::new(5.0, 0.0), top + Vec2::new(0.0, 8.0)];
        painter.add(Shape::convex_polygon(corners.into(), colour, Stroke::NONE));
    }
    dragged
}
