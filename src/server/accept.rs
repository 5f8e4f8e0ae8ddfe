//! Content negotiation by Accept-Encoding (RFC 9110 §12.5.3). It knows no HTTP library.

use crate::site::{Coding, Head};

/// The coding to send: of those on offer the one the client likes best, the smaller where it likes several the same. Without the
/// field, identity, which old importers read; and identity too where a client refuses everything, for nobody is helped by a 406.
#[must_use]
pub fn negotiate<'a>(lines: impl Iterator<Item = &'a [u8]> + Clone, head: &Head) -> Coding {
    let best = head.codings().filter_map(|coding| {
        let weight = weight(lines.clone(), coding);
        (weight > 0).then_some((weight, coding))
    });
    // Codings come with the smallest form last, and `max_by_key` takes the last of equals.
    best.max_by_key(|(weight, _)| *weight).map_or(Coding::Identity, |(_, coding)| coding)
}

/// How much the client likes a coding, in thousandths.
fn weight<'a>(lines: impl Iterator<Item = &'a [u8]>, coding: Coding) -> u16 {
    let mut any = None;
    for item in lines.flat_map(|line| line.split(|byte| *byte == b',')) {
        let mut parts = item.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let name = parts.next().unwrap_or_default();
        if is(name, coding) {
            return quality(parts);
        }
        if name == b"*" {
            any = Some(quality(parts));
        }
    }
    match (any, coding) {
        (Some(any), _) => any,
        // Not named and not refused: identity is acceptable, as the last choice.
        (None, Coding::Identity) => 1,
        (None, _) => 0,
    }
}

fn is(name: &[u8], coding: Coding) -> bool {
    let names: &[&[u8]] = match coding {
        Coding::Identity => &[b"identity"],
        Coding::Gzip => &[b"gzip", b"x-gzip"],
        Coding::Brotli => &[b"br"],
    };
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// `q=0.5` as 500; what cannot be read counts as refused.
fn quality<'a>(mut parameters: impl Iterator<Item = &'a [u8]>) -> u16 {
    let value = parameters.find_map(|parameter| {
        let (key, value) = parameter.split_at_checked(2)?;
        key.eq_ignore_ascii_case(b"q=").then_some(value)
    });
    let Some(value) = value else { return 1000 };
    let value = std::str::from_utf8(value).ok().and_then(|text| text.parse::<f32>().ok()).unwrap_or(0.0);
    // Between 0 and 1000 after the clamp, NaN becomes 0.
    (value.clamp(0.0, 1.0) * 1000.0) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(field: Option<&str>, expected: Coding) {
        let head = Head::for_test(true);
        assert_eq!(negotiate(field.iter().map(|field| field.as_bytes()), &head), expected, "{field:?}");
    }

    #[test]
    fn the_smallest_acceptable_coding_is_sent() {
        check(Some("gzip"), Coding::Gzip);
        check(Some("X-GZIP"), Coding::Gzip);
        check(Some("gzip, deflate, br, zstd"), Coding::Brotli);
        check(Some("br;q=0.5, gzip"), Coding::Gzip);
        check(Some("br; Q=1.0, gzip;q=0.9"), Coding::Brotli);
        check(Some("*"), Coding::Brotli);
    }

    #[test]
    fn identity_is_sent_where_nothing_else_is_asked_for() {
        for field in
            [None, Some(""), Some("identity"), Some("gzip;q=0"), Some("*;q=0, identity"), Some("zstd"), Some("*;q=0")]
        {
            check(field, Coding::Identity);
        }
        check(Some("gzip;q=x"), Coding::Identity);
        check(Some("identity;q=1, gzip;q=0.5"), Coding::Identity);
        check(Some("gzip;q=NaN"), Coding::Identity);
    }

    #[test]
    fn brotli_only_where_it_is_on_offer() {
        let head = Head::for_test(false);
        assert_eq!(negotiate([&b"br, gzip"[..]].into_iter(), &head), Coding::Gzip);
    }
}
