//! The end of a program that gets no more memory.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    io::{Write, stderr},
    process::exit,
};

/// The system's allocator. Where it has no more memory, the program ends with a sentence and exit code 1, not with a
/// signal.
#[derive(Debug)]
pub struct Allocator;

// SAFETY: all is left to the system's allocator; a null pointer of its, too, is passed on or ends the program.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        given(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        given(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        given(unsafe { System.realloc(pointer, layout, size) }, size)
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

fn given(pointer: *mut u8, size: usize) -> *mut u8 {
    if pointer.is_null() {
        give_up(size);
    }
    pointer
}

#[cold]
fn give_up(size: usize) -> ! {
    // It writes piece by piece, without memory of its own. There is nobody else to tell.
    writeln!(stderr(), "error: memory ran out ({} MiB more were asked for): use a smaller grid or batch", size >> 20)
        .ok();
    exit(1)
}
