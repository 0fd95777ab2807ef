//! Commands that plan ahead and look back, and standard output whose reader leaves.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::ask::sheet;
use crate::cli::{Cli, stderr, stdout};

/// The answer of a command as JSON.
fn json_of(cli: &Cli, arguments: &[&str]) -> Value {
    let output = cli.run(&[arguments, &["--json"]].concat());
    assert_eq!(
        output.status.code(),
        Some(0),
        "{arguments:?}: {}",
        stderr(&output)
    );
    serde_json::from_str(stdout(&output)).unwrap()
}

/// The message of a command that is refused with exit code 2.
fn refusal(cli: &Cli, arguments: &[&str]) -> String {
    let output = cli.run(arguments);
    assert_eq!(
        output.status.code(),
        Some(2),
        "{arguments:?}: {}",
        stdout(&output)
    );
    stderr(&output).to_owned()
}

/// Arguments of a question about flames.
pub(crate) const FLAME: [&str; 14] = [
    "flame",
    "--flame",
    "eternal",
    "--part",
    "hat",
    "--item-level",
    "200",
    "--boss-gear",
    "--weights",
    "int=1,all_stat_pct=10",
    "--at-least",
    "120",
    "--price",
    "8m",
];

#[test]
fn flame_tells_the_odds_of_a_score() {
    let cli = Cli::new();
    let body = json_of(&cli, &FLAME);
    let probability = body["probability"].as_f64().unwrap();
    assert!(probability > 0.0 && probability < 1.0, "{body}");
    let mean = body["cost_meso"]["mean"].as_f64().unwrap();
    assert!((mean * probability / 8e6 - 1.0).abs() < 1e-6, "{mean}");
    let table = cli.run(&FLAME);
    assert!(stdout(&table).starts_with("1 in "), "{}", stdout(&table));
    let odd = [&FLAME[..9], &["int", "--at-least", "1"]].concat();
    assert!(refusal(&cli, &odd).contains("int=1"));
}

#[test]
fn compare_tells_every_method_and_the_mix() {
    let cli = Cli::new();
    let goal = [
        "compare",
        "int_pct >= 21",
        "--part",
        "hat",
        "--item-level",
        "200",
    ];
    let body = json_of(
        &cli,
        &[&goal[..], &["--prices", "red=12m,black=22억"]].concat(),
    );
    let methods = body["methods"].as_array().unwrap();
    let means = methods
        .iter()
        .map(|method| method["mean_meso"].as_u64().unwrap());
    assert!(methods.len() > 2 && means.is_sorted(), "{body}");
    assert!(
        body["mix"]["mean_meso"].as_u64().unwrap() <= methods[0]["mean_meso"].as_u64().unwrap()
    );
    let table = cli.run(&[&goal[..], &["--budget", "100억"]].concat());
    for text in ["meso_potential", "cheapest mix ", "the budget is enough"] {
        assert!(stdout(&table).contains(text), "{}", stdout(&table));
    }
}

#[test]
fn completion_prices_the_way_to_a_template() {
    let cli = Cli::new();
    let way = [
        "completion",
        "아델",
        "--template",
        "22-stars-30-21",
        "--spare",
        "30억",
    ];
    let body = json_of(&cli, &[&way[..], &["--budget", "1조"]].concat());
    let total = &body["presets"][0]["total"];
    assert!(total["mean_meso"].as_u64().unwrap() > 0, "{total}");
    assert!(
        total["within_budget"].is_number() || total["within_budget"].is_object(),
        "{total}"
    );
    let table = cli.run(&way);
    assert!(stdout(&table).contains("total "), "{}", stderr(&table));
    let unknown = refusal(&cli, &["completion", "아델", "--template", "best"]);
    assert!(unknown.contains("22-stars-30-21"), "{unknown}");
    let negative = refusal(&cli, &[&way[..], &["--budget=-1"]].concat());
    assert!(
        negative.contains("/budget_meso: -1 is outside 0 to"),
        "{negative}"
    );
}

#[test]
fn upgrades_rank_what_a_sheet_values() {
    let cli = Cli::new();
    let sheet = cli.file("sheet.json", &sheet().to_string());
    let best = ["upgrades", "아델", "--budget", "100b", "--sheet", &sheet];
    let body = json_of(&cli, &best);
    let gains = body["actions"].as_array().unwrap().iter();
    let gains: Vec<f64> = gains.map(|a| a["gain_per_10b"].as_f64().unwrap()).collect();
    assert!(
        !gains.is_empty() && gains.is_sorted_by(|a, b| a >= b),
        "{body}"
    );
    assert!(body["best"]["within_budget"]["value"].as_f64().unwrap() >= 0.8);
    let table = cli.run(&best);
    assert!(stdout(&table).contains("best set: "), "{}", stdout(&table));
    for (option, message) in [
        ("--confidence=1", "/confidence"),
        ("--confidence=0", "/confidence"),
        ("--budget=-1", "/budget_meso: -1 is outside 0 to"),
        ("--minimum-gain=2", "/minimum_gain: 2 is outside 0 to 1"),
    ] {
        let arguments = ["upgrades", "아델", "--sheet", &sheet, option];
        let told = refusal(&cli, &arguments);
        assert!(told.contains(message), "{option}: {told}");
    }
}

