//! A publisher between its runs: what it knows of the store while the lease is its own, and afterwards.

use std::hash::{BuildHasher as _, RandomState};

use super::fault::Fault;
use super::objects::Objects;
use super::run::{self, Held, Left, Run};
use super::{LEDGER, Stop, Summary, Tell, digest};
use crate::edition::plan::Plan;
use crate::site::Site;

/// A publisher.
#[derive(Debug)]
pub(super) struct Press {
    objects: Objects,
    /// Its name among others.
    name: String,
    held: Option<Held>,
    left: Option<Left>,
}

impl Press {
    pub(super) fn new(objects: Objects) -> Self {
        let name = format!("{:016x}", RandomState::new().hash_one("publisher"));
        Self { objects, name, held: None, left: None }
    }

    /// Takes the lease; the ledger that the last publisher left.
    pub(super) async fn ledger(&mut self, stop: &Stop, tell: Tell<'_>) -> Result<Option<Vec<u8>>, Fault> {
        let mut held = self.take(stop, tell).await?;
        let read = held.lease.during(&self.objects, self.objects.get(LEDGER)).await;
        let ledger = read.map(|found| found.map(|(bytes, _)| bytes.to_vec()));
        held.ledger = ledger.as_ref().ok().and_then(Option::as_deref).map(digest);
        self.held = Some(held);
        ledger
    }

    pub(super) async fn publish(
        &mut self,
        site: &Site,
        ledger: &[u8],
        stop: &Stop,
        tell: Tell<'_>,
    ) -> Result<Summary, Fault> {
        if let Some(summary) = self.nothing_to_do(site, ledger) {
            return Ok(summary);
        }
        let held = self.take(stop, tell).await?;
        let (done, left) = Run::new(&self.objects, held, stop, tell).publish(site, ledger).await;
        self.left = left;
        done
    }

    /// Gives the lease back, if it is ours.
    pub(super) async fn leave(&mut self) {
        let Some(Held { lease, manifest, ledger }) = self.held.take() else { return };
        // Where that fails, whoever comes next waits until it is clear that nobody is here.
        let released = lease.release(&self.objects).await.ok();
        self.left = released.map(|lease| Left { lease, manifest, ledger });
    }

    /// What needs no request: a Site in which nothing differs from what we published last.
    fn nothing_to_do(&mut self, site: &Site, ledger: &[u8]) -> Option<Summary> {
        let left = self.left.as_mut().filter(|_| self.held.is_none())?;
        if left.ledger != Some(digest(ledger)) || left.manifest.unsure().next().is_some() {
            return None;
        }
        let plan = Plan::of(site, &left.manifest);
        plan.noted.iter().for_each(|(key, version)| left.manifest.set(key, Some(Some(*version))));
        plan.is_empty().then_some(Summary { kept: plan.kept, ..Summary::default() })
    }

    async fn take(&mut self, stop: &Stop, tell: Tell<'_>) -> Result<Held, Fault> {
        match self.held.take() {
            Some(held) => Ok(held),
            None => run::take(&self.objects, &self.name, self.left.take(), stop, tell).await,
        }
    }
}
