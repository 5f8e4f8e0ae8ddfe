//! One poll of a partner without the network: what to ask, what the answer means, and when to ask again. Whoever calls sends the
//! request, keeps the snapshot and knows the time.

mod answer;
mod hold;
mod interpret;
mod prepare;
mod schedule;

pub use interpret::{ask_again, interpret};
pub use prepare::prepare;
pub use schedule::{Staleness, is_due, staleness, waits_until};

#[cfg(test)]
pub(crate) mod sample;
