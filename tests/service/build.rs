//! What `handbill build` leaves for hosts: compressed forms, the fields of `_headers`, links that lead somewhere, and nginx serving it all.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use handbill::site::{Coding, packed};

use crate::proxy::Proxy;
use crate::server::{RALLY, Server, command};
use crate::subcommands::{finish, folder, run, traces};

const NGINX: &str = include_str!("../../config/deploy/nginx-static.conf");
const CADDY: &str = include_str!("../../config/deploy/Caddyfile-static");

/// Two organizations, a partner, and a text that is worth compressing.
fn files() -> [(&'static str, String); 2] {
    let partner =
        "[[partner]]\nslug = \"neighbors\"\nname = \"Neighbors\"\nurl = \"http://127.0.0.1:9/a.ics\"\n\n[[event]]";
    let long = format!("description = \"{}", "Spend the relief on people, and soon. ".repeat(60));
    let text = RALLY.replace("[[event]]", partner).replacen("description = \"", &long, 1);
    [("feeds/chicago-dsa.toml", text), ("handbill.toml", "languages = [\"en\", \"es\", \"pl\"]\n".to_owned())]
}

const BUILD: &[&str] = &["--config", "handbill.toml", "build", "--out", "site"];

fn built() -> (TempDir, PathBuf) {
    let files = files();
    let folder = folder(&files.each_ref().map(|(name, text)| (*name, text.as_str())));
    let (code, _, error) = run(folder.path(), BUILD);
    assert_eq!(code, 0, "{error}");
    let site = folder.path().join("site");
    (folder, site)
}

/// The names of the site's own files, without those that Handbill keeps for itself.
fn names(site: &Path) -> Vec<String> {
    let names = traces(site).into_keys().filter(|name| !name.starts_with(".handbill") && name != "_headers");
    names.filter(|name| !name.ends_with(".gz") && !name.ends_with(".br")).collect()
}

/// The address that a host serves a file at.
fn address(name: &str) -> String {
    let name = name.strip_suffix("index.html").unwrap_or(name);
    format!("/{}", name.strip_suffix(".html").unwrap_or(name))
}

fn unpacked(path: &Path) -> Vec<u8> {
    let (packed, mut bytes) = (fs::read(path).unwrap(), Vec::new());
    match path.extension().unwrap().to_str().unwrap() {
        "gz" => flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut bytes).map(drop).unwrap(),
        _ => brotli::BrotliDecompress(&mut &packed[..], &mut bytes).unwrap(),
    }
    bytes
}

/// The path of a compressed form.
fn form(site: &Path, name: &str, ending: &str) -> PathBuf {
    site.join(format!("{name}.{ending}"))
}

#[test]
fn what_is_worth_it_lies_there_compressed() {
    let (_folder, site) = built();
    for name in names(&site) {
        let bytes = fs::read(site.join(&name)).unwrap();
        for ending in ["gz", "br"] {
            let form = form(&site, &name, ending);
            assert_eq!(form.exists(), bytes.len() >= 1_400, "{name}: {} bytes", bytes.len());
            if form.exists() {
                assert_eq!(unpacked(&form), bytes, "{name}.{ending}");
                assert!(fs::metadata(&form).unwrap().len() < bytes.len() as u64, "{name}.{ending}");
            }
        }
    }
    assert!(form(&site, "event/rally.ics", "gz").exists() && !form(&site, "robots.txt", "gz").exists());
}

#[test]
fn two_builds_of_one_world_have_the_same_bytes() {
    let (folder, site) = built();
    let other = folder.path().join("other");
    fs::create_dir_all(other.join(".handbill")).unwrap();
    fs::copy(site.join(".handbill/ledger.json"), other.join(".handbill/ledger.json")).unwrap();
    let (code, _, error) = run(folder.path(), &["--config", "handbill.toml", "build", "--out", "other"]);
    assert_eq!(code, 0, "{error}");
    assert!(traces(&site).keys().eq(traces(&other).keys()));
    // A page that says when it was made is another one a minute later.
    for name in traces(&site).keys().filter(|name| !name.contains("status.html")) {
        assert_eq!(fs::read(site.join(name)).unwrap(), fs::read(other.join(name)).unwrap(), "{name}");
    }
}

