//! Secrets stay where they belong: canaries go through every path, and then everything that the
//! service says and keeps is searched for them.

mod forms;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use discord_sandbox::{DiscordFault, DiscordRule, FakeDiscord};
use nexon_sandbox::{Endpoint, Fault, FaultRule, Sandbox};
use reqwest::{Client, RequestBuilder};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use storage_sql::testkit::text;
use testkit::{Collector, TestDatabase};

use self::forms::Search;
use crate::instance::{Instance, client};
use crate::scale::Scale;

// With what has to be encoded in addresses, in JSON and in base64, where that may be.
const OUR_KEY: &str = "canary/key+of\"the=service%4d1f";
const MEMBERS_KEY: &str = "sandbox-member-canary/77\"b0+%=";
const WRONG_KEY: &str = "canary/key+of\"nobody=90%aa";
const ADMIN_TOKEN: &str = "canary/admin+token=31\"c8%";
const WRONG_TOKEN: &str = "canary/wrong+token=5e\"2d%";
const SECRET: &str = "canary/secret+by=which\"accounts%become-members-6b9f";
const WEBHOOK: &str = "canary-webhook-2c71";
const STAND_IN: &str = "canary-webhook-of-the-stand-in-8a0e";
const COLLECTOR_TOKEN: &str = "canary-token-of-the-collector-3f7d";
const DEVELOPER: &str = "000000000000000000000000000000de";

#[tokio::test]
async fn with_sqlite_secrets_are_found_nowhere() {
    search(None).await;
}

#[tokio::test]
async fn with_mariadb_secrets_are_found_nowhere() {
    search(Some(&TestDatabase::mysql().await)).await;
}

/// Whatever was said or kept, and by what.
#[derive(Default)]
struct Said(Vec<(String, Vec<u8>)>);

impl Said {
    fn push(&mut self, by: impl Into<String>, what: impl Into<Vec<u8>>) {
        self.0.push((by.into(), what.into()));
    }

    fn bytes(&self) -> usize {
        self.0.iter().map(|(_, what)| what.len()).sum()
    }

    /// Fails at the first place where one of the canaries is, in whatever form.
    fn search(&self, canaries: &[String]) {
        let search = Search::new(canaries);
        for (by, what) in &self.0 {
            if let Some((canary, form, at)) = search.find(what) {
                let around = &what[at.saturating_sub(200)..what.len().min(at + 200)];
                let around = String::from_utf8_lossy(around);
                panic!("{canary} is in {by}, {form}: {around}");
            }
        }
    }
}

