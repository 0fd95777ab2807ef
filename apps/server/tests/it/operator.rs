//! Commands of operators, with the database at hand.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use secrecy::SecretString;
use serde_json::{Value, json};
use storage_sql::testkit::execute;
use tempfile::TempDir;

const MEMBER: &str = "000000000000000000000000000000a1";

/// The binary, with a database in a folder of its own.
struct Operator {
    folder: TempDir,
}

impl Operator {
    fn new() -> Self {
        let operator = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        operator.done(&["migrate"]);
        operator
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_maple-expectation"))
            .args(arguments)
            .env("MAPLE__DATA_DIR", self.folder.path())
            .output()
            .unwrap()
    }

    /// Output of a command, which must succeed.
    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let printed = self.done(&[arguments, &["--json"]].concat());
        serde_json::from_str(&printed).unwrap()
    }

    /// Output and error of a command that must fail with this code.
    fn failed(&self, arguments: &[&str], code: i32) -> (String, String) {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (text(output.stdout), text(output.stderr))
    }

    async fn execute(&self, statements: &[&str]) {
        let file: PathBuf = self.folder.path().join("sandbox.sqlite");
        let url = SecretString::from(format!("sqlite://{}", file.display()));
        execute(&url, statements).await.unwrap();
    }

    /// Makes the member known, as the first log-in does.
    async fn log_in(&self) {
        let row = format!(
            "INSERT INTO member (id, characters, seen_at_us) VALUES (x'{MEMBER}', '[]', 0)"
        );
        self.execute(&[&row]).await;
    }

    fn grant(&self, amount: &str) -> Value {
        let by = ["--by", "kim", "--reason", "event"];
        self.json(&[&["points", "grant", MEMBER, amount], &by[..]].concat())
    }
}

#[tokio::test]
async fn points_are_granted_and_the_books_are_checked() {
    let operator = Operator::new();
    let to_nobody = [
        "points", "grant", MEMBER, "1", "--by", "kim", "--reason", "event",
    ];
    let (_, refusal) = operator.failed(&to_nobody, 2);
    assert!(refusal.contains("there is no member"), "{refusal}");
    operator.log_in().await;
    let granted = operator.grant("500");
    assert_eq!(
        [&granted["to"], &granted["by"], &granted["reason"]],
        [MEMBER, "kim", "event"]
    );
    operator.grant("20");
    let account = operator.json(&["points", "show", MEMBER]);
    assert_eq!(account["balance"], 520);
    assert_eq!(account["postings"][1], granted, "the newest comes first");
    let table = operator.done(&["points", "show", MEMBER]);
    assert!(table.contains("grant: event (by kim)"), "{table}");

    let right = operator.json(&["ledger", "check"]);
    let expected = json!({"clean": true, "accounts": 2, "entries": 4, "sum": 0, "flaws": []});
    assert_eq!(right, expected);
    let id = MEMBER.to_uppercase();
    let wrong = format!("UPDATE point_account SET balance = 521 WHERE account = x'{id}'");
    operator.execute(&[&wrong]).await;
    let (table, error) = operator.failed(&["ledger", "check"], 1);
    assert!(
        table.contains("the balance is 521, the entries add up to 520"),
        "{table}"
    );
    assert!(error.contains("the ledger is wrong: 1 flaw(s)"), "{error}");

    for (amount, by, reason) in [
        ("0", "kim", "event"),
        ("1000001", "kim", "event"),
        ("1", "", "event"),
    ] {
        let grant = [
            "points", "grant", MEMBER, amount, "--by", by, "--reason", reason,
        ];
        operator.failed(&grant, 2);
    }
    assert_eq!(operator.json(&["points", "show", MEMBER])["balance"], 521);
}

#[test]
fn members_are_told_and_their_sessions_ended() {
    let operator = Operator::new();
    let with = |arguments: &[&str], input: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_maple-expectation"))
            .args(arguments)
            .env("MAPLE__DATA_DIR", operator.folder.path())
            .env("MAPLE__MEMBERS__DEVELOPERS", format!("{MEMBER}=Kim"))
            .env(
                "MAPLE__SESSIONS__SECRET",
                "0123456789abcdef0123456789abcdef",
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), printed)
    };
    // From `printf 'maple-expectation member\0account' | openssl dgst -sha256 -hmac 0123...`.
    let id = "5ecaa9b422435a0218653f0803f85f4e\n".to_owned();
    assert_eq!(with(&["members", "id"], "account\n"), (Some(0), id));
    for input in ["", "two accounts"] {
        assert_eq!(with(&["members", "id"], input).0, Some(2), "{input}");
    }
    let developers = with(&["members", "developers"], "").1;
    assert_eq!(developers, format!("{MEMBER}  Kim\n"));
    let revoked = operator.done(&["members", "revoke", MEMBER]);
    assert_eq!(revoked, "ended 0 sessions\n");
    operator.failed(&["members", "revoke", "somebody"], 2);
}

