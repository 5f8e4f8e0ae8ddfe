//! Which characters a text may hold: line breaks become LF, and what could start a line, ring a terminal or reverse the
//! reading order is left out. It does not know about escapes.

use std::borrow::Cow;

/// A part of a text, cleaned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Characters that stay as they are; never empty.
    Plain(&'a str),
    /// A line break.
    Break,
    /// A tab, which becomes a space.
    Space,
}

/// A text without control characters.
///
/// CR LF, CR, U+0085, U+2028 and U+2029 become LF, a tab becomes a space. The other control characters (C0, DEL, C1), the
/// bidirectional embeddings, overrides and isolates (U+202A to U+202E, U+2066 to U+2069) and U+FEFF are left out.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if is_clean(text) {
        return Cow::Borrowed(text);
    }
    let mut pieces = pieces(text);
    match (pieces.next(), pieces.next()) {
        (None, _) => Cow::Borrowed(""),
        (Some(Piece::Plain(only)), None) => Cow::Borrowed(only),
        (first, second) => {
            let mut cleaned = String::with_capacity(text.len());
            for piece in first.into_iter().chain(second).chain(pieces) {
                match piece {
                    Piece::Plain(plain) => cleaned.push_str(plain),
                    Piece::Break => cleaned.push('\n'),
                    Piece::Space => cleaned.push(' '),
                }
            }
            Cow::Owned(cleaned)
        }
    }
}

/// The cleaned parts of a text, in order.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let length = plain_length(rest);
            if length > 0 {
                let (plain, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
                rest = after;
                return Some(Piece::Plain(plain));
            }
            let (piece, after) = first_piece(rest);
            rest = after;
            if piece.is_some() {
                return piece;
            }
        }
        None
    })
}

/// What the first character of a text becomes, CR LF being one; and the text after it.
pub(super) fn first_piece(text: &str) -> (Option<Piece<'_>>, &str) {
    let first = text.chars().next().unwrap_or_default();
    let (character, after) = text.split_at_checked(first.len_utf8()).unwrap_or((text, ""));
    match first {
        '\r' => (Some(Piece::Break), after.strip_prefix('\n').unwrap_or(after)),
        '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => (Some(Piece::Break), after),
        '\t' => (Some(Piece::Space), after),
        special if is_special(special) => (None, after),
        _ => (Some(Piece::Plain(character)), after),
    }
}

/// Whether [`clean`] would change nothing; of line breaks, LF stays.
fn is_clean(text: &str) -> bool {
    let may_change = |byte| may_be_special(byte) & (byte != b'\n');
    length_before(text, may_change, |character| is_special(character) && character != '\n') == text.len()
}

/// The number of bytes before the first special character.
fn plain_length(text: &str) -> usize {
    length_before(text, may_be_special, is_special)
}

/// The number of bytes before the first character that `is_sought`; `may_be` tells which bytes may begin one.
#[inline]
fn length_before(text: &str, may_be: impl Fn(u8) -> bool, is_sought: impl Fn(char) -> bool) -> usize {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = bytes.get(from..).and_then(|rest| first(rest, &may_be)) {
        let at = from + found;
        match text.get(at..).and_then(|rest| rest.chars().next()) {
            Some(plain) if !is_sought(plain) => from = at + plain.len_utf8(),
            _ => return at,
        }
    }
    bytes.len()
}

/// The first byte of a kind. Blocks without one are passed over whole, many bytes in one step of the processor: long blocks, then short
/// ones, the last of which may begin in the one before it, so that a rest is hardly ever looked at byte by byte.
#[inline]
fn first(bytes: &[u8], is_sought: impl Fn(u8) -> bool) -> Option<usize> {
    let long = passed::<32>(bytes, &is_sought);
    let rest = bytes.get(long..)?;
    let short = passed::<16>(rest, &is_sought);
    if rest.len() < short + 16 && bytes.last_chunk::<16>().is_some_and(|block| has_none(block, &is_sought)) {
        return None;
    }
    Some(long + short + rest.get(short..)?.iter().position(|byte| is_sought(*byte))?)
}

/// How many bytes at the beginning are blocks without a byte of a kind.
#[inline]
fn passed<const BLOCK: usize>(bytes: &[u8], is_sought: &impl Fn(u8) -> bool) -> usize {
    BLOCK * bytes.as_chunks::<BLOCK>().0.iter().take_while(|block| has_none(block, is_sought)).count()
}

/// Without branches, so that a whole block is compared at once.
#[inline]
fn has_none<const BLOCK: usize>(block: &[u8; BLOCK], is_sought: &impl Fn(u8) -> bool) -> bool {
    block.iter().fold(0, |found, byte| found | u8::from(is_sought(*byte))) == 0
}

/// Whether a special character may begin with this byte: a first look that lets nearly all text pass.
#[inline]
pub(super) const fn may_be_special(byte: u8) -> bool {
    (byte < 0x20) | (byte == 0x7f) | (byte == 0xc2) | (byte == 0xe2) | (byte == 0xef)
}

/// Whether a character may not stay in a text as it is.
pub(super) fn is_special(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
