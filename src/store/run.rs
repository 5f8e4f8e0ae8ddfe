//! One run of a publisher, while the lease is its own: looks at what an earlier one left unsure, announces what it will touch, uploads step
//! by step, removes, and notes what it has done.

use std::cell::{Cell, RefCell};

use futures_util::StreamExt as _;
use futures_util::stream;

use super::fault::{Fault, Kind};
use super::lease;
use super::objects::{self, Objects, When};
use super::{LEDGER, MANIFEST, Progress, Stop, Summary, Tell, digest};
use crate::digest::{Digest, Hasher};
use crate::edition::manifest::{Manifest, Version};
use crate::edition::object;
use crate::edition::plan::{Plan, Wanted};
use crate::site::Site;

/// Requests at once.
const AT_ONCE: usize = 16;

/// What is known of the store while the lease is ours.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) lease: lease::Lease,
    pub(super) manifest: Manifest,
    /// Of the ledger in the store, where that was read or written.
    pub(super) ledger: Option<Digest>,
}

/// The same afterwards: right for as long as the lease is as we left it.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) lease: objects::Version,
    pub(super) manifest: Manifest,
    pub(super) ledger: Option<Digest>,
}

/// Takes the lease, and learns what is known of the store: from `known`, if nobody was there since.
pub(super) async fn take(
    objects: &Objects,
    name: &str,
    known: Option<Left>,
    stop: &Stop,
    tell: Tell<'_>,
) -> Result<Held, Fault> {
    let (lease, before) = lease::take(objects, name, stop, tell).await?;
    if let Some(Left { manifest, ledger, .. }) = known.filter(|known| before.as_ref() == Some(&known.lease)) {
        return Ok(Held { lease, manifest, ledger });
    }
    let read = match lease.during(objects, objects.get(MANIFEST)).await {
        Ok(Some((bytes, _))) => Manifest::parse(&bytes).map_err(|why| {
            Fault::refused(format!(
                "{MANIFEST} in the store cannot be read: {why}; without it, everything is uploaded anew"
            ))
        }),
        Ok(None) => Ok(Manifest::default()),
        Err(fault) => Err(fault),
    };
    match read {
        Ok(manifest) => Ok(Held { lease, manifest, ledger: None }),
        Err(fault) => {
            // What was wrong before is what is told.
            let _ = lease.release(objects).await;
            Err(fault)
        }
    }
}

/// A run under way.
pub(super) struct Run<'r> {
    objects: &'r Objects,
    lease: lease::Lease,
    manifest: RefCell<Manifest>,
    ledger: Cell<Option<Digest>>,
    /// Whether the store's manifest says something else.
    is_behind: Cell<bool>,
    stop: &'r Stop,
    tell: Tell<'r>,
    done: Cell<usize>,
    of: Cell<usize>,
}

impl<'r> Run<'r> {
    pub(super) fn new(objects: &'r Objects, held: Held, stop: &'r Stop, tell: Tell<'r>) -> Self {
        let Held { lease, manifest, ledger } = held;
        let (manifest, ledger) = (RefCell::new(manifest), Cell::new(ledger));
        let (is_behind, done, of) = (Cell::new(false), Cell::new(0), Cell::new(0));
        Self { objects, lease, manifest, ledger, is_behind, stop, tell, done, of }
    }

    /// Brings the store to a Site and its ledger, and gives the lease back. However it ends, the manifest then says what is there.
    pub(super) async fn publish(self, site: &Site, ledger: &[u8]) -> (Result<Summary, Fault>, Option<Left>) {
        let done = self.all(site, ledger).await;
        if done.as_ref().is_err_and(|fault| fault.kind == Kind::Superseded) {
            return (done, None);
        }
        let kept = if self.is_behind.get() { self.keep_manifest().await } else { Ok(()) };
        // Nobody may rely on a manifest that could not be written; whoever comes next looks for himself, after a while.
        if let Err(fault) = kept {
            return (done.and(Err(fault)), None);
        }
        let Self { objects, lease, manifest, ledger, .. } = self;
        let left = lease.release(objects).await.ok().map(|lease| {
            let (manifest, ledger) = (manifest.into_inner(), ledger.get());
            Left { lease, manifest, ledger }
        });
        (done, left)
    }

