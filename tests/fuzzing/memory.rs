//! What a reader takes of the memory, counted by the allocator of the tests.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

thread_local! {
    /// Bytes that this thread has taken and not given back, and the most that it ever had.
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

/// The system's allocator, with a count for every thread.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A thread that ends has no count any more.
fn count(bytes: isize) {
    let counted = HELD.try_with(|held| {
        held.set(held.get() + bytes);
        held.get()
    });
    if let Ok(held) = counted {
        MOST.try_with(|most| most.set(most.get().max(held))).ok();
    }
}

// SAFETY: every call is passed on to the system's allocator as it came; what is counted allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: the caller keeps what the system's allocator asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: as in `alloc`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size.cast_signed() - layout.size().cast_signed());
        // SAFETY: as in `alloc`.
        unsafe { System.realloc(place, layout, size) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        // SAFETY: as in `alloc`.
        unsafe { System.dealloc(place, layout) }
    }
}

/// Does some work on this thread, which may hold so many bytes more at a time than it held before.
pub fn within<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    let before = HELD.get();
    MOST.set(before);
    let result = work();
    let taken = MOST.get() - before;
    assert!(taken <= bytes.cast_signed(), "it took {taken} bytes, where {bytes} are justified");
    result
}

#[test]
fn what_is_taken_is_counted() {
    assert_eq!(within(2000, || vec![1_u8; 2000]).len(), 2000);
    let caught = std::panic::catch_unwind(|| within(2000, || vec![0_u8; 1 << 30]).len());
    assert!(caught.is_err(), "also of memory that was never touched");
}
