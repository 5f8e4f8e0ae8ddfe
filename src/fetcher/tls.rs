//! How a site proves who it is: the certificates that this machine trusts, or Mozilla's where it has none. It connects to nobody.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

/// TLS 1.2 and 1.3, certificates verified against these roots, HTTP/1.1. `None` only if the cryptography that is built in offers none of that.
pub(super) fn configuration(roots: RootCertStore) -> Option<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
    let mut configuration = builder.with_root_certificates(roots).with_no_client_auth();
    configuration.alpn_protocols = vec![b"http/1.1".to_vec()];
    Some(configuration)
}

/// Whom this machine trusts. Certificates that cannot be read are left out: a broken one must not cost the others.
pub(super) fn trusted() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if added == 0 {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}

/// Makes the cryptography that is built in that of connections which say nothing of it.
pub(super) fn prepare() {
    // It is no fault that somebody has said so before.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
