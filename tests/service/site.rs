//! A partner site on loopback: what it answers to which path is up to each test, and what it was asked it remembers.

use std::collections::{HashMap, VecDeque};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::server::LIMIT;

pub struct Site {
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// The answers to each path, in their order; the last one is given again and again.
    answers: HashMap<String, VecDeque<Answer>>,
    seen: Vec<Seen>,
    at_once: usize,
    most_at_once: usize,
}

/// A request that came.
#[derive(Clone)]
pub struct Seen {
    pub at: Instant,
    pub path: String,
    pub head: Vec<u8>,
}

impl Seen {
    /// The value of a field, byte for byte; its name in lower case.
    pub fn field(&self, name: &str) -> Option<&[u8]> {
        self.head.split(|byte| *byte == b'\n').find_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let is_it = line[..colon].eq_ignore_ascii_case(name.as_bytes());
            is_it.then(|| line[colon + 1..].trim_ascii())
        })
    }
}

/// What is answered: the bytes as they are, after a while.
#[derive(Clone)]
pub struct Answer {
    bytes: Vec<u8>,
    delay: Duration,
}

impl Answer {
    /// The bytes of a whole answer, head and all.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), delay: Duration::ZERO }
    }

    /// A status with fields (each ends with CRLF) and a body, its length told.
    pub fn new(status: &str, fields: impl AsRef<[u8]>, body: &str) -> Self {
        let start = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        Self::raw([start.as_bytes(), fields.as_ref(), b"\r\n", body.as_bytes()].concat())
    }

    pub fn calendar(body: &str) -> Self {
        Self::new("200 OK", "Content-Type: text/calendar\r\n", body)
    }

    pub fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// An answer that nobody waits for to its end.
    pub fn never() -> Self {
        Self::raw("").after(Duration::from_secs(3_600))
    }
}

impl Site {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, state) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(State::default())));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || answer(stream, &state));
            }
        });
        Self { address, state }
    }

    /// One site that answers one path so.
    pub fn saying(path: &str, answers: impl IntoIterator<Item = Answer>) -> Self {
        let site = Self::start();
        site.say(path, answers);
        site
    }

    /// From now on the path is answered so, one answer after the other, the last one again and again.
    pub fn say(&self, path: &str, answers: impl IntoIterator<Item = Answer>) {
        self.state.lock().unwrap().answers.insert(path.to_owned(), answers.into_iter().collect());
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What the path was asked.
    pub fn seen(&self, path: &str) -> Vec<Seen> {
        self.state.lock().unwrap().seen.iter().filter(|seen| seen.path == path).cloned().collect()
    }

    /// Waits until the path was asked so often.
    pub fn wait_for(&self, path: &str, times: usize) -> Vec<Seen> {
        let since = Instant::now();
        loop {
            let seen = self.seen(path);
            if seen.len() >= times {
                return seen;
            }
            assert!(since.elapsed() < LIMIT, "{path} was asked {} times and not {times}", seen.len());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn most_at_once(&self) -> usize {
        self.state.lock().unwrap().most_at_once
    }

    /// What lets a server ask these sites.
    pub fn exceptions(sites: &[&Self]) -> String {
        sites.iter().map(|site| site.address.to_string()).collect::<Vec<_>>().join(",")
    }
}

fn answer(mut stream: TcpStream, state: &Mutex<State>) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        head.push(byte[0]);
    }
    let path = head.split(|byte| *byte == b' ').nth(1).map(String::from_utf8_lossy).unwrap_or_default().into_owned();
    let answer = {
        let mut state = state.lock().unwrap();
        state.seen.push(Seen { at: Instant::now(), path: path.clone(), head });
        state.at_once += 1;
        state.most_at_once = state.most_at_once.max(state.at_once);
        let answers = state.answers.entry(path).or_default();
        let last = answers.len() < 2;
        if last { answers.front().cloned() } else { answers.pop_front() }
    };
    let answer = answer.unwrap_or_else(|| Answer::new("404 Not Found", "", ""));
    std::thread::sleep(answer.delay);
    state.lock().unwrap().at_once -= 1;
    // Who was to hear it may be gone.
    let _ = stream.write_all(&answer.bytes);
}

/// A calendar of events, each a UID and a title, all of them to come.
pub fn calendar(events: &[(&str, &str)]) -> String {
    let mut text = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n");
    for (day, (uid, title)) in events.iter().enumerate() {
        let day = 1 + day % 28;
        text.push_str(&format!(
            "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:209901{day:02}T180000Z\r\nDTEND:209901{day:02}T190000Z\r\n\
             SUMMARY:{title}\r\nLOCATION:{title} Hall\r\nEND:VEVENT\r\n"
        ));
    }
    text + "END:VCALENDAR\r\n"
}
