//! Tests of the configuration as a whole.

use equipment::Dictionary;
use secrecy::ExposeSecret;

use super::*;

fn variables(pairs: &[(&str, &str)]) -> Sources {
    let own = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
    Sources {
        file: None,
        variables: pairs.iter().map(own).collect(),
    }
}

fn problems(sources: &Sources) -> Vec<String> {
    let invalid = Config::load(sources).unwrap_err();
    invalid.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn settings_all_have_defaults() {
    let config = Config::load(&Sources::default()).unwrap();
    assert_eq!(config.http_bind.to_string(), "127.0.0.1:8080");
    assert_eq!(config.admin_bind.to_string(), "127.0.0.1:9090");
    assert!(config.nexon.api_key.is_none());
    assert!(config.redis_url.is_none());
    assert_eq!(config.request_deadline, Duration::from_secs(3));
    let database = config.database_url.expose_secret();
    assert!(database.starts_with("sqlite://"), "{database}");
}

#[test]
fn real_and_made_up_characters_never_share_a_default_file() {
    let sandbox = Config::load(&Sources::default()).unwrap();
    let nexon = Config::load(&variables(&[("MAPLE__NEXON__API_KEY", "k")])).unwrap();
    assert!(
        sandbox
            .database_url
            .expose_secret()
            .ends_with("sandbox.sqlite")
    );
    assert!(nexon.database_url.expose_secret().ends_with("nexon.sqlite"));
}

#[test]
fn environment_wins_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("maple.toml");
    std::fs::write(
        &file,
        "[http]\nbind = \"127.0.0.1:1\"\n[nexon]\ntimeout_ms = 7\nquota_per_second = 500\n",
    )
    .unwrap();
    let sources = Sources {
        file: Some(file),
        ..variables(&[
            ("MAPLE__HTTP__BIND", "0.0.0.0:2"),
            ("MAPLE__NEXON__QUOTA_PER_SECOND", "6"),
            ("MAPLE__LOG_FORMAT", "json"),
            ("PATH", "/bin"),
        ])
    };
    let config = Config::load(&sources).unwrap();
    assert_eq!(config.http_bind.to_string(), "0.0.0.0:2");
    assert_eq!(config.nexon.timeout, Duration::from_millis(7));
    assert_eq!(config.nexon.quota_per_second.get(), 6);
    assert_eq!(config.log_format, Some(LogFormat::Json));
    let shown = config.redacted();
    assert!(
        shown.contains("http.bind = \"0.0.0.0:2\"  # MAPLE__HTTP__BIND"),
        "{shown}"
    );
    assert!(shown.contains("maple.toml"), "{shown}");
}

#[test]
fn file_that_is_no_toml_is_named_with_the_line_and_without_its_text() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("maple.toml");
    std::fs::write(&file, "log = \"info\"\n[nexon]\napi_key = canary-key\n").unwrap();
    let sources = Sources {
        file: Some(file),
        ..Sources::default()
    };
    let [problem] = &problems(&sources)[..] else {
        panic!("the file cannot be read");
    };
    assert!(problem.contains("maple.toml: line 3: "), "{problem}");
    assert!(!problem.contains("canary"), "{problem}");
}

#[test]
fn values_of_a_file_are_texts_numbers_and_truth_values() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("maple.toml");
    let text = "log_format = [\"json\"]\n[cache]\nbytes = 7\n[http.old]\nbind = true\n";
    std::fs::write(&file, text).unwrap();
    let origin = file.display().to_string();
    let sources = Sources {
        file: Some(file),
        ..Sources::default()
    };
    let expected = [
        format!("log_format ({origin}): expected a text or a number"),
        format!("http.old.bind ({origin}): there is no such key"),
    ];
    assert_eq!(problems(&sources), expected);
}

#[test]
fn every_problem_is_listed_at_once() {
    let sources = variables(&[
        ("MAPLE__HTTP__BIND", "everywhere"),
        ("MAPLE__HTTP__BNID", "127.0.0.1:80"),
        ("MAPLE__NEXON__BASE_URL", "ftp://nexon"),
        ("MAPLE__NEXON__QUOTA_PER_DAY", "0"),
        ("MAPLE__REQUEST__DEADLINE_MS", "-1"),
        ("MAPLE__DATABASE__URL", "postgres://u:hidden@h/d"),
        ("MAPLE__LOG", "server=loud"),
        ("MAPLE__INSTANCE__ID", "a b"),
        ("MAPLE__DOCUMENTS__COMPRESSION_LEVEL", "10"),
        ("MAPLE__DOCUMENTS__DICTIONARY", "1000"),
    ]);
    let found = problems(&sources);
    assert_eq!(found.len(), 10, "{found:#?}");
    assert!(
        found
            .iter()
            .any(|p| p.contains("http.bnid (MAPLE__HTTP__BNID): there is no such key"))
    );
    assert!(found.iter().all(|p| !p.contains("hidden")), "{found:#?}");
}

