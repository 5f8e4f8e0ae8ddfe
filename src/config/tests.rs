//! Settings that are right and wrong, and what is told about them.

use super::*;

fn read(text: &str, environment: &[(&str, &str)]) -> (Option<Config>, Vec<String>) {
    let source = Arc::new(Source { name: "config/handbill.toml".into(), text: text.into() });
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let (config, problems) = parse(source, &environment);
    (config, problems.iter().map(Problem::one_line).collect())
}

fn right(text: &str, environment: &[(&str, &str)]) -> Config {
    let (config, told) = read(text, environment);
    assert_eq!(told, [""; 0], "{text}");
    config.unwrap()
}

fn check(text: &str, environment: &[(&str, &str)], expected: &[&str]) {
    let (config, told) = read(text, environment);
    let told: Vec<&str> = told.iter().map(|line| line.trim_start_matches("config/handbill.toml:")).collect();
    assert_eq!(told, expected, "{text}");
    assert!(config.is_none());
}

fn codes(config: &Config) -> Vec<&str> {
    config.languages.iter().map(Language::code).collect()
}

#[test]
fn everything_has_a_default() {
    let config = right("", &[("PATH", "/bin"), ("HANDBILL_NAME", "")]);
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.metrics_listen.map(|address| address.to_string()).as_deref(), Some("127.0.0.1:9464"));
    assert_eq!(
        (config.public_url.as_str(), config.uid_domain.as_str()),
        ("http://127.0.0.1:8080", "handbill.localhost")
    );
    assert_eq!(config.name, "Chicago Community Events");
    assert_eq!(codes(&config), ["en", "es"]);
    assert_eq!((config.feeds.to_str(), config.state.to_str()), (Some("feeds"), Some("state")));
    assert_eq!((config.default_duration.num_minutes(), config.refresh.num_minutes()), (120, 60));
    assert_eq!((config.max_feed_bytes, config.workers, config.max_connections), (1_000_000, None, 10_000));
    assert!(config.precompressed);
    assert_eq!((config.client_timeout, config.cancelled), (Duration::from_secs(15), Cancelled::Announce));
    assert_eq!((config.log.format, config.log.level.as_str(), config.log.requests), (LogFormat::Text, "info", false));
}

#[test]
fn every_key_is_read() {
    let text = "listen = \"0.0.0.0:80\"\npublic_url = \"https://Events.Example.org/cal/\"\nname = \"N\"\ndescription = \"D\"\n\
                color = \"firebrick\"\ntimezone = \"America/New_York\"\nlanguages = [\"es\", \"en\", \"pl\"]\nfeeds = \"f\"\nstate = \"/s\"\n\
                default_duration = \"90m\"\ncancelled = \"status\"\nrefresh = \"30 minutes\"\nmax_feed_bytes = 500_000\nprecompressed = false\nworkers = 3\n\
                max_connections = 7\nclient_timeout = \"5s\"\n[log]\nformat = \"json\"\nlevel = \"warn,handbill::server=debug\"\nrequests = true\n\
                [partners]\nper_host = 2\nsilence = \"20ms\"\n";
    let config = right(text, &[]);
    assert_eq!(
        (config.public_url.as_str(), config.uid_domain.as_str()),
        ("https://events.example.org/cal", "events.example.org")
    );
    assert_eq!(config.color, Color::parse("firebrick"));
    assert_eq!(Some(config.timezone), Zone::parse("America/New_York"));
    assert_eq!(codes(&config), ["es", "en", "pl"]);
    assert_eq!((config.default_duration.num_minutes(), config.refresh.num_minutes()), (90, 30));
    assert_eq!((config.max_feed_bytes, config.workers, config.max_connections), (500_000, Some(3), 7));
    assert!(!config.precompressed);
    assert_eq!((config.client_timeout, config.cancelled), (Duration::from_secs(5), Cancelled::Status));
    assert_eq!((config.log.format, config.log.requests), (LogFormat::Json, true));
    assert_eq!(config.log.level, "warn,handbill::server=debug");
    assert_eq!((config.partners.per_host, config.partners.silence), (2, Duration::from_millis(20)));
}

