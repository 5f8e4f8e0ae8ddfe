//! A snapshot as bytes: a JSON header line, LF, the body as it came. One file holds both, so that validators and body can never tear
//! apart; a digest tells a whole file from a torn or a foreign one. What most polls change, the header alone, is a line by itself that
//! counts only beside its own body. It touches no file.

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::digest::{Digest, Hasher};

use super::{Header, Partner, Snapshot};

/// The name of the form, so that a file of another kind is never taken for one of ours.
const FORM: &str = "handbill-snapshot-1";

/// The first line.
#[derive(Serialize, Deserialize)]
struct Envelope<'a> {
    form: Cow<'a, str>,
    /// Of the header's JSON and the body: whether all is there.
    digest: Digest,
    header: Cow<'a, Header>,
}

impl Snapshot {
    /// What is to be written.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let digest = digest(&self.header, &self.body);
        let envelope = Envelope { form: FORM.into(), digest, header: Cow::Borrowed(&self.header) };
        // Nothing in a header refuses to be JSON; a file without its line would be no snapshot and read as none.
        let mut bytes = serde_json::to_vec(&envelope).unwrap_or_default();
        bytes.reserve(self.body.len() + 1);
        bytes.push(b'\n');
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// What was written; `None` where the bytes are not, or not all of, what a snapshot was written as.
    #[must_use]
    pub fn parse(bytes: impl Into<Bytes>) -> Option<Self> {
        let mut bytes: Bytes = bytes.into();
        let line = bytes.split_to(memchr::memchr(b'\n', &bytes)?);
        // A copy of its own: a part of the bytes would keep the line, which may be long, for as long as the body.
        let body = Bytes::copy_from_slice(bytes.get(1..)?);
        let envelope: Envelope<'_> = serde_json::from_slice(&line).ok()?;
        let whole = envelope.form == FORM && envelope.digest == digest(&envelope.header, &body);
        whole.then(|| Self { header: envelope.header.into_owned(), body })
    }

    /// The header as one line of JSON, to be kept where the body stays as it is: times, validators, faults. Identities go with the body.
    #[must_use]
    pub fn times(&self) -> Vec<u8> {
        let header = Header { identities: Default::default(), ..self.header.clone() };
        serde_json::to_vec(&header).unwrap_or_default()
    }

    /// The snapshot at the times that were kept after it. A line of another body or address, or an older one, changes nothing.
    #[must_use]
    pub fn at(self, times: &[u8]) -> Self {
        let Ok(mut later) = serde_json::from_slice::<Header>(times) else { return self };
        let before = &self.header;
        let is_first = self.body.is_empty() && before.address.is_empty() && later.digest.is_none();
        let is_same = (&later.address, later.digest) == (&before.address, before.digest);
        if !(is_first || is_same) || later.attempted < before.attempted {
            return self;
        }
        later.identities.clone_from(&before.identities);
        Self { header: later, body: self.body }
    }

    /// Whether this is what the partner said at the address that it has now: another address means another partner.
    #[must_use]
    pub fn is_of(&self, partner: &Partner) -> bool {
        self.header.address == address(partner)
    }
}

/// What the header says of the address that a body came from; it tells none of the address's secrets.
pub(super) fn address(partner: &Partner) -> String {
    Digest::of(partner.address.url.as_str()).to_string()
}

/// The digest of a body.
pub(super) fn digest_of(body: &[u8]) -> Digest {
    let mut hasher = Hasher::default();
    // Writing to a hasher cannot fail.
    let _ = std::io::Write::write_all(&mut hasher, body);
    hasher.finish()
}

