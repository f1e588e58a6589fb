//! The menu of candidates.

use crate::{
    comparison::setup,
    session::{resting, wait_for},
};
use bevy_egui::egui::{Pos2, Ui};
use egui_kittest::{Harness, kittest::Queryable};
use spinodal::{
    app::{CandidateMenu, Session},
    comparison::Setup,
};

struct Desk {
    menu: CandidateMenu,
    session: Session,
}

fn draw(ui: &mut Ui, desk: &mut Desk) {
    desk.session.refresh();
    desk.menu.show(ui, &mut desk.session);
}

fn click(harness: &mut Harness<Desk>, place: Pos2) {
    harness.hover_at(place);
    harness.drag_at(place);
    harness.step();
    harness.drop_at(place);
    harness.step();
}

#[test]
fn a_double_click_takes_out_one_candidate() {
    let candidates = ["frozen", "frozen:grid=coarse", "adaptive"].map(|text| text.parse().unwrap()).to_vec();
    let desk = Desk { menu: CandidateMenu::default(), session: resting(Setup { candidates, ..setup() }) };
    let mut harness = Harness::builder().with_size([600.0, 500.0]).with_step_dt(0.02).build_ui_state(draw, desk);
    harness.get_by_label("Compare ⏷").click();
    harness.run_steps(5);
    let place = harness.get_all_by_label("✖").next().expect("a button").rect().center();
    click(&mut harness, place);
    wait_for(&mut harness.state_mut().session, |snapshot| snapshot.candidates.len() == 2);
    // The next candidate is under the pointer by now.
    click(&mut harness, place);
    let session = &mut harness.state_mut().session;
    session.step();
    let left = wait_for(session, |snapshot| snapshot.number() == 1);
    assert_eq!(left.candidates.len(), 2);

    harness.run_steps(50);
    click(&mut harness, place);
    wait_for(&mut harness.state_mut().session, |snapshot| snapshot.candidates.len() == 1);
}
