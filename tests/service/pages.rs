//! Pages, Atom, what is embedded, and what leads to them: that each is there, says what it must, and lets nothing in.

use chrono::{Days, NaiveDate, Utc};
use serde_json::Value;

use crate::client::{Response, get, request};
use crate::server::{RALLY, Server};

/// Texts that would be markup, script, or the end of an attribute, wherever they were not escaped; in every field that a page shows.
const HOSTILE: &str = r#"
[organization]
name = "Ours </script><script>alert(1)</script>"
description = "<img src=x onerror=alert(1)> \" ' & {{ 7 }}"
url = "https://example.org/\"onmouseover=alert(1)"

[[venue]]
slug = "hall"
name = "Hall <b>\" onload=\"alert(1)"
address = "1 W Monroe St</title>"
latitude = 41.8807
longitude = -87.6284

[[event]]
id = "hostile"
title = "</title></script><!-- <svg onload=alert(1)>"
start = 2090-05-01T18:00
end = 2090-05-01T20:00
venue = "hall"
supporters = ["<i>Friends</i> & Co"]
contact = "<a href=javascript:alert(1)>us</a>"
tags = ["rally"]
description = "javascript:alert(1) ]]> <iframe src=//evil.example> https://example.org/?a=1&b=<x>"
"#;

/// A series that begins in a week, six Tuesdays or what day it is; `DATE` stands for it.
const SERIES: &str = r#"
[organization]
name = "Tenants’ Council"

[[event]]
id = "weekly"
title = "Weekly Meeting"
start = DATET18:00
end = DATET19:00
tags = ["meeting"]
rrule = "FREQ=WEEKLY;COUNT=6"
description = "Every week."

[[event]]
id = "cancelled"
title = "Vigil"
start = 2090-05-01T19:00
status = "cancelled"
reason = "The storm"
"#;

fn server() -> Server {
    let series = SERIES.replace("DATE", &in_a_week().to_string());
    Server::start(&[("chicago-dsa.toml", RALLY), ("tenants.toml", &series), ("ours.toml", HOSTILE)])
}

fn in_a_week() -> NaiveDate {
    Utc::now().date_naive() + Days::new(7)
}

const PAGES: [&str; 18] = [
    "/",
    "/es/",
    "/all",
    "/all/2021",
    "/org/chicago-dsa",
    "/es/org/ours",
    "/org/ours",
    "/tag/rally",
    "/venue/hall",
    "/event/hostile",
    "/event/weekly",
    "/event/cancelled",
    "/combine",
    "/combine?org=ours&tag=meeting",
    "/org/ours/handbill",
    "/all/handbill",
    "/status",
    "/embed/org/ours",
];

fn page(server: &Server, path: &str) -> String {
    let response = server.get(path);
    assert_eq!(response.status, 200, "{path}: {}", response.text());
    assert_eq!(response.field("content-type"), Some("text/html; charset=utf-8"), "{path}");
    response.text()
}

fn json(response: &Response) -> Value {
    assert_eq!(response.status, 200, "{}", response.text());
    serde_json::from_slice(&response.body).unwrap()
}

