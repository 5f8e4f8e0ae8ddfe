//! `handbill build`: the Site as files, for hosts that serve folders.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};

use super::line::Line;
use super::out::{LEDGER, Out};
use super::{errors, folder, kept, ledger, mention, now, say};
use crate::config::Config;
use crate::publisher::Publisher;

pub(super) fn build(config: &Arc<Config>, path: &Path) -> anyhow::Result<ExitCode> {
    let (_, texts) = folder(config)?;
    let out = Out::open(path, config.precompressed)?;
    let ledger_kept = out.kept().read(LEDGER);
    let ledger_kept = ledger_kept.with_context(|| format!("the {LEDGER} kept in {} cannot be read", path.display()))?;
    let publisher = Publisher::new(
        Arc::clone(config),
        ledger(ledger_kept, mention, || out.kept().set_aside(LEDGER)),
        texts,
        Vec::new,
        |catalog| kept(config, catalog, mention),
        now(),
    );
    let errors = errors(publisher.problems());
    if errors > 0 {
        bail!("{errors} problems in the files of events: nothing was written. `handbill check` tells them");
    }
    let line = Line::new();
    let done = out.write(publisher.site(), &publisher.ledger().to_bytes(), &line);
    line.clear();
    let (written, removed) = done?;
    say(&format!("{}: {written} files written, {removed} removed\n", path.display()));
    Ok(ExitCode::SUCCESS)
}
