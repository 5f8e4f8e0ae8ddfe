//! Events that do not recur: their times, texts and names.
use super::*;

fn check(lines: &str, expected: &str) {
    assert_eq!(occurring(&adopted(&event(lines))), [expected], "{lines}");
}

#[test]
fn times_are_instants_whatever_zone_they_name() {
    check("DTSTART:20210306T180000Z\nDTEND:20210306T190000Z", "20210306T1800/20210306T1900");
    check("DTSTART:20210306T180000-0600\nDURATION:PT1H", "20210307T0000/20210307T0100");
    check("DTSTART;TZID=America/New_York:20210306T180000\nDURATION:PT1H", "20210306T2300/20210307T0000");
    // Days follow the wall clock, hours do not: the clock skips an hour in the night to March 14.
    check("DTSTART;TZID=America/Chicago:20210313T200000\nDURATION:P1DT2H", "20210314T0200/20210315T0300");
    check("DTSTART;TZID=America/Chicago:20210313T200000\nDURATION:PT26H", "20210314T0200/20210315T0400");
    check("DTSTART:20210314T020000Z\nDURATION:P1DT2H", "20210314T0200/20210315T0400");
    check("DTSTART;TZID=\"Eastern Time (US & Canada)\":20210306T180000\nDURATION:PT1H", "20210306T2300/20210307T0000");
    check(
        "DTSTART;TZID=(UTC-05:00) Eastern Time (US & Canada):20210306T180000\nDURATION:PT1H",
        "20210306T2300/20210307T0000",
    );
    check("DTSTART;TZID=Central Standard Time:20210706T180000\nDURATION:PT1H", "20210706T2300/20210707T0000");
    check("DTSTART;TZID=CST:20210706T180000\nDURATION:PT1H", "20210706T2300/20210707T0000");
    check("DTSTART;TZID=Mars/Phobos:20210306T180000\nDURATION:PT1H", "20210307T0000/20210307T0100");
    check("DTSTART;TZID=Europe/London:20210306T180000Z\nDURATION:PT1H", "20210306T1800/20210306T1900");
    check(
        "DTSTART;TZID=Europe/London:20210306T180000\nDTEND;TZID=America/Chicago:20210306T130000",
        "20210306T1800/20210306T1900",
    );
}

#[test]
fn times_that_the_clock_skips_or_repeats_follow_the_standard() {
    check("DTSTART;TZID=America/Chicago:20210314T023000\nDURATION:PT1H", "20210314T0830/20210314T0930");
    check("DTSTART;TZID=America/Chicago:20211107T013000\nDURATION:PT1H", "20211107T0630/20211107T0730");
}

#[test]
fn floating_times_are_the_partners() {
    let body = event("DTSTART:20210306T180000\nDURATION:PT1H");
    let check = |partner: &Partner, body: &str, expected: &str| {
        assert_eq!(occurring(&adopted_by(partner, body.as_bytes()).unwrap()), [expected]);
    };
    check(&partner(), &body, "20210307T0000/20210307T0100");
    let stated = body.replace("PRODID:x", "X-WR-TIMEZONE:Asia/Tokyo");
    check(&partner(), &stated, "20210306T0900/20210306T1000");
    let london = Partner { timezone: Zone::parse("Europe/London"), ..partner() };
    check(&london, &stated, "20210306T1800/20210306T1900");
    // X-WR-TIMEZONE moves no other times.
    check(&partner(), &stated.replace("180000", "180000Z"), "20210306T1800/20210306T1900");
    let wrong = Partner { zone_is_wrong: true, ..london };
    check(&wrong, &body.replace("DTSTART", "DTSTART;TZID=Asia/Tokyo"), "20210306T1800/20210306T1900");
}

#[test]
fn an_own_vtimezone_explains_an_unknown_name() {
    let zone = "BEGIN:VTIMEZONE\nTZID:My Zone\nBEGIN:STANDARD\nTZOFFSETFROM:+0300\nTZOFFSETTO:+0330\nDTSTART:20000101T000000\nEND:STANDARD\nEND:VTIMEZONE";
    let timed = "BEGIN:VEVENT\nUID:a\nSUMMARY:A\nDTSTART;TZID=My Zone:20210306T180000\nDURATION:PT1H\nEND:VEVENT";
    assert_eq!(occurring(&adopted(&calendar(&format!("{timed}\n{zone}")))), ["20210306T1430/20210306T1530"]);
    let located = zone.replace("TZID:My Zone", "TZID:My Zone\nX-LIC-LOCATION:Europe/London");
    assert_eq!(occurring(&adopted(&calendar(&format!("{located}\n{timed}")))), ["20210306T1800/20210306T1900"]);
    // The name of a known zone says more than what a partner makes of it.
    let poison = format!("{zone}\n{timed}").replace("My Zone", "America/Chicago");
    assert_eq!(occurring(&adopted(&calendar(&poison))), ["20210307T0000/20210307T0100"]);
}