#[test]
fn addresses_follow_from_one_another() {
    for (text, public_url, uid_domain) in [
        ("listen = \"0.0.0.0:80\"", "http://127.0.0.1:80", "handbill.localhost"),
        ("listen = \"[::]:9\"", "http://[::1]:9", "handbill.localhost"),
        ("public_url = \"http://localhost:1/\"", "http://localhost:1", "handbill.localhost"),
        ("public_url = \"https://exämple.org\"", "https://xn--exmple-cua.org", "xn--exmple-cua.org"),
        ("public_url = \"https://a.org\"\nuid_domain = \"B.example\"", "https://a.org", "b.example"),
    ] {
        let config = right(text, &[]);
        assert_eq!((config.public_url.as_str(), config.uid_domain.as_str()), (public_url, uid_domain), "{text}");
    }
}

#[test]
fn the_environment_is_over_the_file() {
    let environment = [
        ("HANDBILL_LISTEN", "127.0.0.1:1"),
        ("HANDBILL_NAME", "5"),
        ("HANDBILL_LOG_FORMAT", "json"),
        ("HANDBILL_LOG_REQUESTS", "true"),
        ("HANDBILL_LANGUAGES", "[\"en\"]"),
        ("HANDBILL_MAX_FEED_BYTES", "20_000"),
        ("HANDBILL_CANCELLED", "status"),
        ("HANDBILL_PARTNERS_PER_HOST", "2"),
        ("HANDBILL_PARTNERS_TIMEOUT", "3s"),
    ];
    let config =
        right("listen = \"127.0.0.1:2\"\nname = \"N\"\ndescription = \"D\"\n[log]\nlevel = \"warn\"\n", &environment);
    assert_eq!(config.listen.port(), 1);
    assert_eq!((config.name.as_str(), config.description.as_str()), ("5", "D"));
    assert_eq!((config.log.format, config.log.level.as_str(), config.log.requests), (LogFormat::Json, "warn", true));
    assert_eq!((codes(&config), config.max_feed_bytes, config.cancelled), (vec!["en"], 20_000, Cancelled::Status));
    assert_eq!((config.partners.per_host, config.partners.timeout), (2, Duration::from_secs(3)));
}

#[test]
fn settings_of_partners_are_read() {
    let text = "[partners]\nrefresh = \"1h\"\nrefresh_floor = \"1s\"\nhold_polls = 0\nmax_bytes = 1_000\n\
                allow_addresses = [\"127.0.0.1:80\", \"[::1]:8900\"]\nallow_hosts = [\"Example.ORG\", \".exämple.org\"]\n";
    let partners = right(text, &[]).partners;
    let limits = Limits {
        refresh: chrono::TimeDelta::hours(1),
        refresh_floor: chrono::TimeDelta::seconds(1),
        hold_polls: 0,
        max_bytes: 1_000,
        ..Limits::default()
    };
    assert_eq!(partners.limits, limits);
    let addresses: Vec<String> = partners.allow_addresses.iter().map(ToString::to_string).collect();
    assert_eq!(addresses, ["127.0.0.1:80", "[::1]:8900"]);
    assert_eq!(partners.allow_hosts.unwrap(), ["example.org", ".xn--exmple-cua.org"]);
}

#[test]
fn lists_in_the_environment_are_separated_by_commas_or_are_toml() {
    for (text, expected) in [
        ("127.0.0.1:80", vec!["127.0.0.1:80"]),
        ("127.0.0.1:80, [::1]:81,", vec!["127.0.0.1:80", "[::1]:81"]),
        ("[::1]:81", vec!["[::1]:81"]),
        ("[\"127.0.0.1:80\"]", vec!["127.0.0.1:80"]),
        ("[]", vec![]),
    ] {
        let partners = right("", &[("HANDBILL_PARTNERS_ALLOW_ADDRESSES", text)]).partners;
        let addresses: Vec<String> = partners.allow_addresses.iter().map(ToString::to_string).collect();
        assert_eq!(addresses, expected, "{text}");
    }
}

