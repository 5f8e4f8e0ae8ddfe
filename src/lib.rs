//! Handbill publishes community events as calendar feeds.
#![doc(html_no_source)]

pub mod catalog;
pub mod color;
pub mod config;
pub mod document;
pub mod event;
pub mod language;
pub mod name;
pub mod problem;
pub mod recurrence;
pub mod text;
pub mod time;
