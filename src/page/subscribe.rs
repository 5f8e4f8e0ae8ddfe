//! How to subscribe to a feed on each platform. The links' shapes are those that the platforms take today; none is documented by all.

use super::Around;
use super::phrases::filled;
use super::qr::{self, Drawing};

/// A feed to be subscribed to.
#[derive(Debug, Clone, Copy)]
pub struct Feed<'a> {
    /// Its name for people.
    pub name: &'a str,
    /// Its address below the Site's root with its ending, in the page's view: `org/chicago-dsa.ics`.
    pub path: &'a str,
    /// The page that subscribes to it, likewise.
    pub page: &'a str,
}

/// What the subscribe block shows.
#[derive(Debug, Clone)]
pub(super) struct Subscribe {
    pub(super) title: String,
    /// The address to copy.
    pub(super) address: String,
    /// Apple Calendar and what else answers to webcal.
    pub(super) webcal: String,
    pub(super) google: String,
    pub(super) outlook: String,
    pub(super) office: String,
    pub(super) qr: Option<Drawing>,
    /// What the code says.
    pub(super) page: String,
}

/// Google Calendar's page for an address; the sure way.
pub(super) const GOOGLE_FROM_URL: &str = "https://calendar.google.com/calendar/u/0/r/settings/addbyurl";

impl Subscribe {
    pub(super) fn new(feed: &Feed<'_>, around: &Around<'_>) -> Self {
        let address = around.address(feed.path);
        let webcal = webcal(&address);
        let page = around.address(feed.page);
        let outlook = |host: &str| {
            let (url, name) = (encoded(&address), encoded(feed.name));
            format!("https://{host}/calendar/0/addfromweb?url={url}&name={name}")
        };
        Self {
            title: filled(around.phrases().subscribe_to, feed.name),
            // Google takes no https in `cid`.
            google: format!("https://calendar.google.com/calendar/r?cid={}", encoded(&webcal)),
            outlook: outlook("outlook.live.com"),
            office: outlook("outlook.office.com"),
            qr: qr::draw(&page),
            webcal,
            address,
            page,
        }
    }
}

/// The address with the scheme that calendar programs answer to.
pub(super) fn webcal(address: &str) -> String {
    match address.split_once("://") {
        Some((_, rest)) => format!("webcal://{rest}"),
        None => address.to_owned(),
    }
}

/// A value in a query, every character but letters, digits and `-._` encoded, a space as `%20`.
pub(super) fn encoded(text: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    encoded.replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::super::tests::around;
    use super::*;

    #[test]
    fn each_platform_gets_the_link_it_takes() {
        let feed = Feed { name: "Chicago DSA & friends", path: "org/chicago-dsa.ics", page: "org/chicago-dsa" };
        let subscribe = Subscribe::new(&feed, &around("es"));
        assert_eq!(subscribe.address, "https://calendar.test/es/org/chicago-dsa.ics");
        assert_eq!(subscribe.webcal, "webcal://calendar.test/es/org/chicago-dsa.ics");
        assert_eq!(
            subscribe.google,
            "https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2Fcalendar.test%2Fes%2Forg%2Fchicago-dsa.ics"
        );
        assert_eq!(
            subscribe.outlook,
            "https://outlook.live.com/calendar/0/addfromweb?url=https%3A%2F%2Fcalendar.test%2Fes%2Forg%2Fchicago-dsa.ics&name=Chicago%20DSA%20%26%20friends"
        );
        assert!(subscribe.office.starts_with("https://outlook.office.com/calendar/0/addfromweb?url=https%3A"));
    }
}
