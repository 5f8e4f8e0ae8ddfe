//! The representations at fixed addresses: directory, robots.txt, health, status, the files of pages. It knows no feed's content.

use std::fmt::Write as _;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::representation::{Coding, Content, Effort, Head, Policy};
use super::stem::FEED_CACHE;
use crate::digest::{Digest, Hasher};
use crate::problem::Problem;
use crate::revision::Stamp;

const TEXT: &str = "text/plain; charset=utf-8";
const PAGE: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";
const NOT_KEPT: &str = "no-store";

/// A representation made with the Site.
#[derive(Debug)]
pub(super) struct Fixed {
    head: Head,
    content: Content,
    digest: Digest,
    later: Option<Later>,
}

/// What is made when it is first asked for: it is long, and few ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Later {
    /// The list of all feeds.
    Directory,
    /// The status, for programs.
    Status,
    /// The status in a view.
    StatusPage(usize),
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
        Self { head, content: Content::of(bytes, Effort::Thorough), digest, later: None }
    }

    /// The directory, which is made of what has this digest; `brotli` says whether that coding pays.
    pub(super) fn directory(digest: Digest, brotli: bool, modified: impl FnOnce(Digest) -> DateTime<Utc>) -> Self {
        let head = Head::new(JSON, FEED_CACHE, digest, brotli).changed(modified(digest));
        Self::made_later(Later::Directory, head, digest)
    }

    /// A text that is true now only.
    pub(super) fn passing(text: String) -> Self {
        Self::not_kept(TEXT, text.into_bytes())
    }

    /// A page that is true now only.
    pub(super) fn passing_page(html: Vec<u8>) -> Self {
        let passing = Self::not_kept(PAGE, html);
        Self { head: passing.head.under(Policy::Page), ..passing }
    }

    /// The status, as of what has this digest.
    pub(super) fn status(digest: Digest) -> Self {
        Self::made_later(Later::Status, Head::new(JSON, NOT_KEPT, digest, false), digest)
    }

    /// Its page in a view.
    pub(super) fn status_page(view: usize, digest: Digest) -> Self {
        let digest = Hasher::default().digest(digest).number(view as u64).finish();
        let head = Head::new(PAGE, NOT_KEPT, digest, false).under(Policy::Page);
        Self::made_later(Later::StatusPage(view), head, digest)
    }

    fn made_later(later: Later, head: Head, digest: Digest) -> Self {
        Self { head, content: Content::new(Effort::Quick), digest, later: Some(later) }
    }

    /// A small answer made for one request; caches may keep it.
    pub(super) fn made(media_type: &'static str, bytes: Vec<u8>) -> Self {
        let digest = digest(&bytes);
        let head = Head::new(media_type, "public, max-age=3600", digest, false);
        Self { head, content: Content::of(bytes, Effort::Quick), digest, later: None }
    }

    fn not_kept(media_type: &'static str, bytes: Vec<u8>) -> Self {
        let digest = digest(&bytes);
        let head = Head::new(media_type, NOT_KEPT, digest, false);
        Self { head, content: Content::of(bytes, Effort::Quick), digest, later: None }
    }

    /// How many bytes of it are kept.
    pub(super) fn held(&self) -> usize {
        self.content.held()
    }

    pub(super) fn head(&self) -> &Head {
        &self.head
    }

    /// Its bytes in a coding; `make` makes those that were left for later.
    pub(super) fn bytes(&self, coding: Coding, make: impl FnOnce(Later) -> Vec<u8>) -> Bytes {
        self.content.bytes(coding, || self.later.map(make).unwrap_or_default())
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
