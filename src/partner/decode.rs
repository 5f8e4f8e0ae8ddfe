//! A body's bytes as text: charset, byte order mark and folds. It does not know what the lines say.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// A body as text.
#[derive(Debug)]
pub(super) struct Decoded {
    /// Unfolded lines, each ending in LF, blank ones left out; without a byte order mark.
    text: String,
    /// Where the LF of each line is, so that nobody need look for it again.
    ends: Vec<u32>,
    /// Lines that were not UTF-8, although nothing declared another charset.
    pub(super) recoded: usize,
}

/// Lines of a text that follow one another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines<'a> {
    text: &'a str,
    /// Where the first begins.
    from: usize,
    ends: &'a [u32],
}

impl Decoded {
    fn new(text: String, recoded: usize) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(place).collect();
        Self { text, ends, recoded }
    }

    pub(super) fn lines(&self) -> Lines<'_> {
        Lines { text: &self.text, from: 0, ends: &self.ends }
    }
}

impl<'a> Lines<'a> {
    /// The lines without their ends.
    pub(super) fn iter(self) -> impl Iterator<Item = &'a str> {
        let mut from = self.from;
        self.ends.iter().map(move |end| {
            let end = *end as usize;
            let line = self.text.get(from..end).unwrap_or_default();
            from = end + 1;
            line
        })
    }

    /// Those from a number to another, which is excluded; none where there are no such lines.
    pub(super) fn between(self, first: usize, end: usize) -> Self {
        let before = first.checked_sub(1).and_then(|last| self.ends.get(last));
        let from = before.map_or(self.from, |end| *end as usize + 1);
        Self { from, ends: self.ends.get(first..end).unwrap_or_default(), ..self }
    }

    /// The first `bytes` of the text, or a few less where that would cut a character.
    pub(super) fn beginning(self, bytes: usize) -> &'a str {
        let text = self.text.get(self.from..).unwrap_or_default();
        text.get(..text.floor_char_boundary(bytes)).unwrap_or_default()
    }
}

/// A place in a text: no body is allowed to have as many bytes as do not fit.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Decodes a body. Valid UTF-8 is UTF-8 whatever the Content-Type says, since no other text looks like it by chance; evident
/// UTF-16 comes next, then the charset that is declared; a line that is still no UTF-8 is read as Windows-1252, which
/// leaves nothing undecoded.
pub(super) fn decode(body: &[u8], content_type: Option<&str>) -> Decoded {
    if let Some(utf_16) = evident_utf_16(body) {
        let (text, _) = utf_16.decode_with_bom_removal(body);
        return Decoded::new(String::from_utf8(unfold(text.as_bytes()).0).unwrap_or_default(), 0);
    }
    let (bytes, ends) = unfold(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body));
    match String::from_utf8(bytes) {
        Ok(text) => Decoded { text, ends, recoded: 0 },
        Err(error) => match content_type.and_then(declared).filter(|charset| *charset != UTF_8) {
            Some(charset) => {
                let (text, _) = charset.decode_without_bom_handling(error.as_bytes());
                Decoded::new(text.into_owned(), 0)
            }
            None => by_line(error.as_bytes()),
        },
    }
}

/// UTF-16 by its byte order mark, or by the zeros in its first ASCII characters.
fn evident_utf_16(body: &[u8]) -> Option<&'static Encoding> {
    match body {
        [0xff, 0xfe, ..] | [b'B' | b'b', 0, b'E' | b'e', 0, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] | [0, b'B' | b'b', 0, b'E' | b'e', ..] => Some(UTF_16BE),
        _ => None,
    }
}

/// The charset parameter of a Content-Type (RFC 9110 §8.3.2).
fn declared(content_type: &str) -> Option<&'static Encoding> {
    let parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let charset = parameters.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?.1;
    Encoding::for_label(charset.trim().trim_matches('"').as_bytes())
}

fn by_line(bytes: &[u8]) -> Decoded {
    let (mut text, mut recoded) = (String::with_capacity(bytes.len() + bytes.len() / 8), 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match std::str::from_utf8(line) {
            Ok(line) => text.push_str(line),
            Err(_) => {
                let (line, _): (Cow<str>, bool) = WINDOWS_1252.decode_without_bom_handling(line);
                text.push_str(&line);
                recoded += 1;
            }
        }
    }
    Decoded::new(text, recoded)
}

