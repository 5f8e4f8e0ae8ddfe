//! The tolerant reader of content lines: whatever bytes come, it makes a tree of components of them or says why it will not.
//! It works in one pass without recursion, within fixed limits, and does not judge: [`defects`](super::defects) does.

use std::fmt;

/// Components inside one another.
const MAX_DEPTH: usize = 16;
/// Components in one text.
const MAX_COMPONENTS: usize = 200_000;
/// Properties in one text.
const MAX_PROPERTIES: usize = 2_000_000;
/// Parameters of one property.
const MAX_PARAMETERS: usize = 100;

/// A component: what stands between BEGIN and END.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Component {
    /// The name in upper case, such as `VEVENT`.
    pub name: String,
    /// Its own properties, in order.
    pub properties: Vec<Property>,
    /// The components inside it, in order.
    pub components: Vec<Component>,
}

/// A property: one unfolded content line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// The name in upper case, such as `SUMMARY`.
    pub name: String,
    /// The parameters in order: the name in upper case, the value without its quotation marks and with RFC 6868 undone.
    pub parameters: Vec<(String, String)>,
    /// The value as it stands, escapes included; see [`unescape`].
    pub value: String,
}

/// Why a text is not read: it has more than Handbill will hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// Components are nested too deeply.
    Depth,
    /// Too many components.
    Components,
    /// Too many properties, or parameters of one property.
    Properties,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Depth => write!(f, "components are nested more than {MAX_DEPTH} deep"),
            Self::Components => write!(f, "more than {MAX_COMPONENTS} components"),
            Self::Properties => {
                write!(f, "more than {MAX_PROPERTIES} properties, or {MAX_PARAMETERS} parameters of one")
            }
        }
    }
}

impl std::error::Error for Unreadable {}

impl Component {
    /// The first property of that name (in upper case).
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }

    /// All properties of that name (in upper case).
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Property> {
        self.properties.iter().filter(move |property| property.name == name)
    }
}

impl Property {
    /// The value of a parameter (its name in upper case).
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(parameter, _)| parameter == name).map(|(_, value)| value.as_str())
    }

    /// The value as a TEXT.
    #[must_use]
    pub fn text(&self) -> String {
        unescape(&self.value)
    }

    /// Reads an unfolded content line; `None` when it has no name or no colon.
    fn parse(line: &str) -> Option<Result<Self, Unreadable>> {
        let end = line.find([':', ';'])?;
        let (name, mut rest) = line.split_at_checked(end)?;
        let name = name.trim().to_ascii_uppercase();
        let mut parameters = Vec::new();
        while let Some(parameter) = rest.strip_prefix(';') {
            if parameters.len() == MAX_PARAMETERS {
                return Some(Err(Unreadable::Properties));
            }
            let length = parameter_length(parameter)?;
            let (text, after) = parameter.split_at_checked(length)?;
            let (name, value) = text.split_once('=').unwrap_or((text, ""));
            parameters.push((name.trim().to_ascii_uppercase(), parameter_value(value)));
            rest = after;
        }
        let value = rest.strip_prefix(':')?.to_owned();
        (!name.is_empty()).then_some(Ok(Self { name, parameters, value }))
    }
}

/// The length of a parameter: up to the next colon or semicolon outside quotation marks.
pub(super) fn parameter_length(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.bytes().position(|byte| {
        quoted ^= byte == b'"';
        !quoted && matches!(byte, b':' | b';')
    })
}

/// A parameter's value without quotation marks, RFC 6868 undone.
pub(super) fn parameter_value(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let mut characters = text.chars().filter(|character| *character != '"').peekable();
    while let Some(character) = characters.next() {
        let decoded = match (character, characters.peek()) {
            ('^', Some('n')) => '\n',
            ('^', Some('\'')) => '"',
            ('^', Some('^')) => '^',
            (other, _) => {
                value.push(other);
                continue;
            }
        };
        value.push(decoded);
        characters.next();
    }
    value
}

