//! The real server, asked over real connections: every test starts a binary of its own on port 0.

mod client;
mod http;
mod server;
