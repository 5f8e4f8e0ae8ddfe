//! The sitemap of all pages (sitemaps.org, protocol 0.9). It knows no page's content.

use super::text;

/// The most addresses that one sitemap may hold.
pub const MOST: usize = 50_000;

/// A page of a Site in one language.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its address.
    pub address: String,
    /// The day on which it last changed.
    pub modified: chrono::NaiveDate,
}

/// The sitemap, in XML: the first [`MOST`] entries.
#[must_use]
pub fn xml(entries: impl Iterator<Item = Entry>) -> Vec<u8> {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for entry in entries.take(MOST) {
        let (address, day) = (text::escaped(&entry.address), entry.modified);
        xml.push_str(&format!("<url><loc>{address}</loc><lastmod>{day}</lastmod></url>\n"));
    }
    xml.push_str("</urlset>\n");
    xml.into_bytes()
}
