//! Languages, and the fixed phrases of feeds in each. It does not know any event's own texts.

use std::fmt;

use serde::Serialize;

/// A language by its code: two or three lower-case ASCII letters (ISO 639, as in BCP 47).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language {
    code: [u8; 3],
    length: u8,
}

impl Language {
    /// English.
    pub const ENGLISH: Self = Self { code: *b"en\0", length: 2 };

    /// Reads a code such as `en`; `None` when it is not two or three lower-case ASCII letters.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let bytes = code.as_bytes();
        if !(2..=3).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_lowercase) {
            return None;
        }
        let mut language = Self { code: [0; 3], length: u8::try_from(bytes.len()).ok()? };
        for (to, from) in language.code.iter_mut().zip(bytes) {
            *to = *from;
        }
        Some(language)
    }

    /// The code, such as `en`.
    #[must_use]
    pub fn code(&self) -> &str {
        self.code.get(..usize::from(self.length)).and_then(|code| std::str::from_utf8(code).ok()).unwrap_or("en")
    }

    /// The fixed phrases of feeds in this language; English where nobody has translated them yet.
    #[must_use]
    pub fn phrases(&self) -> &'static Phrases {
        match self.code() {
            "es" => &SPANISH,
            _ => &ENGLISH,
        }
    }

    /// The language's name in itself, such as `Español`; the code where it is not known here.
    #[must_use]
    pub fn name(&self) -> &str {
        NAMES.iter().find(|(code, _)| *code == self.code()).map_or(self.code(), |(_, name)| name)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Language {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// The fixed phrases that Handbill itself writes into feeds.
#[derive(Debug)]
pub struct Phrases {
    /// Before the title of a cancelled event.
    pub cancelled: &'static str,
    /// Before the title of a postponed event.
    pub postponed: &'static str,
    /// Before a sign-up link.
    pub sign_up: &'static str,
    /// Before the link to the organizers' page.
    pub organizers_page: &'static str,
    /// Before the names of organizations.
    pub supporting_organizations: &'static str,
    /// Before whom to ask.
    pub contact: &'static str,
    /// Before the partner site that an event comes from.
    pub via: &'static str,
    /// The sentence for an event whose end nobody announced.
    pub end_not_announced: &'static str,
}

const ENGLISH: Phrases = Phrases {
    cancelled: "CANCELLED",
    postponed: "POSTPONED",
    sign_up: "Sign up",
    organizers_page: "Organizers’ page",
    supporting_organizations: "Supporting organizations",
    contact: "Contact",
    via: "Via",
    end_not_announced: "The end time was not announced.",
};

const SPANISH: Phrases = Phrases {
    cancelled: "CANCELADO",
    postponed: "APLAZADO",
    sign_up: "Inscripción",
    organizers_page: "Página de los organizadores",
    supporting_organizations: "Organizaciones que apoyan",
    contact: "Contacto",
    via: "Vía",
    end_not_announced: "No se anunció la hora de término.",
};

/// The languages most spoken in Chicago's homes, by their own names.
const NAMES: [(&str, &str); 14] = [
    ("ar", "العربية"),
    ("de", "Deutsch"),
    ("en", "English"),
    ("es", "Español"),
    ("fr", "Français"),
    ("hi", "हिन्दी"),
    ("it", "Italiano"),
    ("ko", "한국어"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("tl", "Tagalog"),
    ("uk", "Українська"),
    ("ur", "اردو"),
    ("zh", "中文"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_two_or_three_lower_case_letters() {
        for good in ["en", "es", "yue"] {
            assert_eq!(Language::parse(good).map(|language| language.code().to_owned()).as_deref(), Some(good));
        }
        for bad in ["", "e", "EN", "engl", "e1", "ñ", "en-US"] {
            assert_eq!(Language::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_language_has_a_name_and_phrases() {
        let spanish = Language::parse("es").unwrap();
        assert_eq!(spanish.name(), "Español");
        assert_eq!(spanish.phrases().cancelled, "CANCELADO");
        assert_eq!(Language::parse("qq").unwrap().name(), "qq");
    }
}
