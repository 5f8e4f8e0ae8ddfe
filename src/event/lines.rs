//! Stub: to be replaced by the room's own file.

/// Stub.
#[derive(Debug)]
pub struct Style;
/// Stub.
#[derive(Debug)]
pub struct View;
/// Stub.
pub fn vevents() {}
