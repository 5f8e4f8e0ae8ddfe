//! The server: path and conditions in, 200, 304, 404 or 405 out, from the current Site. The only room that names actix. It makes nothing
//! that a Site has. Figures for operators are told at an address of their own.

use std::io;
use std::net::TcpListener;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_http::header::{self, HeaderMap, HeaderValue};
use actix_http::{HttpMessage as _, Method, Request, Response, StatusCode};
use actix_web::dev::{fn_factory, fn_service};
use actix_web::{HttpServer, rt};
use arc_swap::ArcSwap;
use bytes::Bytes;

use crate::metrics::{Answer, Client, Kind, Metrics, Tally};
use crate::site::{COMMON_FIELDS, Coding, Found, Head, Missing, Policy, Site};

mod accept;
mod body;
mod conditions;
mod operators;
mod patience;

pub use accept::negotiate;
use body::Body;
pub use conditions::{Conditions, Outcome};
pub use operators::Operators;
use patience::Line;

/// The Site that is served now; the publisher replaces it in one step.
pub type Current = Arc<ArcSwap<Site>>;

/// The library's own log lines: at `info` it tells what the program tells in its own words, and anybody can send it what is no request, as
/// often as he likes.
pub const LOG_LEVEL: &str = "actix_server=warn,actix_http::h1::dispatcher=off";

/// How a server is run.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Threads that answer; `None` for one a core.
    pub workers: Option<usize>,
    /// Connections at once in each.
    pub max_connections: usize,
    /// How long a slow or silent client keeps its connection.
    pub client_timeout: Duration,
    /// Whether each request is logged.
    pub log_requests: bool,
}

/// How long requests under way may go on after the signal to stop.
const SHUTDOWN_SECONDS: u64 = 10;

/// Answers requests on `listener` until SIGTERM or SIGINT, then lets those under way end; and meanwhile those of operators, if they are
/// listened to.
///
/// # Errors
/// When the listener cannot be used.
pub fn run(
    listener: TcpListener,
    site: Current,
    metrics: &Arc<Metrics>,
    settings: Settings,
    operators: Option<Operators>,
) -> io::Result<()> {
    let (current, counted) = (Arc::clone(&site), Arc::clone(metrics));
    let service = move || {
        let (site, metrics) = (Arc::clone(&current), Arc::clone(&counted));
        fn_factory(move || {
            let worker =
                Rc::new(Worker { site: Arc::clone(&site), tally: metrics.tally(), log: settings.log_requests });
            let answer = move |request: Request| std::future::ready(Ok::<_, actix_web::Error>(worker.answer(&request)));
            std::future::ready(Ok::<_, ()>(fn_service(answer)))
        })
    };
    let mut server = HttpServer::new(service)
        .on_connect(move |connection, data| patience::watch(connection, data, settings.client_timeout))
        .client_request_timeout(settings.client_timeout)
        .client_disconnect_timeout(Duration::from_secs(1))
        .keep_alive(settings.client_timeout)
        .max_connections(settings.max_connections)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        // Without it a large body in slices waits for acknowledgements: 3 to 25 times slower.
        .tcp_nodelay(true);
    if let Some(workers) = settings.workers {
        server = server.workers(workers);
    }
    let server = server.listen(listener)?;
    rt::System::new().block_on(async {
        if let Some(operators) = operators {
            operators.run(site, Arc::clone(metrics), settings.client_timeout);
        }
        server.run().await
    })
}

/// A thread that answers.
struct Worker {
    site: Current,
    tally: Tally,
    log: bool,
}

impl Worker {
    /// The answer to a request. It is counted, and told in one log line at most, without the client's address.
    fn answer(&self, request: &Request) -> Response<Body> {
        let begun = Instant::now();
        let line = request.conn_data::<Rc<Line>>();
        if let Some(line) = line {
            line.touch(begun);
        }
        let (kind, response) = respond(&self.site.load(), request, line.cloned());
        let (status, bytes) = (response.status().as_u16(), response.body().bytes_left());
        let agent = request.headers().get(header::USER_AGENT).map(HeaderValue::as_bytes).unwrap_or_default();
        self.tally.note(&Answer {
            kind,
            status,
            client: Client::of(agent),
            bytes: if request.method() == Method::HEAD { 0 } else { bytes as u64 },
            took: begun.elapsed(),
        });
        if self.log {
            tracing::info!(target: "handbill::request", method = %request.method(), path = request.path(), status, bytes);
        }
        response
    }
}

