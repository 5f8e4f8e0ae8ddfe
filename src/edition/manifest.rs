//! What a publisher knows of a store: for each key the version that it put there. It is kept in the store itself, for whoever publishes next.
//!
//! Before a publisher touches a key, it writes a manifest in which that key is unsure: from then on anything may lie there, or nothing. So
//! whatever it leaves behind, wherever it stops, the next one knows which keys to look at, and nothing is ever lost from sight.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// Raised when the file is written in another way.
const FORMAT: u32 = 1;

/// A version of an object: of what it was made from, and of its bytes and fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version(pub Digest, pub Digest);

/// What is known of a key.
pub type Known = Option<Version>;

/// The keys that are ours, with what is known of each: `None` is unsure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    objects: BTreeMap<String, Known>,
}

#[derive(Deserialize)]
struct Read {
    format: u32,
    #[serde(default)]
    objects: BTreeMap<String, Known>,
}

#[derive(Serialize)]
struct Written<'a> {
    format: u32,
    objects: &'a BTreeMap<String, Known>,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// What is wrong with it, for a person.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let read: Read = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        match read.format {
            FORMAT => Ok(Self { objects: read.objects }),
            other => Err(format!("it has format {other}, and this version of Handbill writes {FORMAT}")),
        }
    }

    /// The bytes to keep.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Digests and texts can always be written.
        serde_json::to_vec(&Written { format: FORMAT, objects: &self.objects }).unwrap_or_default()
    }

    /// What is known of a key; `None` where nothing of ours can be there.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Known> {
        self.objects.get(key).copied()
    }

    /// Enters what is known of a key; `None`: nothing of ours is there.
    pub fn set(&mut self, key: &str, known: Option<Known>) {
        match known {
            Some(known) => drop(self.objects.insert(key.to_owned(), known)),
            None => drop(self.objects.remove(key)),
        }
    }

    /// All keys, ascending.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.objects.keys().map(String::as_str)
    }

    /// The keys at which anything may lie.
    pub fn unsure(&self) -> impl Iterator<Item = &str> {
        self.objects.iter().filter(|(_, known)| known.is_none()).map(|(key, _)| key.as_str())
    }
}
