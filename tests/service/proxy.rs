//! Handbill behind nginx, with the configuration that operators are given: conditions, codings, and answers while Handbill is stopped.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::client::{Response, get};
use crate::server::{LIMIT, RALLY, Server, free_address};

const CONFIGURATION: &str = include_str!("../../config/deploy/nginx.conf");

pub struct Proxy {
    child: Child,
    address: String,
    _folder: TempDir,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where nginx is; Debian's is not on everybody's path.
fn nginx() -> Option<PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/usr/local/sbin";
    path.split(':').map(|folder| PathBuf::from(folder).join("nginx")).find(|file| file.exists())
}

impl Proxy {
    /// Starts nginx before `server`, without TLS; `more` goes into the location. `None` where there is no nginx.
    fn start(server: &Server, more: &str) -> Option<Self> {
        let changes = [
            ("127.0.0.1:8080", server.address.as_str()),
            // Below its own folder.
            ("/var/cache/nginx/handbill", "cache"),
            ("proxy_cache handbill;", &format!("proxy_cache handbill;\n{more}")),
        ];
        Self::of(CONFIGURATION, &changes)
    }

    /// Starts nginx with a configuration that operators are given, without TLS, and with these changes. `None` where there is no nginx.
    pub fn of(configuration: &str, changes: &[(&str, &str)]) -> Option<Self> {
        let Some(nginx) = nginx() else {
            eprintln!("LEFT OUT: there is no nginx on this machine (tests/run installs it where it can)");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let (address, unused) = (free_address(), free_address());
        let mut text: String = configuration
            .lines()
            .filter(|line| !line.trim().starts_with("ssl_"))
            .fold(String::new(), |text, line| text + line + "\n");
        let listen =
            [("listen 443 ssl http2;", format!("listen {address};")), ("listen 80;", format!("listen {unused};"))];
        for (from, to) in listen.iter().map(|(from, to)| (*from, to.as_str())).chain(changes.iter().copied()) {
            assert!(text.contains(from), "the configuration has no {from:?} any more: change this test with it");
            text = text.replace(from, to);
        }
        let here = folder.path().display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {here}/{kind};\n"))
            .concat();
        let whole = format!(
            "daemon off;\nmaster_process off;\npid {here}/pid;\nerror_log stderr crit;\nevents {{}}\nhttp {{\n{temporary}{text}}}\n"
        );
        std::fs::write(folder.path().join("nginx.conf"), whole).unwrap();
        let child = Command::new(nginx)
            .args(["-e", "stderr", "-p"])
            .arg(folder.path())
            .arg("-c")
            .arg(folder.path().join("nginx.conf"))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let proxy = Self { child, address, _folder: folder };
        let begun = std::time::Instant::now();
        while std::net::TcpStream::connect(&proxy.address).is_err() {
            assert!(begun.elapsed() < LIMIT, "nginx did not start");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Some(proxy)
    }

    pub fn get(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        get(&self.address, path, fields)
    }
}

#[test]
fn a_proxy_passes_conditions_and_codings_on() {
    let server = Server::start(&[("chicago-dsa.toml", RALLY)]);
    let Some(proxy) = Proxy::start(&server, "") else { return };
    for path in ["/all.ics", "/org/chicago-dsa", "/all.json"] {
        for coding in ["identity", "gzip", "br"] {
            let direct = get(&server.address, path, &[("Accept-Encoding", coding)]);
            for turn in ["first", "from the cache"] {
                let through = proxy.get(path, &[("Accept-Encoding", coding)]);
                assert_eq!(through.body, direct.body, "{path} {coding} {turn}");
                for field in
                    ["etag", "content-encoding", "content-type", "cache-control", "vary", "content-security-policy"]
                {
                    assert_eq!(through.field(field), direct.field(field), "{path} {coding} {turn}: {field}");
                }
            }
            let tag = direct.field("etag").unwrap();
            let known = proxy.get(path, &[("Accept-Encoding", coding), ("If-None-Match", tag)]);
            assert_eq!((known.status, known.body.len()), (304, 0), "{path} {coding}");
        }
    }
}

#[test]
fn a_proxy_answers_while_we_are_stopped() {
    let server = Server::start(&[("chicago-dsa.toml", RALLY)]);
    // Without the five minutes for which an answer is fresh by itself.
    let stale = "proxy_ignore_headers Cache-Control;\nproxy_cache_valid 200 1s;";
    let Some(proxy) = Proxy::start(&server, stale) else { return };
    let before = proxy.get("/all.ics", &[]);
    assert_eq!(before.status, 200);
    let page = proxy.get("/org/chicago-dsa", &[]);
    assert_eq!(proxy.get("/healthz", &[]).status, 200);
    let _folder = server.kill();
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    let after = proxy.get("/all.ics", &[]);
    assert_eq!((after.status, after.body), (200, before.body));
    assert_eq!(proxy.get("/org/chicago-dsa", &[]).body, page.body);
    assert_eq!(proxy.get("/healthz", &[]).status, 502, "what is asked about operation is never old");
}
