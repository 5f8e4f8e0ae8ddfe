//! Partners of a running server: when and how they are asked, what is served of them, and what they can do no harm to.

use std::fs;
use std::time::{Duration, Instant};

use handbill::text;
use serde_json::Value;

use crate::client::Response;
use crate::server::{LIMIT, RALLY, Server, next_second};
use crate::site::{Answer, Site, calendar};

mod copies;
mod harm;
mod manners;

/// A table of a partner.
pub fn table(slug: &str, url: &str) -> String {
    format!("\n[[partner]]\nslug = \"{slug}\"\nname = \"Site of {slug}\"\nurl = \"{url}\"\n")
}

/// The file of an organization with partners.
fn file(tables: &[String]) -> String {
    format!("{RALLY}{}", tables.concat())
}

/// A server with one partner at `/a.ics`, and these settings of `[partners]`.
fn server(site: &Site, settings: &[(&str, &str)]) -> Server {
    server_of(&[site], &[table("neighbors", &site.url("/a.ics"))], settings)
}

pub fn server_of(sites: &[&Site], tables: &[String], settings: &[(&str, &str)]) -> Server {
    let exceptions = Site::exceptions(sites);
    let own = [("HANDBILL_PARTNERS_ALLOW_ADDRESSES", exceptions.as_str())];
    Server::start_with(&[("chicago-dsa.toml", &file(tables))], &[&own, settings].concat())
}

/// A restart in the folder of a server that was killed.
fn again(server: Server, sites: &[&Site], settings: &[(&str, &str)]) -> Server {
    let exceptions = Site::exceptions(sites);
    let own = [("HANDBILL_PARTNERS_ALLOW_ADDRESSES", exceptions.as_str())];
    Server::start_in(server.kill(), &[&own, settings].concat())
}

/// Settings that let a server ask every second.
pub const QUICK: &[(&str, &str)] = &[("HANDBILL_PARTNERS_REFRESH", "1s"), ("HANDBILL_PARTNERS_REFRESH_FLOOR", "1s")];

fn has<'a>(text: &'a str) -> impl Fn(&Response) -> bool + use<'a> {
    move |response| response.calendar().contains(text)
}

fn lacks<'a>(text: &'a str) -> impl Fn(&Response) -> bool + use<'a> {
    move |response| !response.calendar().contains(text)
}

/// The status of a partner, once it is as expected.
fn status(server: &Server, slug: &str, expected: impl Fn(&Value) -> bool) -> Value {
    let of = |response: &Response| -> Value {
        let status: Value = serde_json::from_slice(&response.body).unwrap();
        let partners = status["partners"].as_array().unwrap();
        partners.iter().find(|partner| partner["id"] == slug).cloned().unwrap_or_default()
    };
    of(&server.get_until("/status.json", |response| expected(&of(response))))
}

fn log_with(server: &Server, text: &str) -> String {
    let since = Instant::now();
    loop {
        let log = server.log_so_far();
        if log.contains(text) {
            return log;
        }
        assert!(since.elapsed() < LIMIT, "{text:?} is not in the log: {log}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

pub fn weekly() -> String {
    calendar(&[("weekly", "Weekly Meeting")])
}

#[test]
fn a_partners_events_are_in_every_feed_they_belong_to() {
    let site = Site::saying("/a.ics", [Answer::calendar(&weekly())]);
    let table =
        table("neighbors", &site.url("/a.ics")) + "site = \"https://neighbors.example/\"\ntags = [\"meeting\"]\n";
    let server = server_of(&[&site], &[table], &[]);
    let uid = |response: &Response| {
        let calendars = text::parse(&response.body).unwrap();
        let events = calendars[0].components.iter().filter(|component| component.name == "VEVENT");
        let found = events.filter(|event| event.property("SUMMARY").unwrap().text().contains("Weekly Meeting"));
        found.map(|event| event.property("UID").unwrap().text().to_string()).collect::<Vec<_>>()
    };
    let all = server.get_until("/all.ics", has("Weekly Meeting"));
    assert_eq!(uid(&all).len(), 1);
    for path in ["/org/chicago-dsa.ics", "/partner/neighbors.ics", "/tag/meeting.ics", "/en/all.ics"] {
        let feed = server.get(path);
        assert_eq!((feed.status, text::defects(&feed.body)), (200, vec![]), "{path}");
        assert_eq!(uid(&feed), uid(&all), "{path}");
        assert!(feed.calendar().contains("Via Site of neighbors: https://neighbors.example/"), "{path}");
    }
    assert!(all.text().contains("UID:rally@") && !server.get("/partner/neighbors.ics").text().contains("UID:rally@"));
    assert_eq!(server.get("/org/32nd-ward-united.ics").calendar().matches("BEGIN:VEVENT").count(), 1);
}

#[test]
fn the_status_tells_all_of_a_partner() {
    let site = Site::saying(
        "/a.ics",
        [Answer::calendar(&weekly()).after(Duration::from_millis(300)), Answer::new("404 No", "", "")],
    );
    let server = server(&site, &[]);
    let waiting = status(&server, "neighbors", |_| true);
    assert_eq!(
        (&waiting["state"], &waiting["events"], &waiting["last_success"]),
        (&"waiting".into(), &0.into(), &Value::Null)
    );
    let fresh = status(&server, "neighbors", |status| status["state"] == "fresh");
    assert_eq!((&fresh["name"], &fresh["address"]), (&"Site of neighbors".into(), &site.url("/a.ics").into()));
    assert_eq!((&fresh["events"], &fresh["failures"], &fresh["fault"]), (&1.into(), &0.into(), &Value::Null));
    assert_eq!(fresh["last_success"], fresh["last_attempt"]);
    assert!((0..60).contains(&fresh["age_seconds"].as_i64().unwrap()), "{fresh}");
    assert!(fresh["next_poll"].as_str() > fresh["last_attempt"].as_str() && fresh["repairs"].is_object());
    next_second();
    server.signal("HUP");
    let failed = status(&server, "neighbors", |status| status["failures"] == 1);
    assert!(failed["fault"].as_str().unwrap().contains("(HTTP 404)"), "{failed}");
    assert_eq!(failed["fault_class"], "http-status");
    assert_eq!((&failed["state"], &failed["last_success"]), (&"fresh".into(), &fresh["last_success"]));
    assert!(failed["last_attempt"].as_str() > failed["last_success"].as_str());
    let text = server.get("/status").text();
    assert!(text.contains("there is no such page (HTTP 404)") && text.contains("up to date"), "{text}");
}
