//! How numbers are written.

/// A number in at most three significant digits.
pub fn significant(value: f64) -> String {
    let rounded: f64 = format!("{value:.2e}").parse().unwrap_or(value);
    let text = match rounded.abs() {
        0.0 | 1e-3..1e5 => format!("{rounded}"),
        _ => format!("{rounded:e}"),
    };
    signed(text)
}

/// A number with so many decimals.
pub fn fixed(value: f64, decimals: usize) -> String {
    signed(format!("{value:.decimals$}"))
}

/// A share in per cent with so many decimals.
pub fn percent(share: f64, decimals: usize) -> String {
    format!("{} %", fixed(100.0 * share, decimals))
}

/// An error of a candidate, which is infinite once it was stopped.
pub fn error(value: f64, show: impl Fn(f64) -> String) -> String {
    if value.is_finite() { show(value) } else { "diverged".into() }
}

/// A value that may be missing.
pub fn or_dash<T>(value: Option<T>, show: impl Fn(T) -> String) -> String {
    value.map_or_else(|| "–".into(), show)
}

/// "1 run", "3 runs".
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// With a minus sign instead of a hyphen.
pub fn signed(text: String) -> String {
    text.replace('-', "−")
}
