//! Addresses on the way: where a redirect leads, and what of an address is sent to whom. It asks nobody.

use url::Url;

use crate::fetcher::fault::fault;
use crate::partner::{Class, Fault};

/// The longest Location that is followed, in bytes.
const MAX_LOCATION: usize = 8_192;

/// Where a redirect leads: http(s) only, never from https to http, without a user of its own.
pub(super) fn target(from: &Url, location: &[u8]) -> Result<Url, Fault> {
    let refused = |text: &str| fault(Class::Redirect, format!("the answer leads to {text}"));
    let location = str::from_utf8(location).ok().filter(|text| !text.is_empty() && text.len() <= MAX_LOCATION);
    let joined = location.and_then(|location| from.join(location).ok());
    let mut url = joined.ok_or_else(|| refused("an address that is none"))?;
    if matches!(url.scheme(), "webcal" | "webcals") {
        url = Url::parse(&url.as_str().replacen(url.scheme(), "https", 1))
            .map_err(|_| refused("an address that is none"))?;
    }
    match (from.scheme(), url.scheme()) {
        ("https", "http") => Err(refused("an insecure address")),
        (_, "http" | "https") => Ok(without_user(url)),
        _ => Err(refused("an address that is neither http nor https")),
    }
}

/// The same address without user, password and fragment.
pub(super) fn without_user(mut url: Url) -> Url {
    // These fail only for addresses that have no host, and those are refused anyway.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    url
}

/// User name and password of an address, without their percent signs.
pub(super) fn credentials(url: &Url) -> Option<(String, Option<String>)> {
    // What separates pairs in a form is nothing special here.
    let plain = |text: &str| {
        let text = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
        url::form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned())
    };
    let is_there = !url.username().is_empty() || url.password().is_some();
    is_there.then(|| (plain(url.username()).unwrap_or_default(), url.password().and_then(plain)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_leads_only_where_it_may() {
        let check = |from: &str, location: &str, expected: Option<&str>| {
            let found = target(&Url::parse(from).unwrap(), location.as_bytes()).ok();
            assert_eq!(found.as_ref().map(Url::as_str), expected, "{from} {location}");
        };
        check("http://a.test/x", "/y", Some("http://a.test/y"));
        check("https://a.test/x", "//b.test/y", Some("https://b.test/y"));
        check("http://a.test/x", "https://b.test/", Some("https://b.test/"));
        check("https://a.test/x", "http://a.test/", None);
        check("https://a.test/x", "webcal://b.test/y", Some("https://b.test/y"));
        check("http://a.test/x", "http://me:you@b.test/#z", Some("http://b.test/"));
        check("http://a.test/x", "file:///etc/passwd", None);
        check("http://a.test/x", "data:text/calendar,x", None);
        check("http://a.test/x", "ftp://a.test/", None);
        check("http://a.test/x", "javascript:alert(1)", None);
        check("http://a.test/x", "", None);
        check("http://a.test/x", "http://", None);
        check("http://a.test/x", &format!("/{}", "a".repeat(200_000)), None);
        check("http://a.test/x", "http://0x7f.1/", Some("http://127.0.0.1/"));
    }

    #[test]
    fn user_and_password_are_what_the_address_stands_for() {
        let check = |url: &str, expected: Option<(&str, Option<&str>)>| {
            let found = credentials(&Url::parse(url).unwrap());
            let found = found.as_ref().map(|(name, password)| (name.as_str(), password.as_deref()));
            assert_eq!(found, expected, "{url}");
        };
        check("http://a.test/", None);
        check("http://me:pa%20ss+%2B@a.test/", Some(("me", Some("pa ss++"))));
        check("http://me@a.test/", Some(("me", None)));
        check("http://m%26e%3D:p&q=r@a.test/", Some(("m&e=", Some("p&q=r"))));
    }
}
