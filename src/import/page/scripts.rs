//! The blocks of JSON-LD in a page. It does not read JSON.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

/// The texts of all `script` elements of type `application/ld+json`; what stands in a comment is none.
pub(super) fn scripts(page: &str) -> Vec<String> {
    // The text of a script is no markup.
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut scripts = Vec::new();
    let mut open: Option<String> = None;
    for token in Tokenizer::new_with_emitter(page, emitter).flatten() {
        match token {
            Token::StartTag(tag) if is_json_ld(&tag) => open = Some(String::new()),
            Token::String(piece) => {
                if let Some(script) = &mut open {
                    *script += &String::from_utf8_lossy(&piece.value);
                }
            }
            Token::EndTag(tag) if &**tag.name == b"script" => scripts.extend(open.take()),
            _ => {}
        }
    }
    scripts.extend(open);
    scripts
}

fn is_json_ld(tag: &StartTag<()>) -> bool {
    let kind = tag.attributes.get(b"type".as_slice()).map(|kind| String::from_utf8_lossy(kind).into_owned());
    let kind = kind.unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    &**tag.name == b"script" && kind.eq_ignore_ascii_case("application/ld+json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_where_a_browser_finds_them() {
        let block = "<script type='application/ld+json'>";
        for (page, expected) in [
            (
                format!("<SCRIPT id=x TYPE=' Application/LD+JSON; charset=utf-8 '>1</SCRIPT>{block}2</script>"),
                vec!["1", "2"],
            ),
            (format!("<!-- {block}1</script> -->{block}\"<p>\"</script>"), vec!["\"<p>\""]),
            (format!("<script>let x = \"<script type='application/ld+json'>\";</script>{block}2"), vec!["2"]),
            (format!("<textarea>{block}1</script></textarea>"), vec![]),
            ("<script type='application/json'>1</script>".to_owned(), vec![]),
        ] {
            assert_eq!(scripts(&page), expected, "{page}");
        }
    }
}