#[test]
fn days_stay_days() {
    check("DTSTART;VALUE=DATE:20210306\nDTEND;VALUE=DATE:20210308", "20210306/20210308");
    check("DTSTART:20210306", "20210306/20210307");
    check("DTSTART;VALUE=DATE:20210306\nDURATION:P2D", "20210306/20210308");
    check("DTSTART;TZID=Asia/Tokyo;VALUE=DATE:20210306\nDTEND:20210306", "20210306/20210307");
    check("DTSTART;VALUE=DATE:20210306T180000\nDTEND:20210307T060000Z", "20210306/20210307");
}

#[test]
fn ends_are_mended() {
    check("DTSTART:20210306T180000Z", "20210306T1800/20210306T2000?");
    check("DTSTART:20210306T180000Z\nDTEND:20210306T180000Z", "20210306T1800/20210306T2000?");
    check("DTSTART:20210306T180000Z\nDTEND:20210305T180000Z", "20210306T1800/20210306T2000?");
    check("DTSTART:20210306T180000Z\nDURATION:-PT1H", "20210306T1800/20210306T2000?");
    check("DTSTART:20210306T180000Z\nDURATION:P999999999999W", "20210306T1800/20210306T2000?");
    check("DTSTART;VALUE=DATE:20210306\nDTEND;VALUE=DATE:20210301", "20210306/20210307");
    check("DTSTART:19800101T000000Z\nDTEND:20800101T000000Z", "19800101T0000/19810204T0000");
    let mended = adopted(&event("DTSTART:20210306T180000Z\nDTEND:20210305T180000Z"));
    assert_eq!(mended.repairs, [("an end before the start", 1)].into());
}

#[test]
fn a_bad_event_costs_only_itself() {
    let good = "BEGIN:VEVENT\nUID:good\nSUMMARY:Good\nDTSTART:20210306T180000Z\nEND:VEVENT";
    let check = |bad: &str, reason: &str| {
        let found = adopted(&calendar(&format!("BEGIN:VEVENT\n{bad}\nEND:VEVENT\n{good}")));
        assert_eq!(found.events.len(), 1, "{bad:.80}");
        assert_eq!(found.drops, [(reason, 1)].into_iter().collect(), "{bad:.80}");
    };
    check("UID:a", "an event without DTSTART");
    check("UID:a\nDTSTART:20210230T180000Z", "an event whose start cannot be read");
    check("UID:a\nDTSTART:20210306\nCLASS:PRIVATE", "a private event");
    check("UID:a\nDTSTART:20210306\nCLASS:confidential", "a private event");
    check(&format!("DTSTART:20210306\nSUMMARY:{}", "x".repeat(65 << 10)), "an event with a line that is too long");
    check(&format!("DTSTART:20210306{}", "\nX-A:1".repeat(2_000)), "an event with too many properties");
    check(&format!("DTSTART{}:20210306", ";X=1".repeat(51)), "an event with too many parameters");
    check("DTSTART:20210306\nRRULE:FREQ=SECONDLY", "a recurrence rule that repeats within a day");
}

#[test]
fn limits_hold_to_the_last_one() {
    let check = |lines: String| assert_eq!(adopted(&event(&format!("DTSTART:20210306\n{lines}"))).events.len(), 1);
    check(format!("DESCRIPTION:{}", "x".repeat((64 << 10) - 12)));
    check("X-A:1\n".repeat(1_996).trim_end().to_owned());
    check(format!("LOCATION{}:x", ";X=1".repeat(50)));
    check(format!("ATTACH;ENCODING=BASE64:{}", "x".repeat(1 << 20)));
}

#[test]
fn texts_are_plain_and_cut() {
    let found = adopted(&event(
        "DTSTART:20210306\nDESCRIPTION:<p>A &amp; <a href=\"https://a.example/x\">b</a></p>\nLOCATION:Hall\\, 1 A St\nURL:javascript:alert(1)\nCONTACT:Ann\\, 555\nATTENDEE:mailto:v@example.org\nORGANIZER:mailto:e@example.org\nSTATUS:CANCELED",
    ));
    let details = &found.events[0].details;
    assert_eq!(details.description, "A & b (https://a.example/x)");
    assert_eq!(details.place, Some(Place::Text("Hall, 1 A St".into())));
    assert_eq!((details.url.as_deref(), details.contact.as_deref()), (None, Some("Ann, 555")));
    assert_eq!(details.status, Status::Cancelled);
    assert!(!format!("{found:?}").contains("example.org"));
    let long = adopted(&event(&format!("DTSTART:20210306\nDESCRIPTION:{}", "x".repeat(20_001))));
    assert_eq!(long.events[0].details.description.chars().count(), 20_000);
    assert!(long.events[0].details.description.ends_with('…'));
}

