//! The whole way of a partner's body into a feed of ours: whatever the bytes, our own checker finds nothing wrong with the feed, it has no
//! property that we do not write ourselves, and the same body gives the same feed.
#![no_main]

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use handbill::config::{self, Config};
use handbill::event::{Event, Revision, Style, View, vevents};
use handbill::feed;
use handbill::language::Language;
use handbill::merge::{Voice, merge};
use handbill::name::Slug;
use handbill::partner::{self, Address, Context, Filter, Header, Limits, Names, Partner};
use handbill::problem::Source;
use handbill::text::{Component, defects, parse};
use handbill::time::Zone;
use libfuzzer_sys::fuzz_target;

/// The properties of our events.
const PROPERTIES: [&str; 20] = [
    "CATEGORIES",
    "CONTACT",
    "DESCRIPTION",
    "DTEND",
    "DTSTAMP",
    "DTSTART",
    "DURATION",
    "EXDATE",
    "LAST-MODIFIED",
    "LOCATION",
    "RDATE",
    "RECURRENCE-ID",
    "RRULE",
    "SEQUENCE",
    "STATUS",
    "SUMMARY",
    "TRANSP",
    "UID",
    "URL",
    "X-MICROSOFT-CDO-BUSYSTATUS",
];

static CONFIG: LazyLock<Config> = LazyLock::new(|| {
    let source = Source { name: String::new(), text: String::new() };
    config::parse(Arc::new(source), &BTreeMap::new()).0.expect("the defaults are sound")
});

static PARTNERS: LazyLock<[Partner; 4]> = LazyLock::new(|| {
    let filter = |word: &str| Filter { words: vec![word.to_owned()], pattern: None, categories: Vec::new() };
    let zone = |name| Zone::parse(name);
    let (day, later) = ("2015-06-01".parse().ok(), "2026-06-01".parse().ok());
    [
        partner(),
        Partner { timezone: zone("Europe/London"), prefix: "[P] ".to_owned(), ..partner() },
        Partner { timezone: zone("Asia/Kathmandu"), zone_is_wrong: true, exclude: vec![filter("a")], ..partner() },
        Partner { include: vec![filter("e")], from: day, until: later, combined: false, ..partner() },
    ]
});

fn partner() -> Partner {
    let slug = Slug::parse("partner").expect("a slug");
    let address = Address::new("https://partner.example/feed.ics".parse().expect("an address"));
    Partner {
        url: Some("https://partner.example/".to_owned()),
        tags: vec![Slug::parse("tag").expect("a slug")],
        ..Partner::new(slug, "A partner".to_owned(), address, Language::parse("es").expect("a language"))
    }
}

fuzz_target!(|body: &[u8]| {
    // Which partner: any rule that changes with the body will do, and seeds stay calendars.
    let partner = &PARTNERS[body.len() % PARTNERS.len()];
    let Some((first, identities)) = calendar(partner, body, Header::default()) else { return };
    assert_eq!(defects(&first), Vec::<String>::new(), "{}", String::from_utf8_lossy(&first));
    for calendar in parse(&first).expect("what has no defects is readable") {
        calendar.components.iter().filter(|component| component.name == "VEVENT").for_each(only_ours);
    }
    let again = calendar(partner, body, Header { identities: identities.into(), ..Header::default() });
    assert!(again.is_some_and(|(second, _)| second == first), "the same body, another feed");
});

/// The feed of a body, and what is kept beside it; nothing where the body is refused.
fn calendar(partner: &Partner, body: &[u8], header: Header) -> Option<(Vec<u8>, Names)> {
    let config = &*CONFIG;
    let limits = Limits { max_events: 200, ..Limits::default() };
    let context = Context { zone: config.timezone, uid_domain: "handbill.test" };
    let adopted = partner::adopt(partner, &header, body, &context, &limits).ok()?;
    let voice = Voice { partner: &partner.slug, priority: 0, combined: true, events: &adopted.events };
    let merged = merge(&[], &[voice], &Default::default(), None);
    let identities = adopted.identities(&header.identities);
    Some((assembled(&merged.events, config), identities))
}

fn assembled(events: &[Arc<Event>], config: &Config) -> Vec<u8> {
    let style = Style { zone: config.timezone, main: config.main_language(), cancelled: config.cancelled };
    let revision = Revision { sequence: 0, modified: "2026-01-01T06:00:00Z".parse().expect("an instant") };
    let blocks: Vec<Vec<u8>> = events.iter().map(|event| vevents(event, revision, style, View::All)).collect();
    let head = feed::Head {
        name: config.name.clone(),
        description: config.description.clone(),
        color: None,
        zone: config.timezone,
        refresh: config.refresh,
    };
    let zones = feed::zones(config.timezone, "2026-01-01".parse().expect("a day"), events.iter().map(Arc::as_ref));
    let bytes = blocks.iter().map(Vec::len).sum();
    feed::assemble(&head, &zones, blocks.iter(), bytes)
}

fn only_ours(event: &Component) {
    assert!(event.components.is_empty(), "a component in an event: {event:?}");
    for property in &event.properties {
        assert!(PROPERTIES.contains(&property.name.as_str()), "{} is none of our properties", property.name);
        let name = |name: &str| matches!(name, "TZID" | "VALUE");
        assert!(property.parameters.iter().all(|(parameter, _)| name(parameter)), "{property:?}");
    }
}
