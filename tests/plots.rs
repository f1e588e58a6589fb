//! The plots: what they show, without a window, and the panel that shows them.

use crate::{
    comparison::setup,
    session::{record, resting, resting_at, session, wait_for},
};
use bevy_egui::egui::{accesskit::Role, vec2};
use egui_kittest::{Harness, kittest::Queryable};
use spinodal::{
    app::{
        Session,
        plots::{
            Figure, PlotsState,
            axes::{round_numbers, round_powers},
            costs::Costs,
            export::{Export, Format},
            series::{Look, Owner, Series, Sources},
            survey::{Survey, coarse_to_fine},
            window::{End, Fit, Window},
        },
    },
    comparison::{CandidateSpec, Setup, Snapshot, Start},
    field::Field,
    initial::Initial,
    metrics::structure::StructureFactor,
    recording::Frame,
};
use std::{
    collections::BTreeSet,
    f64::consts::TAU,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(120);

fn line(owner: Owner, points: Vec<[f64; 2]>) -> Series {
    let name = if owner == Owner::Reference { "reference" } else { "candidate" };
    Series { owner, name: name.into(), look: Look::Line, points }
}

#[test]
fn logarithmic_axes_have_marks_however_much_they_show() {
    for (low, high) in [(2.1, 2.9), (0.301, 0.309), (1.0, 9.0), (3e-4, 7e3), (1e-9, 1e12), (9.7, 10.4)] {
        let range = f64::log10(low)..=f64::log10(high);
        let marks = round_powers(range.clone());
        assert!((2..=16).contains(&marks.len()), "{} marks from {low} to {high}", marks.len());
        assert!(marks.iter().all(|mark| range.contains(mark)));
        let digits =
            |mark: &f64| format!("{:.9e}", 10_f64.powf(*mark)).split('e').next().unwrap().trim_end_matches('0').len();
        assert!(marks.iter().all(|mark| digits(mark) <= 5), "a mark is not round between {low} and {high}");
    }
    assert_eq!(round_numbers(0.0..=4.4), [0.0, 2.0, 4.0]);
}

#[test]
fn an_exponent_is_that_of_its_window_alone() {
    // Separation until t = 10, coarsening from then on.
    let law = |t: f64| if t < 10.0 { 5.0 / t } else { 2.0 * t.powf(-1.0 / 3.0) };
    let points: Vec<_> = (1..=100).map(|t| [f64::from(t), law(f64::from(t))]).collect();
    let series = [line(Owner::Reference, points), line(Owner::Candidate(0), vec![[1.0, 1.0], [20.0, 2.0]])];
    let window = Window { from: 10.0, to: 100.0 };
    let fits = Fit::all(&series, window);
    let found = fits[0].law.unwrap();
    assert!((found.exponent + 1.0 / 3.0).abs() < 1e-9 && found.standard_error < 1e-9, "{found:?}");
    assert!(fits[0].text().starts_with("reference: −0.333 ± "), "{}", fits[0].text());
    assert_eq!(fits[1].text(), "candidate: too few frames");
    let drawn = fits[0].line(window).unwrap().points;
    assert!(drawn.iter().all(|point| (point[1] / law(point[0]) - 1.0).abs() < 1e-9), "{drawn:?}");
    let early = Fit::all(&series, Window { from: 1.0, to: 9.0 });
    assert!((early[0].law.unwrap().exponent + 1.0).abs() < 1e-9);
}

#[test]
fn the_ends_of_a_window_stay_apart_and_inside_the_run() {
    let window = Window::usual([1.0, 80.0]);
    assert_eq!(window, Window { from: 20.0, to: 80.0 });
    assert_eq!(window.with(End::From, 30.0, 1.0, 80.0), Window { from: 30.0, to: 80.0 });
    let crossed = window.with(End::To, 2.0, 1.0, 80.0);
    assert!(crossed.to > crossed.from && crossed.from == 20.0);
    assert_eq!(window.with(End::From, 0.0, 1.0, 80.0).from, 1.0);
    assert_eq!(window.with(End::To, 500.0, 1.0, 80.0).to, 80.0);
    assert_eq!(window.text(), "t = 20 to 80");
    assert!(window.meets([1.0, 30.0]) && !window.meets([0.1, 20.0]), "a window of an earlier, longer run");
}

#[test]
fn few_frames_of_a_long_run_show_the_whole_of_it() {
    assert_eq!(coarse_to_fine(&[0, 1, 2, 3, 4]).iter().collect::<BTreeSet<_>>().len(), 5);
    let all: Vec<usize> = (0..=50_000).collect();
    let chosen = coarse_to_fine(&all);
    assert!((300..=1100).contains(&chosen.len()), "{} frames", chosen.len());
    assert_eq!(chosen[0], 50_000, "the latest comes first");
    assert!((0..64).all(|frame| chosen.contains(&frame)));
    let mut early: Vec<_> = chosen[..16].to_vec();
    early.sort_unstable();
    let widest = early.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
    assert!(widest < 12_000, "the first frames leave a gap of {widest}");
    let longer: Vec<usize> = (0..=50_001).collect();
    let again = coarse_to_fine(&longer);
    assert!(chosen[1..].iter().all(|frame| again.contains(frame)), "what was measured serves a longer run");
}

/// Measures all frames of a session.
fn surveyed(session: &Session) -> Survey {
    let (snapshot, frame) = (session.snapshot.clone().unwrap(), session.frame().unwrap());
    let (mut survey, start) = (Survey::default(), Instant::now());
    while survey.pursue(&snapshot, &frame, true) {
        assert!(start.elapsed() < PATIENCE, "the survey never ended");
        thread::sleep(Duration::from_millis(2));
    }
    survey
}

/// Curves of a session's run.
fn series(session: &Session, survey: &Survey, figure: Figure) -> Vec<Series> {
    let (snapshot, shown) = (session.snapshot.clone().unwrap(), session.frame().unwrap());
    Sources { snapshot: &snapshot, shown: &shown, survey, costs: &Costs::default() }.series(figure)
}

#[test]
fn curves_are_those_of_the_rows() {
    let session = resting_at(setup(), 3);
    let rows = session.snapshot.clone().unwrap().rows.clone();
    let survey = Survey::default();
    let error = series(&session, &survey, Figure::Error);
    assert_eq!(error.len(), 1);
    let expected: Vec<_> = rows.iter().map(|row| [row.time, row.metrics(0).unwrap().rmse]).collect();
    assert_eq!((error[0].owner, &error[0].points), (Owner::Candidate(0), &expected));
    let everywhere = series(&session, &survey, Figure::ErrorEverywhere);
    assert_eq!(everywhere.iter().map(|series| series.look).collect::<Vec<_>>(), [Look::Line, Look::Dashed]);
    assert_eq!(everywhere[1].points[2][1], rows[2].metrics(0).unwrap().rmse_floor);
    let drift = series(&session, &survey, Figure::Drift);
    assert!(drift.iter().all(|series| series.points[0][1] == 0.0 && series.points.len() == 4));
    assert_eq!(
        drift[1].points[3][1],
        rows[3].metrics(0).unwrap().mean_candidate - rows[0].metrics(0).unwrap().mean_candidate
    );
    let energy = series(&session, &survey, Figure::Energy);
    let law = energy.last().unwrap();
    assert_eq!((energy.len(), law.owner, &*law.name), (3, Owner::Law, "t^(−1/3)"));
    // Frame 0 has no place on a logarithmic axis.
    assert_eq!(energy[0].placed(Figure::Energy.scales()).len(), 3);
}

#[test]
fn structure_and_topology_are_measured_of_all_recorded_frames() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("waves.npy");
    let wave = Field::from_fn(16, |x, _, _| (TAU * x / 8.0).cos()).unwrap();
    spinodal::formats::npy::write_field(&path, &wave, false).unwrap();
    let mut waves = Setup { candidates: vec![], initial: Initial::File(path), ..setup() };
    waves.candidates.push(CandidateSpec::Frozen { coarsening: 1 });
    let session = resting_at(waves, 2);
    let survey = surveyed(&session);
    let length = series(&session, &survey, Figure::Length);
    assert_eq!(length[0].points.len(), 3);
    // The wave is the only one there is, and stays.
    assert!(
        length[..2].iter().all(|series| series.points.iter().all(|point| (point[1] - 8.0).abs() < 0.1)),
        "{length:?}"
    );
    let structure = series(&session, &survey, Figure::Structure);
    let expected = StructureFactor::of(&session.frame().unwrap().reference);
    let powers: Vec<_> = structure[0].points.iter().map(|point| point[1]).collect();
    assert_eq!(powers, expected.power);

    let sphere = Setup { initial: Initial::Sphere, ..setup() };
    let session = resting_at(sphere, 1);
    let euler = series(&session, &surveyed(&session), Figure::Euler);
    assert_eq!(euler[0].points.iter().map(|point| point[1]).collect::<Vec<_>>(), [2.0, 2.0], "a sphere has χ = 2");
}

