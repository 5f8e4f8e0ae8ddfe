//! One bounded GET: redirects followed by hand, each hop checked, one deadline over everything. It does not know what a calendar is.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{dns, redirect, retry};
use tokio::net::lookup_host;
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

use crate::config::Partners;
use crate::partner::{Class, Fault, Request, Response};

use super::address;
use super::body::{Body, too_large};
use super::fault::{self, fault};
use super::place::Place;
use super::tls;

/// The longest Location that is followed, in bytes.
const MAX_LOCATION: usize = 8_192;

/// The most addresses of a name that are tried.
const MAX_ADDRESSES: usize = 8;

/// What an interpretation may need to know of an answer.
const FIELDS: [&str; 5] = ["etag", "last-modified", "content-type", "cache-control", "retry-after"];

/// Makes requests within the operator's bounds.
pub(super) struct Client {
    settings: Partners,
    user_agent: String,
    /// Made when it is first needed: it takes reading many certificates.
    tls: OnceLock<Option<rustls::ClientConfig>>,
    /// For sites without TLS: trusts nobody.
    no_tls: Option<rustls::ClientConfig>,
}

impl Client {
    pub(super) fn new(settings: &Partners, public_url: &str) -> Self {
        let user_agent = format!("Handbill/{} (+{public_url})", env!("CARGO_PKG_VERSION"));
        Self {
            settings: settings.clone(),
            user_agent,
            tls: OnceLock::new(),
            no_tls: tls::configuration(rustls::RootCertStore::empty()),
        }
    }

    /// The answer to a request, redirects followed; its body complete, decompressed, and of at most `max_bytes`.
    pub(super) async fn get(&self, request: &Request, place: &mut Place<'_>, max_bytes: usize) -> Response {
        let deadline = Instant::now() + self.settings.timeout;
        let mut fetch = Fetch { client: self, place, deadline };
        fetch.follow(request, max_bytes).await.unwrap_or_else(Response::Failed)
    }

    /// A client for one hop, which connects to these addresses of the host and to no others.
    fn pinned(&self, url: &Url, addresses: &[SocketAddr]) -> Result<reqwest::Client, Fault> {
        let builder = reqwest::Client::builder()
            .user_agent(&self.user_agent)
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .http1_only()
            .pool_max_idle_per_host(0)
            .connect_timeout(self.settings.connect_timeout)
            .dns_resolver(Nobody)
            .resolve_to_addrs(url.host_str().unwrap_or_default(), addresses);
        let tls = match url.scheme() {
            "https" => self.tls.get_or_init(|| tls::configuration(tls::trusted())).clone(),
            _ => self.no_tls.clone(),
        };
        let built = tls.map(|tls| builder.tls_backend_preconfigured(tls).build());
        let client = built.and_then(Result::ok);
        client.ok_or_else(|| fault(Class::Internal, "this service cannot make secure connections"))
    }

    fn check_host(&self, url: &Url) -> Result<(), Fault> {
        let Some(allowed) = &self.settings.allow_hosts else { return Ok(()) };
        let host = url.host_str().unwrap_or_default().trim_end_matches('.');
        let is_allowed = allowed.iter().any(|allowed| match allowed.strip_prefix('.') {
            Some(domain) => host == domain || host.ends_with(allowed),
            None => host == allowed,
        });
        is_allowed.then_some(()).ok_or_else(|| {
            fault(Class::Refused, format!("the host {host} is not among those that may be asked (allow_hosts)"))
        })
    }
}

/// Resolves nothing: every address is checked before, so that what was checked is what is connected to.
struct Nobody;

impl dns::Resolve for Nobody {
    fn resolve(&self, _: dns::Name) -> dns::Resolving {
        Box::pin(std::future::ready(Err("names are resolved beforehand".into())))
    }
}

/// One fetch under way.
struct Fetch<'a, 'p> {
    client: &'a Client,
    place: &'a mut Place<'p>,
    deadline: Instant,
}

impl Fetch<'_, '_> {
    async fn follow(&mut self, request: &Request, max_bytes: usize) -> Result<Response, Fault> {
        let first = &request.address.url;
        let mut url = without_user(first.clone());
        for _ in 0..=self.client.settings.redirects {
            // User and password go to whom they were given for, and to nobody else.
            let user = (url.origin() == first.origin()).then_some(first);
            let response = self.hop(&url, user, request).await?;
            let status = response.status().as_u16();
            match response.headers().get(header::LOCATION) {
                Some(location) if matches!(status, 301 | 302 | 303 | 307 | 308) => {
                    url = target(&url, location.as_bytes())?;
                    self.move_to(&url).await;
                }
                _ => return self.answer(status, response, max_bytes).await,
            }
        }
        let most = self.client.settings.redirects;
        Err(fault(Class::Redirect, format!("the answer leads elsewhere more than {most} times")))
    }

    /// Sends the request to one address. Its body has not been read yet.
    async fn hop(&mut self, url: &Url, user: Option<&Url>, request: &Request) -> Result<reqwest::Response, Fault> {
        self.client.check_host(url)?;
        let addresses = self.addresses(url).await?;
        let client = self.client.pinned(url, &addresses)?;
        let mut sending = client.get(url.clone()).headers(fields(request));
        if let Some((name, password)) = user.and_then(credentials) {
            sending = sending.basic_auth(name, password);
        }
        let sent = self.wait(sending.send()).await?;
        sent.map_err(|error| fault::of_request(&error))
    }

