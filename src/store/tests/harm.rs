//! A store in memory that does harm at the n-th request, and what a reader finds in it.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    Attribute, CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    ObjectStoreExt as _, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use tokio::sync::Notify;

use super::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Harm {
    /// The request does nothing and fails.
    Fails,
    /// It is carried out, and the answer lost.
    IsLost,
    /// It is carried out, and nobody is there any more who could ask for anything else.
    Dies,
    /// The whole publisher falls asleep before it is sent.
    Sleeps,
}

#[derive(Debug)]
pub(super) struct Faulty {
    inner: InMemory,
    asked: AtomicUsize,
    uploads: AtomicUsize,
    will: Mutex<Option<(Harm, usize)>>,
    was_done: AtomicUsize,
    asleep: Notify,
    knows_conditions: bool,
}

/// An object as a reader gets it.
pub(super) struct Seen {
    fields: BTreeMap<String, String>,
    bytes: Bytes,
}

impl Seen {
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// Decoded.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        match self.field("content-encoding") {
            Some("gzip") => drop(flate2::read::GzDecoder::new(&self.bytes[..]).read_to_string(&mut text).unwrap()),
            _ => text = String::from_utf8(self.bytes.to_vec()).unwrap(),
        }
        text
    }
}

impl Faulty {
    pub(super) fn none() -> Arc<Self> {
        Self::over(InMemory::new(), true)
    }

    pub(super) fn without_conditions() -> Arc<Self> {
        Self::over(InMemory::new(), false)
    }

    fn over(inner: InMemory, knows_conditions: bool) -> Arc<Self> {
        let (asked, uploads, was_done) = Default::default();
        let (will, asleep) = Default::default();
        Arc::new(Self { inner, asked, uploads, will, was_done, asleep, knows_conditions })
    }

    /// Harm at the `at`-th request from now, counted from one.
    pub(super) fn will(&self, harm: Harm, at: usize) {
        *self.will.lock().unwrap() = Some((harm, self.asked() + at));
    }

    /// No more harm; whether there was any.
    pub(super) fn heal(&self) -> bool {
        *self.will.lock().unwrap() = None;
        self.was_done.swap(0, Ordering::Relaxed) > 0
    }

    pub(super) async fn fell_asleep(&self) {
        self.asleep.notified().await;
    }

    pub(super) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// How many objects of an edition were put there, by requests that were carried out.
    pub(super) fn uploads(&self) -> usize {
        self.uploads.load(Ordering::Relaxed)
    }

    /// Another store that holds the same, and does no harm.
    pub(super) fn copy(&self) -> Arc<Self> {
        Self::over(self.inner.fork(), true)
    }

    /// What becomes of the next request: whether it is carried out, and whether that is told.
    async fn next(&self) -> (bool, bool) {
        let number = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
        let Some((harm, at)) = *self.will.lock().unwrap() else { return (true, true) };
        let is_due = number == at || (number > at && harm == Harm::Dies);
        if !is_due {
            return (true, true);
        }
        self.was_done.fetch_add(1, Ordering::Relaxed);
        match harm {
            Harm::Fails => (false, false),
            Harm::IsLost => (true, false),
            Harm::Dies => (number == at, false),
            Harm::Sleeps => {
                self.asleep.notify_one();
                // Polled again only when the publisher wakes up.
                tokio::task::yield_now().await;
                (true, true)
            }
        }
    }

    async fn through<T>(&self, what: impl Future<Output = Result<T>>) -> Result<T> {
        let (is_carried_out, is_told) = self.next().await;
        let done = if is_carried_out { Some(what.await) } else { None };
        match done {
            Some(done) if is_told => done,
            _ => Err(Error::Generic { store: "harm", source: "harm".into() }),
        }
    }

    pub(super) async fn object(&self, path: &str) -> Seen {
        let found = self.inner.get(&Path::parse(path).unwrap()).await.unwrap();
        let fields = found.attributes.iter().map(|(name, value)| {
            let name = match name {
                Attribute::Metadata(name) => name.to_string(),
                Attribute::ContentType => "content-type".to_owned(),
                Attribute::ContentEncoding => "content-encoding".to_owned(),
                Attribute::ContentDisposition => "content-disposition".to_owned(),
                _ => "cache-control".to_owned(),
            };
            (name, value.to_string())
        });
        Seen { fields: fields.collect(), bytes: found.bytes().await.unwrap() }
    }