async fn search(database: Option<&TestDatabase>) {
    let sandbox = Sandbox::start_local().unwrap();
    let discord = FakeDiscord::start_local().unwrap();
    let webhook = format!("https://discord.com/api/webhooks/1/{WEBHOOK}");
    let stand_in = format!("{}/api/webhooks/1/{STAND_IN}", discord.url());
    let collector = Collector::start().await.unwrap();
    let collector_url = collector.url();
    let headers = format!("authorization={COLLECTOR_TOKEN}");
    let developers = format!("{DEVELOPER}=메이플");
    let mut environment = vec![
        ("MAPLE__LOG", "trace"),
        ("MAPLE__NEXON__API_KEY", OUR_KEY),
        ("MAPLE__NEXON__BASE_URL", sandbox.url()),
        ("MAPLE__NEXON__QUOTA_PER_SECOND", "1000"),
        ("MAPLE__ADMIN__TOKEN", ADMIN_TOKEN),
        ("MAPLE__SESSIONS__SECRET", SECRET),
        ("MAPLE__SESSIONS__ATTEMPTS_PER_MINUTE", "30"),
        ("MAPLE__MEMBERS__DEVELOPERS", &developers),
        ("MAPLE__DISCORD__WEBHOOK_URL", &webhook),
        ("MAPLE__DISCORD__TEST_URL", &stand_in),
        ("MAPLE__OUTBOX__POLL_MS", "50"),
        ("MAPLE__OUTBOX__RETRY_MS", "0,50,50,50,50,50,50,50"),
        ("MAPLE__ALERTS__EVERY_MS", "100"),
        ("MAPLE__OTLP__ENDPOINT", &collector_url),
        ("MAPLE__OTLP__HEADERS", &headers),
        ("MAPLE__OTLP__SAMPLE", "1"),
    ];
    if let Some(database) = database {
        environment.push(("MAPLE__DATABASE__URL", database.url().expose_secret()));
    }
    let mut instance = Instance::start(&environment).await;
    let mut said = Said::default();
    let mut canaries: Vec<_> = [
        OUR_KEY,
        MEMBERS_KEY,
        WRONG_KEY,
        ADMIN_TOKEN,
        WRONG_TOKEN,
        SECRET,
        WEBHOOK,
        STAND_IN,
        COLLECTOR_TOKEN,
    ]
    .map(str::to_owned)
    .into();
    canaries.push(account_id(&sandbox).await);
    let mut walk = Walk {
        instance: &instance,
        sandbox: &sandbox,
        discord: &discord,
        client: client(),
        said: &mut said,
    };
    let tokens = walk.everywhere().await;
    canaries.extend(tokens);
    for arguments in [&["check-config"][..], &["check-config", "--offline"]] {
        let printed = run(arguments, &environment);
        said.push("check-config", printed);
    }
    instance.service.terminate();
    assert_eq!(instance.service.ended().await, 0);
    said.push("the log", instance.service.log());
    let sent = |part: &str| collector.heads().iter().all(|head| head.contains(part));
    assert!(
        sent(COLLECTOR_TOKEN),
        "the collector is not given its token"
    );
    said.push("the traces", collector.bodies());
    assert!(collector.spans().len() > 50, "{:?}", collector.spans());
    assert!(
        instance.service.log().contains("TRACE"),
        "the log is not at trace"
    );
    match database {
        None => read_files(&instance.service.folder().join("data"), &mut said),
        Some(database) => dump(database, &mut said).await,
    }
    said.search(&canaries);
    Scale::from_environment().row(
        "R23",
        format!(
            "{} canaries in each of their forms through every path, {}",
            canaries.len(),
            database.map_or("SQLite", |_| "MariaDB")
        ),
        format!(
            "none in {} places with {} bytes",
            said.0.len(),
            said.bytes()
        ),
    );
}

/// Nexon's identifier of the account of the member's key.
async fn account_id(sandbox: &Sandbox) -> String {
    let url = format!("{}/maplestory/v1/character/list", sandbox.url());
    let list = client().get(url).header("x-nxopen-api-key", MEMBERS_KEY);
    let list: Value = list.send().await.unwrap().json().await.unwrap();
    list["account_list"][0]["account_id"]
        .as_str()
        .unwrap()
        .to_owned()
}

struct Walk<'w> {
    instance: &'w Instance,
    sandbox: &'w Sandbox,
    discord: &'w FakeDiscord,
    client: Client,
    said: &'w mut Said,
}

