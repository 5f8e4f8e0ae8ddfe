//! What is told about tables that are wrong by themselves.

use super::*;

#[test]
fn syntax_errors_and_what_else_is_wrong_are_told_together() {
    check(
        "[[event]]\nid = a\ntitel = \"x\"\n",
        &[
            "2:6: error: this is not TOML: string values must be quoted, expected literal string; write \"a\"",
            "3:1: error: unknown key `titel`; write `title`",
        ],
    );
    check(
        "[[event]]\nid = \"a\ntitle = \"x\"\nstart = 2021-03-14T02:30\n",
        &[
            "2:8: error: this is not TOML: invalid basic string, expected `\"`; end the text with the quotation mark that it begins with; several lines go between \"\"\" and \"\"\"",
            "4:9: error: 2021-03-14T02:30 does not exist: the clocks go forward then; write 2021-03-14T02:30:00-06:00 (which is 2021-03-14T03:30) or 2021-03-14T02:30:00-05:00 (which is 2021-03-14T01:30)",
        ],
    );
    check(
        "[organization]\nname = “X”\n",
        &[
            "2:8: error: this is not TOML: string values must be quoted, expected literal string; write straight quotes around a text: \"…\"",
        ],
    );
    check(
        "[organization]\nname = \"X\"\nname = \"Y\"\n",
        &[
            "3:1: error: this is not TOML: duplicate key; write each key once in a table; a new event begins with `[[event]]`",
        ],
    );
    check("[[event]\n", &["1:9: error: this is not TOML: unclosed array table, expected `]`"]);
    check("", &["1:1: error: the file is empty; delete it to remove its events"]);
    check(
        " \n\u{feff}",
        &[
            "2:1: error: this is not TOML: invalid unquoted key, expected letters, numbers, `-`, `_`",
            "2:1: error: this is not TOML: key with no value, expected `=`",
        ],
    );
}

#[test]
fn keys_and_types() {
    check(
        "organisation = {}\n[[evnt]]\n[[zzz]]\n",
        &[
            "1:1: error: unknown key `organisation`; write `organization`",
            "2:3: error: unknown key `evnt`; write `event`",
            "3:3: error: unknown key `zzz`; the keys here are `organization`, `venue`, `event`, `partner`",
        ],
    );
    check(
        "event = 5\nvenue = [1]\n",
        &[
            "1:1: error: `event` must be a list of tables; write [[event]] with two pairs of brackets",
            "2:10: error: `venue` must be a list of tables; write [[venue]] with two pairs of brackets",
        ],
    );
    check(
        "[event]\nid = \"a\"\n",
        &["1:2: error: `event` must be a list of tables; write [[event]] with two pairs of brackets"],
    );
    check(
        "[[event]]\ntitel = \"x\"\nqqqqqq = 1\n\"[language]\" = 1\n",
        &[
            "1:1: error: the event has no `id`; write a name that never changes: id = \"cares-rally\"",
            "1:1: error: the event has no `start`; write when it begins: start = 2021-03-23T18:00",
            "2:1: error: unknown key `titel`; write `title`",
            "3:1: error: unknown key `qqqqqq`; the keys here are `id`, `title`, `start`, `end`, `duration`, `venue`, `location`, `supporters`, `url`, `signup`, `contact`, `description`, `tags`, `status`, `reason`, `rrule`, `extra_dates`, `excluded_dates`, `change`, `updated`, `same_as`, `distinct_from`, `former_uid`",
            "4:1: error: unknown key `[language]`; the keys here are `id`, `title`, `start`, `end`, `duration`, `venue`, `location`, `supporters`, `url`, `signup`, `contact`, `description`, `tags`, `status`, `reason`, `rrule`, `extra_dates`, `excluded_dates`, `change`, `updated`, `same_as`, `distinct_from`, `former_uid`",
        ],
    );
    check_event(
        "tags = \"x\"\nsupporters = [\"a\", 3, \"b\"]\nstatus = \"canceled\"\nurl = 2021-01-01\n[event.change]",
        &[
            "6:8: error: expected a list in square brackets, found the text \"x\"; write [\"x\"]",
            "7:20: error: expected a text in quotes, found the number 3; write \"3\"",
            "8:10: error: “canceled” is none of the words known here; write \"cancelled\"",
            "9:7: error: expected a text in quotes, found the date or time 2021-01-01; write \"2021-01-01\"",
            "10:1: error: expected a list in square brackets, found a table; write its name in two pairs of brackets, `[[…]]`, once for each",
        ],
    );
    check(
        "[[event]]\nid = \"a\"\ntitle = 5\nstart = \"2021-03-04T10:00\"\ndescription = [\"x\"]\n",
        &[
            "3:9: error: expected a text in quotes, found the number 5; write \"5\"",
            "4:9: error: expected a date or a date with a time, found the text \"2021-03-04T10:00\"; write 2021-03-04T10:00 without quotes",
            "5:15: error: expected a text in quotes, found a list",
        ],
    );
    check(
        "[[venue]]\nslug = \"x\"\nname = \"X\"\nlatitude = \"41.8\"\nlongitude = true\n",
        &[
            "4:12: error: expected a number, found the text \"41.8\"; write 41.8 without quotes",
            "5:13: error: expected a number, found true",
        ],
    );
    check_event(
        "[event.es]\ntitle = 1\ntitel = 2\n[event.fr]\n[event.en]\ntitle = \"x\"",
        &[
            "7:9: error: expected a text in quotes, found the number 1; write \"1\"",
            "8:1: error: unknown key `titel`; write `title`",
            "9:8: error: `fr` is no language of this calendar; its languages besides the main one are `es`",
            "10:8: error: `en` is the calendar's main language; write its texts as keys of the event itself",
        ],
    );
    check_event(
        "es = \"A\"",
        &["6:1: error: unknown key `es`; write a table named like the language, with its texts in it"],
    );
}

