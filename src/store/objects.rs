//! One object at a time, each request within its time. It knows no order.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, Error, GetOptions, ObjectStore, PutMode, PutOptions, PutPayload, UpdateVersion,
};
use tokio::time::timeout;

use super::fault::{Fault, Secrets};
use crate::digest::Digest;
use crate::edition::object::Object;
use crate::site::Coding;

/// The version of an object as the store tells it.
pub(super) type Version = UpdateVersion;

/// What an object says of itself; letters only, since Azure takes no others.
const DIGEST: &str = "handbill";

/// How long a request may take, its repetitions included: what a store needs to answer, and a second for each so many bytes.
const LIMIT: Duration = Duration::from_secs(15);
const BYTES_A_SECOND: usize = 100_000;

/// How many objects are removed with one request, at most.
const TOGETHER: usize = 500;

/// The objects below a path of a store.
#[derive(Debug)]
pub(super) struct Objects {
    store: Arc<dyn ObjectStore>,
    path: String,
    secrets: Secrets,
}

/// When an object of our own may be written.
pub(super) enum When {
    Always,
    /// Nothing is there.
    Absent,
    /// This version is there.
    Still(Version),
}

impl Objects {
    pub(super) fn new(store: Arc<dyn ObjectStore>, path: &str, secrets: Secrets) -> Self {
        Self { store, path: path.to_owned(), secrets }
    }

    /// The bytes of an object and their version; `None` where there is none.
    pub(super) async fn get(&self, key: &str) -> Result<Option<(Bytes, Version)>, Fault> {
        let path = self.path(key)?;
        let get = async {
            let found = match self.store.get_opts(&path, GetOptions::default()).await {
                Err(Error::NotFound { .. }) => return Ok(None),
                found => found?,
            };
            let version = Version { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
            Ok(Some((found.bytes().await?, version)))
        };
        self.within(LIMIT * 4, get).await
    }

    /// The digest that an object of ours says it has; `None` where there is no object, or it says nothing.
    pub(super) async fn look(&self, key: &str) -> Result<Option<Option<Digest>>, Fault> {
        let path = self.path(key)?;
        let options = GetOptions { head: true, ..GetOptions::default() };
        let look = async {
            match self.store.get_opts(&path, options).await {
                Err(Error::NotFound { .. }) => Ok(None),
                found => Ok(Some(
                    found?
                        .attributes
                        .get(&Attribute::Metadata(DIGEST.into()))
                        .and_then(|text| serde_json::from_value(serde_json::Value::from(text.as_ref())).ok()),
                )),
            }
        };
        self.within(LIMIT, look).await
    }

    /// Puts an object of the edition, with its fields.
    pub(super) async fn put(&self, key: &str, object: Object) -> Result<(), Fault> {
        let mut attributes = Attributes::new();
        attributes.insert(Attribute::ContentType, object.media_type.into());
        attributes.insert(Attribute::CacheControl, object.cache_control.into());
        attributes.insert(Attribute::Metadata(DIGEST.into()), object.digest.to_string().into());
        if object.coding == Coding::Gzip {
            attributes.insert(Attribute::ContentEncoding, "gzip".into());
        }
        if let Some(disposition) = object.disposition {
            attributes.insert(Attribute::ContentDisposition, disposition.into());
        }
        self.write(key, object.bytes, PutOptions::from(attributes)).await.map(drop)
    }

    /// Writes an object of our own; `None` when it may not be written.
    pub(super) async fn keep(&self, key: &str, bytes: Vec<u8>, when: When) -> Result<Option<Version>, Fault> {
        let mut attributes = Attributes::new();
        attributes.insert(Attribute::ContentType, "application/json".into());
        attributes.insert(Attribute::CacheControl, "no-store".into());
        let mode = match when {
            When::Always => PutMode::Overwrite,
            When::Absent => PutMode::Create,
            When::Still(version) => PutMode::Update(version),
        };
        self.write(key, bytes.into(), PutOptions { mode, attributes, ..PutOptions::default() }).await
    }

    async fn write(&self, key: &str, bytes: Bytes, options: PutOptions) -> Result<Option<Version>, Fault> {
        let path = self.path(key)?;
        let seconds = u64::try_from(bytes.len() / BYTES_A_SECOND).unwrap_or(u64::MAX);
        let is_conditional = options.mode != PutMode::Overwrite;
        let payload = PutPayload::from(bytes);
        let put = async {
            match self.store.put_opts(&path, payload.clone(), options.clone()).await {
                // Of a store that knows no conditions, one publisher at a time is asked for.
                Err(Error::NotImplemented { .. }) if is_conditional => {
                    let options = PutOptions { mode: PutMode::Overwrite, ..options };
                    self.store.put_opts(&path, payload, options).await.map(Some)
                }
                Err(
                    Error::AlreadyExists { .. }
                    | Error::Precondition { .. }
                    | Error::NotModified { .. }
                    | Error::NotFound { .. },
                ) if is_conditional => Ok(None),
                done => done.map(Some),
            }
        };
        let done = self.within(LIMIT + Duration::from_secs(seconds), put).await?;
        Ok(done.map(Version::from))
    }

    /// Removes objects, many with one request where the store can; that one is gone already is no fault. Tells each that is gone.
    pub(super) async fn remove(&self, keys: &[String], gone: impl Fn(&str)) -> Result<(), Fault> {
        for keys in keys.chunks(TOGETHER) {
            let paths = keys.iter().map(|key| self.path(key)).collect::<Result<Vec<Path>, Fault>>()?;
            let stream = futures_util::stream::iter(paths.into_iter().map(Ok)).boxed();
            let remove = async {
                let mut removed = self.store.delete_stream(stream);
                while let Some(done) = removed.next().await {
                    match done {
                        Err(Error::NotFound { .. }) | Ok(_) => {}
                        Err(error) => return Err(error),
                    }
                }
                Ok(())
            };
            self.within(LIMIT * 4, remove).await?;
            keys.iter().for_each(|key| gone(key));
        }
        Ok(())
    }

    fn path(&self, key: &str) -> Result<Path, Fault> {
        let whole = if self.path.is_empty() { key.to_owned() } else { format!("{}/{key}", self.path) };
        Path::parse(&whole).map_err(|_| Fault::refused(format!("{whole:?} is no key of a store")))
    }

    async fn within<T>(
        &self,
        limit: Duration,
        what: impl Future<Output = object_store::Result<T>>,
    ) -> Result<T, Fault> {
        match timeout(limit, what).await {
            Ok(done) => done.map_err(|error| self.secrets.fault(&error)),
            Err(_) => Err(Fault::failed(format!("the store did not answer within {} s", limit.as_secs()))),
        }
    }
}
