//! The figures as text, in the format that Prometheus reads. The only file that names its library.

use std::collections::BTreeMap;
use std::fmt::{Debug, Error};

use chrono::{DateTime, Utc};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeGaugeValue, EncodeLabelSet, NoLabelSet, prometheus_text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::{Registry, Unit};

use super::counts::Totals;
use super::facts::{Facts, Feed, Partner};
use super::histogram::Reading;

/// The media type of the text.
pub const MEDIA_TYPE: &str = prometheus_text::CONTENT_TYPE;

/// The labels of a figure that is the only one of its family.
const ALONE: [(&str, &str); 0] = [];

/// All that is told.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) requests: Totals,
    pub(super) builds: Reading,
    pub(super) polls: BTreeMap<&'static str, u64>,
    pub(super) publishing: Option<u32>,
    pub(super) facts: Facts,
    pub(super) now: DateTime<Utc>,
}

pub(super) fn write(report: Report) -> String {
    let mut registry = Registry::with_prefix("handbill");
    registry.register_collector(Box::new(report));
    let mut text = String::new();
    // Writing to a text cannot fail.
    let _ = prometheus_text::encode(&mut text, &registry);
    text
}

impl Collector for Report {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let mut page = Page(encoder);
        self.requests(&mut page)?;
        self.builds(&mut page)?;
        self.feeds(&mut page)?;
        self.partners(&mut page)
    }
}

impl Report {
    fn requests(&self, page: &mut Page<'_>) -> Result<(), Error> {
        let requests = self.requests.requests().map(|(kind, status, client, count)| {
            ([("kind", kind.word()), ("status", status), ("client", client.word())], count)
        });
        page.counters(
            "http_requests",
            "Requests answered, by what they were for, status and family of client",
            requests,
        )?;
        let bytes = self.requests.kinds().map(|(kind, bytes, _)| ([("kind", kind.word())], bytes));
        page.counters("http_response_bytes", "Bytes of the bodies sent, as compressed", bytes)?;
        let latency = self.requests.kinds().map(|(kind, _, latency)| ([("kind", kind.word())], latency));
        let help = "Time from a request read to its answer made, without the sending";
        page.histograms("http_request_duration", help, latency)
    }

    fn builds(&self, page: &mut Page<'_>) -> Result<(), Error> {
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        page.0.encode_descriptor("build", "The program", None, MetricType::Info)?.encode_info(&version)?;
        let builds = [(ALONE, &self.builds)];
        page.histograms("site_build_duration", "Time to take a change in and to build the Site", builds)?;
        let Facts { events, feeds, errors, warnings, held, .. } = &self.facts;
        page.gauges("events", "Events published", None, [(ALONE, *events)])?;
        let feeds = feeds.iter().map(|(kind, count)| ([("kind", kind.word())], *count));
        page.gauges("feeds", "Feeds published", None, feeds)?;
        let problems = [([("severity", "error")], *errors), ([("severity", "warning")], *warnings)];
        page.gauges("problems", "Problems in the files of events", None, problems)?;
        let held = held.parts().map(|(what, bytes)| ([("what", what)], bytes));
        let help = "What lies in memory: the files, the partners' copies, VEVENTs, feeds as compressed, pages";
        page.gauges("held", help, Some(&Unit::Bytes), held)?;
        let help = "Failures to publish the site elsewhere since that last succeeded";
        page.gauges("publishing_failures", help, None, self.publishing.map(|failures| (ALONE, failures)))
    }

    fn feeds(&self, page: &mut Page<'_>) -> Result<(), Error> {
        let Facts { max_feed_bytes, crowded, largest, .. } = &self.facts;
        let bytes = Some(&Unit::Bytes);
        page.gauges("feed_limit", "The largest size of a feed", bytes, [(ALONE, *max_feed_bytes)])?;
        page.gauges("crowded_feeds", "Feeds near their limit or past it", None, [(ALONE, *crowded)])?;
        let each = |value: fn(&Feed) -> usize| largest.iter().map(move |feed| ([("feed", feed.name())], value(feed)));
        let help = "Size of the feed of everything and of the largest crowded ones, before compression";
        page.gauges("feed", help, bytes, each(|feed| feed.bytes))?;
        page.gauges("feed_left_out_events", "Events that had to leave these feeds", None, each(|feed| feed.left_out))
    }

