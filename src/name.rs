//! Names: the slugs of addresses, and when two spellings are one name. It does not know whose names they are.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

/// The part of an address that names an organization, a venue, a tag or an event: one to [`Slug::MAX`] of `a`–`z`, `0`–`9` and
/// single hyphens between them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(Arc<str>);

impl Slug {
    /// The longest slug, in bytes.
    pub const MAX: usize = 80;

    /// Reads a slug; `None` when it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let shaped = (1..=Self::MAX).contains(&text.len())
            && text
                .split('-')
                .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        shaped.then(|| Self(text.into()))
    }

    /// The slug of a name: transliterated to ASCII, lower case, whatever is no letter or digit folded into hyphens, cut at a
    /// hyphen to [`Slug::MAX`] bytes. Apostrophes vanish, `&` is `and`. `None` for a name without a letter or digit.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let ascii = deunicode::deunicode(&name.replace('&', " and "));
        let mut slug = String::with_capacity(ascii.len());
        for c in ascii.chars().filter(|c| *c != '\'' && *c != '`') {
            if c.is_ascii_alphanumeric() {
                slug.push(c.to_ascii_lowercase());
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        if slug.len() > Self::MAX {
            slug.truncate(Self::MAX + 1);
            slug.truncate(slug.rfind('-').filter(|at| *at > 0).unwrap_or(Self::MAX));
        }
        Self::parse(slug.trim_end_matches('-'))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for Slug {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Serialize for Slug {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// The form in which two spellings of one name are equal: case, accents' composition, apostrophes and quotation marks of any kind, and
/// spacing do not count.
#[must_use]
pub fn folded(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    let mut follows_space = false;
    for c in name.chars() {
        if c.is_whitespace() {
            follows_space = !folded.is_empty();
            continue;
        }
        if std::mem::take(&mut follows_space) {
            folded.push(' ');
        }
        match c {
            '`' => folded.push('\''),
            c if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
            '’' | '‘' | 'ʼ' | '´' | '′' => folded.push('\''),
            '“' | '”' | '„' => folded.push('"'),
            '‐' | '‑' | '–' | '—' => folded.push('-'),
            c => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, slug: &str) {
        assert_eq!(Slug::from_name(name).map(|slug| slug.to_string()).as_deref(), Some(slug), "{name}");
    }

    #[test]
    fn a_name_has_a_slug() {
        check("Chicago DSA", "chicago-dsa");
        check("Assata’s Daughters", "assatas-daughters");
        check("Assata's Daughters", "assatas-daughters");
        check("Mujeres Latinas En Acción", "mujeres-latinas-en-accion");
        check("HEART Women & Girls", "heart-women-and-girls");
        check("  --Planned Parenthood - Illinois--  ", "planned-parenthood-illinois");
        check("168 Fitness Team", "168-fitness-team");
        check("東京", "dong-jing");
        check(&"word ".repeat(40), &"word-".repeat(16)["".len()..79]);
        check(&"x".repeat(200), &"x".repeat(80));
        assert_eq!(Slug::from_name("’ – !"), None);
    }

    #[test]
    fn a_slug_is_lower_case_ascii() {
        for bad in ["", "-", "a-", "-a", "a--b", "A", "ñ", "a b", "a/b", &"x".repeat(81)] {
            assert_eq!(Slug::parse(bad), None, "{bad:?}");
        }
        assert!(Slug::parse("32nd-ward-united").is_some());
    }

    #[test]
    fn spellings_of_one_name_fold_together() {
        assert_eq!(folded("The  People’s\u{a0}Lobby "), folded("the people's lobby"));
        assert_ne!(folded("Chicago DSA"), folded("Chicago DSAs"));
    }
}
