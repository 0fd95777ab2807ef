//! The command line as people and scripts use it: what it prints and how it exits.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The binary, with its files in a folder of its own.
pub(crate) struct Cli {
    folder: TempDir,
}

impl Cli {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, &[])
    }

    pub(crate) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_maple-expectation"))
            .args(arguments)
            .env("MAPLE__DATA_DIR", self.folder.path())
            .envs(variables.iter().copied())
            .output()
            .unwrap()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(&self, name: &str, content: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

pub(crate) fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

pub(crate) fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// A hat with one good potential, in all presets.
fn document() -> Value {
    let hat = json!({
        "item_equipment_part": "모자", "item_equipment_slot": "모자", "item_name": "모자",
        "item_icon": "https://example.invalid/hat.png",
        "item_base_option": {"base_equipment_level": 250},
        "potential_option_grade": "레전드리",
        "potential_option_1": "스킬 재사용 대기시간 -2초", "potential_option_2": "스킬 재사용 대기시간 -2초",
        "potential_option_3": "INT +9%",
        "starforce": "22", "starforce_scroll_flag": "미사용",
    });
    json!({
        "character_class": "에반", "preset_no": 1, "item_equipment": [hat],
        "item_equipment_preset_1": [hat], "item_equipment_preset_2": [hat],
        "item_equipment_preset_3": [],
    })
}

#[test]
fn document_becomes_a_table() {
    let cli = Cli::new();
    let file = cli.file("hat.json", &document().to_string());
    let output = cli.run(&["expectation", "--file", &file, "--level", "285"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let table = stdout(&output);
    for text in [
        "에반",
        "level 285",
        "cooldown_seconds >= 4",
        "1 in ",
        "억",
        "total ",
    ] {
        assert!(table.contains(text), "{text} is not in\n{table}");
    }
}

#[test]
fn document_becomes_the_body_of_the_api_with_every_preset() {
    let cli = Cli::new();
    let file = cli.file("hat.json", &document().to_string());
    let output = cli.run(&["expectation", "--file", &file, "--level", "285", "--json"]);
    let body: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(body["character"]["class"], "에반");
    assert_eq!(body["data"], Value::Null);
    let presets = body["presets"].as_array().unwrap();
    assert_eq!(presets.len(), 2, "{body:#}");
    assert_eq!(presets[0]["items"][0]["potential"]["status"], "priced");
}

#[test]
fn character_is_asked_for_by_name() {
    let cli = Cli::new();
    let output = cli.run(&["expectation", "아델", "--json", "--preset", "1"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let body: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(body["character"]["name"], "아델");
    assert_eq!(body["presets"][0]["number"], 1);
    assert_eq!(
        stderr(&output),
        "",
        "no bar and no log lines without a terminal"
    );
}

#[test]
fn cut_document_is_named_with_its_byte() {
    let cli = Cli::new();
    let whole = document().to_string();
    let file = cli.file("cut.json", &whole[..100]);
    let output = cli.run(&["expectation", "--file", &file]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("cut.json: at byte"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn document_without_its_frame_is_refused_with_the_missing_field() {
    let cli = Cli::new();
    let file = cli.file("frame.json", r#"{"character_class":"에반"}"#);
    let output = cli.run(&["expectation", "--file", &file]);
    assert_eq!(output.status.code(), Some(2));
    let message = stderr(&output);
    assert!(message.contains("frame.json"), "{message}");
    assert!(message.contains("item_equipment"), "{message}");
}

#[test]
fn odd_value_costs_its_item_and_not_the_document() {
    let cli = Cli::new();
    let mut odd = document();
    odd["item_equipment_preset_1"][0]["starforce"] = json!("many");
    let file = cli.file("odd.json", &odd.to_string());
    let output = cli.run(&["expectation", "--file", &file, "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("not_priced"));
}

#[test]
fn bad_arguments_and_files_exit_with_2() {
    let cli = Cli::new();
    let file = cli.file("hat.json", &document().to_string());
    for arguments in [
        &["expectation"][..],
        &["expectation", "thirteenchars"],
        &["expectation", "a\nb"],
        &["expectation", "아델", "--file", &file],
        &["expectation", "아델", "--class", "에반"],
        &["expectation", "--file", "no/such/file.json"],
        &["expectation", "--file", &file, "--level", "301"],
        &[
            "expectation",
            "--file",
            &file,
            "--potential-method",
            "additional",
        ],
        &["expectation", "--file", &file, "--rules", "gms"],
        &["dance"],
    ] {
        let output = cli.run(arguments);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{arguments:?}: {}",
            stderr(&output)
        );
        assert_ne!(stderr(&output), "", "{arguments:?}");
    }
}

#[test]
fn unknown_character_exits_with_3() {
    let cli = Cli::new();
    let output = cli.run(&["expectation", "없는캐릭터"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("없는캐릭터"));
}

#[test]
fn upstream_without_an_answer_exits_with_4() {
    let cli = Cli::new();
    let nobody = [
        ("MAPLE__NEXON__API_KEY", "canary-key"),
        ("MAPLE__NEXON__BASE_URL", "http://127.0.0.1:9"),
    ];
    let output = cli.run_with(&["expectation", "아델"], &nobody);
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    assert!(!stderr(&output).contains("canary-key"));
}

#[test]
fn odds_are_told_as_the_api_tells_them() {
    let cli = Cli::new();
    let hat = [
        "odds",
        "cooldown_seconds >= 4",
        "--part",
        "hat",
        "--item-level",
        "250",
    ];
    let table = cli.run(&[&hat[..], &["--budget", "100000000000"]].concat());
    let table = stdout(&table);
    for text in [
        "at legendary: 1 in 1,599",
        "827억 6,771만",
        "82.8B",
        "1,192",
        "70.34 %",
    ] {
        assert!(table.contains(text), "{text} is not in\n{table}");
    }
    let json = cli.run(&[&hat[..], &["--json", "--quantiles", "0.5"]].concat());
    let body: Value = serde_json::from_str(stdout(&json)).unwrap();
    assert_eq!(body["cost_meso"]["mean"], 82_767_718_343_u64);
    assert_eq!(
        body["trials"]["quantiles"],
        json!([{"q": 0.5, "value": 1192}])
    );
}

#[test]
fn star_force_is_told_as_the_api_tells_it() {
    let cli = Cli::new();
    let way = [
        "star-force",
        "--item-level",
        "200",
        "--to",
        "17",
        "--safeguard",
        "15,16",
    ];
    let table = cli.run(&way);
    for text in ["attempts ", "safeguard at 15, 16", "50 %", "억"] {
        assert!(
            stdout(&table).contains(text),
            "{text} is not in\n{}",
            stdout(&table)
        );
    }
    let json = cli.run(&[&way[..], &["--json"]].concat());
    let body: Value = serde_json::from_str(stdout(&json)).unwrap();
    assert_eq!(body["destroyed"]["mean"], 0.0);
}

#[test]
fn restore_on_ones_own_terms_gives_the_published_check_values() {
    let cli = Cli::new();
    let published = "star-force --item-level 200 --to 22 --rules kms_2026-03-19 --json \
        --spare-item-meso 3000000000 --restore custom --restore-to";
    let mean = |to| {
        let arguments: Vec<&str> = published.split_whitespace().chain([to]).collect();
        let body: Value = serde_json::from_str(stdout(&cli.run(&arguments))).unwrap();
        body["cost_meso"]["mean"].as_u64().unwrap()
    };
    assert_eq!(mean("same_star"), 17_886_666_384);
    assert_eq!(mean("12"), 54_839_561_340);
}

#[test]
fn plan_is_read_from_a_file() {
    let cli = Cli::new();
    let plan = json!({"items": [
        {"name": "to 17", "star_force": {"item_level": 200, "from": 0, "to": 17}},
        {"name": "to 18", "star_force": {"item_level": 200, "from": 0, "to": 18}},
    ]});
    let file = cli.file("plan.json", &plan.to_string());
    let table = cli.run(&["plan", &file]);
    assert!(
        stdout(&table).contains("to 18: star force: "),
        "{}",
        stdout(&table)
    );
    let json = cli.run(&["plan", &file, "--json"]);
    let body: Value = serde_json::from_str(stdout(&json)).unwrap();
    assert_eq!(body["items"].as_array().unwrap().len(), 2);
    let marked = cli.file("marked.json", &format!("\u{FEFF}{plan}"));
    assert_eq!(cli.run(&["plan", &marked, "--json"]).stdout, json.stdout);
    let wrong = cli.file("wrong.json", r#"{"items": [{"stars": 3}]}"#);
    let refused = cli.run(&["plan", &wrong]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        stderr(&refused).contains("items[0].stars"),
        "{}",
        stderr(&refused)
    );
}

#[test]
fn invalid_request_is_refused_with_its_place() {
    let cli = Cli::new();
    let hat = |goal| ["odds", goal, "--part", "hat", "--item-level", "301"];
    let output = cli.run(&hat("int_pct > 3"));
    assert_eq!(output.status.code(), Some(2));
    for text in [
        "/item_level: 301 is outside 0 to 300",
        "/goal: column 9: expected",
    ] {
        assert!(stderr(&output).contains(text), "{}", stderr(&output));
    }
    let stars = ["star-force", "--item-level", "200", "--to", "17"];
    for (option, refusal) in [
        ("--quantiles=NaN", "/quantiles/0: NaN is not a level"),
        (
            "--discount=NaN",
            "/discount: discount NaN is not at least 0",
        ),
        ("--budget=-1", "/budget_meso: -1 is outside 0 to "),
    ] {
        let output = cli.run(&[&stars[..], &[option]].concat());
        assert_eq!(output.status.code(), Some(2), "{option}");
        assert!(stderr(&output).contains(refusal), "{}", stderr(&output));
    }
}

#[test]
fn configuration_is_checked_and_printed_without_secrets() {
    let cli = Cli::new();
    let output = cli.run_with(
        &["check-config", "--offline"],
        &[("MAPLE__NEXON__API_KEY", "canary-key")],
    );
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("nexon.api_key = \"[redacted]\""));
    assert!(!stdout(&output).contains("canary"));
    let wrong = [("MAPLE__HTTP__BIND", "x"), ("MAPLE__NO__SUCH", "1")];
    let output = cli.run_with(&["check-config"], &wrong);
    assert_eq!(output.status.code(), Some(2));
    for key in ["http.bind", "no.such"] {
        assert!(stderr(&output).contains(key), "{}", stderr(&output));
    }
}

#[test]
fn each_part_of_the_configuration_is_tried_and_named() {
    const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let cli = Cli::new();
    let output = cli.run(&["check-config"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for part in ["database", "redis", "nexon", "discord"] {
        assert!(
            stdout(&output).contains(&format!("\n{part:<10} ok ")),
            "{}",
            stdout(&output)
        );
    }
    let output = cli.run_with(
        &["check-config"],
        &[
            (
                "MAPLE__DATABASE__URL",
                "mysql://root:canary@127.0.0.1:1/maple",
            ),
            ("MAPLE__REDIS__URL", "redis://:canary@127.0.0.1:1"),
            ("MAPLE__NEXON__API_KEY", "canary"),
            ("MAPLE__NEXON__BASE_URL", "http://127.0.0.1:1"),
            ("MAPLE__SESSIONS__SECRET", SECRET),
        ],
    );
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let printed = stdout(&output);
    for (part, why) in [
        ("database", "Connection refused"),
        ("redis", "Connection refused"),
        ("nexon", ""),
    ] {
        let begins = format!("{part:<10} failed ");
        let line = printed.lines().find(|line| line.starts_with(&begins));
        let line = line.unwrap_or_else(|| panic!("{part}: {printed}"));
        assert!(line.contains(why), "{line}");
    }
    assert!(stderr(&output).contains("cannot be used: database, redis, nexon"));
    assert!(!stdout(&output).contains("canary") && !stderr(&output).contains("canary"));
}

#[test]
fn migrating_twice_does_nothing_the_second_time() {
    let cli = Cli::new();
    let first = cli.run(&["migrate"]);
    assert!(stdout(&first).starts_with("applied "), "{}", stdout(&first));
    let second = cli.run(&["migrate"]);
    assert_eq!(stdout(&second), "nothing to do: the schema is up to date\n");
}

#[test]
fn kept_openapi_document_is_the_one_of_this_code() {
    let cli = Cli::new();
    let output = cli.run(&["openapi"]);
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api/openapi.json");
    let kept = std::fs::read_to_string(kept).unwrap();
    assert!(
        kept == stdout(&output),
        "docs/api/openapi.json differs: run `cargo xtask openapi`"
    );
}

/// The folder `shared/samples` beside this checkout, or none, said loudly.
fn samples() -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(3);
    let found = above
        .map(|folder| folder.join("shared/samples"))
        .find(|samples| samples.join("expected.evan.json").exists());
    if found.is_none() {
        eprintln!("SKIPPED: no folder `shared/samples` beside this checkout");
    }
    found
}

#[test]
fn real_document_is_priced_as_an_independent_reference_does() {
    let Some(samples) = samples() else { return };
    let file = samples.join("item-equipment.evan.json");
    let cli = Cli::new();
    let file = file.to_str().unwrap();
    let output = cli.run(&[
        "expectation",
        "--file",
        file,
        "--class",
        "에반",
        "--level",
        "285",
        "--json",
    ]);
    let body: Value = serde_json::from_str(stdout(&output)).unwrap();
    let presets = body["presets"].as_array().unwrap();
    assert_eq!(presets.len(), 3);
    let active = presets
        .iter()
        .find(|preset| preset["active"] == true)
        .unwrap();
    let expected = std::fs::read(samples.join("expected.evan.json")).unwrap();
    let expected: Vec<Value> = serde_json::from_slice(&expected).unwrap();
    assert!(!expected.is_empty());
    for row in &expected {
        let items = active["items"].as_array().unwrap();
        let item = items
            .iter()
            .find(|item| item["slot"] == row["slot"])
            .unwrap();
        agrees(&item[row["kind"].as_str().unwrap()], row);
    }
}

fn agrees(potential: &Value, row: &Value) {
    assert_eq!(potential["status"], "priced", "{row}");
    assert_eq!(potential["goal"], row["goal"], "{row}");
    let close = |ours: &Value, theirs: &Value, tolerance: f64| {
        let (ours, theirs) = (ours.as_f64().unwrap(), theirs.as_f64().unwrap());
        assert!((ours / theirs - 1.0).abs() <= tolerance, "{ours} for {row}");
    };
    if potential["grade"] == "legendary" {
        close(&potential["success_probability"], &row["p"], 1e-8);
    }
    close(&potential["trials"]["mean"], &row["trials"], 1e-6);
    close(&potential["cost_meso"]["mean"], &row["mean"], 1e-6);
    let quantiles = potential["cost_meso"]["quantiles"].as_array().unwrap();
    let p90 = quantiles
        .iter()
        .find(|quantile| quantile["q"] == 0.9)
        .unwrap();
    assert_eq!(p90["value"], row["p90"], "{row}");
}
