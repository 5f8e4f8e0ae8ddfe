//! Who publishes: one at a time. The lease is an object with its holder's name, written only over the version that was seen; whoever is at
//! work writes it again every few seconds, and who is silent for long has lost it. It needs no clock that two machines share.
//!
//! Nothing is asked of the store but while the lease is ours and fresh: it is renewed before a request that begins when it is older than
//! [`FRESH`], and along with one that lasts longer. Who cannot renew it gives up his requests. So whoever takes over after [`SILENT`] meets
//! nothing of the other's under way.

use std::pin::pin;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use super::fault::Fault;
use super::objects::{Objects, Version, When};
use super::{Progress, Stop, Tell};

const LEASE: &str = ".handbill/lease.json";

/// For how long a lease is trusted without being renewed.
const FRESH: Duration = Duration::from_secs(5);
/// After how long without a sign its holder is taken to be gone: more than what is left of a request when it cannot be renewed.
const SILENT: Duration = Duration::from_secs(25);
/// How often who waits for it looks.
const LOOK: Duration = Duration::from_secs(1);

/// What the object says.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Claim {
    /// Who publishes; nobody, where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<String>,
    /// Counts the signs of life.
    beat: u64,
}

impl Claim {
    fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// The lease, ours.
#[derive(Debug)]
pub(super) struct Lease(Mutex<Ours>);

#[derive(Debug)]
struct Ours {
    claim: Claim,
    version: Version,
    renewed: Instant,
}

/// Takes the lease for `name` as soon as nobody else has it; with the version that was there before.
pub(super) async fn take(
    objects: &Objects,
    name: &str,
    stop: &Stop,
    tell: Tell<'_>,
) -> Result<(Lease, Option<Version>), Fault> {
    let mut seen: Option<(Version, Instant)> = None;
    loop {
        stop.check()?;
        let found = objects.get(LEASE).await?;
        let claim = found.as_ref().map_or(Ok(Claim::default()), |(bytes, _)| serde_json::from_slice(bytes));
        // One that cannot be read is somebody's until he has been silent.
        let is_free = claim.as_ref().is_ok_and(|claim| claim.holder.as_deref().is_none_or(|holder| holder == name));
        let before = found.map(|(_, version)| version);
        let is_silent = match (&seen, &before) {
            (Some((seen, since)), Some(version)) => seen == version && since.elapsed() >= SILENT,
            _ => false,
        };
        if is_free || is_silent {
            let claim = Claim { holder: Some(name.to_owned()), beat: claim.map_or(0, |claim| claim.beat) + 1 };
            let when = before.clone().map_or(When::Absent, When::Still);
            let renewed = Instant::now();
            if let Some(version) = objects.keep(LEASE, claim.to_bytes(), when).await? {
                return Ok((Lease(Mutex::new(Ours { claim, version, renewed })), before));
            }
            continue;
        }
        tell(Progress::Waiting);
        if let Some(version) = before.filter(|version| seen.as_ref().is_none_or(|(seen, _)| seen != version)) {
            seen = Some((version, Instant::now()));
        }
        sleep(LOOK).await;
    }
}

impl Lease {
    /// Does something with the store, while the lease is ours.
    pub(super) async fn during<T>(
        &self,
        objects: &Objects,
        what: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        self.renew(objects).await?;
        let mut what = pin!(what);
        loop {
            tokio::select! {
                // First: a process that was asleep finds out that the lease is another's before it sends anything.
                biased;
                () = sleep(FRESH) => self.renew(objects).await?,
                done = &mut what => return done,
            }
        }
    }

    /// Renews it where it is not fresh.
    async fn renew(&self, objects: &Objects) -> Result<(), Fault> {
        let mut ours = self.0.lock().await;
        if ours.renewed.elapsed() < FRESH {
            return Ok(());
        }
        let claim = Claim { beat: ours.claim.beat + 1, ..ours.claim.clone() };
        let renewed = Instant::now();
        let version = match objects.keep(LEASE, claim.to_bytes(), When::Still(ours.version.clone())).await? {
            Some(version) => version,
            // It may have been written, and the answer lost.
            None => match objects.get(LEASE).await? {
                Some((bytes, version)) if bytes == claim.to_bytes() => version,
                _ => return Err(Fault::superseded()),
            },
        };
        *ours = Ours { claim, version, renewed };
        Ok(())
    }

    /// Gives it back; the version that says so.
    pub(super) async fn release(self, objects: &Objects) -> Result<Version, Fault> {
        let Ours { claim, version, .. } = self.0.into_inner();
        let claim = Claim { holder: None, beat: claim.beat + 1 };
        let released = objects.keep(LEASE, claim.to_bytes(), When::Still(version)).await?;
        released.ok_or_else(Fault::superseded)
    }
}
