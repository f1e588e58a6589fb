//! A plot with its caption, its names, and the exponents that are fitted in it.

use super::{
    PlotsState,
    draw::{Deed, Picture, Shown, handles},
    export::{Export, Format},
    figure::Figure,
    series::{Owner, Series},
    window::{Fit, Window},
};
use crate::{
    app::{session::Session, theme},
    comparison::Snapshot,
    recording::Frame,
};
use bevy_egui::egui::{Align, Button, Label, Layout, Popup, RichText, Ui};
use std::sync::{Arc, Weak};

/// Room for a plot's caption.
const CAPTION: f32 = 20.0;

/// Room for the exponents, in two lines.
const EXPONENTS: f32 = 32.0;

/// Most letters of a name in a caption.
const NAME: usize = 14;

/// About the width of such a letter, in points.
const LETTER: f32 = 5.5;

/// The curves of a plot, kept until what they are made of changes.
pub struct Cached {
    snapshot: Weak<Snapshot>,
    shown: Weak<Frame>,
    revisions: [u64; 2],
    curves: Arc<Vec<Curve>>,
    fits: Option<(Window, Arc<Vec<Fit>>)>,
}

/// A curve with its places on the axes.
struct Curve {
    series: Series,
    places: Vec<[f64; 2]>,
}

/// What a plot takes beside its own height, in points.
pub fn rows(ui: &Ui, figure: Figure) -> f32 {
    let spacing = ui.spacing().item_spacing.y;
    let exponents = if figure.fitted().is_some() { EXPONENTS + spacing } else { 0.0 };
    CAPTION + exponents + 2.0 * spacing
}

impl PlotsState {
    /// Draws one plot and handles clicks and drags in it.
    pub(super) fn card(
        &mut self,
        ui: &mut Ui,
        figure: Figure,
        height: f32,
        session: &mut Session,
        (snapshot, frame): (&Arc<Snapshot>, &Arc<Frame>),
    ) {
        let curves = self.curves(figure, snapshot, frame);
        let is_shown = |owner: Owner, state: &Self| !state.hidden.contains(&(figure, owner));
        let span = span(&curves).filter(|_| figure.fitted().is_some());
        let window =
            span.map(|span| self.window(figure).filter(|window| window.meets(span)).unwrap_or(Window::usual(span)));
        let fits = window.map(|window| self.fits(figure, &curves, window)).unwrap_or_default();
        let lines = fits.iter().filter(|fit| is_shown(fit.owner, self)).filter_map(|fit| fit.line(window?));
        let lines: Vec<Series> = lines.collect();
        let export = |format, state: &Self| {
            let shown = curves.iter().filter(|curve| is_shown(curve.series.owner, state));
            let series = shown.map(|curve| curve.series.clone()).collect();
            let zoomed = state.zoomed.get(&figure).map(|bounds| (bounds.min(), bounds.max()));
            let [x, y] = figure.scales();
            let ranges = zoomed.map(|(min, max)| [x.value(min[0])..x.value(max[0]), y.value(min[1])..y.value(max[1])]);
            Export { figure, format, frame: frame.row.frame, series, fits: lines.clone(), ranges }
        };
        let mut saved = None;
        self.caption(ui, figure, &curves, &mut saved);
        let picture = Picture {
            figure,
            curves: (curves.iter().filter(|curve| is_shown(curve.series.owner, self)))
                .map(|curve| Shown { series: &curve.series, places: &curve.places })
                .collect(),
            fits: &lines,
            now: figure.is_over_time().then_some(frame.row.time),
            zoomed: self.zoomed.get(&figure).copied(),
            missing: missing(figure, curves.is_empty()),
        };
        let deed = picture.show(ui, height);
        deed.response.context_menu(|ui| {
            if ui.add_enabled(deed.zoomed.is_some(), Button::new("Show all")).clicked() {
                self.zoomed.remove(&figure);
                ui.close();
            }
            save_menu(ui, &mut saved);
        });
        if let Some((window, span)) = window.zip(span) {
            if let Some(dragged) = handles(ui, figure, &deed, window, span) {
                self.windows.insert(figure, dragged);
            }
            self.exponents(ui, figure, window, &fits);
        } else if figure.fitted().is_some() {
            ui.add_space(EXPONENTS);
        }
        self.obey(figure, &deed, session, snapshot);
        if let Some(format) = saved {
            let export = export(format, self);
            self.files.ask(export);
        }
    }

    /// The curves of a plot, made anew when something has changed.
    fn curves(&mut self, figure: Figure, snapshot: &Arc<Snapshot>, frame: &Arc<Frame>) -> Arc<Vec<Curve>> {
        let revisions = [self.survey.revision(), self.costs.revision()];
        let (snapshot_now, shown) = (Arc::downgrade(snapshot), Arc::downgrade(frame));
        let known = self.cache.get(&figure).filter(|cached| {
            let same_frame = !figure.is_of_frame() || cached.shown.ptr_eq(&shown);
            cached.snapshot.ptr_eq(&snapshot_now) && same_frame && cached.revisions == revisions
        });
        if let Some(cached) = known {
            return cached.curves.clone();
        }
        let series = self.sources(snapshot, frame).series(figure);
        let place = |series: Series| Curve { places: series.placed(figure.scales()), series };
        let curves = Arc::new(series.into_iter().map(place).collect());
        let cached = Cached { snapshot: snapshot_now, shown, revisions, curves: Arc::clone(&curves), fits: None };
        self.cache.insert(figure, cached);
        curves
    }

