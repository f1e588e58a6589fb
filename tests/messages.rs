//! What the window says about runs and failures, and for how long.

use spinodal::{app::Messages, comparison::Event};

fn doubt(text: &str) -> Event {
    Event::Doubtful(text.into())
}

fn failure(action: &str) -> Event {
    Event::Failed { action: action.into(), message: "there is no such file".into(), setup: None }
}

fn after(events: &[Event]) -> Messages {
    let mut messages = Messages::default();
    events.iter().for_each(|event| messages.hear(event));
    messages
}

#[test]
fn notes_on_a_run_share_a_line_and_are_no_failures() {
    let messages = after(&[Event::Started, doubt("the solver may diverge"), doubt("the network was trained for less")]);
    let note = messages.note();
    assert_eq!(note.as_deref(), Some("Please note: the solver may diverge; the network was trained for less."));
    assert!(messages.failures().is_empty(), "{:?}", messages.failures());
}

#[test]
fn notes_end_with_their_run_and_failures_do_not() {
    let past = [Event::Started, doubt("the solver may diverge"), failure("open a.ply")];
    let failed = ["Could not open a.ply: there is no such file."];
    // A start that fails leaves the run that is there, and what is to be said about it.
    let messages = after(&past);
    assert_eq!(messages.note().as_deref(), Some("Please note: the solver may diverge."));
    assert_eq!(messages.failures(), failed);
    let messages = after(&[&past[..], &[Event::Started]].concat());
    assert_eq!(messages.note(), None);
    assert_eq!(messages.failures(), failed);
    let messages = after(&[&past[..], &[Event::Started, doubt("φ is large")]].concat());
    assert_eq!(messages.note().as_deref(), Some("Please note: φ is large."));
}

#[test]
fn failures_are_said_once_and_the_oldest_gives_way() {
    let actions = ["open a.ply", "open b.ply", "open a.ply", "open c.ply", "open d.ply", "open e.ply"];
    let messages = after(&actions.map(failure));
    let left = ["b", "c", "d", "e"].map(|name| format!("Could not open {name}.ply: there is no such file."));
    assert_eq!(messages.failures(), left);
}

#[test]
fn notes_are_said_once_and_the_oldest_gives_way() {
    let messages = after(&["a", "b", "a", "c", "d", "e"].map(doubt));
    assert_eq!(messages.note().as_deref(), Some("Please note: b; c; d; e."));
}