#[test]
fn what_is_missing_has_a_stand_in() {
    let body = calendar("BEGIN:VEVENT\nDTSTART:20210306\nEND:VEVENT");
    let found = adopted(&body);
    assert_eq!(found.events[0].details.title, "Untitled event");
    assert_eq!(found.events[0].uid, adopted(&body).events[0].uid);
    let spanish = Partner { language: Language::parse("es").unwrap(), prefix: "P: ".into(), ..partner() };
    let found = adopted_by(&spanish, body.as_bytes()).unwrap();
    assert_eq!(found.events[0].details.title, "P: Evento sin título");
}

#[test]
fn what_the_partner_is_shows_in_each_event() {
    let tag = |text: &str| Slug::parse(text).unwrap();
    let tagged = Partner { tags: vec![tag("music")], ..partner() };
    let found = adopted_by(&tagged, event("DTSTART:20210306\nCATEGORIES:Jazz & Blues,Music").as_bytes()).unwrap();
    let event = &found.events[0];
    assert_eq!(event.tags, [tag("music"), tag("jazz-and-blues")]);
    assert_eq!(event.origins[0].partner, tagged.slug);
    assert!(event.id.as_str().starts_with("partner-"), "{}", event.id);
    assert_eq!(event.uid, format!("{}@handbill.test", event.id));
    assert_eq!(event.updated, None);
}

#[test]
fn filters_choose_by_words_expressions_categories_and_days() {
    let body = event("DTSTART;VALUE=DATE:20210306\nLOCATION:Union Park\nCATEGORIES:Party,Music");
    let check = |change: &dyn Fn(&mut Partner), stays: bool| {
        let mut partner = partner();
        change(&mut partner);
        let found = adopted_by(&partner, body.as_bytes()).unwrap();
        assert_eq!(found.events.len(), usize::from(stays), "{partner:?}");
        assert_eq!(found.drops.contains_key("an event that the filters leave out"), !stays);
    };
    let filter = |words: &[&str], pattern: Option<&str>, categories: &[&str]| {
        let own = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
        let pattern = pattern.map(|text| Pattern(regex_lite::Regex::new(text).unwrap()));
        vec![Filter { words: own(words), pattern, categories: own(categories) }]
    };
    check(&|p| p.include = filter(&["UNION"], None, &[]), true);
    check(&|p| p.include = filter(&["art"], None, &[]), false);
    check(&|p| p.include = filter(&["union park"], Some("^One"), &["music"]), true);
    check(&|p| p.include = filter(&["union park"], Some("^One$"), &["music"]), false);
    check(&|p| p.include = filter(&[], Some("(?m)^One$"), &["music"]), true);
    check(&|p| p.exclude = filter(&[], None, &["music"]), false);
    check(&|p| p.exclude = filter(&["one"], None, &["film"]), true);
    let day = |text: &str| text.parse().ok();
    check(&|p| p.from = day("2021-03-06"), true);
    check(&|p| p.from = day("2021-03-07"), false);
    check(&|p| p.until = day("2021-03-06"), false);
    check(&|p| p.until = day("2021-03-07"), true);
}

#[test]
fn a_series_is_wanted_as_long_as_it_goes_on() {
    let partner = Partner { from: "2021-03-07".parse().ok(), ..partner() };
    let check = |lines: &str, stays: bool| {
        let body = event(&format!("DTSTART;TZID=America/Chicago:20210301T220000\nDURATION:PT2H\n{lines}"));
        assert_eq!(adopted_by(&partner, body.as_bytes()).unwrap().events.len(), usize::from(stays), "{lines}");
    };
    check("RRULE:FREQ=DAILY;COUNT=6", false);
    check("RRULE:FREQ=DAILY;COUNT=7", true);
    check("RRULE:FREQ=DAILY", true);
    check("RDATE;TZID=America/Chicago:20210306T220000", false);
    check("RDATE;TZID=America/Chicago:20210307T220000", true);
}

#[test]
fn the_calendar_says_its_name_and_its_interval() {
    let head = |lines: &str| adopted(&calendar(lines));
    let found = head("X-WR-CALNAME:A\\, <b>B</b>\nREFRESH-INTERVAL;VALUE=DURATION:PT6H\nX-PUBLISHED-TTL:PT1H");
    assert_eq!((found.name.as_deref(), found.refresh), (Some("A, B"), Some(TimeDelta::hours(6))));
    assert_eq!(head("X-PUBLISHED-TTL:P1D").refresh, Some(TimeDelta::days(1)));
    assert_eq!(head("REFRESH-INTERVAL:PT0S").refresh, None);
    assert_eq!(head("NAME:N").name.as_deref(), Some("N"));
}
