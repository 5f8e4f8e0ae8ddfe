//! What operators ask at an address of their own: figures and health. It is never the address that the public asks.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_http::header::{self, HeaderValue};
use actix_http::{Method, Request, Response, StatusCode};
use actix_web::dev::{fn_factory, fn_service};
use actix_web::{HttpServer, rt};
use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::body::Body;
use super::{Current, guard, not_allowed, patience, text};
use crate::metrics::{MEDIA_TYPE, Metrics};
use crate::site::Policy;

/// Connections at once; who scrapes needs one.
const MAX_CONNECTIONS: usize = 64;

/// Where operators ask.
#[derive(Debug)]
pub struct Operators {
    /// Their own address.
    pub listener: TcpListener,
    /// The clock: ages are as of when somebody asks.
    pub clock: fn() -> DateTime<Utc>,
}

/// What is needed to answer them.
struct Desk {
    site: Current,
    metrics: Arc<Metrics>,
    clock: fn() -> DateTime<Utc>,
}

impl Operators {
    /// Answers them in a thread of their own for as long as the system runs: however many ask the public address, figures are told. What
    /// goes wrong costs figures and nothing else.
    pub(super) fn run(self, site: Current, metrics: Arc<Metrics>, client_timeout: Duration) {
        let Self { listener, clock } = self;
        let service = move || {
            let desk = Arc::new(Desk { site: Arc::clone(&site), metrics: Arc::clone(&metrics), clock });
            fn_factory(move || {
                let desk = Arc::clone(&desk);
                let answer =
                    move |request: Request| std::future::ready(Ok::<_, actix_web::Error>(desk.answer(&request)));
                std::future::ready(Ok::<_, ()>(fn_service(answer)))
            })
        };
        let server = HttpServer::new(service)
            .on_connect(move |connection, data| patience::watch(connection, data, client_timeout))
            .client_request_timeout(client_timeout)
            .client_disconnect_timeout(Duration::from_secs(1))
            .keep_alive(client_timeout)
            .max_connections(MAX_CONNECTIONS)
            .workers(1)
            .disable_signals()
            .listen(listener);
        match server {
            Ok(server) => drop(rt::spawn(server.run())),
            Err(error) => tracing::warn!(%error, "metrics cannot be served"),
        }
    }
}

impl Desk {
    fn answer(&self, request: &Request) -> Response<Body> {
        if request.method() != Method::GET && request.method() != Method::HEAD {
            return not_allowed();
        }
        match request.path() {
            "/metrics" => {
                let figures = self.metrics.text(self.site.load().facts(), (self.clock)());
                passing(MEDIA_TYPE, figures)
            }
            "/healthz" => passing("text/plain; charset=utf-8", "ok\n".to_owned()),
            _ => text(StatusCode::NOT_FOUND, "Only /metrics and /healthz are here."),
        }
    }
}

/// An answer that is true now only.
fn passing(media_type: &'static str, text: String) -> Response<Body> {
    let mut response = Response::with_body(StatusCode::OK, Body::new(Bytes::from(text), None));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    guard(headers, Policy::Data);
    response
}