    /// The exponents inside a window.
    fn fits(&mut self, figure: Figure, curves: &[Curve], window: Window) -> Arc<Vec<Fit>> {
        let make = || Arc::new(Fit::all(curves.iter().map(|curve| &curve.series), window));
        let Some(cached) = self.cache.get_mut(&figure) else { return make() };
        match &cached.fits {
            Some((known, fits)) if *known == window => fits.clone(),
            _ => cached.fits.insert((window, make())).1.clone(),
        }
    }

    /// Title, names that can be clicked, and the menu that saves.
    fn caption(&mut self, ui: &mut Ui, figure: Figure, curves: &[Curve], saved: &mut Option<Format>) {
        ui.horizontal(|ui| {
            ui.set_height(CAPTION - 4.0);
            ui.label(RichText::new(figure.name()).small().strong()).on_hover_text(figure.about());
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let button = ui.small_button("Save ⏷").on_hover_text("Save this plot");
                Popup::menu(&button).show(|ui| save_menu(ui, saved));
                let mut names: Vec<&Series> = Vec::new();
                for Curve { series, .. } in curves {
                    if names.iter().all(|named| named.owner != series.owner) {
                        names.push(series);
                    }
                }
                let room = ui.available_width() / names.len().max(1) as f32 - ui.spacing().item_spacing.x;
                let letters = ((room / LETTER) as usize).clamp(3, NAME);
                names.iter().rev().for_each(|series| self.name(ui, figure, series, letters));
            });
        });
    }

    /// A name that switches its curves off and on.
    fn name(&mut self, ui: &mut Ui, figure: Figure, series: &Series, letters: usize) {
        let key = (figure, series.owner);
        let hidden = self.hidden.contains(&key);
        let colour = theme::colour(series.owner.hue());
        let text = RichText::new(short(&series.name, letters)).small();
        let text = if hidden { text.weak().strikethrough() } else { text.color(colour) };
        let about = format!("{}: click to {} it", series.name, if hidden { "show" } else { "hide" });
        if ui.add(Button::new(text).small().frame(false)).on_hover_text(about).clicked() && !self.hidden.remove(&key) {
            self.hidden.insert(key);
        }
    }

    /// The exponents in words.
    fn exponents(&mut self, ui: &mut Ui, figure: Figure, window: Window, fits: &[Fit]) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            let text = format!("{} ~ t^n, {}", figure.fitted().unwrap_or_default(), window.text());
            let state = if self.windows.contains_key(&figure) { "" } else { " (drag the two lines)" };
            ui.label(RichText::new(text + state).small()).on_hover_text(EXPONENT);
            for fit in fits.iter().filter(|fit| !self.hidden.contains(&(figure, fit.owner))) {
                let text = RichText::new(fit.text()).small().color(theme::colour(fit.owner.hue()));
                // Whole on one line.
                ui.add(Label::new(text).extend()).on_hover_text(EXPONENT);
            }
            // Last: a second line begins below the least height.
            ui.set_min_height(EXPONENTS);
        });
    }

    /// Zoom, and the frame that was clicked.
    fn obey(&mut self, figure: Figure, deed: &Deed, session: &mut Session, snapshot: &Snapshot) {
        match deed.zoomed {
            Some(zoomed) => self.zoomed.insert(figure, zoomed),
            None => self.zoomed.remove(&figure),
        };
        if deed.response.double_clicked() {
            // The first of the two clicks showed another frame.
            if let Some((cursor, playing)) = self.before_click.take() {
                match cursor {
                    Some(frame) => session.look_at(frame),
                    None => session.follow(),
                }
                if playing && !session.playing {
                    session.toggle();
                }
            }
        } else if let Some(pointer) = deed.response.interact_pointer_pos()
            && deed.response.clicked()
            && figure.is_over_time()
        {
            let time = figure.scales()[0].value(deed.transform.value_from_position(pointer).x);
            self.before_click = Some((session.cursor(), session.playing));
            if session.playing {
                session.toggle();
            }
            if let Some(frame) = nearest(snapshot, time) {
                session.look_at(frame);
            }
        }
    }
}

/// The frame whose time is nearest.
fn nearest(snapshot: &Snapshot, time: f64) -> Option<usize> {
    let distance = |row: &&crate::recording::Row| (row.time - time).abs();
    let row = snapshot.rows.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
    row.map(|row| row.frame)
}

/// The first and the last positive time of the reference's curve.
fn span(curves: &[Curve]) -> Option<[f64; 2]> {
    let reference = curves.iter().find(|curve| curve.series.owner == Owner::Reference)?;
    let mut times = reference.series.points.iter().map(|point| point[0]).filter(|time| *time > 0.0);
    let first = times.next()?;
    Some([first, times.next_back()?])
}

fn missing(figure: Figure, nothing: bool) -> &'static str {
    match figure {
        _ if !nothing => "all curves are hidden",
        Figure::Structure | Figure::Length | Figure::Euler => "being measured …",
        Figure::Cost | Figure::Front => "no frame has been computed yet",
        _ => "no values yet",
    }
}

fn save_menu(ui: &mut Ui, saved: &mut Option<Format>) {
    for format in Format::ALL {
        let text = format!("Save as {} …", format.extension().to_uppercase());
        if ui.button(text).on_hover_text(format.about()).clicked() {
            *saved = Some(format);
            ui.close();
        }
    }
}

/// At most about so many letters of a name.
fn short(name: &str, letters: usize) -> String {
    match name.char_indices().nth(letters) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

const EXPONENT: &str = "Least squares of the logarithms inside the window between the two lines, which can be dragged, ± the \
    standard error by the scatter about the line. Runs with other seeds scatter more than that.";
