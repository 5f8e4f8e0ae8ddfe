//! What is at which address: feeds and JSON in each language, feeds of one's own, the directory; and that feeds survive a restart.

use handbill::text;
use serde_json::Value;

use crate::client::Response;
use crate::server::{RALLY, Server, next_second};

const TENANTS: &str = r#"
[organization]
name = "Tenants’ Council"

[[venue]]
slug = "hall"
name = "Union Hall"
address = "1 W Monroe St, Chicago, IL"
latitude = 41.8807
longitude = -87.6284

[[event]]
id = "weekly"
title = "Weekly Meeting"
start = 2021-03-02T18:00
end = 2021-03-02T19:00
venue = "hall"
tags = ["meeting"]
rrule = "FREQ=WEEKLY"
description = "Every Tuesday."

[[event]]
id = "day"
title = "Day of Action"
start = 2199-05-01
supporters = ["Chicago DSA"]
url = "https://example.org/day"
tags = ["budget"]
description = "All day."
"#;

fn server() -> Server {
    Server::start(&[("chicago-dsa.toml", RALLY), ("tenants.toml", TENANTS)])
}

/// The UIDs of a feed that nothing is wrong with, in its order.
fn uids(response: &Response) -> Vec<String> {
    assert_eq!((response.status, text::defects(&response.body)), (200, vec![]), "{}", response.text());
    let calendars = text::parse(&response.body).unwrap();
    let events = calendars[0].components.iter().filter(|component| component.name == "VEVENT");
    events
        .map(|event| event.property("UID").unwrap().text())
        .map(|uid| uid.replace("@handbill.localhost", ""))
        .collect()
}

fn json(response: &Response) -> Value {
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(response.field("content-type"), Some("application/json; charset=utf-8"));
    serde_json::from_slice(&response.body).unwrap()
}

#[test]
fn every_kind_of_address_is_there_in_each_language() {
    let server = server();
    let kinds: [(&str, &[&str]); 7] = [
        ("all", &["weekly", "rally", "day"]),
        ("org/chicago-dsa", &["rally", "day"]),
        ("org/32nd-ward-united", &["rally"]),
        ("tag/budget", &["rally", "day"]),
        ("venue/hall", &["weekly"]),
        ("event/rally", &["rally"]),
        ("event/day", &["day"]),
    ];
    for language in ["", "/en", "/es"] {
        for (stem, expected) in kinds {
            let feed = server.get(&format!("{language}/{stem}.ics"));
            assert_eq!(uids(&feed), expected, "{language}/{stem}");
            let objects = json(&server.get(&format!("{language}/{stem}.json")));
            assert!(objects.as_array().unwrap().iter().all(Value::is_object), "{language}/{stem}");
        }
    }
}

#[test]
fn a_languages_own_feed_speaks_it() {
    let server = server();
    let both = server.get("/event/rally.ics").calendar();
    assert!(both.contains("SUMMARY:Lori Doesn’t C.A.R.E.S.\r\n"));
    assert!(both.contains("Spend the relief") && both.contains("Español:\\nA Lori no le importa"));
    let spanish = server.get("/es/event/rally.ics").calendar();
    assert!(spanish.contains("SUMMARY:A Lori no le importa\r\n"));
    assert!(spanish.contains("Gasten la ayuda") && !spanish.contains("Spend the relief"));
    assert!(spanish.contains("NAME:Lori Doesn’t C.A.R.E.S. (Español)\r\n"));
    let english = server.get("/en/event/rally.ics").calendar();
    assert!(english.contains("Spend the relief") && !english.contains("Español"));
    assert!(server.get("/es/event/day.ics").calendar().contains("SUMMARY:Day of Action\r\n"), "falls back");
}

#[test]
fn json_has_the_keys_that_fullcalendar_reads() {
    let server = server();
    let objects = json(&server.get("/org/chicago-dsa.json"));
    let rally = &objects[0];
    assert_eq!(rally["id"], "rally");
    assert_eq!(rally["title"], "Lori Doesn’t C.A.R.E.S.");
    assert_eq!(
        (&rally["start"], &rally["end"]),
        (&"2021-03-23T18:00:00-05:00".into(), &"2021-03-23T20:00:00-05:00".into())
    );
    assert_eq!((&rally["allDay"], &rally["endAnnounced"]), (&false.into(), &false.into()));
    assert_eq!(rally["location"], "Unity Park, 2636 N Kimball Ave, Chicago, IL");
    assert_eq!(rally["organizations"][1]["id"], "32nd-ward-united");
    assert_eq!(rally["tags"], serde_json::json!(["budget"]));
    let day = &objects[1];
    assert_eq!((&day["start"], &day["end"]), (&"2199-05-01".into(), &"2199-05-02".into()));
    assert_eq!((&day["allDay"], &day["url"]), (&true.into(), &"https://example.org/day".into()));
}