#[test]
fn every_page_is_there_with_its_policy() {
    let server = server();
    for path in PAGES {
        let html = page(&server, path);
        assert!(html.starts_with("<!doctype html>") && html.trim_end().ends_with("</html>"), "{path}");
        let response = server.get(path);
        let policy = response.field("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{path}: {policy}");
        let framed = policy.contains("frame-ancestors *");
        assert_eq!(framed, path.starts_with("/embed/"), "{path}: {policy}");
        assert_eq!(response.field("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(response.field("referrer-policy"), Some("no-referrer"), "{path}");
        assert_eq!(response.field("set-cookie"), None, "{path}");
    }
}

#[test]
fn no_text_becomes_markup() {
    let server = server();
    let atom = server.get("/all.atom").text();
    let widget = server.get("/embed/all.js").text();
    let pages = PAGES.map(|path| page(&server, path));
    for html in pages.iter().chain([&atom, &widget]) {
        for bad in
            ["<script>alert", "<img", "<svg onload", "<iframe src=//", "<b>\"", "<i>Friends", "onerror=alert(1)>"]
        {
            assert!(!html.contains(bad), "{bad} in {html}");
        }
        assert!(!html.contains("href=\"javascript:"), "{html}");
        // In JSON a quotation mark is escaped; anywhere else it would end the attribute.
        let html = html.replace("\\\"", "");
        assert!(!html.contains("\"onmouseover") && !html.contains("\" onload="), "{html}");
    }
}

#[test]
fn a_page_knows_that_nothing_has_changed() {
    let server = server();
    for path in
        PAGES.into_iter().filter(|path| *path != "/status").chain(["/all.atom", "/embed/all.js", "/sitemap.xml"])
    {
        let first = server.get(path);
        let tag = first.field("etag").unwrap().to_owned();
        let again = get(&server.address, path, &[("If-None-Match", &tag)]);
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        let head = request(&server.address, "HEAD", path, &[]);
        assert_eq!((head.status, head.field("etag")), (200, Some(tag.as_str())), "{path}");
        let zipped = get(&server.address, path, &[("Accept-Encoding", "gzip")]);
        assert_eq!(zipped.field("content-encoding"), Some("gzip"), "{path}");
    }
}

#[test]
fn a_page_changes_with_what_it_shows() {
    let server = server();
    let tags = || {
        ["/", "/all", "/org/chicago-dsa", "/event/rally"].map(|path| server.get(path).field("etag").map(str::to_owned))
    };
    let before = tags();
    server.write("chicago-dsa.toml", &RALLY.replace("Unity Park", "Humboldt Park"));
    server.get_until("/event/rally", |response| response.text().contains("Humboldt Park"));
    for (before, after) in before.iter().zip(tags()) {
        assert_ne!(*before, after);
    }
    assert!(page(&server, "/es/event/rally").contains("Humboldt Park"));
}

#[test]
fn each_language_has_its_own_page_and_leads_to_the_other() {
    let server = server();
    let (english, spanish) = (page(&server, "/event/rally"), page(&server, "/es/event/rally"));
    assert!(english.contains("<html lang=\"en\">") && english.contains("Lori Doesn’t C.A.R.E.S."));
    assert!(spanish.contains("<html lang=\"es\">") && spanish.contains("A Lori no le importa"));
    assert!(spanish.contains("martes 23 de marzo de 2021") && english.contains("Tuesday, March 23, 2021"));
    assert!(english.contains("href=\"/es/event/rally\"") && spanish.contains("href=\"/event/rally\""));
    let canonical = |path: &str| format!("<link rel=\"canonical\" href=\"http://{}{path}\">", server.address);
    assert!(english.contains(&canonical("/event/rally")) && spanish.contains(&canonical("/es/event/rally")));
    assert!(page(&server, "/en/event/rally").contains(&canonical("/event/rally")), "the main language has one address");
    assert!(page(&server, "/es/event/weekly").contains("<h1 lang=\"en\">Weekly Meeting</h1>"), "nobody translated it");
}

#[test]
fn a_page_leads_to_the_same_events_in_other_forms() {
    let server = server();
    let address = &server.address;
    for (path, stem) in [("/", "all"), ("/org/chicago-dsa", "org/chicago-dsa"), ("/es/tag/rally", "es/tag/rally")] {
        let html = page(&server, path);
        for (media_type, ending) in
            [("text/calendar", "ics"), ("application/atom+xml", "atom"), ("application/json", "json")]
        {
            let link =
                format!("<link rel=\"alternate\" type=\"{media_type}\" href=\"http://{address}/{stem}.{ending}\"");
            assert!(html.contains(&link), "{link} in {html}");
            let response = server.get(&format!("/{stem}.{ending}"));
            assert!(response.status == 200 && response.field("content-type").unwrap().starts_with(media_type));
        }
    }
}

#[test]
fn an_event_tells_search_engines_and_people_the_same() {
    let server = server();
    let html = page(&server, "/event/cancelled");
    let data = html.split_once("<script type=\"application/ld+json\">").unwrap().1.split_once("</script>").unwrap().0;
    let data: Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["eventStatus"], "https://schema.org/EventCancelled");
    assert_eq!(data["startDate"], "2090-05-01T19:00:00-05:00");
    assert!(html.contains("<p class=\"banner\"><strong>Cancelled</strong> The storm</p>"), "{html}");
    let hostile = page(&server, "/event/hostile");
    let data =
        hostile.split_once("<script type=\"application/ld+json\">").unwrap().1.split_once("</script>").unwrap().0;
    let data: Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["name"], "</title></script><!-- <svg onload=alert(1)>");
    assert!(hostile.contains("href=\"geo:41.8807,-87.6284?q=41.8807,-87.6284("), "a link to map programs");
}

#[test]
fn a_series_lists_its_dates() {
    let server = server();
    let html = page(&server, "/event/weekly");
    assert!(html.contains("Every week."));
    for week in 0..6 {
        let day = in_a_week() + Days::new(7 * week);
        assert!(html.contains(&format!("<li><time datetime=\"{day}T18:00:00-0")), "{day} in {html}");
    }
}

