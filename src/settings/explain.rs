//! Errors in a TOML text in plain words: the line, and for an unknown name the nearest known one.

use strsim::damerau_levenshtein;

/// What is wrong with `text`, in half a sentence.
pub fn explain(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map(|span| 1 + text.bytes().take(span.start).filter(|&byte| byte == b'\n').count());
    let place = line.map(|line| format!("line {line}: ")).unwrap_or_default();
    format!("{place}{}", suggestion(error.message()).unwrap_or_else(|| error.message().replace('\n', " ")))
}

/// The words for a refused name. serde says "unknown field `sede`, expected one of `grid`, `seed`"; of variants
/// likewise.
fn suggestion(message: &str) -> Option<String> {
    let what = ["field", "variant"].into_iter().find(|what| message.starts_with(&format!("unknown {what} ")))?;
    let mut quoted = message.split('`').skip(1).step_by(2);
    let given = quoted.next()?;
    let known: Vec<_> = quoted.collect();
    let nearest = known.iter().copied().min_by_key(|name| damerau_levenshtein(given, name))?;
    let word = if what == "field" { "key" } else { "value" };
    if 2 * damerau_levenshtein(given, nearest) <= given.chars().count().max(nearest.chars().count()) {
        return Some(format!("there is no {word} “{given}” here; did you mean “{nearest}”?"));
    }
    Some(format!("there is no {word} “{given}” here; there are {}", known.join(", ")))
}
