//! The little of XML that VTK's files use: tags with attributes, and the bytes between them.

/// What a tag does to the element it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Opens,
    Closes,
    /// Opens and closes an element without content.
    Empty,
}

/// A tag.
#[derive(Debug)]
pub struct Tag<'a> {
    pub name: &'a str,
    pub kind: Kind,
    attributes: Vec<(&'a str, &'a str)>,
    /// The bytes between this tag and the next.
    pub text: &'a [u8],
    /// Where the tag ends in the file.
    pub end: usize,
}

impl<'a> Tag<'a> {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    /// The value of an attribute that must be there.
    pub fn required(&self, name: &str) -> Result<&'a str, String> {
        self.attribute(name).ok_or_else(|| format!("its element {} lacks the attribute {name}", self.name))
    }
}

/// The tags of a file one after the other; comments and declarations are passed over.
pub struct Tags<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Tags<'a> {
    pub fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// What is written in the element that `tag` opens, past all that is in it: the first text that is not blank and
    /// not in an element within.
    pub fn content(&mut self, tag: &Tag<'a>) -> Result<&'a [u8], String> {
        let (mut content, mut depth) = (tag.text, usize::from(tag.kind == Kind::Opens));
        while depth > 0 {
            let next = self.read()?.ok_or("it ends within its XML")?;
            match next.kind {
                Kind::Opens => depth += 1,
                Kind::Closes => depth -= 1,
                Kind::Empty => {}
            }
            if depth == 1 && content.trim_ascii().is_empty() {
                content = next.text;
            }
        }
        Ok(content)
    }

    fn read(&mut self) -> Result<Option<Tag<'a>>, String> {
        loop {
            let Some(start) = find(self.bytes, self.at, b"<") else { return Ok(None) };
            let rest = &self.bytes[start..];
            let ignored = [(&b"<!--"[..], &b"-->"[..]), (b"<?", b"?>"), (b"<!", b">")];
            let Some((_, close)) = ignored.into_iter().find(|(open, _)| rest.starts_with(open)) else {
                return self.tag(start + 1).map(Some);
            };
            self.at = find(self.bytes, start, close).ok_or("it ends within its XML")? + close.len();
        }
    }

    /// The tag of which the inside begins at `start`.
    fn tag(&mut self, start: usize) -> Result<Tag<'a>, String> {
        let mut quoted = None;
        let ends = |byte: &u8| match (quoted, *byte) {
            (None, b'>') => true,
            (None, quote @ (b'"' | b'\'')) => {
                quoted = Some(quote);
                false
            }
            (Some(quote), byte) => {
                quoted = quoted.filter(|_| byte != quote);
                false
            }
            _ => false,
        };
        let length = self.bytes[start..].iter().position(ends).ok_or("it ends within its XML")?;
        let inside = str::from_utf8(&self.bytes[start..start + length]).map_err(|_| "its XML is not text")?;
        let end = start + length + 1;
        self.at = end;
        let (kind, inside) = match (inside.strip_prefix('/'), inside.strip_suffix('/')) {
            (Some(inside), _) => (Kind::Closes, inside),
            (_, Some(inside)) => (Kind::Empty, inside),
            _ => (Kind::Opens, inside),
        };
        let (name, attributes) = inside.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((inside, ""));
        let text = &self.bytes[end..find(self.bytes, end, b"<").unwrap_or(self.bytes.len())];
        Ok(Tag { name, kind, attributes: split_attributes(attributes)?, text, end })
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Result<Tag<'a>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

/// Where `pattern` begins first, from `from` on.
fn find(bytes: &[u8], from: usize, pattern: &[u8]) -> Option<usize> {
    bytes[from..].windows(pattern.len()).position(|window| window == pattern).map(|at| from + at)
}

fn split_attributes(mut text: &str) -> Result<Vec<(&str, &str)>, String> {
    let mut attributes = Vec::new();
    loop {
        text = text.trim_ascii_start();
        if text.is_empty() {
            return Ok(attributes);
        }
        let parts = text.split_once('=').and_then(|(name, rest)| {
            let rest = rest.trim_ascii_start();
            let quote = rest.chars().next().filter(|quote| "\"'".contains(*quote))?;
            let (value, rest) = rest[1..].split_once(quote)?;
            Some((name.trim_ascii_end(), value, rest))
        });
        let Some((name, value, rest)) = parts else { return Err("an attribute in its XML lacks its value".into()) };
        attributes.push((name, value));
        text = rest;
    }
}
