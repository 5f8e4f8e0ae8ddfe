//! The representations at fixed addresses: directory, robots.txt, health, status, the files of pages. It knows no feed's content.

use std::fmt::Write as _;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::representation::{Coding, Content, Effort, Head, Policy};
use crate::digest::{Digest, Hasher};
use crate::problem::Problem;
use crate::revision::Stamp;

const TEXT: &str = "text/plain; charset=utf-8";
const NOT_KEPT: &str = "no-store";

/// A representation made with the Site.
#[derive(Debug)]
pub(super) struct Fixed {
    head: Head,
    content: Content,
    digest: Digest,
}

impl Fixed {
    /// A representation that caches may keep, with the time of its last change.
    pub(super) fn lasting(
        media_type: &'static str,
        cache_control: &'static str,
        bytes: Vec<u8>,
        modified: impl FnOnce(Digest) -> DateTime<Utc>,
    ) -> Self {
        let digest = digest(&bytes);
        let head = Head::new(media_type, cache_control, digest, bytes.len() < 64 * 1024).changed(modified(digest));
        Self { head, content: Content::of(bytes, Effort::Thorough), digest }
    }

    /// The same of bytes that are made when they are first asked for, of what has this digest; `brotli` says whether that coding pays.
    pub(super) fn later(
        media_type: &'static str,
        cache_control: &'static str,
        digest: Digest,
        brotli: bool,
        modified: impl FnOnce(Digest) -> DateTime<Utc>,
    ) -> Self {
        let head = Head::new(media_type, cache_control, digest, brotli).changed(modified(digest));
        Self { head, content: Content::new(Effort::Quick), digest }
    }

    /// A text that is true now only.
    pub(super) fn passing(text: String) -> Self {
        Self::not_kept(TEXT, text.into_bytes())
    }

    /// The same for programs.
    pub(super) fn passing_json(json: Vec<u8>) -> Self {
        Self::not_kept("application/json; charset=utf-8", json)
    }

    /// A page that is true now only.
    pub(super) fn passing_page(html: Vec<u8>) -> Self {
        let passing = Self::not_kept("text/html; charset=utf-8", html);
        Self { head: passing.head.under(Policy::Page), ..passing }
    }

    /// A small answer made for one request; caches may keep it.
    pub(super) fn made(media_type: &'static str, bytes: Vec<u8>) -> Self {
        let digest = digest(&bytes);
        let head = Head::new(media_type, "public, max-age=3600", digest, false);
        Self { head, content: Content::of(bytes, Effort::Quick), digest }
    }

    fn not_kept(media_type: &'static str, bytes: Vec<u8>) -> Self {
        let digest = digest(&bytes);
        let head = Head::new(media_type, NOT_KEPT, digest, false);
        Self { head, content: Content::of(bytes, Effort::Quick), digest }
    }

    pub(super) fn head(&self) -> &Head {
        &self.head
    }

    /// Its bytes in a coding; `make` makes those that were left for later.
    pub(super) fn bytes(&self, coding: Coding, make: impl FnOnce() -> Vec<u8>) -> Bytes {
        self.content.bytes(coding, make)
    }

    pub(super) fn digest(&self) -> Digest {
        self.digest
    }

    /// Whether it belongs to a site of files too.
    pub(super) fn is_lasting(&self) -> bool {
        self.head.modified.is_some()
    }

    pub(super) fn stamp(&self) -> Option<Stamp> {
        Some(Stamp { digest: self.digest, modified: self.head.modified? })
    }
}

fn digest(bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::default();
    // Writing to a hasher cannot fail.
    let _ = std::io::Write::write_all(&mut hasher, bytes);
    hasher.finish()
}

/// Google's importer wants a robots.txt that lets it in; search engines want to know the pages.
pub(super) fn robots(address: &str) -> String {
    format!("User-agent: *\nAllow: /\n\nSitemap: {address}/sitemap.xml\n")
}

/// For a load balancer: the feeds are there; what is wrong with the files follows, for a person.
pub(super) fn ready(problems: &[Problem]) -> String {
    let mut text = "ready\n".to_owned();
    for problem in problems {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "warning: {}", problem.one_line());
    }
    text
}
