//! The writer of content lines: escapes, folds and ends them. Whatever it is given, each call makes one line.

use super::MAX_LINE;
use super::clean::{Piece, first_piece, may_be_special, pieces};

/// Collects content lines, each folded to at most [`MAX_LINE`] octets and ended with CR LF.
#[derive(Debug, Default)]
pub struct Writer {
    text: String,
    /// Where the line that is being made begins.
    start: usize,
    /// A long line while it is folded; kept for its capacity.
    long: String,
}

impl Writer {
    /// A writer without lines.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A writer without lines that has room for as many bytes.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), ..Self::default() }
    }

    /// All lines.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }

    /// Whether there is no line yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The bytes of all lines, CR LF included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Writes `NAME:VALUE` as it is, for values that need no escapes: dates, numbers, URIs, BEGIN and END. Line breaks and
    /// control characters are left out.
    pub fn raw(&mut self, line: &str) {
        push_raw(&mut self.text, line);
        self.end_line();
    }

    /// Writes a line of our own, as it is.
    pub fn constant(&mut self, line: &'static str) {
        self.push_known(line);
        self.end_line();
    }

    /// Writes a property of our own making, as it is: its parameters need no quotation marks, and its value is printable ASCII, such as a time.
    pub fn known(&mut self, name: &'static str, parameters: &[(&'static str, &'static str)], value: &str) {
        self.push_known(name);
        for (parameter, value) in parameters {
            self.text.push(';');
            self.push_known(parameter);
            self.text.push('=');
            self.push_known(value);
        }
        self.text.push(':');
        self.push_known(value);
        self.end_line();
    }

    fn push_known(&mut self, text: &str) {
        debug_assert!(text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' '), "{text}");
        self.text.push_str(text);
    }

    /// Writes a TEXT value (RFC 5545 §3.3.11), cleaned as [`clean`](super::clean) does and escaped.
    pub fn text(&mut self, name: &str, value: &str) {
        self.text.push_str(name);
        self.text.push(':');
        push_text(&mut self.text, value);
        self.end_line();
    }

    /// Writes a list of TEXT values, such as CATEGORIES; nothing when the list is empty.
    pub fn text_list<'a>(&mut self, name: &str, values: impl IntoIterator<Item = &'a str>) {
        let mut separator = ':';
        for value in values {
            if separator == ':' {
                self.text.push_str(name);
            }
            self.text.push(separator);
            push_text(&mut self.text, value);
            separator = ',';
        }
        if separator == ',' {
            self.end_line();
        }
    }

    /// Writes a property with parameters and a value that needs no escapes. Parameter values are quoted where they must be
    /// (RFC 5545 §3.2), and hold line breaks and quotation marks as RFC 6868 has them.
    pub fn property(&mut self, name: &str, parameters: &[(&str, &str)], value: &str) {
        self.text.push_str(name);
        for (parameter, value) in parameters {
            self.text.push(';');
            self.text.push_str(parameter);
            self.text.push('=');
            push_parameter(&mut self.text, value);
        }
        self.text.push(':');
        push_raw(&mut self.text, value);
        self.end_line();
    }

    /// Ends the line that is being made. Most are short, and stay where they were written.
    fn end_line(&mut self) {
        if self.text.len() - self.start > MAX_LINE {
            self.fold();
        }
        self.text.push_str("\r\n");
        self.start = self.text.len();
    }

    /// Folds the line that is being made.
    fn fold(&mut self) {
        self.long.clear();
        self.long.push_str(self.text.get(self.start..).unwrap_or_default());
        self.text.truncate(self.start);
        let (mut rest, mut room) = (self.long.as_str(), MAX_LINE);
        while rest.len() > room {
            let (part, after) = rest.split_at_checked(fold_at(rest, room)).unwrap_or((rest, ""));
            self.text.push_str(part);
            self.text.push_str("\r\n ");
            // The space that continues a line counts.
            (rest, room) = (after, MAX_LINE - 1);
        }
        self.text.push_str(rest);
    }
}

fn push_raw(line: &mut String, value: &str) {
    for piece in pieces(value) {
        match piece {
            Piece::Plain(plain) => line.push_str(plain),
            Piece::Space => line.push(' '),
            Piece::Break => {}
        }
    }
}

