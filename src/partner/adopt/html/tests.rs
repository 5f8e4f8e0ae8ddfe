//! What markup becomes.
use super::*;

fn check(html: &str, expected: &str) {
    assert_eq!(plain(html), expected, "{html}");
}

#[test]
fn a_text_that_is_no_html_stays_as_it_is() {
    for text in
        ["a < b > c & d", "I <3 you", "R&D; AT&T", "x <y@example.org> z", "{{7*191}} <%= 7*191 %>", "a<b", "é & ñ"]
    {
        check(text, text);
    }
}

#[test]
fn html_becomes_lines_of_text() {
    check("<p>One</p><p>Two<br>Three</p>", "One\n\nTwo\nThree");
    check("<div>One</div>\n<div>Two &amp; three</div>", "One\nTwo & three");
    check("<ul><li>One</li><li>Two</li></ul>", "- One\n- Two");
    check("One<b> two</b>\nthree", "One two\nthree");
    check("Caf&eacute; &#8211; Bar&#39;s", "Café – Bar's");
    check("<table><tr><td>A</td><td>B</td></tr><tr><td>C</td></tr></table>", "A B\nC");
}

#[test]
fn links_are_kept() {
    check("<a href=\"https://a.example/x\">Sign up</a> now", "Sign up (https://a.example/x) now");
    check("<a href='https://a.example/'>https://a.example</a>", "https://a.example");
    check("<a href='https://a.example/'></a>", "https://a.example/");
    check("<a href='mailto:a@b.example'>Ann</a>", "Ann (a@b.example)");
    check("<a href='javascript:alert(1)'>x</a>", "x");
    check("<a href='/relative'>x</a>", "x");
}

#[test]
fn no_markup_is_left() {
    check("a<script>alert(1)</script>b", "ab");
    check("<details open ontoggle=\"eval(1)\">x</details>", "x");
    check("<img src=x onerror=alert(1)>", "");
    check("&lt;p&gt;Twice&lt;/p&gt;", "Twice");
    check("<style>p{}</style><!-- x -->y", "y");
    check("<p>mail <ann@b.example></p>", "mail ann@b.example");
}
