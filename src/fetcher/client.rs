//! One bounded GET: redirects followed by hand, each hop checked, one deadline over everything. It does not know what a calendar is.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use reqwest::{dns, header, redirect, retry};
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

mod fields;
mod location;

use fields::{kept, to_send};
use location::{credentials, target, without_user};

/// The most addresses of a name that are tried.
const MAX_ADDRESSES: usize = 8;

/// How long a connection that nobody uses is kept; shorter than servers keep theirs.
const KEPT: Duration = Duration::from_secs(3);

/// The connections that a client may use.
#[derive(Clone, Copy)]
enum Connections {
    New,
    /// Some may have been made before.
    Kept,
}

/// Makes requests within the operator's bounds.
pub(super) struct Client {
    settings: Partners,
    user_agent: String,
    /// Made when it is first needed: it takes reading many certificates.
    tls: OnceLock<Option<rustls::ClientConfig>>,
    /// For sites without TLS: trusts nobody.
    no_tls: Option<rustls::ClientConfig>,
    /// By origin: several partners of one site are asked over connections that are kept for a moment.
    pinned: Mutex<HashMap<String, Pinned>>,
}

/// A client that connects to these addresses and to no others.
struct Pinned {
    addresses: Vec<SocketAddr>,
    client: reqwest::Client,
    /// When it was last asked for.
    used: Instant,
}

impl Client {
    pub(super) fn new(settings: &Partners, public_url: &str) -> Self {
        let user_agent = format!("Handbill/{} (+{public_url})", env!("CARGO_PKG_VERSION"));
        Self {
            settings: settings.clone(),
            user_agent,
            tls: OnceLock::new(),
            no_tls: tls::configuration(rustls::RootCertStore::empty()),
            pinned: Mutex::default(),
        }
    }

    /// The answer to a request, redirects followed; its body complete, decompressed, and of at most `max_bytes`.
    pub(super) async fn get(&self, request: &Request, place: &mut Place<'_>, max_bytes: usize) -> Response {
        let deadline = Instant::now() + self.settings.timeout;
        let mut fetch = Fetch { client: self, place, deadline };
        fetch.follow(request, max_bytes).await.unwrap_or_else(Response::Failed)
    }

    /// A client for one hop, which connects to these addresses of the host and to no others; and whether its connections may be old.
    fn pinned(&self, url: &Url, addresses: Vec<SocketAddr>) -> Result<(reqwest::Client, Connections), Fault> {
        let origin = url.origin().ascii_serialization();
        let mut pinned = self.pinned.lock().unwrap_or_else(PoisonError::into_inner);
        pinned.retain(|_, known| known.used.elapsed() < KEPT);
        if let Some(known) = pinned.get_mut(&origin).filter(|known| known.addresses == addresses) {
            known.used = Instant::now();
            return Ok((known.client.clone(), Connections::Kept));
        }
        let client = self.new_client(url, &addresses)?;
        pinned.insert(origin, Pinned { addresses, client: client.clone(), used: Instant::now() });
        Ok((client, Connections::New))
    }

    fn new_client(&self, url: &Url, addresses: &[SocketAddr]) -> Result<reqwest::Client, Fault> {
        let builder = reqwest::Client::builder()
            .user_agent(&self.user_agent)
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .http1_only()
            .pool_idle_timeout(KEPT)
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
        let (client, connections) = self.client.pinned(url, addresses.clone())?;
        let sent = self.send(&client, url, user, request).await?;
        match (sent, connections) {
            // A kept connection may have been closed at its other end: that is no answer, and the request may be made again.
            (Err(error), Connections::Kept) if !(error.is_connect() || error.is_timeout()) => {
                let client = self.client.new_client(url, &addresses)?;
                self.send(&client, url, user, request).await?
            }
            (sent, _) => sent,
        }
        .map_err(|error| fault::of_request(&error))
    }

    async fn send(
        &mut self,
        client: &reqwest::Client,
        url: &Url,
        user: Option<&Url>,
        request: &Request,
    ) -> Result<reqwest::Result<reqwest::Response>, Fault> {
        let mut sending = client.get(url.clone()).headers(to_send(request));
        if let Some((name, password)) = user.and_then(credentials) {
            sending = sending.basic_auth(name, password);
        }
        self.wait(sending.send()).await
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
