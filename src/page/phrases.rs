//! The fixed phrases of pages in each language. It knows no event and no address.

use crate::language::Language;

mod english;
mod spanish;

/// The phrases of one language. `{}` stands for what a function of the pages fills in.
#[derive(Debug)]
#[allow(missing_docs, reason = "each field is named for what its phrase says")]
pub struct Phrases {
    pub skip: &'static str,
    pub home: &'static str,
    pub languages: &'static str,
    pub all_events: &'static str,
    pub upcoming: &'static str,
    pub nothing_upcoming: &'static str,
    pub latest_past: &'static str,
    pub past: &'static str,
    pub today: &'static str,
    pub tomorrow: &'static str,
    pub all_day: &'static str,
    pub until: &'static str,
    pub cancelled: &'static str,
    pub postponed: &'static str,
    pub tentative: &'static str,
    pub changed: &'static str,
    pub repeats: &'static str,
    pub more_dates: &'static str,
    pub more_of_year: &'static str,
    pub more_upcoming: &'static str,
    pub event_one: &'static str,
    pub event_many: &'static str,
    pub organization: &'static str,
    pub organizations: &'static str,
    pub topic: &'static str,
    pub topics: &'static str,
    pub venue: &'static str,
    pub venues: &'static str,
    pub partner: &'static str,
    pub partners: &'static str,
    pub hosts: &'static str,
    pub supporters: &'static str,
    pub when: &'static str,
    pub place: &'static str,
    pub map: &'static str,
    pub map_app: &'static str,
    pub website: &'static str,
    pub sign_up: &'static str,
    pub organizers_page: &'static str,
    pub contact: &'static str,
    pub source: &'static str,
    pub related: &'static str,
    pub often_with: &'static str,
    pub end_not_announced: &'static str,
    pub over: &'static str,
    pub local_time: &'static str,
    pub further_dates: &'static str,
    pub date_changed: &'static str,
    pub add_event: &'static str,
    pub add_google: &'static str,
    pub add_outlook: &'static str,
    pub add_office: &'static str,
    pub add_file: &'static str,
    pub subscribe: &'static str,
    pub subscribe_to: &'static str,
    pub subscribe_why: &'static str,
    pub apple: &'static str,
    pub apple_hint: &'static str,
    pub google: &'static str,
    pub google_hint: &'static str,
    pub google_sure: &'static str,
    pub google_from_url: &'static str,
    pub outlook: &'static str,
    pub outlook_work: &'static str,
    pub outlook_hint: &'static str,
    pub others: &'static str,
    pub others_hint: &'static str,
    pub address: &'static str,
    pub copy: &'static str,
    pub copied: &'static str,
    pub copy_failed: &'static str,
    pub qr: &'static str,
    pub qr_hint: &'static str,
    pub lateness: &'static str,
    pub other_forms: &'static str,
    pub search: &'static str,
    pub found_none: &'static str,
    pub found_one: &'static str,
    pub found_many: &'static str,
    pub no_events_yet: &'static str,
    pub combine: &'static str,
    pub combine_lead: &'static str,
    pub combine_choose: &'static str,
    pub combine_language: &'static str,
    pub combine_all_languages: &'static str,
    pub combine_make: &'static str,
    pub combine_result: &'static str,
    pub combine_too_long: &'static str,
    pub preview: &'static str,
    pub embed: &'static str,
    pub embed_lead: &'static str,
    pub embed_widget: &'static str,
    pub embed_widget_hint: &'static str,
    pub embed_frame: &'static str,
    pub embed_frame_hint: &'static str,
    pub embed_link: &'static str,
    pub embed_link_hint: &'static str,
    pub embed_oembed: &'static str,
    pub handbill: &'static str,
    pub handbill_scan: &'static str,
    pub handbill_or: &'static str,
    pub handbill_print: &'static str,
    pub updated: &'static str,
    pub checked: &'static str,
    pub fresh: &'static str,
    pub stale: &'static str,
    pub gone: &'static str,
    pub waiting: &'static str,
    pub missing_title: &'static str,
    pub missing_lead: &'static str,
    pub missing_way: &'static str,
    pub not_kept: &'static str,
    pub status: &'static str,
    pub status_lead: &'static str,
    pub status_never: &'static str,
    pub age: &'static str,
    pub as_of: &'static str,
    pub status_last_success: &'static str,
    pub status_last_attempt: &'static str,
    pub status_next: &'static str,
    pub status_events: &'static str,
    pub status_before: &'static str,
    pub status_changes: &'static str,
    pub added: &'static str,
    pub changed_count: &'static str,
    pub removed: &'static str,
    pub status_fault: &'static str,
    pub status_failures: &'static str,
    pub status_held: &'static str,
    pub status_repairs: &'static str,
    pub status_drops: &'static str,
    pub status_joined: &'static str,
    pub status_joined_lead: &'static str,
    pub status_no_partners: &'static str,
    pub privacy: &'static str,
    pub for_programs: &'static str,
    pub weekdays: [&'static str; 7],
    pub months: [&'static str; 12],
    pub short_months: [&'static str; 12],
    pub clock: Clock,
}

/// How a language writes dates and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// `Saturday, March 20, 2021`, `6:00 PM`.
    English,
    /// `sábado 20 de marzo de 2021`, `6:00 p. m.`.
    Spanish,
}

impl Phrases {
    /// The phrases of a language; English where nobody has translated them yet.
    #[must_use]
    pub fn of(language: Language) -> &'static Self {
        match language.code() {
            "es" => &spanish::PHRASES,
            _ => &english::PHRASES,
        }
    }

    /// `1 event`, `2 events`.
    #[must_use]
    pub fn events(&self, count: usize) -> String {
        let phrase = if count == 1 { self.event_one } else { self.event_many };
        filled(phrase, &count.to_string())
    }
}

/// A phrase with its `{}` filled in.
#[must_use]
pub(super) fn filled(phrase: &str, text: &str) -> String {
    phrase.replacen("{}", text, 1)
}
