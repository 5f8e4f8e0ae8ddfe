//! The files that pages bring along: style, scripts, icon. They are in the binary; nothing is fetched from anywhere else.

use std::collections::HashMap;
use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

/// A file of the pages' own.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Its address below the Site's root.
    pub path: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// What all pages look like.
pub const STYLE: Asset =
    Asset { path: "style.css", media_type: "text/css; charset=utf-8", text: include_str!("assets/style.css") };
/// What makes pages handier: copying, searching, choosing. None of them needs it.
pub const SCRIPT: Asset =
    Asset { path: "page.js", media_type: "text/javascript; charset=utf-8", text: include_str!("assets/page.js") };
/// The widget for other sites.
pub const WIDGET: Asset =
    Asset { path: "embed.js", media_type: "text/javascript; charset=utf-8", text: include_str!("assets/embed.js") };
/// What embedded frames look like.
pub const FRAME_STYLE: Asset =
    Asset { path: "embed.css", media_type: "text/css; charset=utf-8", text: include_str!("assets/embed.css") };
/// The icon of pages and links.
pub const ICON: Asset = Asset { path: "icon.svg", media_type: "image/svg+xml", text: include_str!("assets/icon.svg") };

/// All of them.
pub const ALL: [Asset; 5] = [STYLE, SCRIPT, WIDGET, FRAME_STYLE, ICON];

impl Asset {
    /// Its path with its version: an upgraded page never meets an old style in a cache.
    #[must_use]
    pub fn versioned(&self) -> &'static str {
        VERSIONED.get(self.path).map_or(self.path, String::as_str)
    }
}

static VERSIONED: LazyLock<HashMap<&str, String>> = LazyLock::new(|| {
    let version = |text: &str| {
        let digest = Sha256::digest(text);
        digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    ALL.iter().map(|asset| (asset.path, format!("{}?v={}", asset.path, version(asset.text)))).collect()
});
