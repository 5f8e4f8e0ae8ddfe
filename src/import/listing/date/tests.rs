//! Tests of date lines.