#[test]
fn json_lists_the_occurrences_of_a_series() {
    let objects = json(&server().get("/venue/hall.json"));
    let objects = objects.as_array().unwrap();
    assert!((100..400).contains(&objects.len()), "{}", objects.len());
    for object in objects {
        assert_eq!(object["groupId"], "weekly");
        assert!(object["id"].as_str().unwrap().starts_with("weekly/20"));
        let start = object["start"].as_str().unwrap();
        assert!(start.contains("T18:00:00-0"), "{start}");
        assert_eq!(object["venue"]["latitude"], 41.8807);
    }
}

#[test]
fn a_combined_feed_is_the_union() {
    let server = server();
    let check = |query: &str, expected: &[&str]| {
        assert_eq!(uids(&server.get(&format!("/combine.ics?{query}"))), expected, "{query}");
    };
    check("org=chicago-dsa", &["rally", "day"]);
    check("org=chicago-dsa&org=tenants", &["weekly", "rally", "day"]);
    check("venue=hall&tag=budget", &["weekly", "rally", "day"]);
    check("org=32nd-ward-united&org=32nd-ward-united&utm_source=x", &["rally"]);
    check("org=32nd%2Dward%2Dunited&lang=es", &["rally"]);
    let ordered = server.get("/combine.ics?org=chicago-dsa&venue=hall");
    let turned = server.get("/combine.ics?venue=hall&org=chicago-dsa");
    assert_eq!((ordered.field("etag"), &ordered.body), (turned.field("etag"), &turned.body));
    assert_ne!(ordered.field("etag"), server.get("/combine.ics?venue=hall").field("etag"));
    assert_eq!(
        json(&server.get("/combine.json?tag=budget&tag=meeting")).as_array().unwrap().last().unwrap()["id"],
        "day"
    );
}

#[test]
fn a_combined_feed_speaks_a_language() {
    let server = server();
    for path in ["/combine.ics?org=chicago-dsa&lang=es", "/es/combine.ics?org=chicago-dsa"] {
        let feed = server.get(path).calendar();
        assert!(feed.contains("SUMMARY:A Lori no le importa\r\n") && feed.contains("(Español)"), "{path}");
    }
}

#[test]
fn a_combined_feed_is_never_everything_by_mistake() {
    let server = server();
    let check = |path: &str, status: u16, told: &str| {
        let response = server.get(path);
        assert_eq!(response.status, status, "{path}");
        assert!(response.text().contains(told), "{path}: {}", response.text());
    };
    check("/combine.ics", 400, "/combine.ics?");
    check("/combine.ics?", 400, "at least one");
    check("/combine.ics?lang=es", 400, "at least one");
    check("/combine.ics?organization=tenants", 400, "at least one");
    check("/combine.ics?org=tenants&org=nobody", 404, "organization nobody");
    check("/combine.ics?tag=nothing", 404, "tag nothing");
    check("/combine.ics?venue=nowhere", 404, "venue nowhere");
    check("/combine.ics?partner=none", 404, "partner none");
    check("/combine.ics?org=tenants&lang=xx", 404, "language xx");
    check("/combine.ics?org=", 404, "organization of that name");
    check("/combine.ics?org=%3Cscript%3E", 404, "organization of that name");
    check("/combine.ics?org=chicago-dsa/../tenants", 404, "organization of that name");
    let many = |count: usize| format!("/combine.ics?{}", vec!["org=tenants"; count].join("&"));
    check(&many(100), 200, "BEGIN:VCALENDAR");
    check(&many(1000), 400, "fewer");
}

#[test]
fn too_many_choices_are_refused() {
    let tags: Vec<String> = (0..101).map(|number| format!("t{number}")).collect();
    let quoted: Vec<String> = tags.iter().map(|tag| format!("{tag:?}")).collect();
    let file = format!(
        "[[event]]\nid = \"many\"\ntitle = \"Many\"\nstart = 2021-03-02\ndescription = \"x\"\ntags = [{}]\n",
        quoted.join(", ")
    );
    let server = Server::start(&[("many.toml", &file)]);
    let query = |count: usize| tags[..count].iter().map(|tag| format!("tag={tag}")).collect::<Vec<_>>().join("&");
    assert_eq!(server.get(&format!("/combine.ics?{}", query(100))).status, 200);
    let refused = server.get(&format!("/combine.ics?{}", query(101)));
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("100"), "{}", refused.text());
}

