//! One content line, borrowed from the text that it stands in: name, parameters and value, split without copying. It does not
//! know components, and does not judge.

use std::borrow::Cow;

use super::read::{parameter_length, parameter_value};

/// An unfolded content line (RFC 5545 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// The name as it is written; upper and lower case count the same.
    pub name: &'a str,
    /// The parameters with the semicolon before each.
    parameters: &'a str,
    /// The value as it stands, escapes included; see [`unescape`](super::unescape).
    pub value: &'a str,
}

impl<'a> Line<'a> {
    /// Splits an unfolded line; `None` when it has no name or no colon outside quotation marks.
    #[must_use]
    pub fn split(line: &'a str) -> Option<Self> {
        let end = line.bytes().position(|byte| matches!(byte, b':' | b';'))?;
        let (name, rest) = line.split_at_checked(end)?;
        let name = name.trim_ascii();
        if name.is_empty() {
            return None;
        }
        let colon = if rest.starts_with(':') { 0 } else { colon(rest)? };
        let (parameters, value) = rest.split_at_checked(colon)?;
        Some(Self { name, parameters, value: value.get(1..)? })
    }

    /// Whether the line has that name (in upper case).
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The parameters: the name as it is written, and the value without quotation marks and with RFC 6868 undone.
    pub fn parameters(&self) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> + use<'a> {
        let mut rest = self.parameters;
        std::iter::from_fn(move || {
            let text = rest.strip_prefix(';')?;
            let length = parameter_length(text).unwrap_or(text.len());
            let (parameter, after) = text.split_at_checked(length)?;
            rest = after;
            let sign = parameter.bytes().position(|byte| byte == b'=').unwrap_or(parameter.len());
            let (name, value) = parameter.split_at_checked(sign)?;
            Some((name.trim_ascii(), plain(value.get(1..).unwrap_or_default())))
        })
    }

    /// The value of the first parameter of that name (in upper case).
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<Cow<'a, str>> {
        if self.parameters.is_empty() {
            return None;
        }
        self.parameters().find(|(parameter, _)| parameter.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// Where the first colon outside quotation marks is.
fn colon(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.bytes().position(|byte| {
        quoted ^= byte == b'"';
        !quoted && byte == b':'
    })
}

fn plain(value: &str) -> Cow<'_, str> {
    match value.bytes().any(|byte| matches!(byte, b'"' | b'^')) {
        true => Cow::Owned(parameter_value(value)),
        false => Cow::Borrowed(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name, parameters and value.
    type Parts<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

    fn check(line: &str, expected: Option<Parts>) {
        let split = Line::split(line);
        let parameters: Vec<(&str, Cow<str>)> = split.iter().flat_map(Line::parameters).collect();
        let parameters: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (*name, &**value)).collect();
        assert_eq!(split.map(|line| (line.name, &parameters[..], line.value)), expected, "{line:?}");
    }

    #[test]
    fn a_line_is_split_at_the_colon_outside_quotation_marks() {
        check("SUMMARY:a:b", Some(("SUMMARY", &[], "a:b")));
        check(r#"x;A=1;b="c;d:e";E:v"#, Some(("x", &[("A", "1"), ("b", "c;d:e"), ("E", "")], "v")));
        check(r"X;N=a^nb^'c^^:", Some(("X", &[("N", "a\nb\"c^")], "")));
        check(r#"ATTENDEE;CN="eve:mailto:x"#, None);
        check(":x", None);
        check("no colon", None);
        check(" SUMMARY :x", Some(("SUMMARY", &[], "x")));
    }

    #[test]
    fn a_parameter_is_found_by_its_name() {
        let line = Line::split("DTSTART;value=DATE;TZID=\"A/B\":20210101").unwrap();
        assert_eq!(line.parameter("VALUE").as_deref(), Some("DATE"));
        assert_eq!(line.parameter("TZID").as_deref(), Some("A/B"));
        assert_eq!(line.parameter("X"), None);
        assert!(line.is("DTSTART") && !line.is("DTEND"));
    }
}