impl Walk<'_> {
    /// Takes every path on which a secret travels, well and badly. Gives the tokens of the
    /// session that was opened, which are secrets too.
    async fn everywhere(&mut self) -> Vec<String> {
        let session = self.log_in(MEMBERS_KEY).send().await.unwrap();
        assert_eq!(session.status(), 201);
        let session: Value = session.json().await.unwrap();
        let token = |name: &str| session[name].as_str().unwrap().to_owned();
        let (access, refresh) = (token("access_token"), token("refresh_token"));

        self.log_ins_that_fail().await;
        self.luck_reports().await;
        self.upstream_that_fails().await;
        for path in ["/api/v1/me", "/openapi.json", "/health/ready"] {
            let request = self.get(path).bearer_auth(&access);
            self.note(path, request, 200).await;
        }
        for token in [WRONG_TOKEN, &refresh] {
            let request = self.get("/api/v1/me").bearer_auth(token);
            self.note("/api/v1/me", request, 401).await;
        }
        self.operators().await;
        let path = "/api/v1/characters/canary/like";
        let url = format!("http://{}{path}", self.instance.public);
        let request = self.client.put(url).bearer_auth(&access);
        self.note("a like", request, 200).await;
        self.notices(&session["member_id"], &access).await;

        // The answer to this one is the client's; the one after it ends the session.
        let again = json!({"refresh_token": refresh});
        let refreshed = self.post("/api/v1/sessions/refresh", &again).send().await;
        let refreshed: Value = refreshed.unwrap().json().await.unwrap();
        let request = self.post("/api/v1/sessions/refresh", &again);
        self.note("a second refresh", request, 401).await;
        let new = |name: &str| refreshed[name].as_str().unwrap().to_owned();
        vec![access, refresh, new("access_token"), new("refresh_token")]
    }

    async fn log_ins_that_fail(&mut self) {
        self.note("a wrong key", self.log_in(WRONG_KEY), 401).await;
        for body in [
            json!(WRONG_KEY),
            json!({ WRONG_KEY: 1 }),
            json!({"nexon_api_key": [WRONG_KEY]}),
            json!({"nexon_api_key": MEMBERS_KEY, "more": WRONG_KEY}),
        ] {
            let request = self.post("/api/v1/sessions", &body);
            self.note("a broken body", request, 400).await;
        }
        let blank = format!("{WRONG_KEY} {WRONG_KEY}");
        self.note("no key at all", self.log_in(&blank), 422).await;
        let faults = [
            Fault::InternalError,
            Fault::BadGateway,
            Fault::QuotaExceeded {
                retry_after_seconds: None,
            },
            Fault::RefusedKey,
            Fault::CutBody,
            Fault::BadJson,
            Fault::GzipBomb,
            Fault::GameMaintenance,
        ];
        for fault in faults {
            let rule = FaultRule::always(fault).on(Endpoint::CharacterList);
            self.sandbox.set_faults(vec![rule]);
            self.note_any("a log-in with a fault", self.log_in(MEMBERS_KEY))
                .await;
        }
        self.sandbox.set_faults(Vec::new());
        loop {
            let status = self.note_any("many log-ins", self.log_in(WRONG_KEY)).await;
            if status == 429 {
                return;
            }
        }
    }

    /// Histories read with the member's own key, well and badly.
    async fn luck_reports(&mut self) {
        let luck = |walk: &Self, key: &str, kinds: Value| {
            let body = json!({"nexon_api_key": key, "kinds": kinds});
            walk.post("/api/v1/luck-reports", &body)
        };
        let usual = json!(["cube"]);
        let request = luck(self, WRONG_KEY, usual.clone());
        self.note("a report with a wrong key", request, 401).await;
        let request = luck(self, MEMBERS_KEY, json!([WRONG_KEY]));
        self.note("a report of no kind", request, 400).await;
        let exhausted = Fault::QuotaExceeded {
            retry_after_seconds: Some(3_600),
        };
        let faults = [
            (Fault::NoPermission, 403),
            (exhausted, 429),
            (Fault::BadJson, 502),
            (Fault::ApiMaintenance, 503),
        ];
        for (fault, status) in faults {
            let rule = FaultRule::always(fault).on(Endpoint::HistoryCube);
            self.sandbox.set_faults(vec![rule]);
            let request = luck(self, MEMBERS_KEY, usual.clone());
            self.note("a report with a fault", request, status).await;
        }
        let rule = FaultRule::always(exhausted).on(Endpoint::HistoryPotential);
        self.sandbox.set_faults(vec![rule]);
        let request = luck(self, MEMBERS_KEY, json!(["cube", "potential"]));
        self.note("a report that ends early", request, 200).await;
        self.sandbox.set_faults(Vec::new());
    }

    async fn upstream_that_fails(&mut self) {
        for (number, fault) in [Fault::RefusedKey, Fault::InternalError, Fault::BadJson]
            .into_iter()
            .enumerate()
        {
            self.sandbox.set_faults(vec![FaultRule::always(fault)]);
            let request = self.get(&format!("/api/v1/characters/canary{number}"));
            self.note_any("a character with a fault", request).await;
        }
        self.sandbox.set_faults(Vec::new());
    }

    async fn operators(&mut self) {
        let path = format!("/api/v1/admin/members/{}/sessions", "0".repeat(32));
        let url = format!("http://{}{path}", self.instance.admin);
        for (token, status) in [(ADMIN_TOKEN, 200), (WRONG_TOKEN, 401)] {
            let request = self.client.delete(&url).bearer_auth(token);
            self.note("an operator", request, status).await;
        }
        let metrics = format!("http://{}/metrics", self.instance.admin);
        self.note("metrics", self.client.get(metrics), 200).await;
    }

    /// A donation, whose message Discord takes after a few failures.
    async fn notices(&mut self, member: &Value, access: &str) {
        let refuse = |status| DiscordRule::always(DiscordFault::Status(status)).times(1);
        let reset = DiscordRule::always(DiscordFault::Reset).times(1);
        self.discord
            .set_faults(vec![refuse(500), reset, refuse(502)]);
        let url = format!("http://{}/api/v1/admin/points/grants", self.instance.admin);
        let grant = json!({"to": member, "amount": 1, "by": "kim", "reason": "test"});
        let request = self.client.post(url).json(&grant).bearer_auth(ADMIN_TOKEN);
        self.note("a grant", request, 201).await;
        let gift = json!({"to": DEVELOPER, "amount": 1});
        let request = self.post("/api/v1/donations", &gift).bearer_auth(access);
        let request = request.header("Idempotency-Key", "one");
        self.note("a donation", request, 201).await;
        while !self.discord.messages().iter().any(is_donation) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn log_in(&self, key: &str) -> RequestBuilder {
        self.post("/api/v1/sessions", &json!({"nexon_api_key": key}))
    }

    fn get(&self, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.instance.public);
        self.client.get(url)
    }

    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        let url = format!("http://{}{path}", self.instance.public);
        self.client.post(url).json(body)
    }

    async fn note(&mut self, by: &str, request: RequestBuilder, expected: u16) {
        let status = self.note_any(by, request).await;
        assert_eq!(status, expected, "{by}");
    }

    async fn note_any(&mut self, by: &str, request: RequestBuilder) -> u16 {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let head = format!("{:?}", response.headers());
        let body = response.bytes().await.unwrap();
        self.said.push(format!("the head of {by}"), head);
        self.said.push(format!("the answer to {by}"), body);
        status
    }
}