#[test]
fn a_recording_is_measured_from_disk() {
    let folder = tempfile::tempdir().unwrap();
    record(folder.path());
    let mut session = session(Start::Recording(folder.path().to_owned()));
    let snapshot = wait_for(&mut session, |_| true);
    assert_eq!(snapshot.recording.frames(), [4], "the others are on disk");
    let survey = surveyed(&session);
    assert_eq!(survey.moments().keys().copied().collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    assert!(survey.moments().values().all(|moment| moment.evolutions.len() == 2));
    assert_eq!(snapshot.recording.frames(), [4], "nothing that is looked at was driven out");
}

#[test]
fn a_run_that_goes_back_is_measured_anew() {
    let mut session = resting_at(setup(), 4);
    let mut survey = surveyed(&session);
    session.continue_from(2);
    wait_for(&mut session, |snapshot| snapshot.number() == 2 && snapshot.catching_up.is_none());
    let (snapshot, frame, start) = (session.snapshot.clone().unwrap(), session.frame().unwrap(), Instant::now());
    while survey.pursue(&snapshot, &frame, true) {
        assert!(start.elapsed() < PATIENCE);
        thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(survey.moments().keys().copied().collect::<Vec<_>>(), [0, 1, 2]);
}

/// A snapshot at a frame at which the evolutions took so many milliseconds.
fn costing(snapshot: &Snapshot, frame: usize, reference: f64, candidate: f64) -> Snapshot {
    let mut next = snapshot.clone();
    let mut shown = Frame::clone(&next.frame);
    (shown.row.frame, shown.row.time) = (frame, frame as f64);
    next.frame = Arc::new(shown);
    next.reference.milliseconds = Some(reference);
    next.candidates[0].milliseconds = Some(candidate);
    next
}

#[test]
fn computing_time_adds_up_also_over_frames_that_were_not_seen() {
    let session = resting(setup());
    let snapshot = session.snapshot.clone().unwrap();
    let candidate = Some(snapshot.candidates[0].number);
    let mut costs = Costs::default();
    costs.observe(&snapshot);
    costs.observe(&costing(&snapshot, 1, 10.0, 1.0));
    costs.observe(&costing(&snapshot, 5, 20.0, 2.0));
    assert_eq!(costs.over_time(None), [[1.0, 10.0], [5.0, 20.0]]);
    assert_eq!((costs.total(None, 5), costs.total(candidate, 5)), (Some(90.0), Some(9.0)));
    assert_eq!(costs.total(None, 3), Some(50.0));
    // Back to frame 2: what came later is forgotten.
    costs.observe(&costing(&snapshot, 2, 30.0, 3.0));
    assert_eq!(costs.total(None, 2), Some(40.0));
    assert_eq!(costs.total(None, 5), None);
    costs.observe(&costing(&snapshot, 3, 30.0, 3.0));
    for frame in 4..5000 {
        costs.observe(&costing(&snapshot, frame, 1.0, 1.0));
    }
    assert!(costs.over_time(None).len() <= 2048);
    assert_eq!(costs.total(None, 4999), Some(70.0 + 4996.0));
}

#[test]
fn a_candidate_does_not_inherit_what_another_cost() {
    let mut session = resting(setup());
    let mut costs = Costs::default();
    for frame in 1..=3 {
        session.step();
        costs.observe(&wait_for(&mut session, |snapshot| snapshot.number() == frame));
    }
    let gone = session.snapshot.as_ref().unwrap().candidates[0].number;
    assert_eq!(costs.over_time(Some(gone)).len(), 3);
    // Both at the same frame, of which no cost is noted any more.
    session.take_out(0);
    costs.observe(&wait_for(&mut session, |snapshot| snapshot.candidates.is_empty()));
    session.add_candidate("adaptive").unwrap();
    let come = wait_for(&mut session, |snapshot| snapshot.candidates.len() == 1);
    costs.observe(&come);
    session.step();
    costs.observe(&wait_for(&mut session, |snapshot| snapshot.number() == 4));
    let points = costs.over_time(Some(come.candidates[0].number));
    assert_eq!(points.len(), 1, "it has run for one frame");
    assert_eq!(costs.total(Some(come.candidates[0].number), 4), Some(points[0][1]));
}

fn export(format: Format) -> Export {
    let candidate = line(Owner::Candidate(0), vec![[1.0, 0.25], [2.0, 0.5]]);
    let reference = line(Owner::Reference, vec![[0.0, 1.0], [1.0, 0.5]]);
    let law = Series { look: Look::Dashed, ..line(Owner::Law, vec![[1.0, 1.0], [2.0, 0.8]]) };
    let series = vec![reference, candidate, law];
    Export { figure: Figure::Energy, format, frame: 7, series, fits: Vec::new(), ranges: None }
}

#[test]
fn a_table_has_a_column_for_each_curve() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("energy.csv");
    export(Format::Csv).write(&path).unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    assert_eq!(text, "time t,F / V: reference,F / V: candidate\n0,1,\n1,0.5,0.25\n2,,0.5\n");
}

#[test]
fn pictures_show_the_curves_in_their_colours() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("energy.svg");
    export(Format::Svg).write(&path).unwrap();
    let svg = std::fs::read_to_string(&path).unwrap();
    assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "a place is not finite");
    for part in [">reference<", ">candidate<", ">time t<", ">F / V<", "#e87a4f", "#35a7bc", "stroke-dasharray"] {
        assert!(svg.contains(part), "no {part}");
    }
    assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
    let path = folder.path().join("energy.png");
    export(Format::Png).write(&path).unwrap();
    let image = image::open(path).unwrap().to_rgb8();
    assert!(image.pixels().any(|pixel| pixel.0 == [0xe8, 0x7a, 0x4f]), "the reference is not drawn");
}