    /// The addresses of a host that may be asked. An IP address in whatever spelling is already one in the URL.
    async fn addresses(&mut self, url: &Url) -> Result<Vec<SocketAddr>, Fault> {
        let no_host = || fault(Class::Dns, "the address has no host");
        let port = url.port_or_known_default().ok_or_else(no_host)?;
        let found: Vec<SocketAddr> = match url.host().ok_or_else(no_host)? {
            Host::Ipv4(ip) => vec![(ip, port).into()],
            Host::Ipv6(ip) => vec![(ip, port).into()],
            Host::Domain(name) => match self.wait(lookup_host((name, port))).await? {
                Ok(found) => found.collect(),
                Err(_) => return Err(fault(Class::Dns, "the name of the host is not known")),
            },
        };
        if found.is_empty() {
            return Err(fault(Class::Dns, "the name of the host has no address"));
        }
        let exceptions = &self.client.settings.allow_addresses;
        let permitted = found.into_iter().filter(|found| address::is_permitted(*found, exceptions));
        let permitted: Vec<SocketAddr> = permitted.take(MAX_ADDRESSES).collect();
        match permitted.is_empty() {
            false => Ok(permitted),
            true => Err(fault(
                Class::Refused,
                format!("the address of {} lies in a private network", url.host_str().unwrap_or_default()),
            )),
        }
    }

    /// Takes the answer in. Only the body of a 200 can be of use; others are not even read.
    async fn answer(
        &mut self,
        status: u16,
        mut response: reqwest::Response,
        max_bytes: usize,
    ) -> Result<Response, Fault> {
        let fields = kept(response.headers());
        if status != 200 {
            return Ok(Response::Answered { status, fields, body: bytes::Bytes::new() });
        }
        if response.content_length().is_some_and(|length| length > max_bytes as u64) {
            return Err(too_large(max_bytes));
        }
        let codings =
            response.headers().get_all(header::CONTENT_ENCODING).iter().map(|value| value.to_str().unwrap_or("?"));
        let mut body = Body::coded(codings, max_bytes)?;
        let mut received = 0_usize;
        loop {
            match self.wait(response.chunk()).await? {
                Ok(Some(piece)) => {
                    received += piece.len();
                    body.push(&piece)?;
                }
                Ok(None) => break,
                Err(_) => {
                    return Err(fault(Class::Truncated, format!("the answer broke off after {received} bytes")));
                }
            }
        }
        Ok(Response::Answered { status, fields, body: body.finish()? })
    }

    /// Waits for something of the network until the deadline of the whole fetch.
    async fn wait<F: Future>(&mut self, something: F) -> Result<F::Output, Fault> {
        let waited = timeout_at(self.deadline, self.place.during(something)).await;
        waited.map_err(|_| {
            let seconds = self.client.settings.timeout.as_secs();
            fault(Class::Timeout, format!("the answer was not complete within {seconds} s"))
        })
    }

    /// Waiting for a place at the next host is our own slowness and not the partner's.
    async fn move_to(&mut self, url: &Url) {
        let host = url.host_str().unwrap_or_default();
        if self.place.is_elsewhere(host) {
            let since = Instant::now();
            self.place.move_to(host).await;
            self.deadline += since.elapsed().min(Duration::from_secs(3_600));
        }
    }
}

/// Where a redirect leads: http(s) only, never from https to http, without a user of its own.
fn target(from: &Url, location: &[u8]) -> Result<Url, Fault> {
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

fn without_user(mut url: Url) -> Url {
    // These fail only for addresses that have no host, and those are refused anyway.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    url
}

/// User name and password of an address, without their percent signs.
fn credentials(url: &Url) -> Option<(String, Option<String>)> {
    // What separates pairs in a form is nothing special here.
    let plain = |text: &str| {
        let text = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
        url::form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned())
    };
    let is_there = !url.username().is_empty() || url.password().is_some();
    is_there.then(|| (plain(url.username()).unwrap_or_default(), url.password().and_then(plain)))
}

/// The fields of a request. Validators go back byte for byte: what came as Latin-1 goes as Latin-1.
fn fields(request: &Request) -> HeaderMap {
    let mut fields = HeaderMap::new();
    fields.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    for (name, value) in &request.fields {
        let bytes: Option<Vec<u8>> = value.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
        if let Some(value) = bytes.and_then(|bytes| HeaderValue::from_bytes(&bytes).ok()) {
            fields.insert(HeaderName::from_static(name), value);
        }
    }
    fields
}

/// The fields of an answer that matter, each byte a character (Latin-1).
fn kept(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| value.as_bytes().iter().map(|byte| char::from(*byte)).collect();
    let fields = FIELDS.iter().flat_map(|name| headers.get_all(*name).iter().map(move |value| (*name, value)));
    fields.map(|(name, value)| (name.to_owned(), text(value))).collect()
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