    pub(super) async fn write(&self, path: &str, text: &'static str) {
        self.inner.put(&Path::parse(path).unwrap(), text.into()).await.unwrap();
    }

    /// All that a reader can find, by key.
    pub(super) async fn all(&self) -> BTreeMap<String, Seen> {
        let paths: Vec<Path> = self.inner.list(None).map_ok(|meta| meta.location).try_collect().await.unwrap();
        let mut all = BTreeMap::new();
        for path in paths.iter().filter(|path| !path.as_ref().contains(".handbill/")) {
            let key = path.as_ref().strip_prefix("site/").unwrap().to_owned();
            all.insert(key, self.object(path.as_ref()).await);
        }
        all
    }

    /// That each object is one of these worlds', whole; that what a page says is its feed is there; and that no way from the front page
    /// leads to nothing.
    pub(super) async fn assert_is_whole(&self, worlds: &[&World], when: &str) {
        let all = self.all().await;
        for (key, seen) in &all {
            let is_known = worlds.iter().any(|world| world.digest(key) == seen.field("handbill"));
            assert!(is_known, "{when}: {key} is of no world");
            if key.ends_with(".ics") {
                let text = seen.text();
                assert!(
                    text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"),
                    "{when}: {key}"
                );
            }
            for link in links(seen).into_iter().filter(|link| link.ends_with(".ics")) {
                assert!(all.contains_key(&link), "{when}: {key} says that its feed is {link}, and that is not there");
            }
        }
        let (mut ways, mut seen) = (vec!["index.html".to_owned()], std::collections::BTreeSet::new());
        while let Some(key) = ways.pop() {
            // Before the front page is there for the first time, no way leads anywhere.
            let Some(page) = all.get(&key).filter(|_| seen.insert(key.clone())) else { continue };
            for link in links(page) {
                assert!(all.contains_key(&link), "{when}: {key} leads to {link}, where nothing is");
                ways.push(link);
            }
        }
    }
}

/// The keys that a page leads to.
fn links(page: &Seen) -> Vec<String> {
    if page.field("content-type") != Some("text/html; charset=utf-8") {
        return Vec::new();
    }
    let text = page.text();
    let after = ["href=\"", "src=\""].into_iter().flat_map(|word| text.split(word).skip(1));
    let links = after.map(|rest| rest.split('"').next().unwrap().replace("&#38;", "&"));
    let own = links.filter_map(|link| {
        let own = link.strip_prefix(world::PUBLIC_URL).map(str::to_owned);
        own.or_else(|| Some(link).filter(|link| link.starts_with('/')))
    });
    let paths = own.map(|link| link.split(['?', '#']).next().unwrap().to_owned());
    paths.filter(|path| path != "/oembed").map(|path| crate::edition::key(&path)).collect()
}

impl std::fmt::Display for Faulty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("faulty")
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(&self, path: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        if !self.knows_conditions && options.mode != PutMode::Overwrite {
            return Err(Error::NotImplemented { operation: String::new(), implementer: String::new() });
        }
        self.through(async {
            let done = self.inner.put_opts(path, payload, options).await;
            if done.is_ok() && !path.as_ref().contains(".handbill/") {
                self.uploads.fetch_add(1, Ordering::Relaxed);
            }
            done
        })
        .await
    }

    async fn put_multipart_opts(&self, path: &Path, options: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(path, options).await
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Result<GetResult> {
        self.through(self.inner.get_opts(path, options)).await
    }

    fn delete_stream(&self, paths: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        // The stream lives longer than this borrow: what it is to do is decided here, for all of its paths.
        let number = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
        let harm =
            self.will.lock().unwrap().filter(|(harm, at)| number == *at || (number > *at && *harm == Harm::Dies));
        let Some((harm, at)) = harm else { return self.inner.delete_stream(paths) };
        self.was_done.fetch_add(1, Ordering::Relaxed);
        let error = || Err(Error::Generic { store: "harm", source: "harm".into() });
        // Half of them, where it is carried out.
        let carried_out = if harm == Harm::Fails || number > at { 0 } else { 2 };
        let some = self.inner.delete_stream(paths.take(carried_out).boxed());
        some.chain(futures_util::stream::once(async move { error() })).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}