fn digest(header: &Header, body: &[u8]) -> Digest {
    let mut hasher = Hasher::default();
    let _ = serde_json::to_writer(&mut hasher, header);
    hasher.digest(digest_of(body));
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partner::poll::sample;

    fn snapshot() -> Snapshot {
        let header = Header { etag: Some("\"ÿ\n\"".into()), fetched: Some(sample::at(0)), ..Header::default() };
        Snapshot { header, body: Bytes::from_static(b"BEGIN:VCALENDAR\r\n\n\xff\0END:VCALENDAR") }
    }

    #[test]
    fn a_snapshot_survives_its_file() {
        let read = Snapshot::parse(snapshot().to_bytes()).unwrap();
        assert_eq!((read.header, read.body), (snapshot().header, snapshot().body));
        let empty = Snapshot::parse(Snapshot::default().to_bytes()).unwrap();
        assert_eq!((empty.header, empty.body), (Header::default(), Bytes::new()));
    }

    #[test]
    fn a_torn_file_is_none() {
        let bytes = snapshot().to_bytes();
        for end in 0..bytes.len() {
            assert!(Snapshot::parse(bytes[..end].to_vec()).is_none(), "{end}");
        }
        for at in 0..bytes.len() {
            let mut torn = bytes.clone();
            torn[at] = 0;
            assert!(bytes[at] == 0 || Snapshot::parse(torn).is_none(), "{at}");
        }
    }

    #[test]
    fn a_foreign_file_is_none() {
        for bytes in [&b""[..], b"\n", b"{}\n", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", b"[[[[[[[[[["] {
            assert!(Snapshot::parse(bytes.to_vec()).is_none());
        }
    }

    #[test]
    fn times_count_only_beside_their_own_body() {
        let of = |body: &'static [u8], attempted: i64, failures: u32| {
            let digest = (!body.is_empty()).then(|| digest_of(body));
            let identities =
                std::sync::Arc::new(serde_json::from_str(r#"{"u:key":"0123456789ab","u:other":"?"}"#).unwrap());
            let attempted = Some(sample::at(attempted));
            let header = Header { address: "a".into(), digest, attempted, failures, identities, ..Header::default() };
            Snapshot { header, body: Bytes::from_static(body) }
        };
        let check = |kept: Snapshot, times: Vec<u8>, failures: u32| {
            let found = kept.clone().at(&times);
            assert_eq!(
                (found.header.failures, found.body),
                (failures, kept.body),
                "{}",
                String::from_utf8_lossy(&times)
            );
            assert_eq!(found.header.identities, kept.header.identities);
        };
        check(of(b"one", 0, 0), of(b"one", 5, 7).times(), 7);
        check(of(b"one", 5, 0), of(b"one", 5, 7).times(), 7);
        check(of(b"one", 6, 0), of(b"one", 5, 7).times(), 0);
        check(of(b"one", 0, 0), of(b"two", 5, 7).times(), 0);
        check(of(b"one", 0, 0), of(b"", 5, 7).times(), 0);
        check(Snapshot::default(), of(b"", 5, 7).times(), 7);
        check(Snapshot::default(), of(b"one", 5, 7).times(), 0);
        check(of(b"one", 0, 3), b"torn".to_vec(), 3);
        let elsewhere =
            Snapshot { header: Header { address: "b".into(), ..of(b"one", 5, 7).header }, ..of(b"one", 5, 7) };
        check(of(b"one", 0, 0), elsewhere.times(), 0);
        assert!(!of(b"one", 0, 0).times().contains(&b'\n'));
    }

    #[test]
    fn another_address_means_another_partner() {
        let mut partner = sample::partner("https://example.org/a.ics?token=1");
        let header = Header { address: address(&partner), ..Header::default() };
        let snapshot = Snapshot { header, body: Bytes::new() };
        assert!(snapshot.is_of(&partner));
        assert!(!snapshot.header.address.contains("token"));
        partner.address.url.set_query(Some("token=2"));
        assert!(!snapshot.is_of(&partner));
    }

    #[test]
    fn a_copy_from_before_times_were_kept_is_whole() {
        assert_eq!(Header::default().took, None);
        let written = String::from_utf8(snapshot().to_bytes()).unwrap_or_default();
        assert!(!written.contains("took"), "what is not known is not written: older digests stay right");
    }

    #[test]
    fn a_fault_has_one_name() {
        use crate::partner::Class::*;
        let all = [
            Dns,
            Refused,
            Connect,
            Tls,
            Timeout,
            TooLarge,
            Redirect,
            HttpStatus,
            NotCalendar,
            Truncated,
            Limits,
            SuddenlyEmpty,
            Internal,
        ];
        for class in all {
            assert_eq!(serde_json::to_value(class).unwrap(), class.word());
        }
    }
}