#[test]
fn compressed_forms_follow_their_file() {
    let (folder, site) = built();
    let event = site.join("event/rally.ics");
    let before = fs::read(&event).unwrap();
    let again = |text: &str| {
        fs::write(folder.path().join("feeds/chicago-dsa.toml"), text).unwrap();
        assert_eq!(run(folder.path(), BUILD).0, 0);
    };
    let long = &files()[0].1;
    again(&long.replace("Spend", "Give"));
    assert_ne!(fs::read(&event).unwrap(), before);
    assert_eq!(unpacked(&form(&site, "event/rally.ics", "gz")), fs::read(&event).unwrap(), "with new words");

    // As a power failure may leave it, and as somebody may: gone, empty, zeros, another version's, something else.
    let of_before = ["gz", "br"].map(|ending| {
        let coding = if ending == "gz" { Coding::Gzip } else { Coding::Brotli };
        packed(&before.clone().into(), coding).to_vec()
    });
    for damage in [None, Some(of_before), Some([Vec::new(), Vec::new()]), Some([vec![0; 900], b"junk".to_vec()])] {
        for (number, ending) in ["gz", "br"].into_iter().enumerate() {
            let form = form(&site, "event/rally.ics", ending);
            match &damage {
                Some(bytes) => fs::write(form, &bytes[number]).unwrap(),
                None => fs::remove_file(form).unwrap(),
            }
        }
        again(&long.replace("Spend", "Give"));
        for ending in ["gz", "br"] {
            let unpacked = unpacked(&form(&site, "event/rally.ics", ending));
            assert_eq!(unpacked, fs::read(&event).unwrap(), "{ending}: mended of {damage:?}");
        }
    }

    again(RALLY);
    assert!(event.exists() && !form(&site, "event/rally.ics", "gz").exists(), "it has become too small");
    again("[organization]\nname = \"Chicago Democratic Socialists of America\"\n");
    for gone in ["event/rally.html", "event/rally.html.gz", "event/rally.html.br", "partner/neighbors.ics", "partner"] {
        assert!(!site.join(gone).exists(), "{gone}");
    }
}

#[test]
fn whose_host_compresses_by_itself_needs_no_compressed_forms() {
    let (folder, site) = built();
    let forms = || traces(&site).into_keys().filter(|name| name.ends_with(".gz") || name.ends_with(".br")).count();
    assert!(forms() > 20);
    let plain = format!("precompressed = false\n{}", files()[1].1);
    fs::write(folder.path().join("handbill.toml"), plain).unwrap();
    // A changed text, so that there is something to write.
    let text = files()[0].1.replace("Spend the relief", "Spend all relief");
    fs::write(folder.path().join("feeds/chicago-dsa.toml"), text).unwrap();
    let before = names(&site);
    let (code, _, error) = run(folder.path(), BUILD);
    assert_eq!((code, forms(), names(&site)), (0, 0, before), "{error}");
}

#[test]
fn a_build_that_was_stopped_leaves_nothing_behind() {
    let (folder, site) = built();
    // As if the next build had been stopped before it removed and after it wrote something.
    let list = site.join(".handbill/files.txt");
    fs::write(&list, fs::read_to_string(&list).unwrap() + "org/stopped.ics\n").unwrap();
    fs::write(site.join("org/stopped.ics"), "x").unwrap();
    fs::write(site.join("org/stopped.ics.gz"), "x").unwrap();
    let (code, out, _) = run(folder.path(), BUILD);
    assert_eq!(code, 0);
    assert!(out.contains("1 removed"), "{out}");
    assert!(!site.join("org/stopped.ics").exists() && !site.join("org/stopped.ics.gz").exists());
}

