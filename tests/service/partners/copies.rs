//! What is kept of partners: over a kill, a mass deletion, old age, and changes of their tables.

use super::*;

#[test]
fn the_last_good_copy_survives_a_kill_with_its_validators() {
    let site = Site::saying("/a.ics", [Answer::new("200 OK", "ETag: W/\"v1\"\r\n", &weekly())]);
    let first = server(&site, &[]);
    let before = first.get_until("/all.ics", has("Weekly Meeting"));
    let settled = Instant::now();
    while !fs::read(first.path("state/ledger.json"))
        .is_ok_and(|kept| String::from_utf8_lossy(&kept).contains("neighbors-"))
    {
        assert!(settled.elapsed() < LIMIT, "the ledger was not kept");
        std::thread::sleep(Duration::from_millis(10));
    }
    site.say("/a.ics", [Answer::raw("")]);
    let server = again(first, &[&site], &[]);
    let after = server.get("/all.ics");
    assert!(after.text().contains("Weekly Meeting"), "served at once, before any poll: {}", after.text());
    let events = |response: &Response| response.calendar().split_once("BEGIN:VEVENT").unwrap().1.to_owned();
    assert_eq!(events(&after), events(&before), "the same events to the byte");
    server.signal("HUP");
    assert_eq!(site.wait_for("/a.ics", 2)[1].field("if-none-match"), Some(&b"W/\"v1\""[..]));
    let status = status(&server, "neighbors", |status| status["failures"] == 1);
    assert_eq!((&status["state"], &status["events"]), (&"fresh".into(), &1.into()));
    assert!(server.get("/all.ics").text().contains("Weekly Meeting"));
}

#[test]
fn a_half_written_file_is_never_read() {
    let site = Site::saying("/a.ics", [Answer::new("200 OK", "ETag: \"v1\"\r\n", &weekly())]);
    let first = server(&site, &[]);
    first.get_until("/all.ics", has("Weekly Meeting"));
    let folder = first.kill();
    let path = folder.path().join("state/partners/neighbors.snapshot");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 30]).unwrap();
    fs::write(path.with_file_name(".tmpQ8d3xZ"), &whole).unwrap();
    site.say("/a.ics", [Answer::new("500 Oops", "", ""), Answer::calendar(&weekly())]);
    let exceptions = Site::exceptions(&[&site]);
    let server = Server::start_in(folder, &[("HANDBILL_PARTNERS_ALLOW_ADDRESSES", &exceptions)]);
    assert!(!server.get("/all.ics").text().contains("Weekly Meeting"));
    assert_eq!(site.wait_for("/a.ics", 2)[1].field("if-none-match"), None, "its validators neither");
    status(&server, "neighbors", |status| status["failures"] == 1);
    server.signal("HUP");
    server.get_until("/all.ics", has("Weekly Meeting"));
}

