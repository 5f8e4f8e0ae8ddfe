//! Handbill behind nginx and behind Caddy, with the configurations that operators are given: conditions, codings, and answers while
//! Handbill is stopped.

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::client::{Response, get};
use crate::server::{LIMIT, RALLY, Server, free_address, left_out};

const NGINX: &str = include_str!("../../config/deploy/nginx.conf");
const CADDY: &str = include_str!("../../config/deploy/Caddyfile");

pub struct Proxy {
    child: Child,
    address: String,
    folder: TempDir,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a program is; Debian's nginx is not on everybody's path. Where it is not, the test is left out, and says so.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/usr/local/sbin";
    let found = path.split(':').map(|folder| PathBuf::from(folder).join(name)).find(|file| file.exists());
    if found.is_none() {
        left_out(&format!("there is no {name} on this machine (tests/run installs it where it can)"));
    }
    found
}

/// A configuration with something of this test in it.
fn changed(from: &str, to: &str, text: String) -> String {
    assert!(text.contains(from), "the configuration has no {from:?} any more: change this test with it");
    text.replace(from, to)
}

impl Proxy {
    /// Starts nginx before `server`, without TLS; `more` goes into the location. `None` where there is no nginx.
    fn nginx(server: &Server, more: &str) -> Option<Self> {
        let changes = [
            ("127.0.0.1:8080", server.address.as_str()),
            // Below its own folder.
            ("/var/cache/nginx/handbill", "cache"),
            ("/var/log/nginx/error.log", "log"),
            (
                "proxy_cache handbill;",
                &format!(
                    "proxy_cache handbill;
{more}"
                ),
            ),
        ];
        Self::of(NGINX, &changes)
    }

    /// Starts nginx with a configuration that operators are given, without TLS, and with these changes. `None` where there is no nginx.
    pub fn of(configuration: &str, changes: &[(&str, &str)]) -> Option<Self> {
        let nginx = program("nginx")?;
        let folder = tempfile::tempdir().unwrap();
        let (address, unused) = (free_address(), free_address());
        let plain: String =
            configuration.lines().filter(|line| !line.trim().starts_with("ssl_")).fold(String::new(), |text, line| {
                text + line
                    + "
"
            });
        let text = changed("listen 443 ssl http2;", &format!("listen {address};"), plain);
        let text = changed("listen 80;", &format!("listen {unused};"), text);
        let text = changes.iter().fold(text, |text, (from, to)| changed(from, to, text));
        let here = folder.path().display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {here}/{kind};\n"))
            .concat();
        let whole = format!(
            "daemon off;\nmaster_process off;\npid {here}/pid;\nerror_log stderr crit;\nevents {{}}\nhttp {{\n{temporary}{text}}}\n"
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, whole).unwrap();
        let mut command = Command::new(nginx);
        command.args(["-e", "stderr", "-p"]).arg(folder.path()).arg("-c").arg(file);
        Some(Self::start(command, address, folder))
    }

    /// Starts Caddy before what is or will be at `handbill`, without TLS. `None` where there is no Caddy.
    fn caddy(handbill: &str) -> Option<Self> {
        // On a busy machine a restart takes more than a moment.
        let patient = format!("lb_try_duration {}s", LIMIT.as_secs());
        Self::caddy_with(&changed("lb_try_duration 5s", &patient, CADDY.to_owned()), handbill)
    }

    fn caddy_with(configuration: &str, handbill: &str) -> Option<Self> {
        let text = changed("\tlog {", "\tadmin off\n\tlog {", configuration.to_owned());
        Self::caddy_of(&text, ("127.0.0.1:8080", handbill))
    }

    /// Starts Caddy with a configuration that operators are given for a folder, which is this one. `None` where there is no Caddy.
    pub fn caddy_folder(configuration: &str, site: &str) -> Option<Self> {
        Self::caddy_of(&format!("{{\n\tadmin off\n}}\n{configuration}"), ("/srv/handbill/site", site))
    }

