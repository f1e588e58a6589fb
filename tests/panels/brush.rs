//! The brush's keys.

use crate::{
    comparison::setup,
    session::{resting, wait_for},
};
use bevy_egui::egui::{Key, Modifiers, TextEdit, Ui, accesskit::Role};
use egui_kittest::{Harness, kittest::Queryable};
use spinodal::{
    app::{BrushTool, Session},
    evolution::{Brush, Form},
};
use std::sync::Arc;

struct Desk {
    session: Session,
    tool: BrushTool,
    text: String,
}

fn draw(ui: &mut Ui, desk: &mut Desk) {
    desk.session.refresh();
    desk.tool.keys(ui, &mut desk.session);
    ui.add(TextEdit::singleline(&mut desk.text));
}

fn stroke(session: &mut Session) {
    session.paint(Brush { form: Form::Sphere { centre: [4.0; 3], radius: 3.0 }, edge: 1.0, value: 1.0 });
}

#[test]
fn what_is_undone_in_a_text_field_is_no_stroke() {
    let mut session = resting(setup());
    stroke(&mut session);
    let painted = wait_for(&mut session, |snapshot| snapshot.painting.undo == 1);
    let desk = Desk { session, tool: BrushTool::default(), text: "128".into() };
    let mut harness = Harness::builder().with_size([400.0, 200.0]).build_ui_state(draw, desk);
    harness.get_by_role(Role::TextInput).focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    // An undo would come before it.
    let session = &mut harness.state_mut().session;
    stroke(session);
    let after = wait_for(session, |snapshot| !Arc::ptr_eq(&snapshot.frame, &painted.frame));
    assert_eq!((after.painting.undo, after.painting.redo), (2, 0));

    harness.ctx.memory_mut(|memory| memory.focused().into_iter().for_each(|field| memory.surrender_focus(field)));
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    wait_for(&mut harness.state_mut().session, |snapshot| snapshot.painting.undo == 1);
}