/// The panel over a session, as the window has it.
fn panel(session: Session) -> Harness<'static, (PlotsState, Session)> {
    let app = |ui: &mut bevy_egui::egui::Ui, (plots, session): &mut (PlotsState, Session)| {
        session.refresh();
        plots.observe(session);
        plots.show(ui, session);
    };
    let mut harness =
        Harness::builder().with_size(vec2(520.0, 900.0)).build_ui_state(app, (PlotsState::default(), session));
    harness.run_steps(3);
    harness
}

#[test]
fn plots_are_chosen_in_their_menu() {
    let mut panel = panel(resting_at(setup(), 3));
    panel.get_by_label("RMSE of φ");
    assert!(panel.query_by_label("Euler number χ").is_none());
    panel.get_by_label("Plots ⏷").click();
    panel.run_steps(3);
    panel.get_by_role_and_label(Role::CheckBox, "Euler number χ").click();
    panel.run_steps(3);
    assert!(panel.state().0.is_chosen(Figure::Euler));
    panel.get_by_label("Default plots");
    assert_eq!(panel.query_all_by_label("Euler number χ").count(), 2, "the plot is there beside its checkbox");
    panel.get_by_role_and_label(Role::CheckBox, "RMSE of φ").click();
    panel.run_steps(3);
    assert!(!panel.state().0.is_chosen(Figure::Error));
}