/// The unfolded lines (RFC 5545 §3.1), each ending in LF, and where those are: unfolded as bytes, so that a character that a fold has cut is
/// whole again. Lines end in CR LF or LF; where there is no LF at all, in CR. Blank lines are left out.
fn unfold(bytes: &[u8]) -> (Vec<u8>, Vec<u32>) {
    let end = if memchr::memchr(b'\n', bytes).is_some() { b'\n' } else { b'\r' };
    let (mut unfolded, mut ends) = (Vec::with_capacity(bytes.len() + 1), Vec::with_capacity(bytes.len() / 32));
    let mut rest = bytes;
    while !rest.is_empty() {
        let at = memchr::memchr(end, rest).unwrap_or(rest.len());
        let (mut line, after) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        rest = after.get(1..).unwrap_or_default();
        while let Some(shorter) = line.strip_suffix(b"\r") {
            line = shorter;
        }
        match line.split_first() {
            Some((b' ' | b'\t', continuation)) if ends.pop().is_some() => {
                unfolded.pop();
                unfolded.extend_from_slice(continuation);
            }
            Some(_) => unfolded.extend_from_slice(line),
            None => continue,
        }
        ends.push(place(unfolded.len()));
        unfolded.push(b'\n');
    }
    (unfolded, ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &[u8], content_type: &str, expected: &str) {
        let decoded = decode(body, Some(content_type));
        assert_eq!(decoded.text, expected, "{}", String::from_utf8_lossy(body));
        assert_eq!(decoded.lines().iter().collect::<Vec<_>>(), expected.lines().collect::<Vec<_>>());
    }

    #[test]
    fn lines_are_known_by_their_numbers() {
        let decoded = decode("A:é\n\nB:2\nC:3".as_bytes(), None);
        let check = |first, end, expected: &[&str]| {
            assert_eq!(decoded.lines().between(first, end).iter().collect::<Vec<_>>(), expected, "{first}..{end}");
        };
        check(0, 3, &["A:é", "B:2", "C:3"]);
        check(1, 2, &["B:2"]);
        check(2, 3, &["C:3"]);
        check(1, 1, &[]);
        check(3, 4, &[]);
        assert_eq!((decoded.lines().beginning(3), decoded.lines().between(1, 3).beginning(99)), ("A:", "B:2\nC:3\n"));
    }

    #[test]
    fn lines_are_unfolded_whatever_ends_them() {
        check(b"A:1\r\n 2\r\n\r\nB:3\r\n\t4", "", "A:12\nB:34\n");
        check(b"A:1\n 2\nB:3\n\n", "", "A:12\nB:3\n");
        check(b"A:1\r 2\rB:3\r", "", "A:12\nB:3\n");
        check(b"A:1\rB:2\r\nC:3\r\r\n", "", "A:1\rB:2\nC:3\n");
        check(b" A:1", "", " A:1\n");
        check(b"", "", "");
    }

    #[test]
    fn a_character_that_a_fold_has_cut_is_whole_again() {
        check(b"A:caf\xc3\r\n \xa9\r\n", "", "A:café\n");
    }

    #[test]
    fn utf_8_is_known_without_being_declared() {
        check("\u{feff}A:é\r\n".as_bytes(), "text/calendar; charset=iso-8859-1", "A:é\n");
    }

    #[test]
    fn other_charsets_are_declared_or_evident() {
        check(b"A:\xe9\r\n", "text/calendar; charset=\"ISO-8859-1\"", "A:é\n");
        check(b"A:\xa4\r\n", "text/calendar;charset=iso-8859-15", "A:€\n");
        let utf_16 = |text: &str, order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
        check(&utf_16("\u{feff}A:é日\r\n", u16::to_le_bytes), "", "A:é日\n");
        check(&utf_16("\u{feff}A:é日\r\n", u16::to_be_bytes), "", "A:é日\n");
        check(&utf_16("BEGIN:é\r\n", u16::to_be_bytes), "", "BEGIN:é\n");
    }

    #[test]
    fn a_line_that_is_not_utf_8_costs_only_itself() {
        let decoded = decode(b"A:\xc3\xa9\nB:\xe9\xff\n", Some("text/calendar; charset=utf-8"));
        assert_eq!((decoded.text.as_str(), decoded.recoded), ("A:é\nB:éÿ\n", 1));
    }
}
