//! How often the window shows new frames.

use spinodal::app::Pace;
use std::time::{Duration, Instant};

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