    fn caddy_of(configuration: &str, (from, to): (&str, &str)) -> Option<Self> {
        let caddy = program("caddy")?;
        let folder = tempfile::tempdir().unwrap();
        let address = free_address();
        let text = changed("calendar.example.org {", &format!("http://{address} {{"), configuration.to_owned());
        let text = changed(from, to, text);
        let file = folder.path().join("Caddyfile");
        std::fs::write(&file, text).unwrap();
        let mut command = Command::new(caddy);
        command
            .args(["run", "--adapter", "caddyfile", "--config"])
            .arg(file)
            .stderr(File::create(folder.path().join("log")).unwrap());
        for variable in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
            command.env(variable, folder.path());
        }
        Some(Self::start(command, address, folder))
    }

    fn start(mut command: Command, address: String, folder: TempDir) -> Self {
        let child = command.stdout(Stdio::null()).spawn().unwrap();
        let proxy = Self { child, address, folder };
        let begun = std::time::Instant::now();
        while TcpStream::connect(&proxy.address).is_err() {
            assert!(begun.elapsed() < LIMIT, "{command:?} did not start");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        proxy
    }

    /// What it has logged.
    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    pub fn get(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        get(&self.address, path, fields)
    }
}

#[test]
fn nginx_passes_conditions_and_codings_on() {
    let server = Server::start(&[("chicago-dsa.toml", RALLY)]);
    if let Some(proxy) = Proxy::nginx(&server, "") {
        check_passed_on(&server, &proxy);
    }
}

#[test]
fn caddy_passes_conditions_and_codings_on() {
    let server = Server::start(&[("chicago-dsa.toml", RALLY)]);
    if let Some(proxy) = Proxy::caddy(&server.address) {
        check_passed_on(&server, &proxy);
    }
}

#[test]
fn requests_to_caddy_wait_while_we_restart() {
    let handbill = free_address();
    let Some(proxy) = Proxy::caddy(&handbill) else { return };
    let mut asking = TcpStream::connect(&proxy.address).unwrap();
    let head = format!("GET /all.ics HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", proxy.address);
    asking.write_all(head.as_bytes()).unwrap();
    asking.set_read_timeout(Some(std::time::Duration::from_millis(500))).unwrap();
    assert!(asking.peek(&mut [0]).is_err(), "nobody was there, and yet there was an answer");
    let public = format!("http://{handbill}");
    let settings = [("HANDBILL_LISTEN", handbill.as_str()), ("HANDBILL_PUBLIC_URL", public.as_str())];
    let _server = Server::start_with(&[("chicago-dsa.toml", RALLY)], &settings);
    asking.set_read_timeout(Some(LIMIT)).unwrap();
    let mut answer = String::new();
    asking.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("UID:rally"), "{answer}");
}

/// What comes through a proxy is what we say, and a proxy that has it asks no more than it must.
fn check_passed_on(server: &Server, proxy: &Proxy) {
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
fn nginx_answers_while_we_are_stopped() {
    let server = Server::start(&[("chicago-dsa.toml", RALLY)]);
    // Without the five minutes for which an answer is fresh by itself.
    let stale = "proxy_ignore_headers Cache-Control;\nproxy_cache_valid 200 1s;";
    let Some(proxy) = Proxy::nginx(&server, stale) else { return };
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
    assert!(!proxy.log().contains("client"), "an error of a request was logged with its client: {}", proxy.log());
}

#[test]
fn caddy_logs_no_client_when_we_are_stopped() {
    let text = CADDY.replace("lb_try_duration", "# lb_try_duration");
    let Some(proxy) = Proxy::caddy_with(&text, &free_address()) else { return };
    assert_eq!(proxy.get("/all.ics", &[]).status, 502);
    let since = std::time::Instant::now();
    while !proxy.log().contains("connection refused") {
        assert!(since.elapsed() < LIMIT, "nothing was logged: {}", proxy.log());
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let line = proxy.log().lines().find(|line| line.contains("connection refused")).unwrap().to_owned();
    assert!(!line.contains("remote_ip") && !line.contains("client_ip"), "{line}");
}
