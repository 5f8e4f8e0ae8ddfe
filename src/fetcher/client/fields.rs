//! The fields of requests and answers, byte for byte. What they mean is not known here.

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::partner::Request;

/// What an interpretation may need to know of an answer.
const FIELDS: [&str; 5] = ["etag", "last-modified", "content-type", "cache-control", "retry-after"];

/// The fields of a request. Validators go back byte for byte: what came as Latin-1 goes as Latin-1.
pub(super) fn to_send(request: &Request) -> HeaderMap {
    let mut fields = HeaderMap::new();
    fields.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    for (name, value) in &request.fields {
        let bytes: Option<Vec<u8>> = value.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
        if let Some(value) = bytes.and_then(|bytes| HeaderValue::from_bytes(&bytes).ok()) {
            fields.insert(HeaderName::from_static(name), value);
        }
    }
    fields
}

/// The fields of an answer that matter, each byte a character (Latin-1).
pub(super) fn kept(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| value.as_bytes().iter().map(|byte| char::from(*byte)).collect();
    let fields = FIELDS.iter().flat_map(|name| headers.get_all(*name).iter().map(move |value| (*name, value)));
    fields.map(|(name, value)| (name.to_owned(), text(value))).collect()
}
