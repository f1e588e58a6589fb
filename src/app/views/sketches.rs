//! Small pictures of fields among the widgets of a panel.

use crate::field::Field;
use bevy_egui::egui::{ColorImage, CornerRadius, Image, Response, Sense, TextureHandle, TextureOptions, Ui, Vec2};
use std::{collections::BTreeMap, sync::Arc};

/// Pixels per side.
pub const SIZE: u32 = 128;

/// Most pictures that are drawn with one order.
const AT_ONCE: usize = 2;

/// The pictures that panels have asked for.
#[derive(Default)]
pub struct Sketches(BTreeMap<usize, Entry>);

struct Entry {
    field: Arc<Field>,
    picture: Option<TextureHandle>,
    /// Whether the painter has been asked for it.
    ordered: bool,
    /// Whether it was shown in this update.
    seen: bool,
}

/// A field by its place in memory, which no other has while it is kept here.
fn key(field: &Arc<Field>) -> usize {
    Arc::as_ptr(field) as usize
}

impl Sketches {
    /// Shows a picture of a field, of this width and height in points, or a dark square until it is drawn.
    pub fn show(&mut self, ui: &mut Ui, field: &Arc<Field>, side: f32) -> Response {
        let entry = self.entry(field);
        let size = Vec2::splat(side);
        match &entry.picture {
            Some(picture) => {
                ui.add(Image::new((picture.id(), size)).corner_radius(CornerRadius::same(4)).sense(Sense::hover()))
            }
            None => {
                let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
                ui.painter().rect_filled(rect, 4.0, ui.visuals().extreme_bg_color);
                response
            }
        }
    }

    /// As [`Sketches::show`], but until the picture is drawn shows that of the field `before`, which this one then
    /// replaces.
    pub fn show_after(
        &mut self,
        ui: &mut Ui,
        before: &mut Option<Arc<Field>>,
        field: &Arc<Field>,
        side: f32,
    ) -> Response {
        if self.entry(field).picture.is_some() {
            *before = Some(field.clone());
        }
        let shown = before.clone();
        self.show(ui, shown.as_ref().unwrap_or(field), side)
    }

    /// The entry of a field, which is seen in this update.
    fn entry(&mut self, field: &Arc<Field>) -> &mut Entry {
        let new = || Entry { field: field.clone(), picture: None, ordered: false, seen: true };
        let entry = self.0.entry(key(field)).or_insert_with(new);
        entry.seen = true;
        entry
    }

    /// Call before the panels of an update are laid out.
    pub(super) fn begin(&mut self) {
        self.0.values_mut().for_each(|entry| entry.seen = false);
    }

    /// Call after the panels are laid out: forgets what was not shown.
    pub(super) fn end(&mut self) {
        self.0.retain(|_, entry| entry.seen);
    }

    /// The next fields to be drawn.
    pub(super) fn wanted(&mut self) -> Vec<Arc<Field>> {
        let new = self.0.values_mut().filter(|entry| !entry.ordered).take(AT_ONCE);
        new.map(|entry| {
            entry.ordered = true;
            entry.field.clone()
        })
        .collect()
    }

    /// Stores a picture.
    pub(super) fn take(&mut self, ctx: &bevy_egui::egui::Context, field: &Arc<Field>, image: ColorImage) {
        // It may have gone meanwhile.
        if let Some(entry) = self.0.get_mut(&key(field)) {
            entry.picture = Some(ctx.load_texture("sketch", image, TextureOptions::LINEAR));
        }
    }
}
