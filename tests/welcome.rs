//! The start page, the tour and the table of keys.

use bevy_egui::egui::{self, Key, Rect, Vec2, pos2, vec2};
use egui_kittest::{Harness, kittest::Queryable};
use spinodal::app::welcome::{Choice, KEYS, Spot, Welcome};
use std::collections::HashSet;

#[derive(Default)]
struct State {
    welcome: Welcome,
    chosen: Option<Choice>,
    /// Clicks that came through to what is behind.
    behind: usize,
    /// Times that something behind heard Esc.
    escaped: usize,
}

const SIZE: Vec2 = vec2(1024.0, 640.0);

/// A window with a button in its corner, and the welcome over it.
fn harness(welcome: Welcome) -> Harness<'static, State> {
    let draw = |ui: &mut egui::Ui, state: &mut State| {
        let place =
            |spot| Some(Rect::from_min_size(pos2(if spot == Spot::Bar { 0.0 } else { 300.0 }, 0.0), vec2(200.0, 40.0)));
        state.chosen = state.welcome.show(ui.ctx(), place).or(state.chosen);
        state.behind += usize::from(ui.button("Play").clicked());
        state.escaped += usize::from(ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::Escape)));
        let bar = Rect::from_min_size(pos2(0.0, 0.0), vec2(SIZE.x, 42.0));
        state.welcome.button(ui, bar);
    };
    let mut harness = Harness::builder().with_size(SIZE).build_ui_state(draw, State { welcome, ..State::default() });
    harness.run();
    harness
}

#[test]
fn each_tile_is_a_choice() {
    for &choice in Choice::ALL {
        let mut harness = harness(Welcome::open());
        harness.get_by_label_contains(choice.title()).click();
        harness.run();
        assert_eq!((harness.state().chosen, harness.state().welcome.is_open()), (Some(choice), false));
    }
}

#[test]
fn the_page_closes_and_blocks_nothing() {
    let mut closed = harness(Welcome::default());
    assert!(closed.query_by_label_contains(Choice::Train.title()).is_none(), "it is shown only when asked for");
    closed.key_press(Key::Escape);
    closed.run();
    assert_eq!(closed.state().escaped, 1, "Esc is for others while nothing is open");

    let mut harness = harness(Welcome::open());
    harness.get_by_label("Play").click();
    harness.run();
    assert_eq!((harness.state().behind, harness.state().welcome.is_open()), (1, false), "the click is heard by both");

    harness.state_mut().welcome.show_page();
    harness.run();
    harness.key_press(Key::Escape);
    harness.run();
    assert!(!harness.state().welcome.is_open());
    assert_eq!((harness.state().escaped, harness.state().chosen), (0, None));
}

#[test]
fn the_tour_has_six_steps() {
    let mut harness = harness(Welcome::open());
    harness.get_by_label("Take the tour").click();
    harness.run();
    for step in 0..6 {
        assert_eq!(harness.state().welcome.step(), Some(step));
        harness.get_by_label(&format!("{} of 6", step + 1));
        if step == 2 {
            harness.get_by_label("Back").click();
            harness.run();
            assert_eq!(harness.state().welcome.step(), Some(1));
            harness.get_by_label("Next").click();
            harness.run();
        }
        harness.get_by_label(if step < 5 { "Next" } else { "Done" }).click();
        harness.run();
    }
    assert_eq!(harness.state().welcome, Welcome::default());
}

#[test]
fn one_table_has_all_keys() {
    let names: HashSet<_> = KEYS.iter().map(|(key, _)| key).collect();
    assert_eq!(names.len(), KEYS.len(), "a key is told of twice");
    let mut harness = harness(Welcome::default());
    for key in [Key::F1, Key::Questionmark] {
        harness.key_press(key);
        harness.run();
        assert!(harness.state().welcome.shows_keys(), "{key:?}");
        KEYS.iter().for_each(|(key, action)| {
            harness.get_by_label(key);
            harness.get_by_label(action);
        });
        harness.key_press(key);
        harness.run();
        assert!(!harness.state().welcome.shows_keys(), "{key:?} again");
    }
    harness.get_by_label("?").click();
    harness.run();
    assert!(harness.state().welcome.shows_keys());
    harness.get_by_label("Take the tour").click();
    harness.run();
    assert_eq!(harness.state().welcome.step(), Some(0));
}
