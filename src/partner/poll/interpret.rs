//! What an answer means: nothing new, a new body, or of no use. Whatever comes, the last good body stays until a better one is there.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use crate::digest::{Digest, Hasher};
use crate::event::Event;
use crate::partner::{
    self, Adopted, Class, Context, Fault, Header, Interpretation, Limits, Outcome, Partner, Response, Snapshot,
    snapshot,
};

use super::answer::Answer;
use super::{hold, prepare, schedule};

/// What a response to a request prepared at `now` means. `chance` is any number that differs from poll to poll.
#[must_use]
pub fn interpret(
    partner: &Partner,
    snapshot: &Snapshot,
    response: Response,
    now: DateTime<Utc>,
    limits: &Limits,
    context: &Context<'_>,
    chance: u64,
) -> Interpretation {
    let snapshot = if snapshot.is_of(partner) { snapshot.clone() } else { fresh(partner) };
    let poll = Poll { partner, snapshot, now, limits, context, chance, has_new_body: false };
    match response {
        Response::Failed(fault) => poll.rejected(fault, &[]),
        Response::Answered { status: 304, fields, .. } => poll.not_modified(&fields),
        Response::Answered { status: 200, fields, body } => poll.answered(&fields, body),
        Response::Answered { status, fields, .. } => poll.refused(status, &fields),
    }
}

/// The snapshot to ask with at once after this response, if it says nothing of ours: a 304 that names another version. It has no
/// validators, so that all is asked for.
#[must_use]
pub fn ask_again(snapshot: &Snapshot, response: &Response) -> Option<Snapshot> {
    let Response::Answered { status: 304, fields, .. } = response else { return None };
    let etag = snapshot.header.etag.as_deref();
    (!Answer(fields).may_confirm(etag)).then(|| {
        let header = Header { etag: None, last_modified: None, ..snapshot.header.clone() };
        Snapshot { header, body: snapshot.body.clone() }
    })
}

fn fresh(partner: &Partner) -> Snapshot {
    Snapshot { header: Header { address: snapshot::address(partner), ..Header::default() }, body: Bytes::new() }
}

/// What is known when an answer comes.
struct Poll<'a> {
    partner: &'a Partner,
    snapshot: Snapshot,
    now: DateTime<Utc>,
    limits: &'a Limits,
    context: &'a Context<'a>,
    chance: u64,
    has_new_body: bool,
}