#[tokio::test]
async fn every_kind_of_flaw_in_the_books_is_found() {
    let operator = Operator::new();
    operator.log_in().await;
    operator.grant("500");
    let (one, two, stray) = ("01".repeat(16), "02".repeat(16), "03".repeat(16));
    operator
        .execute(&[
            &format!("INSERT INTO point_account VALUES (x'{one}', -5)"),
            &format!("INSERT INTO ledger_entry VALUES (x'{one}', x'{two}', -5)"),
            &format!("INSERT INTO posting VALUES (x'{stray}', 'donation', NULL, NULL, 0)"),
        ])
        .await;
    let (printed, _) = operator.failed(&["ledger", "check", "--json"], 1);
    let audit: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(
        (&audit["clean"], &audit["sum"]),
        (&json!(false), &json!(-5))
    );
    let flaws = audit["flaws"].as_array().unwrap();
    let kinds: Vec<_> = flaws
        .iter()
        .map(|flaw| (&flaw["kind"], &flaw["of"]))
        .collect();
    let of = |text: &str| json!(text);
    let expected = [("overdrawn", &one), ("unbalanced", &two), ("stray", &stray)]
        .map(|(kind, id)| (of(kind), of(id)));
    let expected: Vec<_> = expected.iter().map(|(kind, of)| (kind, of)).collect();
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn counts_of_likes_are_verified() {
    let operator = Operator::new();
    let said = operator.done(&["likes", "verify"]);
    assert_eq!(said.trim(), "every count of likes is right");
    operator
        .execute(&["INSERT INTO like_count (ocid, likes) VALUES ('adele', 3)"])
        .await;
    let (table, error) = operator.failed(&["likes", "verify"], 1);
    assert!(table.contains("adele") && error.contains("1 count(s) of likes are wrong"));
}

#[tokio::test]
async fn dead_letters_are_listed_shown_replayed_and_discarded() {
    let operator = Operator::new();
    let ids: Vec<_> = (1..=3).map(|number| format!("{number:032x}")).collect();
    for id in &ids {
        let message = format!(
            "INSERT INTO outbox_message (id, topic, version, payload, content_hash, \
             created_at_us, state, attempt, ended_at_us) \
             VALUES (x'{id}', 'donation', 1, '[7]', zeroblob(32), 0, 'dead', 8, 1000000)"
        );
        let attempt = format!(
            "INSERT INTO outbox_attempt (message_id, number, ended_at_us, outcome, reason) \
             VALUES (x'{id}', 8, 1000000, 'failed', 'no such webhook')"
        );
        operator.execute(&[&message, &attempt]).await;
    }
    let listing = operator.json(&["outbox", "list"]);
    assert_eq!(listing["backlog"], json!({"pending": 0, "dead": 3}));
    let letters = listing["dead_letters"].as_array().unwrap();
    let listed: Vec<_> = letters.iter().map(|letter| &letter["id"]).collect();
    assert_eq!(listed, ids.iter().collect::<Vec<_>>());
    let shown = operator.done(&["outbox", "show", &ids[0]]);
    assert!(
        shown.contains("[7]") && shown.contains("no such webhook"),
        "{shown}"
    );
    operator.failed(&["outbox", "show", MEMBER], 2);

    let replay = ["outbox", "replay", &ids[0], "--dry-run"];
    assert_eq!(operator.json(&replay)["changed"], json!([ids[0]]));
    assert_eq!(
        operator.json(&["outbox", "list"])["backlog"]["dead"],
        3,
        "nothing changed"
    );
    assert_eq!(operator.json(&replay[..3])["changed"], json!([ids[0]]));
    let (_, error) = operator.failed(&replay[..3], 2);
    assert!(error.contains("1 of these are no dead letters"), "{error}");
    let discarded = operator.json(&["outbox", "discard", "--all"]);
    assert_eq!(discarded["changed"], json!(ids[1..]));
    let backlog = &operator.json(&["outbox", "list"])["backlog"];
    assert_eq!(
        (&backlog["pending"], &backlog["dead"]),
        (&json!(1), &json!(0))
    );
}