#[test]
fn the_directory_lists_every_feed() {
    let server = server();
    let directory = json(&server.get("/feeds.json"));
    let feeds = directory["feeds"].as_array().unwrap();
    let names: Vec<(&str, &str, u64)> = feeds
        .iter()
        .map(|feed| (feed["kind"].as_str().unwrap(), feed["id"].as_str().unwrap(), feed["events"].as_u64().unwrap()))
        .collect();
    assert_eq!(
        names,
        [
            ("all", "all", 3),
            ("org", "32nd-ward-united", 1),
            ("org", "chicago-dsa", 2),
            ("org", "tenants", 2),
            ("tag", "budget", 2),
            ("tag", "meeting", 1),
            ("venue", "hall", 1),
        ]
    );
    for feed in feeds {
        let keys: Vec<&str> = feed.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["kind", "id", "name", "ics", "json", "page", "events", "next"]);
        for form in ["ics", "json"] {
            let url = feed[form].as_str().unwrap();
            let path = url.strip_prefix(&format!("http://{}", server.address)).unwrap();
            assert_eq!(server.get(path).status, 200, "{path}");
        }
    }
    assert_eq!(feeds[2]["name"], "Chicago Democratic Socialists of America");
    assert_eq!(feeds[2]["next"]["id"], "day", "the rally is past");
    assert_eq!(feeds[1]["next"], Value::Null);
    assert_eq!(feeds[6]["next"]["id"], "weekly", "a series goes on");
}

#[test]
fn a_restart_changes_nothing() {
    let server = server();
    let paths = ["/all.ics", "/es/all.ics", "/org/tenants.ics", "/event/rally.ics", "/feeds.json", "/all.json", "/"];
    let seen = |server: &Server| {
        paths.map(|path| {
            let response = server.get(path);
            let field = |name: &str| response.field(name).map(str::to_owned);
            let text = response.text().replace(&server.address, "ADDRESS");
            (text, field("etag"), field("last-modified"))
        })
    };
    // The links are part of some representations, so the address must be the same too.
    let address = server.address.clone();
    let before = seen(&server);
    let (folder, _, code) = server.stop();
    assert_eq!(code, Some(0));
    next_second();
    let server = Server::start_in(folder, &[("HANDBILL_LISTEN", &address)]);
    assert_eq!(seen(&server), before, "after SIGTERM");
    let folder = server.kill();
    next_second();
    assert_eq!(seen(&Server::start_in(folder, &[("HANDBILL_LISTEN", &address)])), before, "after SIGKILL");
}

#[test]
fn a_lost_state_folder_changes_no_uid() {
    let server = server();
    let before = uids(&server.get("/all.ics"));
    let (folder, _, _) = server.stop();
    std::fs::remove_dir_all(folder.path().join("state")).unwrap();
    next_second();
    let server = Server::start_in(folder, &[]);
    assert_eq!(uids(&server.get("/all.ics")), before);
}

#[test]
fn a_damaged_ledger_is_set_aside() {
    let (folder, _, _) = server().stop();
    std::fs::write(folder.path().join("state/ledger.json"), "{\"events\":").unwrap();
    let server = Server::start_in(folder, &[]);
    assert_eq!(uids(&server.get("/all.ics")).len(), 3);
    assert!(server.path("state/ledger.json.unreadable").exists());
}

/// The value of a property of an event.
fn value(server: &Server, id: &str, property: &str) -> String {
    let feed = server.get(&format!("/event/{id}.ics")).calendar();
    let line = feed.lines().find(|line| line.starts_with(&format!("{property}:"))).unwrap_or_else(|| panic!("{feed}"));
    line.split_once(':').unwrap().1.to_owned()
}

#[test]
fn revisions_count_what_changes() {
    let server = server();
    let first = value(&server, "rally", "DTSTAMP");
    assert_eq!(value(&server, "rally", "SEQUENCE"), "0");
    let weekly = server.get("/event/weekly.ics");

    next_second();
    server.write("chicago-dsa.toml", &RALLY.replace("Spend the relief", "Spend all the relief"));
    server.get_until("/event/rally.ics", |response| response.calendar().contains("all the relief"));
    let second = value(&server, "rally", "DTSTAMP");
    assert!(second > first, "{second} {first}");
    assert_eq!(value(&server, "rally", "LAST-MODIFIED"), second);
    assert_eq!(value(&server, "rally", "SEQUENCE"), "0", "only words have changed");

    next_second();
    server.write("chicago-dsa.toml", &RALLY.replace("23T18:00", "23T19:00"));
    server.get_until("/event/rally.ics", |response| response.calendar().contains("T190000"));
    assert_eq!(value(&server, "rally", "SEQUENCE"), "1");
    assert!(value(&server, "rally", "DTSTAMP") > second);

    let after = server.get("/event/weekly.ics");
    assert_eq!((after.field("etag"), &after.body), (weekly.field("etag"), &weekly.body), "nothing else moves");
}
