//! What the container promises, with the settings of its file and without an engine: Handbill alone in a root that cannot be written to, not
//! as root, asked for its health by itself.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::client::get;
use crate::server::{RALLY, Server, command, free_address, left_out};

const CONTAINERFILE: &str = include_str!("../../Containerfile");
/// Nobody in particular.
const USER: u32 = 65_532;

/// Makes the root read-only but for the state's volume, and becomes the user.
const ENTER: &str = "mount --make-rprivate / && mount --bind root root && mount --bind state root/var/lib/handbill \\
    && mount -o remount,bind,ro root \\
    && exec unshare --root root --wd /srv/handbill --setgid $USER_ID --setuid $USER_ID -- \"$@\"";

/// A root with the binary and the libraries that this build of it needs, and a volume for the state.
fn root() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let binary = env!("CARGO_BIN_EXE_handbill");
    let needs = String::from_utf8(Command::new("ldd").arg(binary).output().unwrap().stdout).unwrap();
    let libraries = needs.split_whitespace().filter(|word| word.starts_with('/')).map(PathBuf::from);
    for (from, to) in
        libraries.map(|path| (path.clone(), path)).chain([(binary.into(), "/usr/local/bin/handbill".into())])
    {
        let to = inside(&folder, &to);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
    for path in ["/srv/handbill/feeds", "/var/lib/handbill"] {
        fs::create_dir_all(inside(&folder, Path::new(path))).unwrap();
    }
    fs::write(inside(&folder, Path::new("/srv/handbill/feeds/chicago-dsa.toml")), RALLY).unwrap();
    fs::create_dir(folder.path().join("state")).unwrap();
    chown(folder.path().join("state"), Some(USER), Some(USER)).unwrap();
    folder
}

fn inside(folder: &TempDir, path: &Path) -> PathBuf {
    folder.path().join("root").join(path.strip_prefix("/").unwrap())
}

/// The settings of the file, with addresses that no other test has.
fn settings(listen: &str, operators: &str) -> Vec<(String, String)> {
    let instructions = CONTAINERFILE.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
    let set = instructions.filter(|word| word.starts_with("HANDBILL_")).filter_map(|word| word.split_once('='));
    set.map(|(name, value)| match name {
        "HANDBILL_LISTEN" => (name.to_owned(), listen.to_owned()),
        "HANDBILL_METRICS_LISTEN" => (name.to_owned(), operators.to_owned()),
        _ => (name.to_owned(), value.to_owned()),
    })
    .collect()
}

/// A program of the container, with its arguments.
fn program(folder: &Path, settings: &[(String, String)], words: &[String]) -> Command {
    let mut command = Command::new("unshare");
    command.current_dir(folder).args(["--mount", "sh", "-c", ENTER, "sh"]).args(words);
    command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("USER_ID", USER.to_string());
    command.envs(settings.iter().map(|(name, value)| (name, value)));
    command
}

/// The words of a line of the file that is a list.
fn words(instruction: &str) -> Vec<String> {
    let line = CONTAINERFILE.lines().find(|line| line.starts_with(instruction)).unwrap();
    serde_json::from_str(&line[line.find('[').unwrap()..]).unwrap()
}

fn may_make_roots() -> bool {
    Command::new("unshare")
        .args(["--mount", "mount", "--make-rprivate", "/"])
        .status()
        .is_ok_and(|status| status.success())
}

#[test]
fn it_runs_alone_read_only_and_not_as_root() {
    if !may_make_roots() {
        return left_out("this user may not make a root of its own for a process");
    }
    let (listen, operators) = (free_address(), free_address());
    let (folder, settings) = (root(), settings(&listen, &operators));
    assert!(settings.iter().any(|(name, value)| name == "HANDBILL_STATE" && value == "/var/lib/handbill"));
    assert!(
        CONTAINERFILE.contains(&format!("\nUSER {USER}:{USER}\n"))
            && CONTAINERFILE.contains("\nVOLUME /var/lib/handbill\n")
    );
    let health = words("HEALTHCHECK");
    let here = folder.path().to_owned();
    let is_healthy = || program(&here, &settings, &health).output().unwrap().status.code();
    assert_eq!(is_healthy(), Some(1), "before it runs");

    let server = Server::run(program(&here, &settings, &words("ENTRYPOINT")), folder);
    assert!(server.get("/all.ics").text().contains("UID:rally"));
    assert_eq!(get(&operators, "/healthz", &[]).status, 200);
    assert_eq!(is_healthy(), Some(0));
    let process = fs::metadata(format!("/proc/{}", server.process())).unwrap();
    assert_eq!((process.uid(), process.gid()), (USER, USER));
    let mounts = fs::read_to_string(format!("/proc/{}/mounts", server.process())).unwrap();
    let options =
        mounts.lines().filter_map(|line| line.split_once(" / ")).map(|(_, rest)| rest.split(' ').nth(1).unwrap());
    assert!(options.clone().count() > 0 && options.clone().all(|options| options.starts_with("ro")), "{mounts}");
    let (folder, _, code) = server.stop();
    assert_eq!(code, Some(0));
    let ledger = fs::metadata(folder.path().join("state/ledger.json")).unwrap();
    assert_eq!(ledger.uid(), USER, "what it keeps is in its volume");
}

#[test]
fn health_tells_whether_the_service_of_these_settings_lives() {
    let server = Server::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let health = |address: &str| command(folder.path()).arg("health").env("HANDBILL_LISTEN", address).output().unwrap();
    assert_eq!(health(&server.address).status.code(), Some(0));
    assert_eq!(health(&server.address.replace("127.0.0.1", "0.0.0.0")).status.code(), Some(0), "asked on this machine");
    for (address, told) in [(free_address(), "does not answer"), ("127.0.0.1:0".to_owned(), "HANDBILL_LISTEN=")] {
        let sick = health(&address);
        let text = String::from_utf8(sick.stderr).unwrap();
        assert!(sick.status.code() == Some(1) && text.contains(told), "{text}");
    }
}
