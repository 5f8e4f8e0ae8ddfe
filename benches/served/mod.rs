//! A real `handbill serve` with made-up files, on loopback: its start, its memory, and how long a change of a file takes to reach whoever
//! asks. It ends what it started.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chrono::Utc;

use super::{inputs, partners, retitled};

/// What was found.
pub(crate) struct Served {
    /// From the start of the process to the first feed.
    pub(crate) start: Duration,
    /// From the write of a file to its new bytes: the median of all changes …
    pub(crate) change: Duration,
    /// … and the slowest.
    pub(crate) worst: Duration,
    /// Resident, in bytes, after the changes.
    pub(crate) memory: usize,
    /// What it holds of texts and representations then, in bytes, by its own figures.
    pub(crate) held: BTreeMap<String, usize>,
}

/// How long anything is waited for.
const LIMIT: Duration = Duration::from_secs(120);

pub(crate) fn measure(files: &[inputs::File], partners: usize, changes: usize) -> Served {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), files, partners);
    let since = Instant::now();
    let (server, address, figures) = start(folder.path());
    get(&address, "/org/organization-0000.ics");
    let start = since.elapsed();
    // What a restart needs is written, and what many ask for is made, after the start.
    std::thread::sleep(Duration::from_secs(3));
    let mut times: Vec<Duration> =
        (0..changes).map(|round| change(folder.path(), &files[files.len() / 2], &address, round)).collect();
    times.sort_unstable();
    std::thread::sleep(Duration::from_secs(1));
    let memory = resident(server.0.id());
    Served { start, change: times[changes / 2], worst: times[changes - 1], memory, held: held(&figures) }
}

fn write(folder: &Path, files: &[inputs::File], partners: usize) {
    fs::create_dir(folder.join("feeds")).unwrap();
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
    fs::create_dir_all(folder.join("state/partners")).unwrap();
    for partner in 0..partners {
        let path = folder.join(format!("state/partners/{}.snapshot", partners::slug(partner)));
        fs::write(path, partners::snapshot(partner, Utc::now()).to_bytes()).unwrap();
    }
}

/// A process that ends with its owner.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = (self.0.kill(), self.0.wait());
    }
}

/// The server, the address that it prints once it serves, and the one of its figures. `HANDBILL_BIN` names another binary, such as the
/// static one.
fn start(folder: &Path) -> (Server, String, String) {
    let figures = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let binary = std::env::var("HANDBILL_BIN").unwrap_or_else(|_| env!("CARGO_BIN_EXE_handbill").to_owned());
    let mut child = Command::new(binary)
        .current_dir(folder)
        .env("HANDBILL_LISTEN", "127.0.0.1:0")
        .env("HANDBILL_METRICS_LISTEN", &figures)
        // As the systemd unit and the container have it.
        .env("MALLOC_TRIM_THRESHOLD_", "131072")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines.by_ref().map(Result::unwrap).find(|line| line.contains("/all.ics")).unwrap();
    std::thread::spawn(move || lines.for_each(drop));
    (Server(child), address.trim().split_once("://").unwrap().1.strip_suffix("/all.ics").unwrap().to_owned(), figures)
}

/// `handbill_held_bytes`, by what it is told of.
fn held(figures: &str) -> BTreeMap<String, usize> {
    let text = String::from_utf8(get(figures, "/metrics")).unwrap();
    let figure = |line: &str| {
        let (what, bytes) = line.strip_prefix("handbill_held_bytes{what=\"")?.split_once("\"} ")?;
        Some((what.to_owned(), bytes.parse().ok()?))
    };
    text.lines().filter_map(figure).collect()
}

/// The body of an answer.
fn get(address: &str, path: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{path}: {}", String::from_utf8_lossy(&answer));
    answer
}

/// Writes one event's title anew and asks for its organization's feed until it has it.
fn change(folder: &Path, (name, text): &inputs::File, address: &str, round: usize) -> Duration {
    let title = format!("Served {round}.");
    let text = retitled(text, &title);
    let path = format!("/org/{}.ics", Path::new(name).file_stem().unwrap().to_str().unwrap());
    let (new, old) = (folder.join("new"), folder.join(name));
    fs::write(&new, text).unwrap();
    let since = Instant::now();
    fs::rename(new, old).unwrap();
    loop {
        let answer = get(address, &path);
        let took = since.elapsed();
        if answer.windows(title.len()).any(|part| part == title.as_bytes()) {
            // Whatever follows a change is done before the next.
            std::thread::sleep(Duration::from_millis(700));
            return took;
        }
        assert!(took < LIMIT, "a change was never served");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The resident memory of a process, in bytes.
fn resident(process: u32) -> usize {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<usize>().unwrap() * 1024
}
