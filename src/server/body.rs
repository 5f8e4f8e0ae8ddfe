//! The body of a response: shared bytes, sent in slices. It copies nothing.

use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Instant;

use actix_http::body::{BodySize, MessageBody};
use bytes::Bytes;

use super::patience::Line;

/// The server copies what it gets into each connection's buffer: in slices of this many bytes, a client that reads nothing costs
/// a slice, not a feed.
const SLICE: usize = 32 * 1024;

/// Bytes still to be sent; `None` for a response that has no body by its nature.
#[derive(Debug)]
pub(super) struct Body {
    left: Option<Bytes>,
    line: Option<Rc<Line>>,
}

impl Body {
    /// All of `bytes`; each slice taken tells `line` that the client reads.
    pub(super) fn new(bytes: Bytes, line: Option<Rc<Line>>) -> Self {
        Self { left: Some(bytes), line }
    }

    /// No body.
    pub(super) fn none() -> Self {
        Self { left: None, line: None }
    }

    pub(super) fn bytes_left(&self) -> usize {
        self.left.as_ref().map_or(0, Bytes::len)
    }
}

impl MessageBody for Body {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        self.left.as_ref().map_or(BodySize::None, |bytes| BodySize::Sized(bytes.len() as u64))
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        if let Some(line) = &self.line {
            line.touch(Instant::now());
        }
        let slice = match &mut self.left {
            Some(bytes) if !bytes.is_empty() => bytes.split_to(bytes.len().min(SLICE)),
            _ => return Poll::Ready(None),
        };
        Poll::Ready(Some(Ok(slice)))
    }

    fn try_into_bytes(self) -> Result<Bytes, Self> {
        match self.left {
            Some(bytes) if bytes.len() <= SLICE => Ok(bytes),
            left => Err(Self { left, ..self }),
        }
    }
}