fn is_donation(message: &Value) -> bool {
    message.to_string().contains("메이플")
}

/// Output of a command with this configuration.
fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_maple-expectation"));
    let folder = tempfile::tempdir().unwrap();
    command.args(arguments).env_clear();
    command.env("MAPLE__DATA_DIR", folder.path());
    let output = command.envs(environment.iter().copied()).output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    [output.stdout, output.stderr].concat()
}

fn read_files(folder: &Path, said: &mut Said) {
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        said.push(path.display().to_string(), fs::read(&path).unwrap());
        files += 1;
    }
    assert!(files > 0, "there is no database");
}

/// As many bytes MariaDB puts together; what is beyond is left out.
const MOST_GROUPED: usize = 1 << 20;

/// Every value of every column of the database.
async fn dump(database: &TestDatabase, said: &mut Said) {
    let database = database.open().await;
    let ask = async |sql: &str| text(&database, sql).await.unwrap().unwrap_or_default();
    let columns = ask(
        "SELECT GROUP_CONCAT(CONCAT(table_name, '.', column_name)) FROM information_schema.columns \
         WHERE table_schema = DATABASE()",
    )
    .await;
    assert!(columns.contains("member_session.access_hash"), "{columns}");
    for column in columns.split(',') {
        let (table, name) = column.split_once('.').unwrap();
        let values = ask(&format!(
            "SELECT COALESCE(CAST(GROUP_CONCAT(HEX(`{name}`)) AS CHAR), '') FROM `{table}`"
        ))
        .await;
        assert!(values.len() < MOST_GROUPED, "{column} is cut off");
        for value in values.split(',') {
            said.push(column, unhex(value));
        }
    }
}

fn unhex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
