//! A representation as one object of a store: the one form in which everybody gets it, and the fields that go with it.
//!
//! A store gives the same bytes to whoever asks, whatever codings he says he can read. Feeds, and what else programs read, therefore lie
//! there as they are: calendar programs that ask without Accept-Encoding, and there are some, could not read them otherwise. What only
//! browsers read lies there in gzip, which all of them take. A CDN before the store compresses the rest.

use bytes::Bytes;

use crate::digest::{Digest, Hasher};
use crate::site::{Coding, Found, Head, packed};

/// Raised when objects are written in another way for the same representations.
const FORMAT: u64 = 1;

/// In bytes: what is smaller gains nothing.
const GZIP_PAYS_FROM: usize = 1_400;

/// The media types that browsers alone read.
const FOR_BROWSERS: [&str; 4] = ["text/html", "text/css", "text/javascript", "image/svg+xml"];

/// An object to be put into a store.
#[derive(Debug, Clone)]
pub struct Object {
    /// As they lie there.
    pub bytes: Bytes,
    /// Identity or gzip.
    pub coding: Coding,
    /// Content-Type.
    pub media_type: &'static str,
    /// Cache-Control.
    pub cache_control: &'static str,
    /// Content-Disposition, in ASCII.
    pub disposition: Option<String>,
    /// Of the bytes and the fields: the same has the same.
    pub digest: Digest,
}

/// The object of a representation.
#[must_use]
pub fn object(found: &Found<'_>) -> Object {
    let head = found.head();
    let bytes = found.bytes(Coding::Identity);
    let is_for_browsers = FOR_BROWSERS.iter().any(|kind| head.media_type.starts_with(kind));
    let gzip = (is_for_browsers && bytes.len() >= GZIP_PAYS_FROM).then(|| packed(&bytes, Coding::Gzip));
    let (bytes, coding) = match gzip.filter(|gzip| gzip.len() < bytes.len()) {
        Some(gzip) => (gzip, Coding::Gzip),
        None => (bytes, Coding::Identity),
    };
    let mut hasher = hasher(head);
    // Writing to a hasher cannot fail.
    let _ = std::io::Write::write_all(&mut hasher, &bytes);
    Object {
        coding,
        media_type: head.media_type,
        cache_control: head.cache_control,
        disposition: head.disposition.as_deref().map(|text| String::from_utf8_lossy(text).into_owned()),
        digest: hasher.finish(),
        bytes,
    }
}

/// The digest of all that the object of a representation is made from, which takes no making.
#[must_use]
pub fn inputs(head: &Head) -> Digest {
    hasher(head).text(&String::from_utf8_lossy(head.tag(Coding::Identity))).finish()
}

fn hasher(head: &Head) -> Hasher {
    let mut hasher = Hasher::default();
    hasher.number(FORMAT).text(head.media_type).text(head.cache_control);
    hasher.text(&String::from_utf8_lossy(head.disposition.as_deref().unwrap_or_default()));
    hasher
}