#[test]
fn wrong_settings_of_partners_are_told() {
    check(
        "[partners]\nallow_addresses = [\"127.0.0.1\", \"10.0.0.0/8\", \"127.0.0.1:0\"]\nallow_hosts = [\"a b\", \".127.0.0.1\"]\n\
         timeout = \"500ms\"\nper_host = 0\nmax_depth = 17\nmax_byte = 1\n",
        &[],
        &[
            "2:20: error: “127.0.0.1” is no address with a port; write an IP address and a port, such as \"127.0.0.1:8900\" or \"[::1]:8900\"",
            "2:33: error: “10.0.0.0/8” is no address with a port; write an IP address and a port, such as \"127.0.0.1:8900\" or \"[::1]:8900\"",
            "2:47: error: “127.0.0.1:0” is no address with a port; write an IP address and a port, such as \"127.0.0.1:8900\" or \"[::1]:8900\"",
            "3:16: error: “a b” is no host; write a name such as \"example.org\", or \".example.org\" for it and all hosts below it",
            "3:23: error: “.127.0.0.1” is no host; write a name such as \"example.org\", or \".example.org\" for it and all hosts below it",
            "4:11: error: this must be from 1s to 10m",
            "5:12: error: 0 is not between 1 and 1024",
            "6:13: error: 17 is not between 2 and 16",
            "7:1: error: unknown key `max_byte`; write `max_bytes`",
        ],
    );
}

#[test]
fn what_is_wrong_is_told() {
    check(
        "lisen = \"x\"\n[log]\nlvl = 1\n",
        &[],
        &[
            "1:1: error: unknown key `lisen`; write `listen`",
            "3:1: error: unknown key `lvl`; the keys here are `format`, `level`, `requests`",
        ],
    );
    check(
        "listen = \"8080\"\npublic_url = \"example.org\"\nuid_domain = \"a b\"\nname = \" \"\ndescription = \"a\\nb\"\n",
        &[],
        &[
            "1:10: error: “8080” is no address with a port; write \"127.0.0.1:8080\", or \"0.0.0.0:8080\" for all networks",
            "2:14: error: the public_url “example.org” is no http or https address; write what links begin with, such as \"https://events.example.org\"",
            "3:14: error: the uid_domain “a b” is no host name of ASCII letters, digits, hyphens and dots; write one such as \"events.example.org\", in at most 170 characters",
            "4:8: error: the name is empty",
            "5:15: error: the description contains a line break or a control character",
        ],
    );
    check(
        "listen = \":80\"\npublic_url = \"https://u:p@example.org\"\n",
        &[],
        &[
            "1:10: error: “:80” is no address with a port; write \"127.0.0.1:80\", or \"0.0.0.0:80\" for all networks",
            "2:14: error: the public_url “https://u:p@example.org” has a user name or a password; write what links begin with, such as \"https://events.example.org\"",
        ],
    );
    check(
        "public_url = \"https://example.org/?a\"\ntimezone = \"Chicago\"\nlanguages = []\ncolor = \"rde\"\n",
        &[],
        &[
            "1:14: error: the public_url “https://example.org/?a” has a query or a fragment; write what links begin with, such as \"https://events.example.org\"",
            "2:12: error: “Chicago” is no time zone; write a name of the IANA database, such as \"America/Chicago\"",
            "3:13: error: there is no language; write the main one first: [\"en\", \"es\"]",
            "4:9: error: “rde” is no color; write \"red\"",
        ],
    );
    check(
        "languages = [\"en\", \"en\", \"English\"]\ndefault_duration = \"90s\"\nrefresh = \"31 days\"\n",
        &[],
        &[
            "1:20: error: the language “en” is named twice; delete one of the two",
            "1:26: error: “English” is no code of a language; write two or three lower-case letters, such as \"en\"",
            "2:20: error: this must be whole minutes, from 1m to 168h",
            "3:11: error: this must be whole minutes, from 1m to 720h",
        ],
    );
    check(
        "max_feed_bytes = 1\nworkers = 0\nmax_connections = -1\nclient_timeout = \"20s\"\ncancelled = \"announced\"\n",
        &[],
        &[
            "1:18: error: 1 is not between 10000 and 1000000000",
            "2:11: error: 0 is not between 1 and 1024",
            "3:19: error: expected a whole number from 0 up, found the number -1",
            "4:18: error: client_timeout must be from 1s to 18s; write \"15s\"",
            "5:13: error: “announced” is none of the words known here; write \"announce\"",
        ],
    );
    check(
        "default_duration = \"long\"\n[log]\nlevel = \"inf\"\nformat = 1\n",
        &[],
        &[
            "1:20: error: “long” is no length of time; write a number and a unit, such as \"1h 30m\"",
            "3:9: error: “inf” is no level of the log; write \"info\"",
            "4:10: error: expected a text in quotes, found the number 1; write \"1\"",
        ],
    );
    check("name = N\n", &[], &["1:8: error: this is not TOML: invalid float, expected `nan`; write \"N\""]);
}

