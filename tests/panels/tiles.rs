//! Tiles open, close, fill the window and follow the candidates.

use bevy_egui::egui::{Key, Ui};
use egui_kittest::{Harness, kittest::Queryable};
use spinodal::app::{
    tiles::{Contents, Layout, Pane, Ready},
    views::ViewId,
};

/// What was drawn in the last update.
#[derive(Default)]
struct Drawn(Vec<Pane>);

impl Contents for Drawn {
    fn show(&mut self, ui: &mut Ui, pane: Pane) {
        ui.label(format!("contents of {}", pane.name()));
        self.0.push(pane);
    }

    fn title(&self, pane: Pane) -> String {
        pane.name()
    }
}

struct Window {
    layout: Layout,
    drawn: Drawn,
}

fn draw(ui: &mut Ui, window: &mut Window) {
    window.drawn.0.clear();
    window.layout.keys(ui.ctx(), 1);
    window.layout.show(ui, &mut window.drawn);
}

fn harness(layout: Layout) -> Harness<'static, Window> {
    let window = Window { layout, drawn: Drawn::default() };
    let mut harness = Harness::builder().with_size([1200.0, 800.0]).with_step_dt(0.05).build_ui_state(draw, window);
    harness.run_steps(3);
    harness
}

fn candidate(number: usize) -> Pane {
    Pane::View(ViewId::Candidate(number))
}

fn drawn(harness: &Harness<Window>) -> Vec<Pane> {
    harness.state().drawn.0.clone()
}

#[test]
fn each_ready_layout_shows_what_it_is_for() {
    for (ready, key, expected) in [
        (Ready::Compare, Key::Num1, vec![Pane::View(ViewId::Reference), candidate(0), Pane::Figures, Pane::Plots]),
        (Ready::Train, Key::Num2, vec![Pane::Training, Pane::Learning, Pane::View(ViewId::Prediction)]),
        (Ready::Lecture, Key::Num3, vec![Pane::View(ViewId::Reference), candidate(0), Pane::Timeline]),
    ] {
        let mut harness = harness(Layout::ready(ready, 1));
        let shown = drawn(&harness);
        assert!(expected.iter().all(|pane| shown.contains(pane)), "{ready:?} shows {shown:?}");
        // Its key brings it back.
        harness.state_mut().layout.close(expected[0]);
        harness.run_steps(2);
        assert!(!drawn(&harness).contains(&expected[0]));
        harness.key_press(key);
        harness.run_steps(3);
        assert_eq!(drawn(&harness), shown);
    }
}

#[test]
fn views_follow_the_candidates_and_stay_closed_once_closed() {
    let mut harness = harness(Layout::ready(Ready::Compare, 1));
    harness.state_mut().layout.follow(3);
    harness.run_steps(3);
    assert!((0..3).all(|number| drawn(&harness).contains(&candidate(number))));
    harness.state_mut().layout.close(candidate(1));
    harness.state_mut().layout.follow(3);
    harness.run_steps(3);
    assert!(!drawn(&harness).contains(&candidate(1)));
    harness.state_mut().layout.follow(1);
    harness.run_steps(3);
    assert!(drawn(&harness).contains(&candidate(0)) && !drawn(&harness).contains(&candidate(2)));
}

#[test]
fn a_double_click_on_a_title_shows_a_tile_alone_and_escape_all_again() {
    let mut harness = harness(Layout::ready(Ready::Compare, 1));
    let all = drawn(&harness);
    let place = harness.get_by_label("Plots").rect().center();
    for _ in 0..2 {
        harness.hover_at(place);
        harness.drag_at(place);
        harness.drop_at(place);
        harness.step();
    }
    harness.run_steps(3);
    assert_eq!(drawn(&harness), [Pane::Plots]);
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert_eq!(drawn(&harness), all);
}

#[test]
fn everything_can_be_closed_and_opened_again() {
    let mut harness = harness(Layout::ready(Ready::Compare, 1));
    for pane in drawn(&harness) {
        harness.state_mut().layout.close(pane);
    }
    harness.run_steps(3);
    assert_eq!(drawn(&harness), []);
    let every = Pane::FIXED.into_iter().chain([candidate(0)]);
    for pane in every.clone() {
        harness.state_mut().layout.open(pane);
        harness.run_steps(3);
        assert!(drawn(&harness).contains(&pane), "{pane:?} was opened");
    }
    // One tile per pane, whatever was asked for.
    harness.state_mut().layout.open(Pane::Plots);
    harness.run_steps(3);
    let text = serde_json::to_string(&harness.state().layout).unwrap();
    assert_eq!(text.matches("\"Plots\"").count(), 1);
    // What is written down comes back.
    let read: Layout = serde_json::from_str(&text).unwrap();
    assert!(every.clone().all(|pane| read.is_open(pane)));
}
