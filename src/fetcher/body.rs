//! A body as it arrives: at most one layer of compression, counted after decompression while it streams, complete or of no use.

use std::io::{self, Write};

use brotli::DecompressorWriter;
use bytes::Bytes;
use flate2::write::MultiGzDecoder;

use crate::partner::{Class, Fault};

use super::fault::fault;

/// How much Brotli makes at a time, in bytes.
const BUFFER: usize = 32 * 1024;

/// Takes a body in, piece by piece.
pub(super) enum Body {
    Plain(Bounded),
    Gzip(Box<MultiGzDecoder<Bounded>>),
    Brotli(Box<DecompressorWriter<Bounded>>),
}

/// Bytes up to a limit.
pub(super) struct Bounded {
    bytes: Vec<u8>,
    limit: usize,
    is_full: bool,
}

impl Body {
    /// A body of at most `limit` bytes, under the codings of Content-Encoding (RFC 9110 §8.4): none, or gzip once. Brotli is not asked
    /// for, but some sites send nothing else. More layers, or other codings, would each be another way to make much of little.
    pub(super) fn coded<'a>(codings: impl Iterator<Item = &'a str>, limit: usize) -> Result<Self, Fault> {
        let bounded = Bounded { bytes: Vec::new(), limit, is_full: false };
        let codings: Vec<String> = codings
            .flat_map(|value| value.split(','))
            .map(|coding| coding.trim().to_ascii_lowercase())
            .filter(|coding| !matches!(coding.as_str(), "" | "identity"))
            .take(2)
            .collect();
        match codings.as_slice() {
            [] => Ok(Self::Plain(bounded)),
            [coding] if matches!(coding.as_str(), "gzip" | "x-gzip") => {
                Ok(Self::Gzip(Box::new(MultiGzDecoder::new(bounded))))
            }
            [coding] if coding == "br" => Ok(Self::Brotli(Box::new(DecompressorWriter::new(bounded, BUFFER)))),
            _ => Err(fault(Class::NotCalendar, "the answer is compressed in a way that was not asked for")),
        }
    }

    /// Takes the next piece in.
    pub(super) fn push(&mut self, piece: &[u8]) -> Result<(), Fault> {
        let written = match self {
            Self::Plain(bounded) => bounded.write_all(piece),
            Self::Gzip(decoder) => decoder.write_all(piece),
            Self::Brotli(decoder) => decoder.write_all(piece),
        };
        written.map_err(|_| self.wrong())
    }

    /// The whole body. Gzip ends with a checksum and a length, Brotli with a mark: what ends without them is cut.
    pub(super) fn finish(mut self) -> Result<Bytes, Fault> {
        let finished = match &mut self {
            Self::Plain(_) => Ok(()),
            Self::Gzip(decoder) => decoder.try_finish(),
            Self::Brotli(decoder) => decoder.close(),
        };
        finished.map_err(|_| self.wrong())?;
        let bounded = match &mut self {
            Self::Plain(bounded) => bounded,
            Self::Gzip(decoder) => decoder.get_mut(),
            Self::Brotli(decoder) => decoder.get_mut(),
        };
        Ok(std::mem::take(&mut bounded.bytes).into())
    }

    fn wrong(&self) -> Fault {
        let bounded = match self {
            Self::Plain(bounded) => bounded,
            Self::Gzip(decoder) => decoder.get_ref(),
            Self::Brotli(decoder) => decoder.get_ref(),
        };
        match bounded.is_full {
            true => too_large(bounded.limit),
            false => fault(Class::Truncated, "the compressed answer is damaged or cut"),
        }
    }
}

/// The fault of a body with more than so many bytes.
pub(super) fn too_large(limit: usize) -> Fault {
    fault(Class::TooLarge, format!("the answer has more than {limit} bytes"))
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.limit.saturating_sub(self.bytes.len()) {
            self.is_full = true;
            return Err(io::Error::other("more than the limit"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn brotli(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4_096, 5, 22);
        encoder.write_all(bytes).unwrap();
        encoder.into_inner()
    }

    fn read(codings: &[&str], bytes: &[u8], limit: usize, piece: usize) -> Result<Bytes, Class> {
        let read = || {
            let mut body = Body::coded(codings.iter().copied(), limit)?;
            bytes.chunks(piece).try_for_each(|piece| body.push(piece))?;
            body.finish()
        };
        read().map_err(|fault| fault.class)
    }

    fn check(codings: &[&str], bytes: &[u8], expected: Result<&[u8], Class>) {
        for piece in [1, 7, 100_000] {
            let found = read(codings, bytes, 1_000, piece);
            assert_eq!(found.as_deref(), expected.as_ref().map(|bytes| *bytes), "{codings:?} in pieces of {piece}");
        }
    }

    #[test]
    fn a_body_is_read_up_to_its_limit() {
        let text = [b'x'; 1_000];
        check(&[], &text, Ok(&text));
        check(&[], &[b'x'; 1_001], Err(Class::TooLarge));
        check(&["gzip"], &gzip(&text), Ok(&text));
        check(&["gzip"], &gzip(&[b'x'; 1_001]), Err(Class::TooLarge));
        check(&["GZip "], &gzip(b"a"), Ok(b"a"));
        check(&["identity"], b"a", Ok(b"a"));
        check(&["identity, x-gzip"], &gzip(b"a"), Ok(b"a"));
        check(&["gzip"], &[gzip(b"a"), gzip(b"b")].concat(), Ok(b"ab"));
        check(&["br"], &brotli(&text), Ok(&text));
        check(&["br"], &brotli(&[b'x'; 1_001]), Err(Class::TooLarge));
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let bomb = gzip(&vec![0; 5_000_000]);
        assert_eq!(read(&["gzip"], &bomb, 1_000, bomb.len()), Err(Class::TooLarge));
        check(&["gzip"], &[gzip(b"a"), gzip(&[b'x'; 1_000])].concat(), Err(Class::TooLarge));
        let bomb = brotli(&vec![0; 5_000_000]);
        assert_eq!(read(&["br"], &bomb, 1_000, bomb.len()), Err(Class::TooLarge));
    }

    #[test]
    fn a_damaged_body_is_no_body() {
        let whole = gzip(b"BEGIN:VCALENDAR");
        for end in 0..whole.len() {
            check(&["gzip"], &whole[..end], Err(Class::Truncated));
        }
        let mut wrong = whole.clone();
        let at = wrong.len() - 6;
        wrong[at] ^= 0xff;
        check(&["gzip"], &wrong, Err(Class::Truncated));
        check(&["gzip"], b"BEGIN:VCALENDAR", Err(Class::Truncated));
        let whole = brotli(b"BEGIN:VCALENDAR");
        for end in 0..whole.len() {
            check(&["br"], &whole[..end], Err(Class::Truncated));
        }
        check(&["gzip"], &[&whole[..], b"<script>"].concat(), Err(Class::Truncated));
    }

    #[test]
    fn other_codings_are_refused() {
        for codings in [&["zstd"][..], &["gzip, gzip"], &["br, gzip"], &["gzip", "gzip"], &["rot13"], &["deflate"]] {
            check(codings, b"", Err(Class::NotCalendar));
        }
    }
}