#[test]
fn a_folder_is_for_all_to_read_whatever_the_umask() {
    let files = files();
    let folder = folder(&files.each_ref().map(|(name, text)| (*name, text.as_str())));
    let mut private = std::process::Command::new("sh");
    private.current_dir(folder.path()).args(["-c", "umask 077; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_handbill")]);
    let (code, _, error) = finish(private.args(BUILD));
    assert_eq!(code, 0, "{error}");
    let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(["site", "site/es/org", "site/org"].map(mode), [0o755; 3]);
    assert_eq!(["site/all.ics", "site/org/chicago-dsa.html"].map(mode), [0o644; 2]);
    assert_eq!(mode("site/.handbill"), 0o700, "what it keeps for itself is its own");
}

#[test]
fn a_build_tells_of_revisions_that_it_cannot_read_and_names_what_is_in_its_way() {
    let (folder, site) = built();
    fs::write(site.join(".handbill/ledger.json"), "{").unwrap();
    let (code, _, error) = run(folder.path(), BUILD);
    assert!(code == 0 && error.contains("the ledger of revisions cannot be read"), "{error}");
    assert!(site.join(".handbill/ledger.json.unreadable").exists());
    fs::remove_file(site.join("_headers")).unwrap();
    fs::create_dir(site.join("_headers")).unwrap();
    let (code, _, error) = run(folder.path(), BUILD);
    assert!(code == 1 && error.contains("site/_headers cannot be written"), "{error}");
}

/// What a page leads to on the same site.
fn links(page: &str, public_url: &str) -> Vec<String> {
    let after = ["href=\"", "src=\""].into_iter().flat_map(|word| page.split(word).skip(1));
    let links = after.map(|rest| rest.split('"').next().unwrap());
    let own =
        links.filter_map(|link| link.strip_prefix(public_url).or_else(|| Some(link).filter(|l| l.starts_with('/'))));
    own.map(|link| link.split(['?', '#']).next().unwrap().to_owned()).collect()
}

#[test]
fn every_link_of_a_page_leads_to_a_file() {
    let (_folder, site) = built();
    let names = names(&site);
    let addresses: Vec<String> = names.iter().map(|name| address(name)).collect();
    let mut seen = 0;
    for name in names.iter().filter(|name| name.ends_with(".html")) {
        let page = fs::read_to_string(site.join(name)).unwrap();
        // What is chosen by a query needs the server.
        for link in links(&page, "http://127.0.0.1:8080").into_iter().filter(|link| link != "/oembed") {
            assert!(addresses.contains(&link), "{name} leads to {link}, where nothing is");
            seen += 1;
        }
    }
    assert!(seen > 500, "{seen} links");
    assert!(addresses.contains(&"/es/status".to_owned()) && addresses.contains(&"/pl/404".to_owned()));
}

/// The rules of a `_headers` file: a pattern with its fields.
fn rules(text: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let mut rules: Vec<(String, BTreeMap<String, String>)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.strip_prefix("  ").and_then(|line| line.split_once(": ")) {
            Some((name, value)) => drop(rules.last_mut().unwrap().1.insert(name.to_owned(), value.to_owned())),
            None => rules.push((line.to_owned(), BTreeMap::new())),
        }
    }
    rules
}

fn matches(pattern: &str, address: &str) -> bool {
    match pattern.split_once('*') {
        Some((before, after)) => {
            address.len() >= before.len() + after.len() && address.starts_with(before) && address.ends_with(after)
        }
        None => pattern == address,
    }
}

#[test]
fn the_fields_for_hosts_are_those_of_the_server() {
    let (folder, site) = built();
    let rules = rules(&fs::read_to_string(site.join("_headers")).unwrap());
    assert!(rules.len() <= 100 && rules.iter().all(|(pattern, _)| pattern.matches('*').count() <= 1));
    let server = Server::start_in(folder, &[("HANDBILL_LANGUAGES", "en,es,pl")]);
    for name in names(&site).iter().filter(|name| !name.contains("404")) {
        let address = address(name);
        let served = server.get(&address);
        assert_eq!(served.status, 200, "{address}");
        let told: Vec<&BTreeMap<String, String>> =
            rules.iter().filter(|(pattern, _)| matches(pattern, &address)).map(|(_, fields)| fields).collect();
        let values = |field: &str| told.iter().filter_map(|fields| fields.get(field)).collect::<Vec<_>>();
        for field in ["access-control-allow-origin", "referrer-policy", "x-content-type-options"] {
            assert_eq!(values(field), [served.field(field).unwrap()], "{address}: {field}");
        }
        assert_eq!(values("cache-control").len(), 1, "{address}");
        let policies = values("content-security-policy");
        match address.rsplit('/').next().unwrap().contains('.') {
            // For data, any policy does: nothing in them is carried out.
            true => assert_eq!(values("content-type"), [served.field("content-type").unwrap()], "{address}"),
            false => assert_eq!(policies, [served.field("content-security-policy").unwrap()], "{address}"),
        }
        assert!(!policies.is_empty(), "{address}");
    }
}