    async fn all(&self, site: &Site, ledger: &[u8]) -> Result<Summary, Fault> {
        self.settle().await?;
        let plan = Plan::of(site, &self.manifest.borrow());
        for (key, version) in &plan.noted {
            self.note(key, Some(Some(*version)));
        }
        self.of.set(plan.steps());
        if !plan.is_empty() {
            self.announce(&plan).await?;
        }
        // Before what it is the ledger of: whoever goes on from here has the same revisions, and so the same bytes.
        if self.ledger.get() != Some(digest(ledger)) {
            self.keep(LEDGER, ledger.to_vec()).await?;
            self.ledger.set(Some(digest(ledger)));
        }
        for step in plan.uploads.values() {
            self.each(step, |wanted| self.upload(site, wanted)).await?;
        }
        let uploaded = self.done.get();
        for keys in plan.removals.values() {
            self.remove(keys).await?;
        }
        Ok(Summary { uploaded, removed: self.done.get() - uploaded, kept: plan.kept })
    }

    /// Looks at the keys at which anything may lie.
    async fn settle(&self) -> Result<(), Fault> {
        let unsure: Vec<String> = self.manifest.borrow().unsure().map(str::to_owned).collect();
        let left = Cell::new(unsure.len());
        self.each(&unsure, async |key: &String| {
            let found = self.lease.during(self.objects, self.objects.look(key)).await?;
            // What it was made from is not known; its digest decides. Something without one is not ours, or of another version of ours.
            let nobody = Hasher::default().finish();
            self.note(key, found.map(|content| Some(Version(nobody, content.unwrap_or(nobody)))));
            left.set(left.get().saturating_sub(1));
            (self.tell)(Progress::Looking(left.get()));
            Ok(())
        })
        .await
    }

    /// Says in the store what will be touched.
    async fn announce(&self, plan: &Plan) -> Result<(), Fault> {
        let announced = plan.announced(&self.manifest.borrow()).to_bytes();
        self.is_behind.set(true);
        self.keep(MANIFEST, announced).await
    }

    async fn upload(&self, site: &Site, wanted: &Wanted) -> Result<(), Fault> {
        let Some(found) = crate::edition::find(site, &wanted.address) else { return Ok(()) };
        let object = object::object(&found);
        let version = Version(wanted.inputs, object.digest);
        // From its beginning until its end anything may be there.
        self.note(&wanted.key, Some(None));
        self.lease.during(self.objects, self.objects.put(&wanted.key, object)).await?;
        self.note(&wanted.key, Some(Some(version)));
        self.advance(1);
        Ok(())
    }

    async fn remove(&self, keys: &[String]) -> Result<(), Fault> {
        self.stop.check()?;
        keys.iter().for_each(|key| self.note(key, Some(None)));
        let gone = |key: &str| {
            self.note(key, None);
            self.advance(1);
        };
        self.lease.during(self.objects, self.objects.remove(keys, gone)).await
    }

    /// Does something for each, several at once; after the first fault, nothing more is begun, and what was is ended.
    async fn each<'t, T>(&self, things: &'t [T], what: impl AsyncFn(&'t T) -> Result<(), Fault>) -> Result<(), Fault> {
        let fault: RefCell<Option<Fault>> = RefCell::new(None);
        let one = async |thing: &'t T| {
            let stopped = self.stop.check().err();
            if fault.borrow().is_some() {
                return;
            }
            let failed = match stopped {
                Some(stopped) => Some(stopped),
                None => what(thing).await.err(),
            };
            if let Some(failed) = failed {
                fault.borrow_mut().get_or_insert(failed);
            }
        };
        stream::iter(things).for_each_concurrent(AT_ONCE, one).await;
        fault.into_inner().map_or(Ok(()), Err)
    }

    fn note(&self, key: &str, known: Option<Option<Version>>) {
        self.is_behind.set(true);
        self.manifest.borrow_mut().set(key, known);
    }

    fn advance(&self, objects: usize) {
        self.done.set(self.done.get() + objects);
        (self.tell)(Progress::Done(self.done.get(), self.of.get()));
    }

    async fn keep_manifest(&self) -> Result<(), Fault> {
        let bytes = self.manifest.borrow().to_bytes();
        self.keep(MANIFEST, bytes).await
    }

    async fn keep(&self, key: &str, bytes: Vec<u8>) -> Result<(), Fault> {
        self.lease.during(self.objects, self.objects.keep(key, bytes, When::Always)).await.map(drop)
    }
}