#[test]
fn a_feed_of_ones_own_is_chosen_on_a_page() {
    let server = server();
    let html = page(&server, "/combine?tag=meeting&org=ours&lang=es");
    let feed = format!("value=\"http://{}/combine.ics?org=ours&#38;tag=meeting&#38;lang=es\"", server.address);
    assert!(html.contains(&feed), "{html}");
    assert!(html.contains("name=\"org\" value=\"ours\" checked"), "{html}");
    assert!(html.contains("Weekly Meeting"), "a preview");
    let atom = format!("href=\"http://{}/combine.atom?org=ours&#38;tag=meeting&#38;lang=es\"", server.address);
    assert!(html.contains(&atom), "{html}");
    let own = server.get("/combine.atom?org=ours&tag=meeting").text();
    assert!(
        own.contains(&format!("href=\"http://{}/combine.atom?org=ours&amp;tag=meeting\"", server.address)),
        "{own}"
    );
    let unknown = server.get("/combine?org=nobody");
    assert_eq!(unknown.status, 404);
    assert!(unknown.text().contains("There is no organization nobody here"), "{}", unknown.text());
    let many: String = (0..101).map(|n| format!("org=ours&tag=meeting&x{n}=&")).collect();
    assert_eq!(server.get(&format!("/combine?{many}")).status, 200, "the same twice is chosen once");
}

#[test]
fn what_is_not_there_is_a_page_with_a_way_on() {
    let server = server();
    for path in
        ["/nothing", "/org/nobody", "/all.ics/", "/org/chicago-dsa/1999", "/event/rally/handbill/", "/embed/org/nobody"]
    {
        let response = server.get(path);
        assert_eq!(response.status, 404, "{path}");
        assert_eq!(response.field("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert_eq!(response.field("etag"), None, "{path}");
        assert!(response.text().contains("There is nothing here"), "{path}");
    }
    assert!(server.get("/es/nada").text().contains("Aquí no hay nada"));
    assert!(!server.get("/org/%3Cscript%3E").text().contains("%3Cscript"), "nothing of the request is repeated");
}

#[test]
fn a_site_that_asks_how_to_show_a_page_is_told() {
    let server = server();
    let html = page(&server, "/org/ours");
    let link = html
        .split_once("application/json+oembed\" href=\"")
        .unwrap()
        .1
        .split_once('"')
        .unwrap()
        .0
        .replace("&#38;", "&");
    let path = link.split_once(&server.address).unwrap().1;
    let answer = json(&server.get(path));
    assert_eq!((&answer["version"], &answer["type"]), (&Value::from("1.0"), &Value::from("rich")));
    let frame = answer["html"].as_str().unwrap();
    assert!(frame.starts_with(&format!("<iframe src=\"http://{}/embed/org/ours\"", server.address)), "{frame}");
    let small = json(&server.get(&format!("{path}&maxwidth=300&maxheight=200")));
    assert_eq!((&small["width"], &small["height"]), (&Value::from(300), &Value::from(200)));
    assert_eq!(server.get(&format!("{}&format=xml", path.replace("format=json&", ""))).status, 501);
    assert_eq!(server.get("/oembed?url=https%3A%2F%2Fevil.example%2Forg%2Fours").status, 404);
    assert_eq!(server.get("/oembed").status, 400);
}

#[test]
fn the_widget_gets_its_data_as_a_module() {
    let server = server();
    let response = server.get("/es/embed/org/tenants.js");
    assert_eq!(response.field("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(response.field("access-control-allow-origin"), Some("*"));
    let text = response.text();
    let data: Value =
        serde_json::from_str(text.strip_prefix("export default ").unwrap().trim_end().trim_end_matches(';')).unwrap();
    assert_eq!(data["subscribe"], "Suscribirse");
    assert_eq!(data["webcal"], format!("webcal://{}/es/org/tenants.ics", server.address));
}

#[test]
fn a_feed_reader_gets_an_entry_for_each_event_ahead() {
    let server = server();
    let xml = server.get("/org/tenants.atom").text();
    let feed: atom_syndication::Feed = xml.parse().unwrap();
    let ids: Vec<&str> = feed.entries().iter().map(|entry| entry.id()).collect();
    let id = |name: &str| format!("http://{}/event/{name}", server.address);
    assert_eq!(ids, [id("weekly"), id("cancelled")]);
    assert!(feed.entries()[1].title().as_str().starts_with("CANCELLED: "));
    assert_eq!(
        server.get("/org/chicago-dsa.atom").text().parse::<atom_syndication::Feed>().unwrap().entries().len(),
        0,
        "all past"
    );
}

#[test]
fn the_sitemap_lists_every_page_in_each_language_and_robots_lead_to_it() {
    let server = server();
    let sitemap = server.get("/sitemap.xml").text();
    for path in ["/", "/all", "/es/all", "/org/ours", "/es/event/rally", "/combine"] {
        let location = format!("<loc>http://{}{path}</loc>", server.address);
        assert_eq!(sitemap.matches(&location).count(), 1, "{location}");
    }
    let robots = server.get("/robots.txt").text();
    assert!(robots.contains(&format!("Sitemap: http://{}/sitemap.xml", server.address)), "{robots}");
}
