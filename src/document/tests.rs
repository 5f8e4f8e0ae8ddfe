//! Tables with mistakes, and what is told about them.
