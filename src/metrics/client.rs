//! Which family of calendar programs a request comes from, by its User-Agent alone (RFC 9110 §10.1.5). Nothing of that is kept but the
//! family.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// A family of calendar programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// Google Calendar's importer.
    Google,
    /// Calendar on Apple's systems.
    Apple,
    /// Outlook, on the web, on a desktop or in Exchange.
    Outlook,
    /// Thunderbird.
    Thunderbird,
    /// Browsers, scripts, other programs, and who says nothing.
    Other,
}

/// How those begin that say it at once, which are most.
const BEGINNINGS: &[(&[u8], Client)] = &[
    (b"Google-Calendar", Client::Google),
    (b"iOS/", Client::Apple),
    (b"iPadOS/", Client::Apple),
    (b"macOS/", Client::Apple),
    (b"watchOS/", Client::Apple),
    (b"visionOS/", Client::Apple),
    (b"Mac OS X/", Client::Apple),
    (b"Mac+OS+X/", Client::Apple),
    (b"Mac_OS_X/", Client::Apple),
    (b"CalendarAgent/", Client::Apple),
    (b"dataaccessd/", Client::Apple),
    (b"Microsoft", Client::Outlook),
    (b"Outlook", Client::Outlook),
];

/// What the others hold that begin as browsers do.
static WORDS: LazyLock<[(Finder<'static>, Client); 7]> = LazyLock::new(|| {
    [
        ("Thunderbird/", Client::Thunderbird),
        ("Google-Calendar-Importer", Client::Google),
        ("CalendarAgent/", Client::Apple),
        ("dataaccessd/", Client::Apple),
        ("Outlook", Client::Outlook),
        ("MSOffice", Client::Outlook),
        ("Microsoft Office", Client::Outlook),
    ]
    .map(|(word, client)| (Finder::new(word), client))
});

/// As much of a User-Agent as is looked at, in bytes: a stranger's long one costs no more.
const LOOKED_AT: usize = 256;

impl Client {
    pub(super) const ALL: [Self; 5] = [Self::Google, Self::Apple, Self::Outlook, Self::Thunderbird, Self::Other];

    /// The family of a User-Agent, which may be empty.
    #[must_use]
    pub fn of(agent: &[u8]) -> Self {
        if agent.starts_with(b"Mozilla/") {
            let agent = agent.get(..LOOKED_AT).unwrap_or(agent);
            let named = WORDS.iter().find(|(word, _)| word.find(agent).is_some());
            return named.map_or(Self::Other, |(_, client)| *client);
        }
        BEGINNINGS.iter().find(|(word, _)| agent.starts_with(word)).map_or(Self::Other, |(_, client)| *client)
    }

    /// Its name in figures.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Apple => "apple",
            Self::Outlook => "outlook",
            Self::Thunderbird => "thunderbird",
            Self::Other => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_known_by_what_they_say() {
        for (agent, expected) in [
            ("Google-Calendar-Importer", Client::Google),
            ("Mozilla/5.0 (compatible; Google-Calendar-Importer)", Client::Google),
            ("iOS/18.0 (22A3354) dataaccessd/1.0", Client::Apple),
            ("macOS/13.4 (22F66) dataaccessd/1.0", Client::Apple),
            ("Mac OS X/10.11.6 (15G31) CalendarAgent/361.2", Client::Apple),
            ("Mac+OS+X/10.15 (19A583) CalendarAgent/930", Client::Apple),
            ("Microsoft.Exchange/15.20 (Windows NT 10.0; Win64; x64)", Client::Outlook),
            ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.12026; Pro)", Client::Outlook),
            ("Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; ms-office; MSOffice 16)", Client::Outlook),
            ("Outlook-iOS/2.0", Client::Outlook),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.2.0", Client::Thunderbird),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", Client::Other),
            ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", Client::Other),
            ("curl/8.5.0", Client::Other),
            ("", Client::Other),
        ] {
            assert_eq!(Client::of(agent.as_bytes()), expected, "{agent}");
        }
    }

    #[test]
    fn a_long_agent_is_not_read_to_its_end() {
        let agent = format!("Mozilla/5.0 {}Thunderbird/128.0", " ".repeat(LOOKED_AT));
        assert_eq!(Client::of(agent.as_bytes()), Client::Other);
    }
}
