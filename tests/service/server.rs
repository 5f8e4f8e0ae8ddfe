//! A running `handbill`, with a folder of its own for feeds and state.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tempfile::TempDir;

use crate::client::{Response, get};

pub struct Server {
    child: Child,
    log: Arc<Mutex<Vec<u8>>>,
    /// Reads the log to its end: a process whose log nobody reads stands still.
    reader: Option<JoinHandle<()>>,
    pub address: String,
    pub folder: TempDir,
}

/// How long anything is waited for: far beyond what is promised, for machines that are busy with other things.
pub const LIMIT: Duration = Duration::from_secs(20);

pub const RALLY: &str = r#"
[organization]
name = "Chicago Democratic Socialists of America"
aliases = ["Chicago DSA"]

[[event]]
id = "rally"
title = "Lori Doesn’t C.A.R.E.S."
start = 2021-03-23T18:00
location = "Unity Park, 2636 N Kimball Ave, Chicago, IL"
supporters = ["32nd Ward United"]
tags = ["budget"]
description = "Spend the relief on people."
[event.es]
title = "A Lori no le importa"
description = "Gasten la ayuda en la gente."
"#;

impl Server {
    /// Starts with these files in `feeds/`.
    pub fn start(files: &[(&str, &str)]) -> Self {
        Self::start_with(files, &[])
    }

    pub fn start_with(files: &[(&str, &str)], environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("feeds")).unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join("feeds").join(name), text).unwrap();
        }
        Self::start_in(folder, environment)
    }

    /// Starts at a port that is known before, with links that say something else (`HANDBILL_PUBLIC_URL` in `environment`).
    pub fn start_at(files: &[(&str, &str)], environment: &[(&str, &str)]) -> Self {
        let address = free_address();
        let mut server = Self::start_with(files, &[environment, &[("HANDBILL_LISTEN", &address)]].concat());
        server.address = address;
        server
    }

    pub fn start_in(folder: TempDir, environment: &[(&str, &str)]) -> Self {
        let mut command = command(folder.path());
        // One fixed port for all tests would be one too few.
        command.env("HANDBILL_LISTEN", "127.0.0.1:0").env("HANDBILL_METRICS_LISTEN", "off");
        command.envs(environment.iter().copied());
        Self::run(command, folder)
    }

    /// Starts at a port that is known before, and publishes at `url` too.
    pub fn publishing(files: &[(&str, &str)], environment: &[(&str, String)], url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("feeds")).unwrap();
        files.iter().for_each(|(name, text)| std::fs::write(folder.path().join("feeds").join(name), text).unwrap());
        let address = free_address();
        let mut command = command(folder.path());
        command.args(["serve", "--publish", url]);
        command.envs(environment.iter().map(|(name, value)| (*name, value.as_str())));
        command.env("HANDBILL_LISTEN", &address).env("HANDBILL_METRICS_LISTEN", "off");
        let mut server = Self::run(command, folder);
        server.address = address;
        server
    }

    /// Starts what is to be a server.
    pub fn run(mut command: Command, folder: TempDir) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let printed = lines.by_ref().map(Result::unwrap).find(|line| line.contains("/all.ics"));
        let Some(printed) = printed else {
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("the server did not start: {said}");
        };
        let address = printed.trim().split_once("://").unwrap().1.strip_suffix("/all.ics").unwrap().to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        let log = Arc::new(Mutex::new(Vec::new()));
        let reader = Some(read(child.stderr.take().unwrap(), Arc::clone(&log)));
        Self { child, log, reader, address, folder }
    }

    pub fn get(&self, path: &str) -> Response {
        get(&self.address, path, &[])
    }

    pub fn get_with(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        get(&self.address, path, fields)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join("feeds").join(name), text).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Asks until the answer is as expected.
    pub fn get_until(&self, path: &str, expected: impl Fn(&Response) -> bool) -> Response {
        let since = Instant::now();
        loop {
            let response = self.get(path);
            if expected(&response) {
                return response;
            }
            assert!(since.elapsed() < LIMIT, "{path} never became as expected: {}", response.text());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// SIGTERM, and how long the server took to end; its folder, to start again in.
    pub fn stop(mut self) -> (TempDir, Duration, Option<i32>) {
        let since = Instant::now();
        self.signal("TERM");
        let status = self.child.wait().unwrap();
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap());
        (folder, since.elapsed(), status.code())
    }

    pub fn kill(mut self) -> TempDir {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap())
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Ends the server and returns what it logged.
    pub fn log(mut self) -> String {
        self.signal("TERM");
        self.child.wait().unwrap();
        self.reader.take().unwrap().join().unwrap();
        self.log_so_far()
    }

    /// What it has logged, as soon as that has these words.
    pub fn log_until(&self, words: &str) -> String {
        let since = Instant::now();
        loop {
            let log = self.log_so_far();
            if log.contains(words) {
                return log;
            }
            assert!(since.elapsed() < 3 * LIMIT, "it never logged {words:?}: {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn log_so_far(&self) -> String {
        String::from_utf8(self.log.lock().unwrap().clone()).unwrap()
    }
}

fn read(mut from: impl Read + Send + 'static, to: Arc<Mutex<Vec<u8>>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut piece = [0; 4_096];
        while let Ok(length @ 1..) = from.read(&mut piece) {
            to.lock().unwrap().extend_from_slice(&piece[..length]);
        }
    })
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already where a test ended it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns when the clock shows another second, so that a time noted from now on differs from those before.
pub fn next_second() {
    let second = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let before = second();
    while second() == before {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Says that something is not tested on this machine, also where the test harness keeps quiet about tests that pass.
pub fn left_out(why: &str) {
    let line = format!("LEFT OUT: {why}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// An address of this machine at which nobody listens.
pub fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// The binary in a folder, with no settings of the machine.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handbill"));
    command.current_dir(folder);
    for (key, _) in std::env::vars().filter(|(key, _)| key.starts_with("HANDBILL_")) {
        command.env_remove(key);
    }
    command
}
