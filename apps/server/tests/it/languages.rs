//! The command line in Korean and in English: by the option, and by the locale.

use std::process::Command;

use crate::cli::{Cli, stderr, stdout};
use crate::commands;

/// Commands whose answer is the same every day.
const COMMANDS: [(&str, &[&str]); 6] = [
    (
        "odds",
        &[
            "odds",
            "cooldown_seconds >= 4",
            "--part",
            "hat",
            "--item-level",
            "250",
            "--budget",
            "1000억",
        ],
    ),
    (
        "odds_without_a_price",
        &[
            "odds",
            "int_pct >= 21",
            "--part",
            "hat",
            "--item-level",
            "200",
            "--method",
            "occult",
            "--from",
            "epic",
        ],
    ),
    (
        "compare",
        &[
            "compare",
            "int_pct >= 21",
            "--part",
            "hat",
            "--item-level",
            "200",
            "--from",
            "unique",
            "--budget",
            "10b",
        ],
    ),
    ("flame", &commands::FLAME),
    (
        "star_force",
        &[
            "star-force",
            "--item-level",
            "200",
            "--to",
            "17",
            "--budget",
            "10b",
        ],
    ),
    ("plan", &["plan", "PLAN"]),
];

const PLAN: &str = r#"{"budget_meso": 300000000000, "items": [
    {"star_force": {"item_level": 200, "from": 0, "to": 18}},
    {"name": "hat", "potential": {"method": "meso_potential", "part": "hat", "item_level": 250,
     "from": {"grade": "rare"}, "goal": "cooldown_seconds >= 4"}}]}"#;

fn printed(cli: &Cli, arguments: &[&str], lang: &str) -> String {
    let output = cli.run(&[arguments, &["--lang", lang]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output).to_owned()
}

#[test]
fn tables_are_printed_as_recorded_in_both_languages() {
    let cli = Cli::new();
    let plan = cli.file("plan.json", PLAN);
    for (name, arguments) in COMMANDS {
        let arguments: Vec<_> = arguments
            .iter()
            .map(|&word| if word == "PLAN" { plan.as_str() } else { word })
            .collect();
        for lang in ["ko", "en"] {
            let table = printed(&cli, &arguments, lang);
            insta::assert_snapshot!(format!("{name}_{lang}"), table);
        }
    }
}

/// Lines of an answer that say when it was, or what the day brought, are left out.
#[test]
fn answers_about_characters_are_in_both_languages() {
    let cli = Cli::new();
    for (arguments, ko, en) in [
        (
            &["expectation", "아델"][..],
            [
                "아이템",
                "평균 비용",
                "프리셋 1, 착용 중",
                "합계",
                "번에 한 번",
            ],
            ["item", "mean cost", "preset 1, worn now", "total", "1 in"],
        ),
        (
            &["completion", "아델", "--template", "finished"],
            ["아이템", "목표", "에디셔널: ", "줄여서", "스타포스, 파괴"],
            [
                "item",
                "goal",
                "additional: ",
                "short",
                "star force, destroyed",
            ],
        ),
        (
            &["upgrades", "아델", "--budget", "500억"],
            [
                "할 일",
                "오름",
                "가장 좋은 조합",
                "평균 비용",
                "예산 안에 될 확률",
            ],
            [
                "action",
                "gain",
                "best set",
                "mean cost",
                "the budget is enough",
            ],
        ),
    ] {
        for (lang, words) in [("ko", ko), ("en", en)] {
            let table = printed(&cli, arguments, lang);
            for word in words {
                assert!(
                    table.contains(word),
                    "{arguments:?} {lang}: {word} in {table}"
                );
            }
        }
    }
}

#[test]
fn luck_is_told_in_both_languages() {
    let cli = Cli::new();
    let key = [("NEXON_API_KEY", "sandbox-member-lucky-1")];
    for (lang, words) in [
        (
            "ko",
            [
                "큐브: 재설정",
                "모르는 기록",
                "자리(0~1)",
                "가지를 비교했습니다",
            ],
        ),
        (
            "en",
            ["cubes: ", "unknown rows", "mid-p", "counts compared"],
        ),
    ] {
        let output = cli.run_with(&["luck", "--days", "3", "--lang", lang], &key);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        for word in words {
            assert!(
                stdout(&output).contains(word),
                "{word}: {}",
                stdout(&output)
            );
        }
    }
}

/// The first variable that is set decides, as POSIX has it; the option wins over all of them.
#[test]
fn locale_chooses_the_language_unless_the_option_does() {
    let odds = [
        "odds",
        "int_pct >= 21",
        "--part",
        "hat",
        "--item-level",
        "200",
    ];
    let first_line = |variables: &[(&str, &str)], option: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_maple-expectation"));
        for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
            command.env_remove(name);
        }
        command
            .args(odds)
            .args(option)
            .envs(variables.iter().copied());
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        stdout(&output).lines().next().unwrap().to_owned()
    };
    let (ko, en) = ("INT% ≥ 21", "int_pct >= 21");
    for (variables, option, line) in [
        (&[][..], &[][..], en),
        (&[("LANG", "ko_KR.UTF-8")], &[], ko),
        (
            &[("LANG", "ko_KR.UTF-8"), ("LC_ALL", "en_US.UTF-8")],
            &[],
            en,
        ),
        (&[("LANG", "C"), ("LC_MESSAGES", "ko_KR")], &[], ko),
        (&[("LANG", "ko_KR.UTF-8")], &["--lang", "en"], en),
        (&[], &["--lang", "ko"], ko),
    ] {
        assert_eq!(
            first_line(variables, option),
            line,
            "{variables:?} {option:?}"
        );
    }
    let refused = Cli::new().run(&[&odds[..], &["--lang", "fr"]].concat());
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("expected `ko` or `en`"));
}
