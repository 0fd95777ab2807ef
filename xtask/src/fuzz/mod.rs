//! `cargo xtask fuzz`: the OpenAPI documents of both listeners, checked by a validator that is not
//! ours, and a process of the command's own, asked by Schemathesis for what they describe and for
//! what they exclude (R21).

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use xshell::{Shell, cmd};

use crate::deploy::{build_folder, virtual_environment};
use crate::smoke::{ADMIN_TOKEN, Client, Counts, SmokeProcess, build_server};

/// Python packages, with versions so that a new one does not fail an old commit.
const PACKAGES: [&str; 2] = ["openapi-spec-validator==0.9.0", "schemathesis==4.32.5"];

/// Limits raised for one client that asks as fast as it can, and the time that a debug build takes.
const SETTINGS: [(&str, &str); 6] = [
    ("MAPLE__REQUEST__DEADLINE_MS", "120000"),
    ("MAPLE__SESSIONS__ATTEMPTS_PER_MINUTE", "1000000"),
    ("MAPLE__MEMBERS__LIKES_PER_MINUTE", "1000000"),
    ("MAPLE__MEMBERS__DONATIONS_PER_MINUTE", "1000000"),
    ("MAPLE__NEXON__QUOTA_PER_SECOND", "100000"),
    ("MAPLE__NEXON__QUOTA_PER_DAY", "10000000"),
];

/// Operations that end the session that the run is made with.
const LOG_OUT: &str = "^/api/v1/sessions(/current)?$";

/// Options of the command.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Seed of all random choices.
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// Random cases for each operation, beside those that its document asks for.
    #[arg(long, default_value_t = 10)]
    examples: u32,
    /// Time for each listener, with a token and without, in seconds: random cases until it is over,
    /// instead of every case that the documents ask for.
    #[arg(long)]
    seconds: Option<u32>,
}

/// The form that is part of `cargo xtask test`: a minute in all.
const SHORT: Options = Options {
    seed: 1,
    examples: 1,
    seconds: Some(12),
};

/// Runs the checks and prints the number of each outcome.
pub(crate) fn run(shell: &Shell, options: &Options) -> anyhow::Result<()> {
    let counts = own(shell, options, &tools(shell)?)?;
    println!("fuzz: {} passed, {} failed", counts.passed, counts.failed);
    ensure!(counts.failed == 0, "the documents and the service differ");
    Ok(())
}

/// Runs the short form; says aloud when its tools cannot be installed, without a network for
/// example, and nothing is checked.
pub(crate) fn short(shell: &Shell) -> anyhow::Result<Counts> {
    match tools(shell) {
        Ok(tools) => own(shell, &SHORT, &tools),
        Err(error) => {
            println!("fuzz: SKIPPED, its tools cannot be installed: {error:#}");
            Ok(Counts::default())
        }
    }
}

fn home() -> anyhow::Result<PathBuf> {
    Ok(build_folder()?.join("fuzz-tools"))
}

/// The folder of the tools' programs, installed where they are not.
fn tools(shell: &Shell) -> anyhow::Result<PathBuf> {
    virtual_environment(shell, &home()?.join("python"), &PACKAGES)
}

/// The checks on a process of their own.
fn own(shell: &Shell, options: &Options, tools: &Path) -> anyhow::Result<Counts> {
    let program = build_server(shell)?;
    let scratch = home()?.join("scratch");
    shell.remove_path(&scratch)?;
    shell.create_dir(&scratch)?;
    let process = SmokeProcess::start(&program, &SETTINGS)?;
    let fuzz = Fuzz {
        shell,
        options,
        tools,
        scratch,
    };
    let mut counts = Counts::default();
    let public = fuzz.document("public", process.public())?;
    let admin = fuzz.document("admin", process.admin())?;
    for document in [&public, &admin] {
        let name = format!("{} is a valid OpenAPI document", document.name);
        counts.add(&name, fuzz.validate(document));
    }
    let session = format!("Authorization: Bearer {}", log_in(process.public())?);
    let operator = format!("Authorization: Bearer {ADMIN_TOKEN}");
    for (name, document, header) in [
        ("public listener without a session", &public, None),
        ("public listener with a session", &public, Some(&session)),
        ("admin listener without a token", &admin, None),
        ("admin listener with a token", &admin, Some(&operator)),
    ] {
        counts.add(name, fuzz.ask(document, header.map(String::as_str)));
    }
    Ok(counts)
}

/// Opens a session of a member of the sandbox.
fn log_in(public: &str) -> anyhow::Result<String> {
    let body = json!({"nexon_api_key": "sandbox-member-1"});
    let answer = Client::new(public, false).send("POST", "/api/v1/sessions", &[], Some(&body))?;
    let session: Value = answer.json()?;
    let token = session["access_token"].as_str();
    Ok(token.context("a session has an access token")?.to_owned())
}

/// A document as a listener serves it.
struct ApiDocument {
    name: &'static str,
    file: PathBuf,
    url: String,
}

struct Fuzz<'a> {
    shell: &'a Shell,
    options: &'a Options,
    /// The folder of the tools' programs.
    tools: &'a Path,
    scratch: PathBuf,
}

impl Fuzz<'_> {
    fn document(&self, name: &'static str, url: &str) -> anyhow::Result<ApiDocument> {
        let answer = Client::new(url, false).send("GET", "/openapi.json", &[], None)?;
        ensure!(answer.status == 200, "{name}: status {}", answer.status);
        let file = self.scratch.join(format!("{name}.json"));
        self.shell.write_file(&file, answer.body())?;
        Ok(ApiDocument {
            name,
            file,
            url: url.to_owned(),
        })
    }

    fn validate(&self, document: &ApiDocument) -> anyhow::Result<()> {
        let validator = self.tools.join("openapi-spec-validator");
        let file = &document.file;
        cmd!(self.shell, "{validator} {file}").quiet().run()?;
        Ok(())
    }

    /// Asks for everything that a document describes; shows what was found if anything was.
    fn ask(&self, document: &ApiDocument, header: Option<&str>) -> anyhow::Result<()> {
        let schemathesis = self.tools.join("schemathesis");
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/fuzz/schemathesis.toml");
        let ApiDocument { file, url, .. } = document;
        let (seed, examples) = (
            self.options.seed.to_string(),
            self.options.examples.to_string(),
        );
        let phases = match self.options.seconds {
            Some(_) => "examples,fuzzing",
            None => "examples,coverage,fuzzing",
        };
        let mut command = cmd!(
            self.shell,
            "{schemathesis} --config-file {config} run {file} --url {url}
             --phases {phases} --seed {seed} --max-examples {examples}
             --workers 2 --request-timeout 120 --continue-on-failure --warnings off --no-color"
        );
        if let Some(seconds) = self.options.seconds {
            command = command.args(["--max-time", &seconds.to_string()]);
        }
        if let Some(header) = header {
            command = command
                .args(["--header", header])
                .args(["--exclude-path-regex", LOG_OUT]);
        }
        let output = command.quiet().ignore_status().output()?;
        if !output.status.success() {
            println!("{}", String::from_utf8_lossy(&output.stdout));
            println!("{}", String::from_utf8_lossy(&output.stderr));
        }
        ensure!(output.status.success(), "schemathesis: {}", output.status);
        Ok(())
    }
}
