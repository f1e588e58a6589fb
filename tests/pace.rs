//! How often the window shows new frames.

use crate::{
    comparison::{PATIENCE, setup},
    session::resting_at,
};
use bevy::{ecs::system::RunSystemOnce, prelude::*};
use bevy_egui::egui;
use spinodal::{
    app::{
        Canvases, Pace, Subject, ViewId,
        views::{ViewGroup, Views, painter::Painter},
    },
    gpu::Gpu,
};
use std::{
    thread,
    time::{Duration, Instant},
};

fn after(start: Instant, milliseconds: u64) -> Instant {
    start + Duration::from_millis(milliseconds)
}

#[test]
fn the_window_rests_as_long_as_it_took_to_show_a_frame() {
    let (pace, start) = (Pace::new(true), Instant::now());
    assert!(pace.is_ready(start));
    pace.begin(start);
    assert_eq!(pace.end(false, after(start, 40)), None);
    assert!(!pace.is_ready(after(start, 60)), "the frame is still being drawn");
    assert_eq!(pace.end(true, after(start, 100)), Some(Duration::from_millis(100)));
    assert!(!pace.is_ready(after(start, 199)));
    assert_eq!(pace.end(true, after(start, 150)), Some(Duration::from_millis(50)), "the mouse moved meanwhile");
    assert!(pace.is_ready(after(start, 200)));
    assert_eq!(pace.end(true, after(start, 200)), None);
}

#[test]
fn a_slow_picture_brings_no_long_rest() {
    let (pace, start) = (Pace::new(true), Instant::now());
    pace.begin(start);
    assert!(pace.end(true, after(start, 60_000)).is_some_and(|rest| rest <= Duration::from_secs(1)));
}

#[test]
fn a_graphics_card_needs_no_rest() {
    let (pace, start) = (Pace::new(false), Instant::now());
    pace.begin(start);
    assert_eq!(pace.end(true, after(start, 100)), None);
    assert!(pace.is_ready(after(start, 100)));
}

/// Lays out a view and orders a picture of `subject` for it.
fn order(world: &mut World, subject: Subject) {
    let lay_out = move |mut views: ResMut<Views>, mut canvases: ResMut<Canvases>| {
        let screen_rect = Some(egui::Rect::from_min_size(egui::Pos2::ZERO, egui::Vec2::splat(64.0)));
        let input = egui::RawInput { screen_rect, ..egui::RawInput::default() };
        let _ = egui::Context::default().run_ui(input, |ui| {
            views.begin();
            views.show(ui, ViewId::Reference, &mut canvases, false);
            views.end(ui, &mut canvases);
        });
        views.frame_box(ViewGroup::Comparison, subject.field.as_ref().unwrap().grid());
        views.order(|_| Some(subject.clone()));
    };
    world.run_system_once(lay_out).unwrap();
}

/// Receives pictures until `found` finds what it looks for, in the views or in what went wrong.
fn receive(world: &mut World, screen: &Gpu, found: impl Fn(&World, Option<String>) -> bool) {
    let start = Instant::now();
    loop {
        let screen = screen.clone();
        let take = move |mut views: ResMut<Views>, mut canvases: ResMut<Canvases>| {
            views.receive(&egui::Context::default(), &screen, &mut canvases)
        };
        let failure = world.run_system_once(take).unwrap();
        if found(world, failure) {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "nothing came");
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_frame_that_cannot_be_drawn_counts_as_shown() {
    let gpu = Gpu::create().expect("a device of its own");
    let mut session = resting_at(setup(), 1);
    let second = session.subject(ViewId::Reference).unwrap();
    session.look_at(0);
    let first = session.subject(ViewId::Reference).unwrap();
    let mut world = World::new();
    world.init_resource::<Canvases>();
    world.insert_resource(Views::new(Painter::spawn(&gpu, &gpu, || {}).expect("a thread")));
    let is_current = |world: &World| world.resource::<Views>().are_current();

    order(&mut world, first);
    assert!(!is_current(&world));
    receive(&mut world, &gpu, |world, _| world.resource::<Views>().frame(ViewId::Reference) == Some(0));
    assert!(is_current(&world));

    gpu.device.destroy();
    order(&mut world, second);
    assert!(!is_current(&world));
    receive(&mut world, &gpu, |_, failure| failure.is_some_and(|text| text.starts_with("Could not draw: ")));
    assert!(is_current(&world), "the window would wait for this frame for ever");
}
