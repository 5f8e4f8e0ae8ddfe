//! moto's S3 on this machine, and a proxy before it that does harm. Neither knows anything of Handbill.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use crate::client::{Response, get, request};
use crate::server::{LIMIT, free_address};

/// What makes moto take a reader for somebody who may read.
const SIGNED: (&str, &str) = ("Authorization", "AWS4-HMAC-SHA256 Credential=x/20210101/us-east-1/s3/aws4_request");

pub const SECRET: &str = "hunter2-of-the-store";

/// A store with a bucket.
pub struct Store {
    child: Child,
    pub address: String,
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The server, where `tests/run` has installed it.
fn moto() -> Option<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target"));
    Some(target.join("moto/bin/moto_server")).filter(|path| path.exists())
}

impl Store {
    /// `None` where there is no store on this machine.
    pub fn start() -> Option<Self> {
        let Some(moto) = moto() else {
            eprintln!("LEFT OUT: there is no S3 on this machine to publish to (tests/run installs it where it can)");
            return None;
        };
        let address = free_address();
        let port = address.rsplit(':').next().unwrap();
        let child = Command::new(moto)
            .args(["-H", "127.0.0.1", "-p", port])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let store = Self { child, address };
        let begun = Instant::now();
        while TcpStream::connect(&store.address).is_err() {
            assert!(begun.elapsed() < 3 * LIMIT, "moto did not start");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        assert_eq!(request(&store.address, "PUT", "/bucket", &[]).status, 200);
        Some(store)
    }

    /// What a reader gets at a key.
    pub fn get(&self, key: &str) -> Response {
        get(&self.address, &format!("/bucket/site/{key}"), &[SIGNED])
    }

    /// All keys of the site, Handbill's own aside.
    pub fn keys(&self) -> Vec<String> {
        let (mut keys, mut after) = (Vec::new(), String::new());
        loop {
            let path = format!("/bucket?list-type=2&prefix=site/{after}");
            let list = get(&self.address, &path, &[SIGNED]).text();
            let found = list.split("<Key>").skip(1).map(|rest| rest.split("</Key>").next().unwrap().to_owned());
            keys.extend(found.map(|key| key.strip_prefix("site/").unwrap().to_owned()));
            let Some((_, more)) = list.split_once("<NextContinuationToken>") else { break };
            after = format!("&continuation-token={}", more.split('<').next().unwrap());
        }
        keys.retain(|key| !key.starts_with(".handbill/"));
        keys
    }

    /// Waits until a reader gets something at a key that is as expected.
    pub fn get_until(&self, key: &str, expected: impl Fn(&Response) -> bool) -> Response {
        let begun = Instant::now();
        loop {
            let response = self.get(key);
            if expected(&response) {
                return response;
            }
            assert!(begun.elapsed() < 3 * LIMIT, "{key} never became as expected: {}", response.status);
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }
}

/// The environment by which Handbill finds a store.
pub fn environment(address: &str) -> [(&'static str, String); 4] {
    [
        ("AWS_ENDPOINT", format!("http://{address}")),
        ("AWS_ALLOW_HTTP", "true".to_owned()),
        ("AWS_ACCESS_KEY_ID", "AKIAHANDBILL".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
    ]
}

/// What becomes of the request with a number, counted from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Harm {
    None,
    /// Cut before the store sees it.
    Cut,
    /// Half of it reaches the store.
    Torn,
    /// The store carries it out, and nobody hears.
    Unheard,
    /// 503 and no more.
    Refused,
    /// Never answered; everything after it is.
    Hangs,
}

/// What becomes of each request.
type Will = Arc<Mutex<Box<dyn Fn(usize) -> Harm + Send>>>;

/// Stands before a store, and does harm.
pub struct Harmful {
    pub address: String,
    asked: Arc<AtomicUsize>,
    uploads: Arc<AtomicUsize>,
    harm: Will,
}

impl Harmful {
    pub fn before(store: &Store, harm: impl Fn(usize) -> Harm + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (asked, uploads) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let harm: Will = Arc::new(Mutex::new(Box::new(harm)));
        let proxy = Self { address, asked: Arc::clone(&asked), uploads: Arc::clone(&uploads), harm: Arc::clone(&harm) };
        let store = store.address.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (store, asked, uploads, harm) = (store.clone(), asked.clone(), uploads.clone(), harm.clone());
                std::thread::spawn(move || {
                    let Some(request) = read(&client) else { return };
                    let harm = harm.lock().unwrap()(asked.fetch_add(1, Ordering::Relaxed) + 1);
                    pass(client, &store, &request, harm, &uploads);
                });
            }
        });
        proxy
    }

    pub fn becomes(&self, harm: impl Fn(usize) -> Harm + Send + 'static) {
        *self.harm.lock().unwrap() = Box::new(harm);
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// How many objects of the site were put there.
    pub fn uploads(&self) -> usize {
        self.uploads.load(Ordering::Relaxed)
    }
}

/// A whole request: its head, and as many bytes of a body as it says.
fn read(mut client: &TcpStream) -> Option<Vec<u8>> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 65_536]);
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
            if bytes.len() >= end + 4 + length.map_or(0, |length| length.trim().parse().unwrap()) {
                return Some(bytes);
            }
        }
        match client.read(&mut piece) {
            Ok(length @ 1..) => bytes.extend_from_slice(&piece[..length]),
            _ => return None,
        }
    }
}

fn pass(mut client: TcpStream, store: &str, request: &[u8], harm: Harm, uploads: &AtomicUsize) {
    match harm {
        Harm::Cut => return,
        Harm::Hangs => {
            // Until the client has had enough.
            let _ = client.read(&mut [0]);
            return;
        }
        Harm::Refused => {
            let _ = client.write_all(b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            return;
        }
        Harm::None | Harm::Torn | Harm::Unheard => {}
    }
    let request = if harm == Harm::Torn { &request[..request.len() / 2] } else { request };
    let Ok(mut upstream) = TcpStream::connect(store) else { return };
    if upstream.write_all(request).is_err() || harm == Harm::Torn {
        return;
    }
    let mut answer = Vec::new();
    // The store closes each connection.
    let _ = upstream.read_to_end(&mut answer);
    let is_upload = request.starts_with(b"PUT /bucket/site/") && !request.starts_with(b"PUT /bucket/site/.handbill");
    if is_upload && answer.starts_with(b"HTTP/1.1 200") {
        uploads.fetch_add(1, Ordering::Relaxed);
    }
    if harm == Harm::None {
        let _ = client.write_all(&answer);
    }
}