#[test]
fn texts_and_links() {
    check(
        "[[event]]\nid = \"A b\"\ntitle = \" \"\nstart = 2021-03-23T18:00\ndescription = \"a\\u0000\"\n",
        &[
            "2:6: error: the id “A b” is not made of a–z, 0–9 and single hyphens; write \"a-b\"",
            "3:9: error: the title is empty",
            "5:15: error: the description contains the control character U+0000 (NULL); delete it",
        ],
    );
    check(
        "[[event]]\nid = \"a\"\ntitle = \"a\\nb\"\nstart = 2021-03-23T18:00\ndescription = \" \"\n",
        &["3:9: error: the title has a line break; write it in one line: “a b”"],
    );
    check_event(
        "contact = \"\\u001b[31m\"\nreason = \"x\"",
        &[
            "6:11: error: the contact contains the control character U+001B (ESCAPE); delete it",
            "7:10: warning: there is a reason, but the event is neither cancelled nor postponed; write status = \"cancelled\" or status = \"postponed\"",
        ],
    );
    check_event(
        "url = \"example.org/a\"\nsignup = \"ftp://example.org\"",
        &[
            "6:7: error: the url “example.org/a” is no http or https link; write \"https://example.org/a\"",
            "7:10: error: the signup “ftp://example.org” is no http or https link; write a link such as \"https://example.org/page\"",
        ],
    );
    check_event(
        "url = \"a@example.org\"\nsignup = \"http://a b\"",
        &[
            "6:7: error: the url “a@example.org” is no http or https link; write an address of a web page here, and an e-mail address as `contact`",
            "7:10: error: the signup “http://a b” contains a space or a line break; write %20 for a space",
        ],
    );
    check_event(
        "url = \"javascript:alert(1)\"\nsignup = \"http://\"",
        &[
            "6:7: error: the url “javascript:alert(1)” is no http or https link; write a link such as \"https://example.org/page\"",
            "7:10: error: the signup “http://” is no http or https link; write a link such as \"https://example.org/page\"",
        ],
    );
    check_event(
        "tags = [\"Police Reform\", \"\", \"a\", \"a\"]",
        &[
            "6:9: error: the tag “Police Reform” is not made of a–z, 0–9 and single hyphens; write \"police-reform\"",
            "6:26: error: the tag “” is not made of a–z, 0–9 and single hyphens; write lower-case letters, such as \"unity-park\"",
        ],
    );
    check_event(
        "supporters = [\"\", \"’\"]",
        &[
            "6:15: error: the supporter is empty",
            "6:19: error: the name “’” has no letter or digit that an address could be made of; declare it in a file with a slug of its own: [[organization]], name = \"…\", slug = \"…\"",
        ],
    );
    check_event(
        "former_uid = \"a\\nb\"",
        &["6:14: error: the former_uid has a line break; write it in one line: “a b”"],
    );
    check_event(
        &format!("former_uid = \"{}\"", "x".repeat(256)),
        &["6:14: error: the former_uid has 256 octets; 255 are possible"],
    );
    check(
        &format!(
            "[[event]]\nid = \"a\"\ntitle = \"{}\"\nstart = 2021-03-23\ndescription = \"{}\"\n",
            "x".repeat(1001),
            "é".repeat(20_001)
        ),
        &[
            "3:9: error: the title is 1001 characters long; 1000 are possible",
            "5:15: error: the description is 20001 characters long; 20000 are possible",
        ],
    );
}

