//! Faults of the network in plain words. No address, user name or password ever gets into them: an error of `reqwest` may hold all
//! three, so its own words are never used.

use std::error::Error;
use std::io::{self, ErrorKind};

use rustls::CertificateError;

use crate::partner::{Class, Fault};

/// A fault.
pub(super) fn fault(class: Class, text: impl Into<String>) -> Fault {
    Fault { class, text: text.into() }
}

/// Why a request got no answer.
pub(super) fn of_request(error: &reqwest::Error) -> Fault {
    if let Some(error) = find::<rustls::Error>(error) {
        return fault(Class::Tls, of_tls(error));
    }
    let cause = find::<io::Error>(error).map(io::Error::kind);
    match cause {
        _ if error.is_timeout() => fault(Class::Connect, "no connection could be made in time"),
        Some(ErrorKind::ConnectionRefused) => fault(Class::Connect, "the connection was refused: nobody answers there"),
        Some(ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable) => {
            fault(Class::Connect, "the site cannot be reached")
        }
        Some(ErrorKind::TimedOut) => fault(Class::Connect, "no connection could be made in time"),
        _ if error.is_connect() => fault(Class::Connect, "no connection could be made"),
        Some(_) => fault(Class::Connect, "the connection broke off before an answer came"),
        None => fault(Class::Connect, "the site gave no proper HTTP answer"),
    }
}

fn of_tls(error: &rustls::Error) -> &'static str {
    use CertificateError as Certificate;
    match error {
        rustls::Error::InvalidCertificate(error) => match error {
            Certificate::Expired | Certificate::ExpiredContext { .. } => "the site’s certificate has expired",
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => {
                "the site’s certificate is not valid yet"
            }
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                "the site’s certificate is for another host"
            }
            Certificate::UnknownIssuer => "the site’s certificate comes from nobody who is trusted",
            Certificate::Revoked => "the site’s certificate was revoked",
            _ => "the site’s certificate is not right",
        },
        _ => "no secure connection could be agreed on",
    }
}

/// An error of a kind among the causes of another, within wrappers of [`io::Error`] too.
fn find<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    for _ in 0..32 {
        let error = next?;
        if let Some(found) = error.downcast_ref::<E>() {
            // An error of input and output that only wraps another tells nothing by itself.
            return Some(found);
        }
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = inner.map_or_else(|| error.source(), |inner| Some(inner as &(dyn Error + 'static)));
    }
    None
}