#[test]
fn rules_stay_within_what_hosts_read() {
    let codes = ["en", "es", "pl", "fr", "de", "it", "pt", "ar", "zh", "ko", "ja", "vi", "tl"];
    let folder = folder(&[("feeds/chicago-dsa.toml", RALLY)]);
    let mut build = command(folder.path());
    let (code, _, error) = finish(build.args(["build", "--out", "site"]).env("HANDBILL_LANGUAGES", codes.join(",")));
    assert_eq!(code, 0, "{error}");
    let text = fs::read_to_string(folder.path().join("site/_headers")).unwrap();
    assert_eq!(rules(&text).len(), 100);
    assert!(error.contains("left out"), "{error}");
}

#[test]
fn nginx_serves_the_folder_as_we_do() {
    let (folder, site) = built();
    let nginx = Proxy::of(NGINX, &[("/srv/handbill/site", site.to_str().unwrap())]);
    if let Some(nginx) = nginx {
        serves_the_folder_as_we_do(&nginx, folder, &site);
    }
}

#[test]
fn caddy_serves_the_folder_as_we_do() {
    let (folder, site) = built();
    if let Some(caddy) = Proxy::caddy_folder(CADDY, site.to_str().unwrap()) {
        serves_the_folder_as_we_do(&caddy, folder, &site);
    }
}

/// Fields of an answer that a host's must have in common with ours.
const FIELDS: [&str; 8] = [
    "access-control-allow-origin",
    "cache-control",
    "content-disposition",
    "content-security-policy",
    "content-type",
    "cross-origin-resource-policy",
    "referrer-policy",
    "x-content-type-options",
];

fn serves_the_folder_as_we_do(host: &Proxy, folder: TempDir, site: &Path) {
    let server = Server::start_in(folder, &[("HANDBILL_LANGUAGES", "en,es,pl")]);
    for name in names(site).iter().filter(|name| !name.contains("404") && !name.contains("status")) {
        let address = address(name);
        let (ours, theirs) = (server.get(&address), host.get(&address, &[]));
        assert_eq!((theirs.status, &theirs.body), (200, &fs::read(site.join(name)).unwrap()), "{address}");
        for field in FIELDS {
            assert_eq!(theirs.field(field), ours.field(field), "{address}: {field}");
        }
    }
    let packed = host.get("/event/rally.ics", &[("Accept-Encoding", "gzip")]);
    assert_eq!(packed.field("content-encoding"), Some("gzip"));
    let lies_there = fs::read(site.join("event/rally.ics.gz")).unwrap();
    assert!(
        packed.body == lies_there,
        "{} bytes of {}: {:?}",
        packed.body.len(),
        lies_there.len(),
        packed.field("transfer-encoding")
    );
    assert_eq!(packed.field("vary"), Some("Accept-Encoding"));
    for missing in ["/org/nobody", "/es/org/nobody", "/.handbill/ledger.json", "/_headers", "/org/"] {
        let (answer, page) =
            (host.get(missing, &[]), if missing.starts_with("/es/") { "es/404.html" } else { "404.html" });
        assert_eq!(answer.status, 404, "{missing}");
        assert_eq!(answer.field("cache-control"), Some("public, max-age=60"), "{missing}");
        assert!(missing == "/org/" || answer.body == fs::read(site.join(page)).unwrap(), "{missing}");
    }
}
