//! The forms of events beside feeds. It does not know which events a form is asked for.

pub mod json;
pub mod status;