/// The unfolded content lines, without their line breaks. Lines may end with CR LF, LF or CR; a byte order mark and blank
/// lines are left out; bytes that are not UTF-8 become U+FFFD, after a character cut by a fold has been joined.
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = String> + '_ {
    let mut rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::iter::from_fn(move || {
        let mut line = Vec::new();
        while !rest.is_empty() {
            let (physical, after) = split_line(rest);
            line.extend_from_slice(physical);
            rest = after;
            match rest.split_first() {
                Some((b' ' | b'\t', continuation)) => rest = continuation,
                _ if line.is_empty() => {}
                _ => return Some(into_text(line)),
            }
        }
        (!line.is_empty()).then(|| into_text(line))
    })
}

/// The bytes before and after the first line break.
fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let Some(at) = memchr::memchr2(b'\r', b'\n', bytes) else {
        return (bytes, &[]);
    };
    let (line, after) = bytes.split_at_checked(at).unwrap_or((bytes, &[]));
    let after = after.strip_prefix(b"\r\n").or(after.get(1..)).unwrap_or_default();
    (line, after)
}

fn into_text(line: Vec<u8>) -> String {
    String::from_utf8(line).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Reads the components of a text. Lines that are no content lines, and properties outside all components, are passed over;
/// an END closes the nearest open component of its name, or nothing; what is open at the end is closed there.
///
/// # Errors
/// When there are more components or properties than fixed limits.
pub fn parse(bytes: &[u8]) -> Result<Vec<Component>, Unreadable> {
    let mut tree = Tree::default();
    for line in lines(bytes) {
        match Property::parse(&line).transpose()? {
            Some(begin) if begin.name == "BEGIN" => tree.begin(&begin.value)?,
            Some(end) if end.name == "END" => tree.end(&end.value),
            Some(property) => tree.add(property)?,
            None => {}
        }
    }
    tree.close(0);
    Ok(tree.roots)
}

/// The tree while it grows.
#[derive(Default)]
struct Tree {
    roots: Vec<Component>,
    /// The components that have begun and not ended, from the outermost.
    open: Vec<Component>,
    components: usize,
    properties: usize,
}

impl Tree {
    fn begin(&mut self, name: &str) -> Result<(), Unreadable> {
        self.components += 1;
        if self.open.len() == MAX_DEPTH {
            return Err(Unreadable::Depth);
        }
        if self.components > MAX_COMPONENTS {
            return Err(Unreadable::Components);
        }
        self.open.push(Component { name: component_name(name), ..Component::default() });
        Ok(())
    }

    fn add(&mut self, property: Property) -> Result<(), Unreadable> {
        self.properties += 1;
        if self.properties > MAX_PROPERTIES {
            return Err(Unreadable::Properties);
        }
        if let Some(component) = self.open.last_mut() {
            component.properties.push(property);
        }
        Ok(())
    }

    fn end(&mut self, name: &str) {
        let name = component_name(name);
        if let Some(depth) = self.open.iter().rposition(|component| component.name == name) {
            self.close(depth);
        }
    }

    /// Closes components until `depth` are open.
    fn close(&mut self, depth: usize) {
        while self.open.len() > depth {
            let Some(closed) = self.open.pop() else { return };
            match self.open.last_mut() {
                Some(parent) => parent.components.push(closed),
                None => self.roots.push(closed),
            }
        }
    }
}

fn component_name(value: &str) -> String {
    value.trim().to_ascii_uppercase()
}

/// A TEXT value (RFC 5545 §3.3.11) without its escapes. `\n` and `\N` are LF; a backslash before any other character is
/// dropped, one at the end is kept.
#[must_use]
pub fn unescape(value: &str) -> String {
    let (bytes, mut text) = (value.as_bytes(), String::with_capacity(value.len()));
    // What is before is in the text, and what is before where the search goes on is known.
    let (mut from, mut search) = (0, 0);
    while let Some(found) = bytes.get(search..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        let at = search + found;
        text.push_str(value.get(from..at).unwrap_or_default());
        from = match bytes.get(at + 1) {
            Some(b'n' | b'N') => {
                text.push('\n');
                at + 2
            }
            Some(_) => at + 1,
            None => at,
        };
        search = at + 2;
    }
    text.push_str(value.get(from..).unwrap_or_default());
    text
}