/// Whether to stop at a byte of a TEXT value, by its number: at those that need an escape, and those with which a special character may begin.
#[expect(clippy::indexing_slicing, reason = "it is indexed at compile time")]
static STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        stops[byte] = matches!(byte as u8, b'\\' | b';' | b',') || may_be_special(byte as u8);
        byte += 1;
    }
    stops
};

fn push_text(line: &mut String, value: &str) {
    let is_stop = |byte: u8| STOPS.get(usize::from(byte)).copied().unwrap_or(true);
    let mut rest = value;
    while let Some((plain, after)) = rest.bytes().position(is_stop).and_then(|at| rest.split_at_checked(at)) {
        line.push_str(plain);
        let (piece, after) = first_piece(after);
        rest = after;
        match piece {
            Some(Piece::Plain(escaped @ ("\\" | ";" | ","))) => {
                line.push('\\');
                line.push_str(escaped);
            }
            Some(Piece::Plain(plain)) => line.push_str(plain),
            Some(Piece::Space) => line.push(' '),
            Some(Piece::Break) => line.push_str("\\n"),
            None => {}
        }
    }
    line.push_str(rest);
}

fn push_parameter(line: &mut String, value: &str) {
    let quoted = value.bytes().any(|byte| matches!(byte, b':' | b';' | b','));
    line.push_str(if quoted { "\"" } else { "" });
    for piece in pieces(value) {
        match piece {
            Piece::Plain(plain) if memchr::memchr2(b'^', b'"', plain.as_bytes()).is_none() => line.push_str(plain),
            Piece::Plain(plain) => plain.chars().for_each(|character| match character {
                '^' => line.push_str("^^"),
                '"' => line.push_str("^'"),
                other => line.push(other),
            }),
            Piece::Space => line.push(' '),
            Piece::Break => line.push_str("^n"),
        }
    }
    line.push_str(if quoted { "\"" } else { "" });
}

/// Where to fold a line of more than `room` octets: as far on as possible, after a whole character and a whole escape, and
/// not inside a character that is composed of several, unless that one alone is longer than the room.
fn fold_at(line: &str, room: usize) -> usize {
    if let Some([before, after]) = room.checked_sub(1).and_then(|last| line.as_bytes().get(last..=room))
        && before.is_ascii()
        && after.is_ascii()
        && *before != b'\\'
    {
        return room;
    }
    let boundary = line.floor_char_boundary(room);
    let escape_safe = |at: usize| !ends_in_escape(line, at);
    let mut at = boundary;
    while at > 0 {
        if escape_safe(at) && !joins(line, at) {
            return at;
        }
        at = line.floor_char_boundary(at - 1);
    }
    if escape_safe(boundary) { boundary } else { boundary - 1 }
}

/// Whether the part before `at` ends with a backslash that escapes what comes after. The line must not begin inside an escape.
fn ends_in_escape(line: &str, at: usize) -> bool {
    let before = line.as_bytes().get(..at).unwrap_or_default();
    before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// Whether the characters before and after `at` are seen as one. The common cases, not all of Unicode's grapheme clusters:
/// it makes lines nicer in tools that do not unfold, and no reader depends on it.
fn joins(line: &str, at: usize) -> bool {
    let Some((before, after)) = line.split_at_checked(at) else {
        return false;
    };
    match (before.chars().next_back(), after.chars().next()) {
        (_, Some(next)) if extends(next) => true,
        (Some('\u{200d}'), _) => true,
        (Some(last), Some(next)) if is_regional(last) && is_regional(next) => {
            before.chars().rev().take_while(|character| is_regional(*character)).count() % 2 == 1
        }
        _ => false,
    }
}

/// Whether a character belongs to the one before: accents, variation selectors, joiners, skin tones and tags.
fn extends(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{65f}'
        | '\u{93a}'..='\u{93c}' | '\u{93e}'..='\u{94f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{200d}' | '\u{20d0}'..='\u{20ff}' | '\u{3099}' | '\u{309a}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}'
        | '\u{e0100}'..='\u{e01ef}')
}

/// Whether a character is half of a flag.
fn is_regional(character: char) -> bool {
    matches!(character, '\u{1f1e6}'..='\u{1f1ff}')
}
