//! Where to publish, as a person writes it: `s3://bucket/path` and the like, or a folder. It asks nobody.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};
use url::Url;

use super::fault::{Fault, Secrets};
use super::objects::Objects;

/// Where to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A folder of this machine, as `handbill build` writes it.
    Folder(PathBuf),
    /// The objects below an address.
    Objects(Url),
}

const FORMS: &str = "write s3://BUCKET/PATH, gs://BUCKET/PATH, az://CONTAINER/PATH or file:///FOLDER";

/// How long a request may go without a byte of an answer, and how often it is made: beyond that, the next run goes on.
const RETRIES: usize = 3;
const RETRY_WITHIN: Duration = Duration::from_secs(10);

/// Between two runs nobody looks after connections: those that were left for so long are not used again.
const IDLE: Duration = Duration::from_secs(5);

impl Target {
    /// Reads an address.
    ///
    /// # Errors
    /// When it is none that can be published to; it is not repeated where it carries a password.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let url = Url::parse(text).map_err(|_| Fault::refused(format!("this is no address of a store: {FORMS}")))?;
        if url.password().is_some() || (!url.username().is_empty() && url.scheme() != "az") || url.query().is_some() {
            let where_from =
                "keys come from the environment (AWS_…, GOOGLE_…, AZURE_…), and do not belong in an address";
            return Err(Fault::refused(where_from));
        }
        if url.fragment().is_some() {
            return Err(Fault::refused(format!("a # ends an address: write %23 where it belongs to a name. {FORMS}")));
        }
        let has_host = url.host_str().is_some_and(|host| !host.is_empty());
        match url.scheme() {
            "file" if !text.starts_with("file:///") => Err(Fault::refused(format!(
                "{url} names no folder of this machine: a folder's whole path follows file://. {FORMS}"
            ))),
            "file" => match url.to_file_path() {
                Ok(path) => Ok(Self::Folder(path)),
                Err(()) => Err(Fault::refused(format!("{url} names no folder of this machine: {FORMS}"))),
            },
            "s3" | "gs" | "az" if has_host => Ok(Self::Objects(url)),
            _ => Err(Fault::refused(format!("{url} cannot be published to: {FORMS}"))),
        }
    }

    /// As people are shown it.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Folder(path) => path.display().to_string(),
            Self::Objects(url) => url.as_str().trim_end_matches('/').to_owned(),
        }
    }

    /// The objects of the target.
    pub(super) fn connect(&self, environment: &BTreeMap<String, String>) -> Result<Objects, Fault> {
        crate::fetcher::prepare_tls();
        let secrets = Secrets::of(environment);
        let Self::Objects(url) = self else { return Err(Fault::refused(format!("a folder is no store: {FORMS}"))) };
        let store = store(url, environment)
            .map_err(|error| Fault { text: secrets.fault(&error).text, ..Fault::refused("") })?;
        let path = percent_decoded(url.path().trim_matches('/'));
        Ok(Objects::new(store, &path, secrets))
    }
}

fn store(url: &Url, environment: &BTreeMap<String, String>) -> object_store::Result<Arc<dyn ObjectStore>> {
    /// Every setting of the environment that the library knows.
    macro_rules! configured {
        ($builder:ty, $prefix:literal) => {
            environment.iter().filter(|(name, value)| name.starts_with($prefix) && !value.is_empty()).fold(
                <$builder>::new().with_client_options(options()).with_url(url.as_str()).with_retry(retry()),
                |builder, (name, value)| match name.to_ascii_lowercase().parse() {
                    Ok(key) => builder.with_config(key, value),
                    Err(_) => builder,
                },
            )
        };
    }
    Ok(match url.scheme() {
        "gs" => Arc::new(configured!(GoogleCloudStorageBuilder, "GOOGLE_").build()?),
        "az" => Arc::new(configured!(MicrosoftAzureBuilder, "AZURE_").build()?),
        _ => Arc::new(configured!(AmazonS3Builder, "AWS_").build()?),
    })
}

fn options() -> ClientOptions {
    ClientOptions::new().with_pool_idle_timeout(IDLE)
}

fn retry() -> RetryConfig {
    RetryConfig { max_retries: RETRIES, retry_timeout: RETRY_WITHIN, backoff: BackoffConfig::default() }
}

fn percent_decoded(path: &str) -> String {
    match object_store::path::Path::from_url_path(path) {
        Ok(path) => path.to_string(),
        Err(_) => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_store_or_a_folder() {
        let check = |text: &str, expected: &str| assert_eq!(Target::parse(text).unwrap().shown(), expected);
        check("s3://bucket", "s3://bucket");
        check("s3://bucket/a/b/", "s3://bucket/a/b");
        check("gs://bucket/a", "gs://bucket/a");
        check("az://container@account/a", "az://container@account/a");
        check("file:///srv/site", "/srv/site");
        assert_eq!(Target::parse("file:///srv/site").unwrap(), Target::Folder("/srv/site".into()));
    }

    #[test]
    fn what_cannot_be_published_to_is_told_with_what_can() {
        for text in [
            "site",
            "ftp://a/b",
            "s3://",
            "https://a.example/b",
            "file://site",
            "file:site",
            "file:///a#b",
            "s3://a/b#c",
        ] {
            assert!(Target::parse(text).unwrap_err().text.contains("s3://BUCKET/PATH"), "{text}");
        }
        for text in ["s3://AKIA:hunter2@bucket", "s3://AKIA@bucket", "az://container?sig=hunter2"] {
            let fault = Target::parse(text).unwrap_err();
            assert!(fault.text.contains("environment") && !fault.text.contains("hunter2"), "{text}: {fault}");
        }
    }

    #[test]
    fn keys_and_endpoints_come_from_the_environment() {
        let target = Target::parse("s3://bucket/path").unwrap();
        let environment = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<BTreeMap<_, _>>()
        };
        let good =
            [("AWS_ENDPOINT", "https://s3.example"), ("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "bcdef")];
        assert!(target.connect(&environment(&good)).is_ok());
        let half = target.connect(&environment(&good[..2])).unwrap_err();
        assert_eq!(half.kind, super::super::Kind::Refused, "{half}");
    }
}
