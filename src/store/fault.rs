//! What can go wrong with a store, in words without a secret: neither a key nor a signed address reaches a log or a terminal.

use std::collections::BTreeMap;
use std::fmt;

use object_store::Error;

/// Whether it is of use to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The store or the settings refuse: somebody must change something first.
    Refused,
    /// It may work next time.
    Failed,
    /// Another publisher has taken over.
    Superseded,
    /// We were asked to stop.
    Stopped,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Whether it is of use to try again.
    pub kind: Kind,
    /// One line for a person.
    pub text: String,
}

impl std::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Fault {
    pub(super) fn refused(text: impl Into<String>) -> Self {
        Self { kind: Kind::Refused, text: text.into() }
    }

    pub(super) fn failed(text: impl Into<String>) -> Self {
        Self { kind: Kind::Failed, text: text.into() }
    }

    pub(super) fn superseded() -> Self {
        Self { kind: Kind::Superseded, text: "another publisher has taken over".to_owned() }
    }

    pub(super) fn stopped() -> Self {
        Self { kind: Kind::Stopped, text: "it was stopped".to_owned() }
    }
}

/// The most characters of what a store says that are repeated.
const MOST: usize = 400;

/// What no text may carry.
#[derive(Clone, Default)]
pub(super) struct Secrets(Vec<String>);

/// Nothing of them.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets")
    }
}

impl Secrets {
    /// The values of the variables whose names say that they are secret.
    pub(super) fn of(environment: &BTreeMap<String, String>) -> Self {
        const WORDS: [&str; 6] = ["KEY", "SECRET", "TOKEN", "PASSWORD", "SAS", "ACCOUNT"];
        let is_secret =
            |name: &str| WORDS.iter().any(|word| name.contains(word)) && name != "AZURE_STORAGE_ACCOUNT_NAME";
        let values = environment.iter().filter(|(name, value)| is_secret(name) && value.len() > 3);
        let mut values: Vec<String> = values.map(|(_, value)| value.clone()).collect();
        // What contains another goes first.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        Self(values)
    }

    /// What an error of the library says, as a fault.
    pub(super) fn fault(&self, error: &Error) -> Fault {
        let kind = match error {
            Error::Generic { .. } | Error::JoinError { .. } | Error::Precondition { .. } => Kind::Failed,
            _ => Kind::Refused,
        };
        let said = error.to_string();
        let text = match () {
            () if said.contains("169.254.169.254") => {
                "there are no credentials in the environment, nor does this machine give any \
                 (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for s3://)"
                    .to_owned()
            }
            () => self.without(&said),
        };
        Fault { kind, text }
    }

    /// A text on one line, without secrets, queries of addresses and markup.
    pub(super) fn without(&self, text: &str) -> String {
        let text = match (part(text, "Code"), part(text, "Message")) {
            (Some(code), Some(message)) => {
                format!("{}{code}: {message}", text.split("<?xml").next().unwrap_or_default())
            }
            _ => text.to_owned(),
        };
        let mut text = text.split_whitespace().map(shown).collect::<Vec<_>>().join(" ");
        for secret in &self.0 {
            text = text.replace(secret.as_str(), "…");
            let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            text = text.replace(&encoded, "…");
        }
        let clean = text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c });
        clean.take(MOST).collect()
    }
}

/// An address without its query, where signatures stand, and without its user and password; any other word as it is.
fn shown(word: &str) -> String {
    let Some((scheme, rest)) = word.split_once("://") else { return word.to_owned() };
    let rest = rest.split('?').next().unwrap_or(rest);
    let host = rest.find('/').unwrap_or(rest.len());
    let after_user = rest.get(..host).and_then(|host| host.rfind('@')).map_or(0, |at| at + 1);
    format!("{scheme}://{}", rest.get(after_user..).unwrap_or_default())
}

/// What stands in an element of an answer in XML.
fn part<'t>(text: &'t str, element: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{element}>"))?;
    Some(rest.split_once("</")?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_told() {
        let environment = [
            ("AWS_SECRET_ACCESS_KEY", "wJalr/XUtn"),
            ("AWS_ACCESS_KEY_ID", "AKIA1234"),
            ("AZURE_STORAGE_SAS_KEY", "sv=2024&sig=abc"),
            ("AWS_REGION", "eu-west-1"),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let check = |said: &str, expected: &str| assert_eq!(Secrets::of(&environment).without(said), expected);
        check("key AKIA1234\nin eu-west-1", "key … in eu-west-1");
        check("with wJalr%2FXUtn and wJalr/XUtn", "with … and …");
        check("PUT https://a.example/b?sig=abc failed", "PUT https://a.example/b failed");
        check(
            "403: <?xml?><Error><Code>Denied</Code><Message>No,\nAKIA1234</Message><Key>x</Key>",
            "403: Denied: No, …",
        );
        check("GET http://user:hunter2@127.0.0.1:1/b/x?a=@: refused", "GET http://127.0.0.1:1/b/x refused");
        check("GET https://a.example/b@c", "GET https://a.example/b@c");
        check("bell \u{7}", "bell \u{FFFD}");
        assert!(!format!("{:?}", Secrets::of(&environment)).contains("AKIA"));
    }
}