#[test]
fn handles_move_the_window_of_the_fit() {
    let mut panel = panel(resting_at(setup(), 12));
    assert_eq!(panel.state().0.window(Figure::Energy), None);
    panel.get_by_label("F ~ t^n, t = 0.15 to 0.6 (drag the two lines)");
    let handle = panel.get_by_label("Begin of the fit of F").rect().center();
    panel.drag_at(handle);
    panel.step();
    for step in 1..=4 {
        panel.hover_at(handle + vec2(10.0 * step as f32, 0.0));
        panel.step();
    }
    panel.drop_at(handle + vec2(40.0, 0.0));
    panel.run_steps(2);
    let window = panel.state().0.window(Figure::Energy).expect("the window was dragged");
    assert!(window.from > 0.16 && window.from < 0.5, "{window:?}");
    assert!((window.to - 0.6).abs() < 1e-9, "the other end stays: {window:?}");
    panel.get_by_label(&format!("F ~ t^n, {}", window.text()));
}

#[test]
fn a_click_shows_the_frame_of_that_time_and_names_hide_curves() {
    let mut panel = panel(resting_at(setup(), 6));
    let title = panel.get_by_label("RMSE of φ").rect();
    // In the middle of the plot below, whose abscissa begins at the time 0.
    let place = bevy_egui::egui::pos2(300.0, title.bottom() + 60.0);
    panel.hover_at(place);
    panel.step();
    panel.drag_at(place);
    panel.step();
    panel.drop_at(place);
    panel.run_steps(2);
    let cursor = panel.state().1.cursor().expect("a frame is looked at");
    assert!((1..6).contains(&cursor), "frame {cursor}");
    let before: Vec<_> = panel.query_all_by_label("reference").map(|node| node.rect()).collect();
    assert_eq!(before.len(), 1, "the reference is named in the plot of energies");
    panel.get_by_label("reference").click();
    panel.run_steps(2);
    panel.get_all_by_label("Save ⏷").last().unwrap().click();
    panel.run_steps(2);
    panel.get_by_label("Save as CSV …").click();
    panel.run_steps(2);
    let exports = panel.state().0.exports();
    assert_eq!((exports.len(), exports[0].figure, exports[0].format), (1, Figure::Energy, Format::Csv));
    assert!(exports[0].series.iter().all(|series| series.owner != Owner::Reference), "what is hidden is not saved");
    assert_eq!(exports[0].name(), "energy.csv");
}

#[test]
fn what_is_chosen_is_remembered() {
    let mut plots = PlotsState::default();
    plots.choose(Figure::Structure, true);
    plots.choose(Figure::Error, false);
    let text = serde_json::to_string(&plots).unwrap();
    let again: PlotsState = serde_json::from_str(&text).unwrap();
    let chosen = Figure::ALL.map(|figure| (again.is_chosen(figure), plots.is_chosen(figure)));
    assert!(chosen.iter().all(|(again, before)| again == before));
    let toml: PlotsState = toml::from_str(&toml::to_string(&plots).unwrap()).unwrap();
    assert!(toml.is_chosen(Figure::Structure) && !toml.is_chosen(Figure::Error));
}
