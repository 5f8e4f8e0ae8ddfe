//! The systemd unit that operators are given, as systemd reads it.

use std::process::Command;

use crate::server::left_out;

const UNIT: &str = include_str!("../../config/deploy/handbill.service");

/// Tenths of what systemd calls exposure, from 0 to 100: what is not restricted. A network service cannot have 0.
const EXPOSURE: &str = "--threshold=15";

#[test]
fn systemd_understands_the_unit_and_finds_little_exposed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("handbill.service");
    // What it names is not on this machine.
    std::fs::write(&file, UNIT.replace("/usr/local/bin/handbill", "/bin/true").replace("/srv/handbill", "/tmp"))
        .unwrap();
    for arguments in [&["verify"][..], &["security", "--offline=true", "--no-pager", EXPOSURE]] {
        let Ok(told) = Command::new("systemd-analyze").args(arguments).arg(&file).output() else {
            return left_out("there is no systemd-analyze on this machine");
        };
        let text = String::from_utf8_lossy(&told.stderr).into_owned() + &String::from_utf8_lossy(&told.stdout);
        assert!(told.status.success(), "{text}");
        assert!(!text.contains("ignoring"), "{text}");
    }
}
