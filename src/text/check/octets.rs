//! The rules of content lines as octets (RFC 5545 §3.1), and that BEGIN and END are balanced.

use crate::text::MAX_LINE;

/// What is wrong with the octets, each with its line, from 1.
pub(super) fn defects(bytes: &[u8]) -> Vec<String> {
    let mut lines = Lines::default();
    let Some(body) = bytes.strip_suffix(b"\r\n") else {
        return vec!["does not end with CR LF".to_owned()];
    };
    let mut rest = Some(body);
    while let Some(text) = rest {
        let (line, after) = match memchr::memmem::find(text, b"\r\n").and_then(|at| text.split_at_checked(at)) {
            Some((line, after)) => (line, after.get(2..)),
            None => (text, None),
        };
        lines.take(line);
        rest = after;
    }
    lines.finish()
}

#[derive(Default)]
struct Lines {
    number: usize,
    /// The content line so far, unfolded.
    content: Vec<u8>,
    /// Whether the content line so far ends with a backslash that escapes what comes next.
    in_escape: bool,
    open: Vec<String>,
    defects: Vec<String>,
}

impl Lines {
    fn take(&mut self, line: &[u8]) {
        self.number += 1;
        if line.len() > MAX_LINE {
            self.report(&format!("{} octets, more than {MAX_LINE}", line.len()));
        }
        if line.iter().any(|byte| (*byte < 0x20 && *byte != b'\t') || *byte == 0x7f) {
            self.report("a control character");
        }
        match std::str::from_utf8(line) {
            Err(_) => self.report("not UTF-8, or a character cut by a fold"),
            Ok(text) if text.chars().any(crate::text::clean::is_special) => {
                self.report("a character that must not be published")
            }
            Ok(_) => {}
        }
        match line.split_first() {
            None => self.report("empty"),
            Some((b' ' | b'\t', continuation)) => self.take_continuation(continuation),
            Some(_) => self.take_start(line),
        }
    }

    fn take_continuation(&mut self, continuation: &[u8]) {
        if self.in_escape {
            self.report("a fold inside an escape");
        }
        if self.content.is_empty() {
            self.report("a continuation of nothing");
        }
        self.content.extend_from_slice(continuation);
        self.follow_escapes(continuation);
    }

    fn take_start(&mut self, line: &[u8]) {
        self.end_content();
        self.in_escape = false;
        self.content.extend_from_slice(line);
        self.follow_escapes(line);
    }

    fn follow_escapes(&mut self, octets: &[u8]) {
        for octet in octets {
            self.in_escape = *octet == b'\\' && !self.in_escape;
        }
    }

    /// Looks at a whole content line.
    fn end_content(&mut self) {
        let content = String::from_utf8_lossy(&std::mem::take(&mut self.content)).into_owned();
        if content.is_empty() {
            return;
        }
        let name = content.split([':', ';']).next().unwrap_or_default();
        let is_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() == content.len() || !name.bytes().all(is_name) {
            self.report("no content line: NAME:VALUE with the name in capitals is wanted");
        }
        if let Some(component) = content.strip_prefix("BEGIN:") {
            self.open.push(component.to_owned());
        } else if let Some(component) = content.strip_prefix("END:") {
            if self.open.pop().as_deref() != Some(component) {
                self.report(&format!("END:{component} does not close what is open"));
            }
        } else if self.open.is_empty() {
            self.report("a property outside all components");
        }
    }

    fn finish(mut self) -> Vec<String> {
        self.end_content();
        for component in std::mem::take(&mut self.open) {
            self.report(&format!("BEGIN:{component} without an END"));
        }
        self.defects
    }

    fn report(&mut self, what: &str) {
        self.defects.push(format!("line {}: {what}", self.number));
    }
}