impl Poll<'_> {
    /// A 304 confirms the copy that its request named, and no other.
    fn not_modified(self, fields: &[(String, String)]) -> Interpretation {
        if !prepare::is_conditional(self.partner, &self.snapshot, self.now, self.limits) {
            let text = "the site says that nothing has changed, though it was not asked for changes (HTTP 304)";
            return self.rejected(Fault { class: Class::HttpStatus, text: text.to_owned() }, fields);
        }
        if !Answer(fields).may_confirm(self.snapshot.header.etag.as_deref()) {
            let text = "the site says that nothing has changed, but of another version than ours (HTTP 304)";
            return self.rejected(Fault { class: Class::HttpStatus, text: text.to_owned() }, fields);
        }
        self.confirmed(fields, Outcome::NotModified)
    }

    fn answered(mut self, fields: &[(String, String)], body: Bytes) -> Interpretation {
        let content_type = Answer(fields).field("content-type").map(|text| text.chars().take(200).collect::<String>());
        if content_type == self.snapshot.header.content_type && body == self.snapshot.body && !body.is_empty() {
            // The site knows no validators, or renews them each time: nothing need be read again.
            self.accept_validators(fields);
            return self.confirmed(fields, Outcome::NotModified);
        }
        let header = Header { content_type: content_type.clone(), ..self.snapshot.header.clone() };
        let adopted = match partner::adopt(self.partner, &header, &body, self.context, self.limits) {
            Ok(adopted) => adopted,
            Err(fault) => return self.rejected(explained(fault, content_type.as_deref()), fields),
        };
        if let Some(loss) = self.loss(&adopted)
            && let Some(held) = hold::hold(&self.snapshot.header, self.now, self.limits)
        {
            return self.held(held, &loss, fields);
        }
        self.snapshot.header.content_type = content_type;
        self.accept_validators(fields);
        let outcome = self.accept(adopted, body);
        self.confirmed(fields, outcome)
    }

    /// Validators belong to the body that they came with, or to none.
    fn accept_validators(&mut self, fields: &[(String, String)]) {
        let (answer, kept) = (Answer(fields), &mut self.snapshot.header);
        kept.etag = answer.validator("etag");
        kept.last_modified = answer.validator("last-modified");
        kept.fetched = Some(self.now);
    }

    /// Takes a new body in; whether it says anything new.
    fn accept(&mut self, adopted: Adopted, body: Bytes) -> Outcome {
        let content = content(&adopted.events).to_string();
        let kept = &mut self.snapshot.header;
        let is_news = kept.content.as_ref() != Some(&content) || self.snapshot.body.is_empty();
        if is_news {
            kept.events_before = kept.events;
        }
        let count = adopted.events.len();
        kept.content = Some(content);
        kept.events = Some(count);
        kept.interval = adopted.refresh.map(|interval| interval.num_seconds());
        kept.identities = Arc::new(adopted.identities(&kept.identities));
        kept.digest = Some(snapshot::digest_of(&body));
        self.snapshot.body = body;
        self.has_new_body = true;
        if is_news { Outcome::Modified(count) } else { Outcome::NotModified }
    }

    /// What the new events have lost of the old ones. The old body is adopted anew only where its number of events leaves room for a
    /// loss: its coming events were never more than all.
    fn loss(&self, adopted: &Adopted) -> Option<hold::Loss> {
        let Snapshot { header, body } = &self.snapshot;
        let most = header.events.unwrap_or(usize::MAX);
        if body.is_empty() || !hold::may_be_lost(most, &adopted.events, self.now, self.context.zone) {
            return None;
        }
        let old = partner::adopt(self.partner, header, body, self.context, self.limits).ok()?;
        hold::loss(&old.events, &adopted.events, self.now, self.context.zone)
    }

    fn confirmed(mut self, fields: &[(String, String)], outcome: Outcome) -> Interpretation {
        let answer = Answer(fields);
        let header = &mut self.snapshot.header;
        header.attempted = Some(self.now);
        header.confirmed = Some(self.now);
        header.failures = 0;
        header.fault = None;
        header.held = None;
        let next = schedule::after_success(self.partner, header, &answer, self.now, self.limits);
        self.ended(next, &answer, outcome)
    }

    fn held(mut self, held: crate::partner::Held, loss: &hold::Loss, fields: &[(String, String)]) -> Interpretation {
        let header = &mut self.snapshot.header;
        header.attempted = Some(self.now);
        header.failures = 0;
        header.fault = Some(Fault {
            class: Class::SuddenlyEmpty,
            text: format!(
                "of {} coming events only {} are left: this is believed when it lasts for {} polls or {} hours",
                loss.before,
                loss.after,
                self.limits.hold_polls,
                self.limits.hold_for.num_hours()
            ),
        });
        header.held = Some(held);
        let answer = Answer(fields);
        let next = schedule::after_success(self.partner, header, &answer, self.now, self.limits);
        self.ended(next, &answer, Outcome::Held)
    }

    /// A status other than 200 and 304. A body that comes with it is none of the calendar's.
    fn refused(self, status: u16, fields: &[(String, String)]) -> Interpretation {
        let text = format!("{} (HTTP {status})", meaning(status));
        let (now, ceiling) = (self.now, schedule::after_farewell(self.now, self.limits));
        let mut interpretation = self.rejected(Fault { class: Class::HttpStatus, text }, fields);
        if status == 410 {
            let header = &mut interpretation.snapshot.header;
            header.next = header.next.max(Some(ceiling.max(now)));
        }
        interpretation
    }

    fn rejected(mut self, fault: Fault, fields: &[(String, String)]) -> Interpretation {
        let header = &mut self.snapshot.header;
        header.attempted = Some(self.now);
        header.failures = header.failures.saturating_add(1);
        header.fault = Some(fault);
        let next = schedule::after_failure(self.partner, header, self.now, self.chance, self.limits);
        self.ended(next, &Answer(fields), Outcome::Rejected)
    }

    fn ended(mut self, next: DateTime<Utc>, answer: &Answer<'_>, outcome: Outcome) -> Interpretation {
        let not_before = answer.retry_after(self.now, self.limits.retry_after_ceiling);
        self.snapshot.header.not_before = not_before;
        self.snapshot.header.next = Some(not_before.map_or(next, |until| until.max(next)));
        Interpretation { snapshot: self.snapshot, has_new_body: self.has_new_body, outcome }
    }
}

/// Says more about what is no calendar, where the site says what it is.
fn explained(fault: Fault, content_type: Option<&str>) -> Fault {
    let html = content_type.is_some_and(|text| text.trim_start().to_ascii_lowercase().starts_with("text/html"));
    match fault.class {
        Class::NotCalendar if html => Fault { text: "the answer is a web page and no calendar".to_owned(), ..fault },
        _ => fault,
    }
}

fn meaning(status: u16) -> &'static str {
    match status {
        204 => "the answer is empty",
        206 => "the answer is only a part",
        200..=299 => "the answer is no calendar",
        300..=399 => "the answer leads nowhere",
        401 | 407 => "the site wants a user name and a password",
        403 => "the site refuses to answer",
        404 => "there is no such page",
        410 => "the page is gone for good",
        429 => "the site says that we ask too often",
        451 => "the site may not answer, for legal reasons",
        400..=499 => "the site does not accept the request",
        500..=599 => "the site has a fault of its own",
        _ => "the answer is none that HTTP knows",
    }
}

/// The digest of what is published of events: neither the stamps that a site renews with each answer, nor the events' order.
fn content(events: &[Arc<Event>]) -> Digest {
    let of = |event: &Arc<Event>| {
        Digest::of(&(&event.uid, &event.details, &event.organizations, &event.tags, &event.recurrence, &event.changes))
    };
    let mut digests: Vec<Digest> = events.iter().map(of).collect();
    digests.sort_unstable();
    let mut hasher = Hasher::default();
    digests.into_iter().for_each(|digest| {
        hasher.digest(digest);
    });
    hasher.finish()
}

#[cfg(test)]
mod tests;
