//! Both evolutions under one clock, without a window in sight.
