//! What the reading of a calendar mends and drops, in words for who imports it. It changes nothing.

use std::collections::BTreeSet;

use crate::import::{Doubt, Source};
use crate::partner::reasons::{
    ALL_LATER, END_BEFORE_START, EXCLUSION_RULE, NO_SECOND_RULE, OTHER_START, PERIOD, SECOND_RULE, UNEXPLAINED,
};
use crate::partner::{Adopted, Told};

/// What is dropped, each by itself, and what was mended in the body as a whole.
pub(super) fn of(adopted: &Adopted) -> Source {
    let mut source = Source::default();
    let mut seen = BTreeSet::new();
    for told in &adopted.told {
        let subject = subject(told);
        let sentence = format!("{}{subject}", told.reason);
        // The changes of one series are told once; events that have no name are counted.
        let is_new = seen.insert((told.is_dropped, sentence.clone()));
        match told {
            Told { is_dropped: true, .. } if is_new || subject.is_empty() => source.left.push((0, sentence)),
            Told { is_dropped: false, event: None, .. } if is_new => source.told.push(format!("mended: {sentence}")),
            _ => {}
        }
    }
    source
}

/// By what people find it in the calendar.
fn subject(told: &Told) -> String {
    match (told.title.as_str(), told.uid.as_str()) {
        ("", "") => String::new(),
        ("", uid) => format!(": UID {uid}"),
        (title, "") => format!(": {title:?}"),
        (title, uid) => format!(": {title:?}, UID {uid}"),
    }
}

/// What is to be checked of an event; `None` for what is kept exactly, or is told when that is tried.
pub(super) fn doubt(told: &Told) -> Option<Doubt> {
    let Told { reason, text, .. } = told;
    let (key, text) = match *reason {
        ALL_LATER | EXCLUSION_RULE | OTHER_START => return None,
        SECOND_RULE => ("extra_dates", format!("the calendar has a second rule, {text}: its dates are written out")),
        NO_SECOND_RULE => {
            ("rrule", format!("the calendar has a second rule, {text}, which is left out: its dates are missing"))
        }
        PERIOD => ("extra_dates", format!("the extra date {text} has a length of its own there, which is not kept")),
        UNEXPLAINED => ("start", format!("nothing explains the time zone {text}")),
        END_BEFORE_START => ("end", "the end that the calendar tells is before the start, and is left out".to_owned()),
        reason if told.is_dropped => ("event", format!("left out: {reason}")),
        reason => ("event", format!("mended in reading: {reason}")),
    };
    Some(Doubt { key, text })
}
