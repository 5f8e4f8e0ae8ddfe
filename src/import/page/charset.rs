//! A page's bytes as text, by the charset that it is in. It knows no markup but the declaration of the charset.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use html5gum::{StartTag, Token, Tokenizer};

/// Where a page must declare its charset, in bytes from its begin.
const DECLARATION: usize = 1024;

/// The text of a page; `content_type` is the field that came with it. A byte order mark says what it is, and what is valid UTF-8 is
/// UTF-8, since no other text looks like it by chance; then what is declared counts. Without that it is what browsers take it for.
#[must_use]
pub fn text(page: &[u8], content_type: Option<&str>) -> String {
    if let Some((charset, _)) = Encoding::for_bom(page) {
        return charset.decode_with_bom_removal(page).0.into_owned();
    }
    if let Some(utf_16) = evident_utf_16(page) {
        return utf_16.decode_without_bom_handling(page).0.into_owned();
    }
    match std::str::from_utf8(page) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            let charset = content_type.and_then(of_content_type).or_else(|| declared(page)).unwrap_or(WINDOWS_1252);
            charset.decode_without_bom_handling(page).0.into_owned()
        }
    }
}

/// UTF-16 without a byte order mark: markup begins with a letter of ASCII.
fn evident_utf_16(page: &[u8]) -> Option<&'static Encoding> {
    match page {
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some(UTF_16LE),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// The charset parameter of a Content-Type (RFC 9110 §8.3.2).
fn of_content_type(content_type: &str) -> Option<&'static Encoding> {
    let mut parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let (_, charset) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    Encoding::for_label(charset.trim().trim_matches(['"', '\'']).as_bytes())
}

/// What a `meta` element at the page's begin declares. Such a page cannot be in UTF-16, whatever it says: it could not be read so far.
fn declared(page: &[u8]) -> Option<&'static Encoding> {
    let begin = String::from_utf8_lossy(page.get(..DECLARATION).unwrap_or(page));
    let charset = Tokenizer::new(begin.as_ref()).flatten().find_map(|token| match token {
        Token::StartTag(tag) if &**tag.name == b"meta" => of_meta(&tag),
        _ => None,
    })?;
    Some(if [UTF_16BE, UTF_16LE].contains(&charset) { UTF_8 } else { charset })
}

fn of_meta(tag: &StartTag<()>) -> Option<&'static Encoding> {
    let attribute = |name: &str| tag.attributes.get(name.as_bytes());
    match (attribute("charset"), attribute("content")) {
        (Some(charset), _) => Encoding::for_label(charset),
        (None, Some(content)) => of_content_type(&String::from_utf8_lossy(content)),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(page: &[u8], content_type: Option<&str>, expected: &str) {
        let found = text(page, content_type);
        assert!(found.contains(expected), "{found}");
    }

    #[test]
    fn a_page_is_read_by_its_charset() {
        const LATIN: &[u8] = b"<meta charset='iso-8859-1'><p>Caf\xe9 Se\xf1or";
        check(LATIN, None, "Café Señor");
        check(b"<meta http-equiv=content-type content='text/html; charset=latin1'>Caf\xe9", None, "Café");
        check(b"<meta charset=utf-16>\xd0\xbf\xff", None, "п");
        check(b"Caf\xe9 \x80", None, "Café €");
        check(b"\xcf\xf0\xe8", Some("text/html; charset=\"windows-1251\""), "При");
        check("<meta charset=latin1>Café".as_bytes(), Some("text/html; charset=latin1"), "Café");
        check(b"\xef\xbb\xbfCaf\xc3\xa9", None, "Café");
    }

    #[test]
    fn utf_16_is_evident() {
        let page = "<p>Café";
        let little: Vec<u8> = page.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = page.encode_utf16().flat_map(u16::to_be_bytes).collect();
        check(&little, None, page);
        check(&big, None, page);
        check(&[&[0xff, 0xfe], little.as_slice()].concat(), None, page);
        check(&[&[0xfe, 0xff], big.as_slice()].concat(), None, page);
    }
}
