//! Writes made-up files of events into a folder, for `tests/bench`: `bench_inputs FOLDER EVENTS FILES`.
#![allow(missing_docs, clippy::unwrap_used, clippy::disallowed_methods, reason = "a tool of the benchmarks")]

use std::path::Path;

mod inputs;

fn main() {
    let [folder, events, files] = std::env::args().skip(1).collect::<Vec<_>>().try_into().unwrap();
    let folder = Path::new(&folder);
    for (name, text) in inputs::files(events.parse().unwrap(), files.parse().unwrap()) {
        std::fs::write(folder.join(Path::new(&name).file_name().unwrap()), text).unwrap();
    }
}
