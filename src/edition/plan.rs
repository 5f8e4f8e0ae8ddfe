//! What is to be done so that a store holds an edition: what to upload in which steps, and what to remove. It does none of it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::manifest::{Manifest, Version};
use super::{Rank, Standing, Step, key, named_rank, object, rank};
use crate::digest::Digest;
use crate::site::Site;

/// A representation that a store should hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its address in the Site.
    pub address: String,
    /// Its key in the store.
    pub key: String,
    /// Its place in the order.
    pub rank: Rank,
    /// The digest of what it is made from.
    pub inputs: Digest,
}

/// What is to be done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What is to be uploaded, step by step.
    pub uploads: BTreeMap<Step, Vec<Wanted>>,
    /// The keys of what is to be removed after that, the last ranks first: a page goes before what it points to.
    pub removals: BTreeMap<Reverse<Rank>, Vec<String>>,
    /// What was made from something else than before, and is the same: only to be noted.
    pub noted: Vec<(String, Version)>,
    /// How much is there already.
    pub kept: usize,
}

/// All that a store should hold of a Site.
pub fn wanted(site: &Site) -> impl Iterator<Item = Wanted> + '_ {
    super::addresses(site).into_iter().filter_map(|address| {
        let found = super::find(site, &address)?;
        let (key, rank, inputs) = (key(&address), rank(&address, &found), object::inputs(found.head()));
        Some(Wanted { address, key, rank, inputs })
    })
}

impl Plan {
    /// The plan for a Site and what is known of the store.
    #[must_use]
    pub fn of(site: &Site, manifest: &Manifest) -> Self {
        let content = |wanted: &Wanted| Some(object::object(&super::find(site, &wanted.address)?).digest);
        Self::new(wanted(site), manifest, content)
    }

    /// The plan for what is wanted. `content` tells the digest of its object, made only where it is not clear without; `None`: unlike any.
    pub fn new(
        wanted: impl IntoIterator<Item = Wanted>,
        manifest: &Manifest,
        content: impl Fn(&Wanted) -> Option<Digest>,
    ) -> Self {
        let (mut plan, mut passing, mut keys) = (Self::default(), Vec::new(), BTreeSet::new());
        for wanted in wanted {
            keys.insert(wanted.key.clone());
            let known = match manifest.get(&wanted.key) {
                None => {
                    plan.upload(Standing::New, wanted);
                    continue;
                }
                Some(known) => known,
            };
            match known {
                Some(Version(inputs, _)) if inputs == wanted.inputs => plan.kept += 1,
                _ if wanted.rank == Rank::Passing => passing.push(wanted),
                Some(Version(_, before)) if content(&wanted) == Some(before) => {
                    plan.noted.push((wanted.key, Version(wanted.inputs, before)));
                    plan.kept += 1;
                }
                _ => plan.upload(Standing::Known, wanted),
            }
        }
        for key in manifest.keys().filter(|key| !keys.contains(*key)) {
            plan.removals.entry(Reverse(named_rank(&format!("/{key}")))).or_default().push(key.to_owned());
        }
        if !plan.is_empty() {
            passing.drain(..).for_each(|wanted| plan.upload(Standing::Known, wanted));
        }
        plan.kept += passing.len();
        plan
    }

    fn upload(&mut self, standing: Standing, wanted: Wanted) {
        self.uploads.entry(Step { standing, rank: wanted.rank }).or_default().push(wanted);
    }

    /// Whether a reader would see no difference.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.uploads.is_empty() && self.removals.is_empty()
    }

    /// How many objects it touches.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.uploads.values().map(Vec::len).sum::<usize>() + self.removals.values().map(Vec::len).sum::<usize>()
    }

    /// The manifest to keep in the store before anything is touched.
    #[must_use]
    pub fn announced(&self, manifest: &Manifest) -> Manifest {
        let mut announced = manifest.clone();
        let uploads = self.uploads.values().flatten().map(|wanted| &wanted.key);
        for key in uploads.chain(self.removals.values().flatten()) {
            announced.set(key, Some(None));
        }
        announced
    }
}
