//! A representation: one form of a resource, with its validators (RFC 9110 §8.8) and encodings. It does not know how it was made.

use std::io::Write as _;
use std::sync::OnceLock;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use crate::digest::Digest;

/// A content coding (RFC 9110 §8.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// The bytes as they are.
    Identity,
    /// gzip (RFC 1952).
    Gzip,
    /// Brotli (RFC 7932).
    Brotli,
}

impl Coding {
    const ALL: [Self; 3] = [Self::Identity, Self::Gzip, Self::Brotli];
}

/// How hard gzip tries. It depends on what is compressed, never on when: one entity tag, one sequence of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    /// For what is made once and read often.
    Thorough,
    /// For what is made while somebody waits.
    Quick,
    /// For what is made once and kept as a file.
    Patient,
}

/// What a browser may do with a representation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// It is no page: nothing.
    Data,
    /// A page: our own style, scripts and pictures, and nowhere but by itself.
    Page,
    /// A page that others may frame.
    Frame,
}

impl Policy {
    /// Content-Security-Policy. No page needs anything but our own style, scripts and pictures; only what is made to be embedded may be
    /// shown inside another page.
    #[must_use]
    pub fn content_security(self) -> &'static str {
        match self {
            Self::Data => "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            Self::Page => {
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                 form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            }
            Self::Frame => {
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; \
                 form-action 'none'; frame-ancestors *"
            }
        }
    }
}

