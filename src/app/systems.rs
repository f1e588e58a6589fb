//! The systems that bevy runs around the panels: the window's look and title, and what is read and ordered in every
//! update.

use super::{
    Session, ViewId,
    memory::Appearance,
    models::Models,
    panels::plots::PlotsState,
    placing::Placing,
    scenes::Scenes,
    theme,
    tiles::{Layout, Pane},
    training::Training,
    views::{ViewGroup, Views},
    window::{canvas::Canvases, device::Screen, pace::Pace, wake::Patience},
};
use bevy::{
    camera::{CameraMainTextureUsages, CameraOutputMode, CompositingSpace},
    prelude::*,
    window::{PrimaryWindow, WindowMode},
};
use bevy_egui::{EguiContexts, egui};
use std::{sync::Arc, time::Instant};

pub fn spawn_camera(mut commands: Commands) {
    let [red, green, blue, _] = theme::ground().to_array();
    // Panels have no fill of their own: on a software driver, every pixel filled twice costs time.
    let clear_color = Color::srgb_u8(red, green, blue).into();
    // The picture covers all of the surface.
    let output_mode = CameraOutputMode::Write { blend_state: None, clear_color: ClearColorConfig::None };
    let camera = Camera { clear_color, output_mode, ..default() };
    // The views are copied into the camera's picture.
    let usages = CameraMainTextureUsages::default().with(wgpu::TextureUsages::COPY_DST);
    // See `blending`.
    commands.spawn((Camera2d, camera, usages, Msaa::Off, CompositingSpace::Srgb));
}

pub fn dress(mut contexts: EguiContexts, patience: Res<Patience>) -> Result {
    let ctx = contexts.ctx_mut()?;
    // A click may take any time: there may be a slow update between press and release.
    ctx.options_mut(|options| options.input_options.max_click_duration = f64::INFINITY);
    patience.listen(ctx);
    Ok(())
}

/// Gives the window the look that was chosen.
pub fn appear(mut contexts: EguiContexts, appearance: Res<Appearance>, mut cameras: Query<&mut Camera>) -> Result {
    if !appearance.is_changed() {
        return Ok(());
    }
    let ctx = contexts.ctx_mut()?;
    theme::apply(ctx, appearance.light);
    ctx.set_zoom_factor(appearance.scale);
    let [red, green, blue, _] = theme::ground().to_array();
    for mut camera in &mut cameras {
        camera.clear_color = Color::srgb_u8(red, green, blue).into();
    }
    Ok(())
}

pub fn refresh(
    mut session: ResMut<Session>,
    mut training: ResMut<Training>,
    mut plots: ResMut<PlotsState>,
    (mut models, mut scenes, mut views, mut placing): (ResMut<Models>, ResMut<Scenes>, ResMut<Views>, ResMut<Placing>),
    layout: Res<Layout>,
    pace: Res<Pace>,
) {
    let now = Instant::now();
    if pace.is_ready(now) {
        let before = session.snapshot.clone();
        session.refresh();
        if before.as_ref().map(Arc::as_ptr) != session.snapshot.as_ref().map(Arc::as_ptr) {
            pace.begin(now);
        }
    }
    placing.refresh(&mut session);
    plots.observe(&session);
    training.refresh();
    models.refresh(&session, layout.is_open(Pane::Models), views.is_seen(ViewId::Ensemble));
    scenes.refresh(&session, layout.is_open(Pane::Scene));
    if let (Some(snapshot), Some(view)) = (session.snapshot.clone(), session.take_view()) {
        views.frame_box(ViewGroup::Comparison, snapshot.reference.grid);
        views.look_as(&view);
    }
    if let Some((model, count)) = training.run.model() {
        session.take_up(model, count);
    }
}

/// Lets the simulation have the cores once its frame is shown.
pub fn rest(pace: Res<Pace>, views: Res<Views>, patience: Res<Patience>) {
    if let Some(rest) = pace.end(views.are_current(), Instant::now()) {
        patience.wait_at_most(rest);
    }
}

/// Names the frame shown in the title. Once the device is lost, the title says so instead.
pub fn name_window(views: Res<Views>, session: Res<Session>, mut window: Single<&mut Window, With<PrimaryWindow>>) {
    let shown = views.frame(ViewId::Reference).or_else(|| Some(session.frame()?.row.frame));
    let Some(frame) = shown.filter(|_| !session.lost) else { return };
    let title = format!("Spinodal — frame {frame}");
    if window.title != title {
        window.title = title;
    }
}

/// F11 toggles full screen.
pub fn fill_screen(mut contexts: EguiContexts, mut window: Single<&mut Window, With<PrimaryWindow>>) -> Result {
    let pressed = |input: &mut egui::InputState| input.consume_key(egui::Modifiers::NONE, egui::Key::F11);
    if contexts.ctx_mut()?.input_mut(pressed) {
        window.mode = match window.mode {
            WindowMode::Windowed => WindowMode::BorderlessFullscreen(MonitorSelection::Current),
            _ => WindowMode::Windowed,
        };
    }
    Ok(())
}

/// Receives finished pictures.
pub fn receive(
    mut contexts: EguiContexts,
    mut views: ResMut<Views>,
    mut canvases: ResMut<Canvases>,
    mut session: ResMut<Session>,
    screen: Res<Screen>,
) -> Result {
    if let Some(failure) = views.receive(contexts.ctx_mut()?, &screen.0, &mut canvases) {
        session.messages.push(failure);
    }
    Ok(())
}

/// Orders the next pictures.
pub fn order(
    mut views: ResMut<Views>,
    session: Res<Session>,
    training: Res<Training>,
    models: Res<Models>,
    placing: Res<Placing>,
) {
    if let Some(snapshot) = &session.snapshot {
        views.frame_box(ViewGroup::Comparison, snapshot.reference.grid);
    }
    if let Some(grid) = training.grid() {
        views.frame_box(ViewGroup::Training, grid);
    }
    views.order(|view| match view.group() {
        ViewGroup::Comparison if view == ViewId::Ensemble => models.ensemble.subject(&session),
        ViewGroup::Comparison => session.subject(view).map(|subject| placing.over(subject)),
        ViewGroup::Training => training.subject(view),
    });
}
