//! `handbill publish`: the Site as objects of a store, without a server of ours. It goes on where an earlier one was stopped, and tries
//! again what may work next time.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;

use super::line::Line;
use super::{build, errors, folder, kept, ledger, mention, now, say};
use crate::config::Config;
use crate::publisher::Publisher;
use crate::store::{Fault, Kind, Stop, Store, Summary, Target};

/// How often it tries, and how long it waits after the first failure; twice as long after each other one.
const TRIES: u32 = 4;
const PAUSE: Duration = Duration::from_secs(1);

pub(super) fn publish(config: &Arc<Config>, url: &str) -> anyhow::Result<ExitCode> {
    let target = Target::parse(url)?;
    if let Target::Folder(path) = &target {
        return build::build(config, path);
    }
    let mut store = Store::open(&target, &environment())?;
    let line = Line::new();
    for attempt in 1.. {
        let done = once(config, &mut store, &line);
        line.clear();
        match done {
            Ok(done) => {
                say(&format!("{}: {}\n", target.shown(), told(done)));
                return Ok(ExitCode::SUCCESS);
            }
            Err(error) => {
                let is_lasting = error.downcast_ref().is_none_or(|fault: &Fault| fault.kind == Kind::Refused);
                if is_lasting || attempt == TRIES {
                    store.leave();
                    return Err(error.context(format!("{} could not be published to", target.shown())));
                }
                mention(&format!("{error}; trying again"));
                std::thread::sleep(PAUSE * 2_u32.pow(attempt - 1));
            }
        }
    }
    Ok(ExitCode::FAILURE)
}

/// The settings of the environment for stores. They never reach a log.
pub(super) fn environment() -> BTreeMap<String, String> {
    let all = std::env::vars_os().filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)));
    all.filter(|(key, _)| ["AWS_", "GOOGLE_", "AZURE_"].iter().any(|prefix| key.starts_with(prefix))).collect()
}

/// What was done, in words.
pub(super) fn told(summary: Summary) -> String {
    let Summary { uploaded, removed, kept } = summary;
    format!("{uploaded} objects uploaded, {removed} removed, {kept} as they were")
}

fn once(config: &Arc<Config>, store: &mut Store, line: &Line) -> anyhow::Result<Summary> {
    let (stop, tell) = (Stop::default(), |progress| line.tell(progress));
    let (_, texts) = folder(config)?;
    let ledger_kept = store.ledger(&stop, &tell)?;
    let publisher = Publisher::new(
        Arc::clone(config),
        // There is nothing to lay aside: the store's is written over.
        ledger(ledger_kept, mention, || Ok(())),
        texts,
        Vec::new,
        |catalog| kept(config, catalog, mention),
        now(),
    );
    let errors = errors(publisher.problems());
    if errors > 0 {
        bail!("{errors} problems in the files of events: nothing was uploaded. `handbill check` tells them");
    }
    Ok(store.publish(publisher.site(), &publisher.ledger().to_bytes(), &stop, &tell)?)
}