#[test]
fn documents_are_kept_as_configured() {
    let newest = Dictionary::all().len();
    let config = Config::load(&variables(&[
        ("MAPLE__DOCUMENTS__COMPRESSION_LEVEL", "9"),
        ("MAPLE__DOCUMENTS__DICTIONARY", &newest.to_string()),
    ]))
    .unwrap();
    assert_eq!(config.compression.level(), 9);
    assert_eq!(config.compression.dictionary_version(), newest);
    let shown = config.redacted();
    assert!(
        shown.contains("documents.compression_level = 9  # MAPLE__"),
        "{shown}"
    );
    let default = Config::load(&Sources::default()).unwrap();
    assert_eq!(default.compression, Compression::default());
}

#[test]
fn key_of_digits_stays_a_text() {
    let sources = variables(&[("MAPLE__NEXON__API_KEY", "0012345")]);
    let config = Config::load(&sources).unwrap();
    assert_eq!(config.nexon.api_key.unwrap().expose_secret(), "0012345");
}

#[test]
fn empty_variable_is_not_set() {
    let config = Config::load(&variables(&[("MAPLE__NEXON__API_KEY", "")])).unwrap();
    assert!(config.nexon.api_key.is_none());
}

#[test]
fn secrets_are_never_shown() {
    let config = Config::load(&variables(&[
        ("MAPLE__NEXON__API_KEY", "canary-key"),
        ("MAPLE__ADMIN__TOKEN", "canary-token-of-some-length"),
        (
            "MAPLE__SESSIONS__SECRET",
            "canary-secret-of-more-than-32-characters",
        ),
        (
            "MAPLE__DATABASE__URL",
            "mysql://user:canary@db:3306/maple?password=canary",
        ),
        ("MAPLE__REDIS__URL", "redis://:canary@cache:6379/0"),
        (
            "MAPLE__DISCORD__WEBHOOK_URL",
            "https://discord.com/api/webhooks/1/canary",
        ),
    ]))
    .unwrap();
    let shown = config.redacted();
    assert!(!shown.contains("canary"), "{shown}");
    assert!(!format!("{config:?}").contains("canary"));
    assert!(
        shown.contains("database.url = \"mysql://[redacted]@db:3306/maple\""),
        "{shown}"
    );
}

#[test]
fn webhook_is_discords_and_a_stand_in_anybodys() {
    let load = |pairs: &[(&str, &str)]| Config::load(&variables(pairs));
    assert!(load(&[]).unwrap().notices.webhook.is_none());
    let elsewhere = "https://hooks.example.org/api/webhooks/1/canary";
    let refused = problems(&variables(&[("MAPLE__DISCORD__WEBHOOK_URL", elsewhere)]));
    assert_eq!(
        refused,
        [
            "discord.webhook_url (MAPLE__DISCORD__WEBHOOK_URL): expected https://discord.com/api/webhooks/<id>/<token>"
        ]
    );
    let config = load(&[("MAPLE__DISCORD__TEST_URL", elsewhere)]).unwrap();
    assert!(config.notices.webhook.is_some());
    assert!(
        !config.redacted().contains("canary"),
        "{}",
        config.redacted()
    );
}

#[test]
fn missing_or_broken_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none.toml");
    let broken = folder.path().join("broken.toml");
    std::fs::write(&broken, "http = [").unwrap();
    for file in [missing, broken] {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let sources = Sources {
            file: Some(file),
            variables: Vec::new(),
        };
        let found = problems(&sources);
        assert!(found.len() == 1 && found[0].contains(&name), "{found:?}");
    }
}

#[test]
fn instances_that_can_share_need_the_secret() {
    let secret = (
        "MAPLE__SESSIONS__SECRET",
        "a secret of thirty-two characters",
    );
    let mysql = ("MAPLE__DATABASE__URL", "mysql://maple@db/maple");
    let redis = ("MAPLE__REDIS__URL", "redis://cache:6379");
    for (pairs, is_right) in [
        (&[][..], true),
        (&[mysql], false),
        (&[redis], false),
        (&[mysql, redis, secret], true),
        (&[secret], true),
    ] {
        let config = Config::load(&variables(pairs)).unwrap();
        let checked = config.check_for_serving();
        assert_eq!(checked.is_ok(), is_right, "{pairs:?}");
        if let Err(invalid) = checked {
            let problem = invalid.problems[0].to_string();
            assert!(
                problem.starts_with("sessions.secret has to be set"),
                "{problem}"
            );
        }
    }
    let short = problems(&variables(&[("MAPLE__SESSIONS__SECRET", "canary")]));
    assert_eq!(
        short,
        ["sessions.secret (MAPLE__SESSIONS__SECRET): expected at least 32 characters"]
    );
}
