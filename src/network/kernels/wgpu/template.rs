//! WGSL whose loops over registers are written out before a device sees it: compilers keep an array in registers only
//! where every index into it is a constant, and not all of them unroll loops to get there.
//!
//! A line `#for NAME in A..B` repeats the lines up to its `#end` for every number from A to B − 1, `#if NAME` keeps
//! those up to its `#else` or `#end` if the constant NAME is given and not zero, and `$NAME` stands for a number
//! anywhere. A and B are numbers or constants.

/// Names and their numbers.
pub type Constants = Vec<(&'static str, u32)>;

/// Writes `source` out.
pub fn expand(source: &str, constants: &Constants) -> String {
    let mut expansion = Expansion { lines: source.lines().collect(), text: String::new() };
    expansion.write_block(0, constants, true);
    expansion.text
}

struct Expansion<'a> {
    lines: Vec<&'a str>,
    text: String,
}

impl<'a> Expansion<'a> {
    /// Writes the block that begins at a line, unless it is not to be `kept`; gives the line that ends it.
    fn write_block(&mut self, mut line: usize, names: &[(&'a str, u32)], kept: bool) -> usize {
        while let Some(&text) = self.lines.get(line) {
            let words: Vec<_> = text.split_whitespace().collect();
            line = match words[..] {
                ["#for", name, "in", range] => self.write_loop(line, name, range, names, kept),
                ["#if", name] => self.write_choice(line, number(name, names) != 0, names, kept),
                ["#else" | "#end"] => return line,
                _ => {
                    if kept {
                        self.write_line(text, names);
                    }
                    line + 1
                }
            };
        }
        line
    }

    /// Writes a `#for`; gives the line after its end.
    fn write_loop(&mut self, line: usize, name: &'a str, range: &str, names: &[(&'a str, u32)], kept: bool) -> usize {
        let (first, end) = range.split_once("..").unwrap_or((range, range));
        let with = |value| names.iter().copied().chain([(name, value)]).collect::<Vec<_>>();
        for value in number(first, names)..number(end, names) {
            self.write_block(line + 1, &with(value), kept);
        }
        self.write_block(line + 1, &with(0), false) + 1
    }

    /// Writes an `#if`; gives the line after its end.
    fn write_choice(&mut self, line: usize, holds: bool, names: &[(&'a str, u32)], kept: bool) -> usize {
        let end = self.write_block(line + 1, names, kept && holds);
        match self.lines.get(end).map(|line| line.trim()) {
            Some("#else") => self.write_block(end + 1, names, kept && !holds) + 1,
            _ => end + 1,
        }
    }

    fn write_line(&mut self, line: &str, names: &[(&str, u32)]) {
        let mut parts = line.split('$');
        self.text.extend(parts.next());
        for part in parts {
            // `$OUTPUTS` is not `$o`: of all names, the longest that fits.
            let fitting = names.iter().filter(|(name, _)| part.starts_with(name));
            match fitting.max_by_key(|(name, _)| name.len()) {
                Some((name, value)) => self.text.extend([&value.to_string(), &part[name.len()..]]),
                None => self.text.extend(["$", part]),
            }
        }
        self.text.push('\n');
    }
}

/// A number in digits, or the one that a name stands for; 0 if there is none.
fn number(word: &str, names: &[(&str, u32)]) -> u32 {
    let named = || names.iter().rev().find(|(name, _)| *name == word).map(|(_, value)| *value);
    word.parse().ok().or_else(named).unwrap_or(0)
}
