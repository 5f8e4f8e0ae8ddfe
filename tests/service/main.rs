//! The real server, asked over real connections: every test starts a binary of its own on port 0.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test may panic, and has files and a clock of its own"
)]
#![allow(unreachable_pub, reason = "a test crate has no interface; `pub` says what other modules of it use")]

mod build;
mod client;
mod container;
mod feeds;
mod fetch;
mod http;
mod log;
mod metrics;
mod pages;
mod partners;
mod proxy;
mod publish;
mod reload;
mod server;
mod site;
mod slow;
mod store;
mod subcommands;
mod unit;
