//! Where everything in the window is: the bar along the top, the tiles, the status line, and what lies over them.

use super::{
    Session,
    brush::BrushTool,
    errand,
    memory::Appearance,
    models::Models,
    outputs::Outputs,
    panels::{
        dialogs::Dialogs,
        plots::PlotsState,
        status,
        timeline::Timeline,
        transport::{self, Menus},
    },
    panes::Panes,
    placing::Placing,
    scenes::Scenes,
    theme,
    tiles::Layout,
    training::Training,
    views::Views,
    welcome::{self, Welcome},
    window::{canvas::Canvases, device::Screen},
};
use bevy::prelude::*;
use bevy_egui::{EguiContexts, egui};

/// The state of the panels.
type Panels<'w> = (
    ResMut<'w, Dialogs>,
    ResMut<'w, Menus>,
    ResMut<'w, Layout>,
    ResMut<'w, Timeline>,
    ResMut<'w, PlotsState>,
    ResMut<'w, Training>,
    ResMut<'w, Models>,
    ResMut<'w, Scenes>,
    ResMut<'w, Welcome>,
    ResMut<'w, Views>,
    ResMut<'w, BrushTool>,
    ResMut<'w, Placing>,
    ResMut<'w, Outputs>,
    ResMut<'w, Appearance>,
);

/// Height of the bar along the top, in points.
const BAR: f32 = 42.0;

/// Where the panel of a mesh that is being placed opens: below the title of the first view.
const PLACING: egui::Vec2 = egui::vec2(16.0, 110.0);

/// All panels.
pub fn show(
    mut contexts: EguiContexts,
    mut session: ResMut<Session>,
    screen: Res<Screen>,
    (
        mut dialogs,
        mut menus,
        mut layout,
        mut timeline,
        mut plots,
        mut training,
        mut models,
        mut scenes,
        mut welcome,
        mut views,
        mut tool,
        mut placing,
        mut outputs,
        mut appearance,
    ): Panels,
    mut canvases: ResMut<Canvases>,
    mut exit: MessageWriter<AppExit>,
) -> Result {
    let ctx = contexts.ctx_mut()?.clone();
    if ctx.input_mut(|input| input.consume_key(egui::Modifiers::COMMAND, egui::Key::Q)) {
        exit.write(AppExit::Success);
    }
    layout.keys(&ctx, session.snapshot.as_ref().map_or(1, |snapshot| snapshot.candidates.len()));
    if let Some(choice) = welcome.show(&ctx, |spot| welcome::place(&ctx, BAR, &layout, spot)) {
        choice.carry_out(&mut session, &mut layout, &mut dialogs);
    }
    let area = ctx.content_rect();
    let builder = egui::UiBuilder::new().layer_id(egui::LayerId::background()).max_rect(area);
    let mut root = egui::Ui::new(ctx.clone(), "window".into(), builder);
    egui::Panel::top("transport").frame(theme::panel()).exact_size(BAR).show(&mut root, |ui| {
        let bar = ui.max_rect();
        transport::show(
            ui,
            &mut session,
            &mut dialogs,
            &mut menus,
            (&mut views, &mut layout, &mut tool, &mut outputs, &mut appearance),
        );
        welcome.button(ui, bar);
    });
    egui::Panel::bottom("status")
        .frame(theme::panel())
        .exact_size(26.0)
        .show(&mut root, |ui| status::show(ui, &mut session, &screen));
    if let Some(snapshot) = &session.snapshot {
        layout.follow(snapshot.candidates.len());
    }
    let central = egui::CentralPanel::no_frame().show(&mut root, |ui| {
        views.begin();
        tool.keys(ui, &mut session);
        let mut panes = Panes {
            session: &mut session,
            timeline: &mut timeline,
            plots: &mut plots,
            training: &mut training,
            models: &mut models,
            scenes: &mut scenes,
            views: &mut views,
            tool: &mut tool,
            canvases: &mut canvases,
        };
        layout.show(ui, &mut panes);
        views.end(ui, &mut canvases);
    });
    plots.save(&dialogs, &mut session);
    dialogs.show(&ctx, &mut session);
    placing.show(&ctx, central.response.rect.left_top() + PLACING);
    training.wake(&ctx);
    models.wake(&ctx);
    scenes.wake(&ctx);
    if session.is_reading() {
        ctx.request_repaint_after(errand::LOOK);
    }
    session.messages.show(&ctx, central.response.rect);
    Ok(())
}