#[test]
fn what_is_wrong_in_the_environment_is_told() {
    check(
        "",
        &[
            ("HANDBILL_LISTN", "x"),
            ("HANDBILL_WORKERS", "many"),
            ("HANDBILL_LOG_REQUESTS", "yes"),
            ("HANDBILL_ZZZ", "1"),
        ],
        &[
            "environment variable HANDBILL_LISTN:1:1: error: no setting has the variable HANDBILL_LISTN; write HANDBILL_LISTEN",
            "environment variable HANDBILL_LOG_REQUESTS:1:1: error: “yes” is no value of TOML; write it as in the config, such as 10000, true or [\"en\", \"es\"]",
            "environment variable HANDBILL_WORKERS:1:1: error: “many” is no value of TOML; write it as in the config, such as 10000, true or [\"en\", \"es\"]",
            "environment variable HANDBILL_ZZZ:1:1: error: no setting has the variable HANDBILL_ZZZ; the variables are HANDBILL_ and a key of the config in capitals, such as HANDBILL_LISTEN",
        ],
    );
    check(
        "",
        &[("HANDBILL_REFRESH", "soon"), ("HANDBILL_LANGUAGES", "en,English"), ("HANDBILL_MAX_CONNECTIONS", "\"5\"")],
        &[
            "environment variable HANDBILL_LANGUAGES:1:4: error: “English” is no code of a language; write two or three lower-case letters, such as \"en\"",
            "environment variable HANDBILL_MAX_CONNECTIONS:1:1: error: expected a whole number from 0 up, found the text \"5\"; write 5 without quotes",
            "environment variable HANDBILL_REFRESH:1:1: error: “soon” is no length of time; write a number and a unit, such as \"1h 30m\"",
        ],
    );
}

#[test]
fn the_schema_names_every_key() {
    let schema = schema();
    assert_eq!(schema["properties"].as_object().unwrap().len(), 21);
    assert_eq!(schema["additionalProperties"], false);
    assert!(!schema.to_string().contains("null"));
}

#[test]
fn metrics_have_an_address_of_their_own_or_none() {
    let listen = |text: &str, environment: &[(&str, &str)]| {
        right(text, environment).metrics_listen.map(|address| address.to_string())
    };
    assert_eq!(listen("metrics_listen = \"[::1]:9000\"", &[]).as_deref(), Some("[::1]:9000"));
    assert_eq!(listen("metrics_listen = \"off\"", &[]), None);
    assert_eq!(listen("", &[("HANDBILL_METRICS_LISTEN", "off")]), None);
    let told =
        "1:18: error: “9000” is no address with a port; write \"127.0.0.1:9000\", or \"0.0.0.0:9000\" for all networks";
    check("metrics_listen = \"9000\"", &[], &[told]);
}