/// The fields that every representation has, whatever it is: any site may read it, and where a link leads learns nothing of where it was.
pub const COMMON_FIELDS: [(&str, &str); 4] = [
    ("access-control-allow-origin", "*"),
    ("cross-origin-resource-policy", "cross-origin"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
];

/// The fields of a response that stand before its bytes are made.
#[derive(Debug)]
pub struct Head {
    /// Content-Type.
    pub media_type: &'static str,
    /// Cache-Control.
    pub cache_control: &'static str,
    /// What a browser may do with it.
    pub policy: Policy,
    /// Content-Disposition, in ASCII.
    pub disposition: Option<Bytes>,
    /// When the bytes last changed, in whole seconds; `None` where nobody keeps that.
    pub modified: Option<DateTime<Utc>>,
    /// The same as an HTTP date (RFC 9110 §5.6.7).
    pub last_modified: Option<Bytes>,
    tags: [Bytes; 3],
    brotli: bool,
}

impl Head {
    /// The head of a form whose input has this digest. `brotli` says whether that coding pays.
    pub(super) fn new(media_type: &'static str, cache_control: &'static str, digest: Digest, brotli: bool) -> Self {
        let tags = ["", "-gz", "-br"].map(|suffix| Bytes::from(format!("\"{digest}{suffix}\"")));
        Self {
            media_type,
            cache_control,
            policy: Policy::Data,
            disposition: None,
            modified: None,
            last_modified: None,
            tags,
            brotli,
        }
    }

    /// A head to negotiate by.
    #[cfg(test)]
    pub(crate) fn for_test(brotli: bool) -> Self {
        Self::new("text/plain", "no-store", Digest::of("test"), brotli)
    }

    /// The head with a file name in ASCII.
    pub(super) fn named(mut self, file_name: &str) -> Self {
        self.disposition = Some(Bytes::from(format!("inline; filename=\"{file_name}\"")));
        self
    }

    /// The head of a page.
    pub(super) fn under(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// The head with the time of the last change.
    pub(super) fn changed(mut self, modified: DateTime<Utc>) -> Self {
        self.modified = Some(modified);
        self.last_modified = Some(Bytes::from(httpdate::fmt_http_date(modified.into())));
        self
    }

    /// The strong entity tag of the bytes in a coding (RFC 9110 §8.8.3.3: another one for each).
    #[must_use]
    pub fn tag(&self, coding: Coding) -> &Bytes {
        let [identity, gzip, brotli] = &self.tags;
        match coding {
            Coding::Identity => identity,
            Coding::Gzip => gzip,
            Coding::Brotli => brotli,
        }
    }

    /// The codings on offer.
    pub fn codings(&self) -> impl Iterator<Item = Coding> {
        let brotli = self.brotli;
        Coding::ALL.into_iter().filter(move |coding| *coding != Coding::Brotli || brotli)
    }
}

/// The bytes of a representation in each coding, made when they are first asked for.
#[derive(Debug)]
pub(super) struct Content {
    effort: Effort,
    forms: [OnceLock<Bytes>; 3],
}

impl Content {
    /// Of bytes that can be made again.
    pub(super) fn new(effort: Effort) -> Self {
        Self { effort, forms: Default::default() }
    }

    /// Of these bytes.
    pub(super) fn of(identity: Vec<u8>, effort: Effort) -> Self {
        Self { effort, forms: [OnceLock::from(Bytes::from(identity)), OnceLock::new(), OnceLock::new()] }
    }

    /// The bytes in a coding: shared, not copied. `make` makes those without a coding; only of what is asked for is anything kept.
    pub(super) fn bytes(&self, coding: Coding, make: impl FnOnce() -> Vec<u8>) -> Bytes {
        let [identity, gzipped, brotlied] = &self.forms;
        let plain = || identity.get().cloned().unwrap_or_else(|| Bytes::from(make()));
        let form = match coding {
            Coding::Identity => identity.get_or_init(plain),
            Coding::Gzip => gzipped.get_or_init(|| gzip(&plain(), self.effort)),
            Coding::Brotli => brotlied.get_or_init(|| brotli(&plain(), self.effort)),
        };
        form.clone()
    }

    /// How many bytes are kept, in all codings.
    pub(super) fn held(&self) -> usize {
        self.forms.iter().filter_map(OnceLock::get).map(Bytes::len).sum()
    }
}

/// Bytes in a coding, for a file that is written once and sent often: smaller than what a Site sends at once, and as much the same on
/// every machine.
#[must_use]
pub fn packed(bytes: &Bytes, coding: Coding) -> Bytes {
    match coding {
        Coding::Identity => bytes.clone(),
        Coding::Gzip => gzip(bytes, Effort::Patient),
        Coding::Brotli => brotli(bytes, Effort::Patient),
    }
}

/// Whether bytes in a coding are those of `bytes`, wherever they come from: no more is unpacked than these.
#[must_use]
pub fn unpacks_to(packed: &[u8], coding: Coding, bytes: &[u8]) -> bool {
    match coding {
        Coding::Identity => packed == bytes,
        Coding::Gzip => reads_as(flate2::read::GzDecoder::new(packed), bytes),
        Coding::Brotli => reads_as(brotli::Decompressor::new(packed, 8192), bytes),
    }
}

fn reads_as(mut from: impl std::io::Read, mut expected: &[u8]) -> bool {
    let mut buffer = [0; 8192];
    loop {
        let read = from.read(&mut buffer).ok().and_then(|count| buffer.get(..count));
        match (read, read.and_then(|read| expected.strip_prefix(read))) {
            (Some([]), _) => return expected.is_empty(),
            (Some(_), Some(rest)) => expected = rest,
            _ => return false,
        }
    }
}

/// Writing to memory cannot fail: `unwrap_or_default` below never takes its second way.
fn gzip(bytes: &[u8], effort: Effort) -> Bytes {
    let level = match effort {
        // Of feeds, 6 makes 1 to 4 % less in half as much time again; a change waits for the largest.
        Effort::Thorough => flate2::Compression::new(4),
        Effort::Quick => flate2::Compression::new(2),
        Effort::Patient => flate2::Compression::best(),
    };
    let mut encoder = flate2::write::GzEncoder::new(Vec::with_capacity(bytes.len() / 4 + 64), level);
    let _ = encoder.write_all(bytes);
    let mut zipped = encoder.finish().unwrap_or_default();
    zipped.shrink_to_fit();
    Bytes::from(zipped)
}

fn brotli(bytes: &[u8], effort: Effort) -> Bytes {
    let quality = match effort {
        Effort::Thorough | Effort::Quick => 5,
        // 11 gains another 2 % in ten times the work.
        Effort::Patient => 9,
    };
    // No larger window than what is compressed: it is memory for nothing.
    let lgwin = bytes.len().next_power_of_two().ilog2().clamp(16, 22).cast_signed();
    let parameters = brotli::enc::BrotliEncoderParams { quality, lgwin, size_hint: bytes.len(), ..Default::default() };
    let mut packed = Vec::with_capacity(bytes.len() / 4 + 64);
    let _ = brotli::BrotliCompress(&mut &*bytes, &mut packed, &parameters);
    packed.shrink_to_fit();
    Bytes::from(packed)
}