#[test]
fn organizations_and_venues() {
    check("[organization]\n", &["1:2: error: the organization has no `name`; write its full name: name = \"…\""]);
    check(
        "[organization]\nname = \"X\"\nslug = \"y\"\ncolor = \"firebrik\"\nurl = \"x\"\naliases = [\"\"]\n",
        &[
            "3:8: error: the slug “y” is not the file's name, “x”; delete it, or rename the file",
            "4:9: error: “firebrik” is no color; write \"firebrick\"",
            "5:7: error: the url “x” is no http or https link; write a link such as \"https://example.org/page\"",
            "6:12: error: the alias is empty",
        ],
    );
    check(
        "[[organization]]\nname = \"’\"\n[[organization]]\nname = \"Y\"\nslug = \"Y\"\ncolor = \"#12\"\n",
        &[
            "2:8: error: the name “’” has no letter or digit that an address could be made of; declare it in a file with a slug of its own: [[organization]], name = \"…\", slug = \"…\"",
            "5:8: error: the slug “Y” is not made of a–z, 0–9 and single hyphens; write \"y\"",
            "6:9: error: “#12” is no color; write a CSS name such as \"firebrick\", or \"#b22222\"",
        ],
    );
    check(
        "[[venue]]\n",
        &[
            "1:1: error: the venue has no `slug`; write the word by which events name it: slug = \"unity-park\"",
            "1:1: error: the venue has no `name`; write one: name = \"Unity Park\"",
        ],
    );
    check(
        "[[venue]]\nslug = \"x\"\nname = \"X\"\nlatitude = 91\nlongitude = -181.5\naddress = \"a\\nb\"\n",
        &[
            "4:12: error: the latitude 91 is not between -90 and 90; write degrees with a decimal point; Chicago is near latitude = 41.88, longitude = -87.63",
            "5:13: error: the longitude -181.5 is not between -180 and 180; write degrees with a decimal point; Chicago is near latitude = 41.88, longitude = -87.63",
            "6:11: error: the address has a line break; write it in one line: “a b”",
        ],
    );
    check(
        "[[venue]]\nslug = \"x\"\nname = \"X\"\nlatitude = 41.8\n",
        &["4:12: error: the venue has no `longitude`; write both, or none of them"],
    );
    check(
        "[[venue]]\nslug = \"x\"\nname = \"X\"\nlatitude = nan\nlongitude = inf\n",
        &[
            "4:12: error: the latitude NaN is not between -90 and 90; write degrees with a decimal point; Chicago is near latitude = 41.88, longitude = -87.63",
            "5:13: error: the longitude inf is not between -180 and 180; write degrees with a decimal point; Chicago is near latitude = 41.88, longitude = -87.63",
        ],
    );
    check_event(
        "venue = \"x\"\nlocation = \"Y\"",
        &[
            "6:9: error: no file has a venue “x”; declare it: [[venue]], slug = \"x\", name = \"…\"; or write `location` instead",
            "7:12: error: the event has both `venue` and `location`; write only one of them; the venue brings its name and address",
        ],
    );
}
