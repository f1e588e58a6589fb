//! Tells egui which modifier keys were down when a key was pressed.
//!
//! bevy_egui tells which are down at the end of an update. A slow update may see Ctrl pressed, O pressed and Ctrl let
//! go again, which is Ctrl+O all the same.

use bevy::{
    input::keyboard::{Key, KeyboardInput},
    prelude::*,
    window::WindowFocused,
};
use bevy_egui::{
    EguiInput,
    egui::{Event, Modifiers},
    helpers::{bevy_to_egui_key, bevy_to_egui_physical_key},
};

/// Corrects the modifiers of the keys of an update. Call after bevy_egui has handed them over.
pub fn restore_modifiers(
    mut messages: MessageReader<KeyboardInput>,
    mut focus: MessageReader<WindowFocused>,
    mut inputs: Query<&mut EguiInput>,
    mut held: Local<Modifiers>,
) {
    // Releases while another window has the focus are not reported.
    if focus.read().any(|message| !message.focused) {
        *held = Modifiers::NONE;
    }
    let mut pressed = Vec::new();
    for message in messages.read() {
        let down = message.state.is_pressed();
        match message.logical_key {
            Key::Shift => held.shift = down,
            Key::Alt => held.alt = down,
            Key::Control if !cfg!(target_os = "macos") => (held.ctrl, held.command) = (down, down),
            Key::Control => held.ctrl = down,
            Key::Super | Key::Meta if cfg!(target_os = "macos") => (held.mac_cmd, held.command) = (down, down),
            _ => {}
        }
        // As bevy_egui chooses what it hands over.
        if bevy_to_egui_key(&message.logical_key).or(bevy_to_egui_physical_key(&message.key_code)).is_some() {
            pressed.push((*held, &message.logical_key));
        }
    }
    for mut input in &mut inputs {
        let mut keys = pressed.iter();
        for event in &mut input.events {
            if let Event::Key { modifiers, .. } = event
                && let Some((held, _)) = keys.next()
            {
                *modifiers = *held;
            }
        }
        // What was a command is not typed.
        for (_, key) in pressed.iter().filter(|(held, _)| held.command || held.ctrl) {
            let Key::Character(letter) = key else { continue };
            let typed = |event: &Event| matches!(event, Event::Text(text) if **text == **letter);
            if let Some(at) = input.events.iter().position(typed) {
                input.events.remove(at);
            }
        }
    }
}
