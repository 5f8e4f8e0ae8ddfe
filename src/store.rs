//! Publishes an edition to an object store: S3, Google Cloud Storage or Azure. The only room that knows `object_store`; in which order
//! what may appear it learns from `edition`.
//!
//! What lies in the store is at every moment what a reader may see: see [`edition`](crate::edition) for the order. Three objects are
//! Handbill's own. `.handbill/lease.json` says who publishes now, so that one at a time does; `.handbill/manifest.json` what lies at
//! which key, so that only what changed is uploaded; `.handbill/ledger.json` the revisions, which the next publisher goes on with.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime::Runtime;

use crate::digest::{Digest, Hasher};
use crate::site::Site;

mod fault;
mod lease;
mod objects;
mod press;
mod run;
mod target;

pub use fault::{Fault, Kind};
pub use target::Target;

use press::Press;

/// The library's own log lines may carry addresses with keys in them; what goes wrong is told in our own words.
pub const LOG_LEVEL: &str = "object_store=off";

const LEDGER: &str = ".handbill/ledger.json";
const MANIFEST: &str = ".handbill/manifest.json";

/// Asks a publisher to end soon: it begins nothing more, and notes what it has done.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks for it.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn check(&self) -> Result<(), Fault> {
        if self.is_asked() { Err(Fault::stopped()) } else { Ok(()) }
    }
}

/// How far a publisher is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Another publisher is at work, or was stopped within the last half minute.
    Waiting,
    /// So many objects that an earlier publisher left unsure are still to be looked at.
    Looking(usize),
    /// So many of so many objects are done.
    Done(usize, usize),
}

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Objects that were uploaded.
    pub uploaded: usize,
    /// Objects that were removed.
    pub removed: usize,
    /// Objects that were there already.
    pub kept: usize,
}

/// Where progress is told.
pub type Tell<'t> = &'t dyn Fn(Progress);

/// A store that is published to. Its methods block.
#[derive(Debug)]
pub struct Store {
    runtime: Runtime,
    press: Press,
}

impl Store {
    /// The store that a target names, with the keys and settings of the environment: those variables that begin with `AWS_`, `GOOGLE_` or
    /// `AZURE_`. Nothing is asked yet.
    ///
    /// # Errors
    /// When they do not fit together, or the system gives no runtime.
    pub fn open(target: &Target, environment: &BTreeMap<String, String>) -> Result<Self, Fault> {
        let press = Press::new(target.connect(environment)?);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime
            .map_err(|error| Fault::failed(format!("the system gives no means to wait for a store: {error}")))?;
        Ok(Self { runtime, press })
    }

    /// The ledger of revisions that the last publisher left; nobody else publishes from now until the end of [`publish`](Self::publish)
    /// or [`leave`](Self::leave).
    ///
    /// # Errors
    /// When the store does not answer or refuses, or `stop` is asked.
    pub fn ledger(&mut self, stop: &Stop, tell: Tell<'_>) -> Result<Option<Vec<u8>>, Fault> {
        self.runtime.block_on(self.press.ledger(stop, tell))
    }

    /// Brings the store to a Site and its ledger. What goes wrong leaves a whole site behind, and the next call goes on from there.
    ///
    /// # Errors
    /// When the store does not answer or refuses, another publisher takes over, or `stop` is asked.
    pub fn publish(&mut self, site: &Site, ledger: &[u8], stop: &Stop, tell: Tell<'_>) -> Result<Summary, Fault> {
        self.runtime.block_on(self.press.publish(site, ledger, stop, tell))
    }

    /// Lets others publish, where [`ledger`](Self::ledger) was asked for in vain.
    pub fn leave(&mut self) {
        self.runtime.block_on(self.press.leave());
    }
}

fn digest(bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::default();
    // Writing to a hasher cannot fail.
    let _ = io::Write::write_all(&mut hasher, bytes);
    hasher.finish()
}

#[cfg(test)]
mod tests;