fn respond(site: &Site, request: &Request, line: Option<Rc<Line>>) -> (Kind, Response<Body>) {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return (Kind::Other, not_allowed());
    }
    match site.find(request.path(), request.uri().query()) {
        Ok(found) => (found.kind(), found_response(&found, request.headers(), line)),
        Err(missing) => (Kind::Other, missing_response(site, request, &missing, line)),
    }
}

fn not_allowed() -> Response<Body> {
    let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "This address answers GET and HEAD.\n");
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    response
}

/// An error: as a page for a person, as a line of text for a program.
fn missing_response(site: &Site, request: &Request, missing: &Missing, line: Option<Rc<Line>>) -> Response<Body> {
    let status = match missing {
        Missing::Unknown(_) => StatusCode::NOT_FOUND,
        Missing::Unusable(_) => StatusCode::BAD_REQUEST,
        Missing::Unsupported(_) => StatusCode::NOT_IMPLEMENTED,
    };
    let Some(page) = site.missing_page(request.path(), missing) else {
        return text(status, missing.text());
    };
    let head = page.head();
    let coding = negotiate(values(request.headers(), header::ACCEPT_ENCODING), head);
    let mut response = Response::with_body(status, Body::new(page.bytes(coding), line));
    describe(response.headers_mut(), head, coding);
    // It is of no version of anything, and may be right in a minute.
    for name in [header::ETAG, header::LAST_MODIFIED] {
        response.headers_mut().remove(name);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    response
}

fn found_response(found: &Found<'_>, request: &HeaderMap, line: Option<Rc<Line>>) -> Response<Body> {
    let head = found.head();
    let coding = negotiate(values(request, header::ACCEPT_ENCODING), head);
    match conditions(request).evaluate(head.tag(coding), head.modified) {
        Outcome::Send => {
            let mut response = Response::with_body(StatusCode::OK, Body::new(found.bytes(coding), line));
            describe(response.headers_mut(), head, coding);
            response
        }
        Outcome::NotModified => {
            let mut response = Response::with_body(StatusCode::NOT_MODIFIED, Body::none());
            validate(response.headers_mut(), head, coding);
            response
        }
        Outcome::Failed => text(StatusCode::PRECONDITION_FAILED, "This is not the version that was asked for.\n"),
    }
}

fn conditions(
    request: &HeaderMap,
) -> Conditions<'_, impl Iterator<Item = &[u8]> + Clone, impl Iterator<Item = &[u8]> + Clone> {
    let one = |name| request.get(name).map(HeaderValue::as_bytes);
    Conditions {
        if_match: lists(request, header::IF_MATCH),
        if_none_match: lists(request, header::IF_NONE_MATCH),
        if_modified_since: one(header::IF_MODIFIED_SINCE),
        if_unmodified_since: one(header::IF_UNMODIFIED_SINCE),
    }
}

fn values(request: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &[u8]> + Clone {
    request.get_all(name).map(HeaderValue::as_bytes)
}

/// The field's lines, if there are any: several lines are one list (RFC 9110 §5.3).
fn lists(request: &HeaderMap, name: header::HeaderName) -> Option<impl Iterator<Item = &[u8]> + Clone> {
    request.contains_key(&name).then(|| values(request, name))
}

/// The fields that a 304 repeats (RFC 9110 §15.4.5).
fn validate(headers: &mut HeaderMap, head: &Head, coding: Coding) {
    insert(headers, header::ETAG, head.tag(coding));
    if let Some(modified) = &head.last_modified {
        insert(headers, header::LAST_MODIFIED, modified);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(head.cache_control));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
}

fn describe(headers: &mut HeaderMap, head: &Head, coding: Coding) {
    validate(headers, head, coding);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(head.media_type));
    if let Some(disposition) = &head.disposition {
        insert(headers, header::CONTENT_DISPOSITION, disposition);
    }
    match coding {
        Coding::Identity => {}
        Coding::Gzip => drop(headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))),
        Coding::Brotli => drop(headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"))),
    }
    guard(headers, head.policy);
}

/// What a browser may do with a representation.
fn guard(headers: &mut HeaderMap, policy: Policy) {
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy.content_security()));
    for (name, value) in COMMON_FIELDS {
        headers.insert(header::HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}

/// Shares the Site's bytes; what is no header value there would be a defect of the Site, and is left out.
fn insert(headers: &mut HeaderMap, name: header::HeaderName, value: &Bytes) {
    if let Ok(value) = HeaderValue::from_maybe_shared(value.clone()) {
        headers.insert(name, value);
    }
}

fn text(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::with_body(status, Body::new(Bytes::from(format!("{}\n", text.trim_end())), None));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    guard(headers, Policy::Data);
    response
}
