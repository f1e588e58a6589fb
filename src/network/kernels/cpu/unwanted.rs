//! Convolutions that are given up because nobody wants them any more.

use crate::evolution::Watch;
use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// What the convolutions of a thread ask whether to continue.
struct Wish {
    watch: Watch,
    given_up: AtomicBool,
}

thread_local! {
    static WISH: RefCell<Option<Arc<Wish>>> = const { RefCell::new(None) };
}

/// Does `work`, whose convolutions on this thread ask `watch` before each strip. `None` when one was given up: its
/// values are of no use, and so are all that were computed from them.
pub fn while_wanted<T>(watch: &Watch, work: impl FnOnce() -> T) -> Option<T> {
    let wish = Arc::new(Wish { watch: watch.clone(), given_up: AtomicBool::new(false) });
    WISH.set(Some(wish.clone()));
    let done = work();
    WISH.set(None);
    (!wish.given_up.load(Ordering::Relaxed)).then_some(done)
}

/// What a convolution that begins on this thread asks before each strip: whether to leave it out.
pub(super) fn question() -> impl Fn() -> bool + Sync {
    let wish = WISH.with_borrow(Clone::clone);
    move || {
        wish.as_deref().is_some_and(|Wish { watch, given_up }| {
            // Once a strip is missing, the others are not needed, even if the wish should come back.
            let is_unwanted = given_up.load(Ordering::Relaxed) || watch.stops();
            given_up.fetch_or(is_unwanted, Ordering::Relaxed);
            is_unwanted
        })
    }
}
