//! Two worlds: in the second, an event has another title, one is new with organizations and a place of its own, and one is gone.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};

use super::harm::Faulty;
use super::*;
use crate::config;
use crate::edition::{self, object, plan};
use crate::problem::Source;
use crate::publisher::{FileChange, FileText, Publisher};
use crate::revision::Ledger;
use crate::site::Site;

pub(super) const PUBLIC_URL: &str = "https://events.example.org";

const SETTINGS: &str = "public_url = \"https://events.example.org\"\nname = \"Test Events\"\nlanguages = [\"en\"]\n";

const FIRST: &str = "
[organization]
name = \"Neighbors\"

[[event]]
id = \"rally\"
title = \"Rally\"
start = 2021-03-23T18:00
updated = 2021-03-01
location = \"Unity Park\"
description = \"Come.\"

[[event]]
id = \"vigil\"
title = \"Vigil\"
start = 2021-03-24T18:00
updated = 2021-03-01
supporters = [\"Those Who Leave\"]
tags = [\"vigil\"]
description = \"Come.\"
";

pub(super) struct World {
    pub(super) site: Arc<Site>,
    pub(super) ledger: Vec<u8>,
    /// Of the object at each key.
    digests: BTreeMap<String, String>,
}

static FIRST_WORLD: LazyLock<World> = LazyLock::new(|| World::of(FIRST.to_owned(), "2021-03-02T18:00:00Z"));
static SECOND_WORLD: LazyLock<World> = LazyLock::new(second);

fn second() -> World {
    let kept = FIRST.split("[[event]]\nid = \"vigil\"").next().unwrap();
    let kept =
        kept.replace("\"Rally\"", "\"Great Rally\"").replace("[[event]]", "[[event]]\nsupporters = [\"New Friends\"]");
    let new = "[[event]]\nid = \"march\"\ntitle = \"March\"\nstart = 2021-03-25T18:00\nupdated = 2021-03-01\n\
               supporters = [\"New Friends\"]\ntags = [\"march\"]\ndescription = \"Come.\"\n";
    World::of(format!("{kept}{new}"), "2021-03-02T19:00:00Z")
}

impl World {
    pub(super) fn first() -> &'static Self {
        &FIRST_WORLD
    }

    pub(super) fn second() -> &'static Self {
        &SECOND_WORLD
    }

    pub(super) fn first_a_day_later() -> Self {
        Self::of(FIRST.to_owned(), "2021-03-03T18:00:00Z")
    }

    fn of(text: String, now: &str) -> Self {
        let now: DateTime<Utc> = now.parse().unwrap();
        let source = Arc::new(Source { name: "handbill.toml".to_owned(), text: SETTINGS.to_owned() });
        let config = Arc::new(config::parse(source, &BTreeMap::new()).0.unwrap());
        let files = vec![FileChange { name: "feeds/neighbors.toml".to_owned(), text: FileText::Is(text) }];
        let publisher = Publisher::new(config, Ledger::default(), files, Vec::new, |_| Vec::new(), now);
        assert!(publisher.problems().is_empty(), "{:?}", publisher.problems());
        let site = Arc::clone(publisher.site());
        let digest = |wanted: plan::Wanted| {
            let object = object::object(&edition::find(&site, &wanted.address).unwrap());
            (wanted.key, object.digest.to_string())
        };
        let digests = plan::wanted(&site).map(digest).collect();
        Self { site: Arc::clone(&site), ledger: publisher.ledger().to_bytes(), digests }
    }

    /// The entity tag at an address.
    pub(super) fn tag(&self, address: &str) -> bytes::Bytes {
        self.site.find(address, None).unwrap().head().tag(crate::site::Coding::Identity).clone()
    }

    /// How many objects it has.
    pub(super) fn objects(&self) -> usize {
        self.digests.len()
    }

    /// The digest of the object at a key.
    pub(super) fn digest(&self, key: &str) -> Option<&str> {
        self.digests.get(key).map(String::as_str)
    }

    /// Whether it is just this world that lies in the store.
    pub(super) async fn is_in(&self, store: &Faulty) -> bool {
        let found = store.all().await.into_iter();
        let found: BTreeMap<String, String> =
            found.map(|(key, seen)| (key, seen.field("handbill").unwrap().to_owned())).collect();
        found == self.digests
    }

    pub(super) async fn assert_is_in(&self, store: &Faulty) {
        assert!(self.is_in(store).await, "another world lies in the store");
    }
}