/// Runs `luck` with this key at this place: a file, standard input or the environment.
fn luck(cli: &Cli, key: &str, place: &str, more: &[&str]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_maple-expectation"));
    command.arg("luck").args(more).env_remove("NEXON_API_KEY");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    match place {
        "file" => {
            let file = cli.file("key", &format!("{key}\n"));
            command.args(["--key-file", &file]);
        }
        "stdin" => {
            command.args(["--key-file", "-"]).stdin(Stdio::piped());
        }
        _ => {
            command.env("NEXON_API_KEY", key);
        }
    }
    let mut child = command.spawn().unwrap();
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(key.as_bytes()).unwrap();
    }
    child.wait_with_output().unwrap()
}

#[test]
fn luck_takes_its_key_from_a_file_standard_input_or_the_environment() {
    let cli = Cli::new();
    let days = ["--days", "1", "--kinds", "starforce"];
    let key = "sandbox-member-busy-1";
    let as_json = [&days[..], &["--json"]].concat();
    for place in ["file", "stdin", "environment"] {
        let output = luck(&cli, key, place, &as_json);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{place}: {}",
            stderr(&output)
        );
        let report: Value = serde_json::from_str(stdout(&output)).unwrap();
        let stars = &report["kinds"]["star_force"];
        assert_eq!(
            (&stars["attempts"], &stars["unknown"]),
            (&json!(1_200), &json!(0))
        );
    }
    let table = luck(&cli, key, "file", &days);
    assert!(
        stdout(&table).contains("star force: "),
        "{}",
        stdout(&table)
    );
    assert!(
        stdout(&table).contains(" counts compared"),
        "{}",
        stdout(&table)
    );
}

#[test]
fn luck_refuses_bad_days_and_keys_without_showing_the_key() {
    let cli = Cli::new();
    for (more, code, message) in [
        (&["--from", "2001-01-01"][..], 2, "730 days"),
        (&["--kinds", "flame"], 2, "/kinds/0"),
        (&["--cursor", "canary"], 2, "no cursor"),
    ] {
        let output = luck(&cli, "sandbox-member-canary-key", "file", more);
        assert_eq!(output.status.code(), Some(code), "{more:?}");
        assert!(stderr(&output).contains(message), "{}", stderr(&output));
        assert!(
            !stderr(&output).contains("canary-key"),
            "{}",
            stderr(&output)
        );
    }
    let output = cli.run_with(&["luck"], &[("NEXON_API_KEY", "")]);
    assert_eq!(output.status.code(), Some(2));
    // A key is no argument: it would show in the list of processes.
    let output = cli.run(&["luck", "--key", "canary"]);
    assert_eq!(output.status.code(), Some(2));
}

/// Every command with its standard output in a pipe that nobody reads, as after `| head -0`.
#[test]
fn commands_end_quietly_when_their_reader_leaves() {
    let cli = Cli::new();
    let sheet = cli.file("sheet.json", &sheet().to_string());
    let plan = r#"{"items": [{"star_force": {"item_level": 200, "from": 0, "to": 17}}]}"#;
    let plan = cli.file("plan.json", plan);
    let upgrades = format!("upgrades 아델 --budget 100b --sheet {sheet} --json");
    let plan = format!("plan {plan}");
    for command in [
        "openapi",
        "odds int_pct>=9 --part hat --item-level 200 --json",
        "star-force --item-level 200 --to 17",
        "compare int_pct>=9 --part hat --item-level 200 --json",
        "flame --flame eternal --part hat --item-level 200 --weights int=1 --at-least 20",
        "expectation 아델 --json",
        "completion 아델 --template 22-stars-30-21 --json",
        &upgrades,
        &plan,
        "luck --days 1 --kinds cube --json",
        "check-config --offline",
        "migrate",
        "ledger check --json",
        "outbox list",
        "likes verify",
        "members developers",
        "--help",
        "help luck",
        "--version",
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = Command::new(env!("CARGO_BIN_EXE_maple-expectation"))
            .args(command.split_whitespace())
            .env("MAPLE__DATA_DIR", cli.folder())
            .env("NEXON_API_KEY", "sandbox-member-1")
            .stdout(writer)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(stderr(&output), "", "{command}");
        assert_eq!(output.status.code(), Some(0), "{command}");
    }
}
