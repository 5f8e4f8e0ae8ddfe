//! The editors' files as texts: entries written in the common style, and files put into it, with every comment kept. It knows the keys and
//! their order, and nothing of what they mean.

mod entry;
mod file;
mod order;
mod style;

pub use entry::Entry;
pub use file::{NotToml, styled};
