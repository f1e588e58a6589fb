//! The other side of a drag and drop: a window that offers a file as a file manager does (XDND, version 5).

use std::path::Path;
use x11rb::{
    CURRENT_TIME,
    connection::Connection,
    protocol::{
        Event,
        xproto::{
            Atom, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, PropMode, SELECTION_NOTIFY_EVENT,
            SelectionNotifyEvent, SelectionRequestEvent, Window, WindowClass,
        },
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

/// A file held over a window.
pub struct Drag {
    connection: RustConnection,
    source: Window,
    target: Window,
    uri: String,
    /// Whether the target has been given the file's address.
    read: bool,
    /// Whether the target has said that it takes such files.
    accepted: bool,
    let_go: bool,
}

impl Drag {
    /// Moves the file at `path` over `target`.
    pub fn over(display: &str, target: Window, path: &Path) -> Self {
        let (connection, screen) = x11rb::connect(Some(display)).expect("the display can be reached");
        let screen = &connection.setup().roots[screen];
        let (root, visual) = (screen.root, screen.root_visual);
        let source = connection.generate_id().expect("the display has room for a window");
        let (class, options) = (WindowClass::INPUT_OUTPUT, CreateWindowAux::new());
        connection.create_window(0, source, root, 0, 0, 1, 1, 0, class, visual, &options).expect("a window is made");
        // Of what must be written otherwise in an address, only spaces occur here.
        let uri = format!("file://{}\r\n", path.display().to_string().replace(' ', "%20"));
        let drag = Self { connection, source, target, uri, read: false, accepted: false, let_go: false };
        let selection = drag.atom("XdndSelection");
        drag.connection.set_selection_owner(source, selection, CURRENT_TIME).expect("a selection is owned");
        drag.tell("XdndEnter", [5 << 24, drag.atom("text/uri-list"), 0, 0]);
        drag.tell("XdndPosition", [0, (200 << 16) | 200, CURRENT_TIME, drag.atom("XdndActionCopy")]);
        drag
    }

    /// Answers the target; lets go of the file as soon as it has been accepted. Whether it was taken, once that is
    /// known.
    pub fn go_on(&mut self) -> Option<bool> {
        while let Some(event) = self.connection.poll_for_event().expect("the display can be reached") {
            match event {
                Event::SelectionRequest(request) => self.hand_over(&request),
                Event::ClientMessage(message) if message.type_ == self.atom("XdndStatus") => {
                    self.accepted = message.data.as_data32()[1] & 1 == 1;
                }
                Event::ClientMessage(message) if message.type_ == self.atom("XdndFinished") => {
                    return Some(message.data.as_data32()[1] & 1 == 1);
                }
                _ => {}
            }
        }
        if self.read && self.accepted && !self.let_go {
            self.let_go = true;
            self.tell("XdndDrop", [0, CURRENT_TIME, 0, 0]);
        }
        None
    }

    /// Writes the file's address where the target wants it.
    fn hand_over(&mut self, request: &SelectionRequestEvent) {
        let (connection, requestor) = (&self.connection, request.requestor);
        connection
            .change_property8(PropMode::REPLACE, requestor, request.property, request.target, self.uri.as_bytes())
            .expect("the address is written");
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor,
            selection: request.selection,
            target: request.target,
            property: request.property,
        };
        connection.send_event(false, requestor, EventMask::NO_EVENT, answer).expect("the target is answered");
        connection.flush().expect("the display can be reached");
        self.read = true;
    }

    fn tell(&self, message: &str, [a, b, c, d]: [u32; 4]) {
        let event = ClientMessageEvent::new(32, self.target, self.atom(message), [self.source, a, b, c, d]);
        self.connection.send_event(false, self.target, EventMask::NO_EVENT, event).expect("the target is told");
        self.connection.flush().expect("the display can be reached");
    }

    fn atom(&self, name: &str) -> Atom {
        let cookie = self.connection.intern_atom(false, name.as_bytes()).expect("the display can be reached");
        cookie.reply().expect("the display knows all names").atom
    }
}
