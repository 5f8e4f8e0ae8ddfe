//! Files of events as editors write them, made up but the same on every run. It does not know what is measured with them.
#![allow(clippy::indexing_slicing, reason = "indices are below the lengths")]

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};

/// The name and the text of a file.
pub(crate) type File = (String, String);

#[rustfmt::skip]
const NEIGHBORHOODS: [&str; 25] = [
    "Albany Park", "Andersonville", "Avondale", "Back of the Yards", "Beverly", "Bridgeport", "Bronzeville",
    "Chatham", "Edgewater", "Englewood", "Gage Park", "Garfield Ridge", "Hermosa", "Humboldt Park", "Hyde Park",
    "Jefferson", "Kenwood", "Little Village", "Logan Square", "Marquette", "Pilsen", "Pullman", "Ravenswood",
    "South Shore", "Uptown",
];
#[rustfmt::skip]
const KINDS: [&str; 40] = [
    "Tenants Union", "Mutual Aid", "Neighbors", "Workers Center", "Youth Council", "Parents for Schools",
    "Food Pantry", "Community Garden", "Bike Coalition", "Library Friends", "Housing Committee",
    "Immigrant Rights Project", "Elders Circle", "Choir", "Reading Group", "Safe Streets", "Climate Action",
    "Cooperative", "Theater", "Radio", "Legal Clinic", "Health Collective", "Veterans for Peace", "Artists Guild",
    "Transit Riders", "Teachers Caucus", "Nurses Network", "Students Federation", "Block Club", "Historical Society",
    "Running Crew", "Film Forum", "Repair Shop", "Language Exchange", "Interfaith Table", "River Stewards",
    "Women’s Assembly", "Chess House", "Dance School", "Seed Bank",
];
#[rustfmt::skip]
const WORDS: [&str; 64] = [
    "the", "city", "rent", "and", "neighbors", "of", "march", "together", "for", "schools", "budget", "bring", "a",
    "sign", "mask", "water", "we", "meet", "at", "corner", "then", "walk", "to", "hall", "where", "speakers", "from",
    "every", "ward", "will", "tell", "council", "what", "people", "need", "children", "are", "welcome",
    "interpreters", "in", "Spanish", "Polish", "with", "music", "food", "afterwards", "demand", "public", "transit",
    "housing", "clinic", "not", "police", "relief", "money", "workers", "union", "vote", "hearing", "petition",
    "volunteers", "training", "vigil", "street",
];
#[rustfmt::skip]
const TAGS: [&str; 12] = [
    "housing", "labor", "schools", "climate", "transit", "health", "arts", "rally", "training", "vigil", "hearing",
    "potluck",
];
const VENUES: usize = 40;

/// The first day on which an event may be; they are spread over [`DAYS`] from then on.
pub(crate) const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2025, 6, 1).unwrap();
/// Over how many days the events are spread.
pub(crate) const DAYS: u64 = 730;

/// `events` events in `files` files, each the file of an organization. A tenth of the events recur, a fiftieth are cancelled, half are at a
/// venue, a third are in two languages; each is supported by three of the organizations.
#[must_use]
pub(crate) fn files(events: usize, files: usize) -> Vec<File> {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let share = |file: usize| events * file / files..events * (file + 1) / files;
    (0..files)
        .map(|file| {
            let mut text = organization(file);
            if file < VENUES {
                venue(&mut text, file);
            }
            share(file).for_each(|number| event(&mut text, number, files, &mut dice));
            (format!("feeds/organization-{file:04}.toml"), text)
        })
        .collect()
}

/// The name of an organization; no two are the same.
#[must_use]
pub(crate) fn name(organization: usize) -> String {
    let neighborhood = NEIGHBORHOODS[organization % NEIGHBORHOODS.len()];
    let kind = KINDS[organization / NEIGHBORHOODS.len() % KINDS.len()];
    match organization / (NEIGHBORHOODS.len() * KINDS.len()) {
        0 => format!("{neighborhood} {kind}"),
        chapter => format!("{neighborhood} {kind} {}", chapter + 1),
    }
}

fn organization(number: usize) -> String {
    format!("[organization]\nname = \"{}\"\nurl = \"https://example.org/{number}\"\n\n", name(number))
}

fn venue(text: &mut String, number: usize) {
    let neighborhood = NEIGHBORHOODS[number % NEIGHBORHOODS.len()];
    let _ = write!(
        text,
        "[[venue]]\nslug = \"venue-{number}\"\nname = \"{neighborhood} Hall {number}\"\n\
         address = \"{number}00 N Example Ave, Chicago, IL 60647\"\nlatitude = 41.{number:02}\nlongitude = -87.{number:02}\n\n",
    );
}

fn event(text: &mut String, number: usize, organizations: usize, dice: &mut Dice) {
    let day = FIRST_DAY + Days::new(dice.below(DAYS as usize) as u64);
    let hour = 8 + dice.below(12);
    let title = dice.words(40);
    let supporters: Vec<String> = (0..3).map(|_| name(dice.below(organizations))).collect();
    let tags = [TAGS[dice.below(6)], TAGS[6 + dice.below(6)]];
    let _ = write!(
        text,
        "[[event]]\nid = \"event-{number:05}\"\ntitle = \"{title}\"\nstart = {day}T{hour:02}:00\nend = {day}T{:02}:30\n\
         supporters = {supporters:?}\ntags = {tags:?}\nurl = \"https://example.org/events/{number}\"\n",
        hour + 1,
    );
    if dice.one_in(2) {
        let _ = writeln!(text, "venue = \"venue-{}\"", dice.below(VENUES.min(organizations)));
    } else {
        let _ = writeln!(text, "location = \"{number} W Example St, Chicago, IL\"");
    }
    if dice.one_in(10) {
        let week = day + Days::new(7);
        let _ = writeln!(text, "rrule = \"FREQ=WEEKLY;COUNT=12\"\nexcluded_dates = [{week}T{hour:02}:00]");
    }
    if dice.one_in(50) {
        text.push_str("status = \"cancelled\"\nreason = \"The hall is closed.\"\n");
    }
    let _ = writeln!(text, "description = \"\"\"\n{}\"\"\"", dice.words(600));
    if dice.one_in(3) {
        let (title, description) = (dice.words(40), dice.words(600));
        let _ = writeln!(text, "[event.es]\ntitle = \"¡{title}!\"\ndescription = \"\"\"\n{description}\"\"\"");
    }
    text.push('\n');
}

/// A generator of numbers (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    /// Words of at least `bytes` bytes together.
    fn words(&mut self, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 16);
        while text.len() < bytes {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(WORDS[self.below(WORDS.len())]);
        }
        text
    }
}