#[test]
fn a_mass_deletion_is_held_and_believed_when_it_lasts() {
    let names: Vec<String> = (0..12).map(|number| format!("event-{number}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), name.as_str())).collect();
    let site = Site::saying("/a.ics", [Answer::calendar(&calendar(&many)), Answer::calendar(&calendar(&many[..1]))]);
    let server = server(&site, &[("HANDBILL_PARTNERS_HOLD_POLLS", "2")]);
    server.get_until("/all.ics", has("SUMMARY:event-11"));
    let mut before = serde_json::Value::Null;
    for poll in 2..=3 {
        next_second();
        server.signal("HUP");
        site.wait_for("/a.ics", poll);
        // Of this poll, and not of the one before: who is still being asked hears no further signal.
        let is_of_this = |status: &serde_json::Value| status["last_attempt"] != before;
        let held = status(&server, "neighbors", |status| {
            is_of_this(status) && status["last_attempt"] != status["last_success"]
        });
        before = held["last_attempt"].clone();
        assert!(held["held_since"].is_string() && held["fault"].as_str().unwrap().contains("12"), "{held}");
        assert_eq!((&held["events"], &held["state"]), (&12.into(), &"fresh".into()));
        assert!(server.get("/all.ics").text().contains("SUMMARY:event-11"));
    }
    server.signal("HUP");
    server.get_until("/all.ics", lacks("SUMMARY:event-11"));
    let believed = status(&server, "neighbors", |status| status["events"] == 1);
    assert_eq!((&believed["events_before"], &believed["held_since"]), (&12.into(), &Value::Null));
    assert_eq!(server.log().matches("they stay for now").count(), 1);
}

#[test]
fn a_copy_grows_stale_leaves_and_comes_back_and_the_log_tells() {
    let site = Site::saying("/a.ics", [Answer::calendar(&weekly()), Answer::new("500 Oops", "", "")]);
    let settings = [("HANDBILL_PARTNERS_STALE_AFTER", "1s"), ("HANDBILL_PARTNERS_GONE_AFTER", "2s")];
    let server = server(&site, &settings);
    server.get_until("/all.ics", has("Weekly Meeting"));
    status(&server, "neighbors", |status| status["state"] == "stale");
    assert!(server.get("/all.ics").text().contains("Weekly Meeting"), "old, and still shown");
    assert!(!server.get("/all.ics").text().contains("stale"));
    server.get_until("/all.ics", lacks("Weekly Meeting"));
    status(&server, "neighbors", |status| status["state"] == "gone");
    site.say("/a.ics", [Answer::calendar(&weekly())]);
    server.signal("HUP");
    server.get_until("/all.ics", has("Weekly Meeting"));
    let log = server.log();
    let at = |text: &str| log.find(text).unwrap_or_else(|| panic!("{text:?} is not in {log}"));
    assert!(at("copy is stale") < at("has left the feeds") && at("has left the feeds") < at("fresh again"), "{log}");
    assert_eq!(log.matches("copy is stale").count(), 1);
}

#[test]
fn tables_of_partners_take_effect_while_serving() {
    let site = Site::start();
    site.say("/a.ics", [Answer::new("200 OK", "ETag: \"v1\"\r\n", &weekly())]);
    site.say("/b.ics", [Answer::calendar(&calendar(&[("other", "Other Meeting")]))]);
    let server = server_of(&[&site], &[], &[]);
    let [a, b] = [("neighbors", "/a.ics"), ("tenants", "/b.ics")].map(|(slug, path)| table(slug, &site.url(path)));
    // Added.
    server.write("chicago-dsa.toml", &file(&[a.clone(), b.clone()]));
    server.get_until("/all.ics", |response| has("Weekly Meeting")(response) && has("Other Meeting")(response));
    // Changed: what is already there is read in another way, nobody is asked again.
    server.write("chicago-dsa.toml", &file(&[a.clone() + "prefix = \"Neighbors: \"\n", b.clone()]));
    server.get_until("/all.ics", has("SUMMARY:Neighbors: Weekly Meeting"));
    assert_eq!(site.seen("/a.ics").len(), 1);
    // Removed.
    site.say("/a.ics", [Answer::never()]);
    server.write("chicago-dsa.toml", &file(std::slice::from_ref(&b)));
    server.get_until("/all.ics", lacks("Weekly Meeting"));
    assert_eq!(server.get("/partner/neighbors.ics").status, 404);
    // And back, while its site is silent.
    server.write("chicago-dsa.toml", &file(&[a, b.clone()]));
    server.get_until("/all.ics", has("Weekly Meeting"));
    // At an address where nothing answers well: what was there stays.
    server.write("chicago-dsa.toml", &file(&[b.replace("/b.ics", "/typo.ics")]));
    status(&server, "tenants", |status| status["failures"] == 1);
    assert!(server.get("/all.ics").text().contains("Other Meeting"));
    site.say("/c.ics", [Answer::calendar(&calendar(&[("new", "New Meeting")]))]);
    server.write("chicago-dsa.toml", &file(&[b.replace("/b.ics", "/c.ics")]));
    server.get_until("/all.ics", has("New Meeting"));
    assert!(!server.get("/all.ics").text().contains("Other Meeting"));
}