    fn partners(&self, page: &mut Page<'_>) -> Result<(), Error> {
        let polls = self.polls.iter().map(|(outcome, count)| ([("outcome", *outcome)], *count));
        page.counters("partner_polls", "Polls of all partners since the start, by how they ended", polls)?;
        let (partners, seconds) = (&self.facts.partners, Some(&Unit::Seconds));
        let age =
            |partner: &Partner| Some(self.now.signed_duration_since(partner.confirmed?).as_seconds_f64().max(0.0));
        let help = "Time since the partner last confirmed what is published of it";
        page.gauges("partner_age", help, seconds, of_each(partners, age))?;
        let help = "Time that the last fetch from the partner took";
        page.gauges(
            "partner_fetch_duration",
            help,
            seconds,
            of_each(partners, |partner| Some(partner.took?.as_secs_f64())),
        )?;
        let failures = of_each(partners, |partner| partner.outcome.map(|_| partner.failures));
        page.gauges("partner_failures", "Failures since the partner last answered well", None, failures)?;
        page.gauges(
            "partner_events",
            "Events of the partner",
            None,
            of_each(partners, |partner| Some(partner.events as u64)),
        )?;
        let outcomes = partners.iter().filter_map(|partner| {
            let labels = [("partner", partner.slug.as_str()), ("outcome", partner.outcome?)];
            Some((labels, 1_u32))
        });
        let help = "How the last poll ended: ok, or the class of its fault";
        page.gauges("partner_outcome", help, None, outcomes)
    }
}

/// A value of each partner that has it.
fn of_each<V>(
    partners: &[Partner],
    value: impl Fn(&Partner) -> Option<V>,
) -> impl Iterator<Item = ([(&'static str, &str); 1], V)> {
    partners.iter().filter_map(move |partner| Some(([("partner", partner.slug.as_str())], value(partner)?)))
}

impl Feed {
    /// Its address without an ending: it holds nothing but a word of ours and a slug.
    fn name(&self) -> String {
        match &self.slug {
            Some(slug) => format!("{}/{slug}", self.kind.word()),
            None => self.kind.word().to_owned(),
        }
    }
}

/// The page that is being written: families of figures, one after the other.
struct Page<'a>(DescriptorEncoder<'a>);

impl Page<'_> {
    fn counters<L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        figures: impl IntoIterator<Item = (L, u64)>,
    ) -> Result<(), Error> {
        let mut family = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (labels, count) in figures {
            family.encode_family(&labels)?.encode_counter::<NoLabelSet, _, f64>(&count, None)?;
        }
        Ok(())
    }

    fn gauges<L: EncodeLabelSet, V: EncodeGaugeValue>(
        &mut self,
        name: &str,
        help: &str,
        unit: Option<&Unit>,
        figures: impl IntoIterator<Item = (L, V)>,
    ) -> Result<(), Error> {
        let mut family = self.0.encode_descriptor(name, help, unit, MetricType::Gauge)?;
        for (labels, value) in figures {
            family.encode_family(&labels)?.encode_gauge(&value)?;
        }
        Ok(())
    }

    /// Of lengths of time, in seconds.
    fn histograms<'r, L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        figures: impl IntoIterator<Item = (L, &'r Reading)>,
    ) -> Result<(), Error> {
        let mut family = self.0.encode_descriptor(name, help, Some(&Unit::Seconds), MetricType::Histogram)?;
        for (labels, Reading { buckets, seconds, .. }) in figures {
            let count = buckets.iter().map(|(_, count)| count).sum();
            family.encode_family(&labels)?.encode_histogram::<NoLabelSet>(*seconds, count, buckets, None)?;
        }
        Ok(())
    }
}
