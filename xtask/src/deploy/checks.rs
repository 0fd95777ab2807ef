//! The checks: a tool, its files, and how it is called.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use xshell::{Cmd, cmd};

use super::{Bench, nginx, tools};

/// A check of some files by the tool they are written for.
pub(super) struct Check {
    pub(super) name: &'static str,
    /// The files, for the table.
    pub(super) files: &'static str,
    /// Returns the tool's version and figure.
    pub(super) run: fn(&Bench<'_>) -> anyhow::Result<String>,
}

/// Every check there is.
pub(super) const CHECKS: &[Check] = &[
    check(
        "promtool check",
        "prometheus/prometheus.yml, rules/*.yml",
        promtool_check,
    ),
    check("promtool test", "prometheus/tests/*.yml", promtool_test),
    check(
        "amtool check-config",
        "alertmanager/alertmanager.yml",
        amtool,
    ),
    check("cfn-lint", "aws/template.yaml", cfn_lint),
    check("cloud-init schema", "aws/user-data.yaml", cloud_init),
    check("systemd-analyze verify", "*.service", systemd_verify),
    check(
        "systemd-analyze security",
        "maple-expectation.service",
        systemd_security,
    ),
    check("nginx -t, Debian's", "nginx/site.conf", nginx_site),
    check("nginx -t, 1.27.3 or newer", "nginx.conf", nginx_compose),
    check("docker-compose config", "compose.yaml", docker_compose),
    check("hadolint", "Dockerfile", hadolint),
    check("shellcheck", "every shell script", shellcheck),
    check("install.sh into a folder", "install.sh", install),
    check("zizmor", ".github/workflows", zizmor),
    check("cargo-deny", "deny.toml", cargo_deny),
];

const fn check(
    name: &'static str,
    files: &'static str,
    run: fn(&Bench<'_>) -> anyhow::Result<String>,
) -> Check {
    Check { name, files, run }
}

/// Runs a tool; its output is the reason when it fails.
fn output(command: Cmd<'_>) -> anyhow::Result<String> {
    let output = command.quiet().ignore_status().output()?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    let (out, err) = (said(&output.stdout), said(&output.stderr));
    if !output.status.success() {
        bail!("{out}\n{err}");
    }
    Ok(if out.is_empty() { err } else { out })
}

/// The first word of a tool's version that begins with a digit.
fn version(bench: &Bench<'_>, program: &Path, flag: &str) -> anyhow::Result<String> {
    let shown = output(cmd!(bench.shell, "{program} {flag}"))?;
    let words = shown.split(|c: char| c.is_whitespace() || c == '/');
    let found = words
        .map(|word| word.trim_end_matches([',', ':']))
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    Ok(found.context("it tells no version")?.to_owned())
}

fn promtool(bench: &Bench<'_>) -> anyhow::Result<PathBuf> {
    let (shell, tools) = (bench.shell, &bench.tools);
    tools.debian(shell, &["prometheus"], "usr/bin/promtool")
}

fn promtool_check(bench: &Bench<'_>) -> anyhow::Result<String> {
    let promtool = promtool(bench)?;
    let config = bench.file("deploy/prometheus/prometheus.yml");
    let said = output(cmd!(bench.shell, "{promtool} check config {config}"))?;
    let rules = said.lines().filter_map(|line| {
        let line = line.trim().strip_prefix("SUCCESS: ")?;
        line.strip_suffix(" rules found")?.parse::<u32>().ok()
    });
    let (rules, version) = (rules.sum::<u32>(), version(bench, &promtool, "--version")?);
    Ok(format!("{version}, {rules} rules"))
}

fn promtool_test(bench: &Bench<'_>) -> anyhow::Result<String> {
    let promtool = promtool(bench)?;
    let files = bench
        .shell
        .read_dir(bench.file("deploy/prometheus/tests"))?;
    output(cmd!(bench.shell, "{promtool} test rules").args(&files))?;
    let texts = files.iter().map(|file| bench.shell.read_file(file));
    let texts: Vec<_> = texts.collect::<Result<_, _>>()?;
    let cases = texts
        .iter()
        .map(|text| text.matches("\n  - name: ").count());
    let cases: usize = cases.sum();
    Ok(format!(
        "{}, {cases} cases",
        version(bench, &promtool, "--version")?
    ))
}

fn amtool(bench: &Bench<'_>) -> anyhow::Result<String> {
    let (shell, tools) = (bench.shell, &bench.tools);
    let amtool = tools.debian(shell, &["prometheus-alertmanager"], "usr/bin/amtool")?;
    let config = bench.file("deploy/alertmanager/alertmanager.yml");
    output(cmd!(shell, "{amtool} check-config {config}"))?;
    version(bench, &amtool, "--version")
}

fn cfn_lint(bench: &Bench<'_>) -> anyhow::Result<String> {
    let cfn_lint = bench.tools.python(bench.shell, "cfn-lint")?;
    let template = bench.file("deploy/aws/template.yaml");
    output(cmd!(bench.shell, "{cfn_lint} {template}"))?;
    version(bench, &cfn_lint, "--version")
}

fn cloud_init(bench: &Bench<'_>) -> anyhow::Result<String> {
    let (shell, tools) = (bench.shell, &bench.tools);
    let python = tools.python(shell, "python3")?;
    let modules = tools.debian(shell, &["cloud-init"], "usr/lib/python3/dist-packages")?;
    let data = bench.file("deploy/aws/user-data.yaml");
    let _modules = shell.push_env("PYTHONPATH", modules);
    let cloud_init = ["-m", "cloudinit.cmd.main"];
    output(cmd!(
        shell,
        "{python} {cloud_init...} schema --config-file {data}"
    ))?;
    let said = output(cmd!(shell, "{python} {cloud_init...} --version"))?;
    Ok(said
        .split_whitespace()
        .last()
        .unwrap_or_default()
        .to_owned())
}

/// The units, with programs that exist here: `verify` looks for them.
fn units(bench: &Bench<'_>) -> anyhow::Result<Vec<PathBuf>> {
    let names = [
        "maple-expectation.service",
        "aws/maple-expectation-secrets.service",
    ];
    let units = names.iter().map(|name| {
        let file = bench.file("deploy").join(name);
        let text = bench.shell.read_file(&file)?;
        let text = text
            .replace("/usr/local/bin/maple-expectation ", "/bin/true ")
            .replace("/usr/local/sbin/maple-expectation-secrets", "/bin/true");
        let name = file.file_name().context("units have names")?;
        let copy = bench.scratch.join("units").join(name);
        bench.shell.write_file(&copy, text)?;
        Ok(copy)
    });
    units.collect()
}

fn systemd_verify(bench: &Bench<'_>) -> anyhow::Result<String> {
    let units = units(bench)?;
    let analyze = tools::system(bench.shell, "systemd", "systemd-analyze")?;
    let said = output(cmd!(bench.shell, "{analyze} verify --man=no {units...}"))?;
    // Unknown keys are warnings with exit code 0.
    ensure!(said.is_empty(), "{said}");
    version(bench, &analyze, "--version")
}

fn systemd_security(bench: &Bench<'_>) -> anyhow::Result<String> {
    let unit = bench.file("deploy/maple-expectation.service");
    let analyze = tools::system(bench.shell, "systemd", "systemd-analyze")?;
    let security = ["security", "--offline=true", "--no-pager", "--threshold=25"];
    let said = output(cmd!(bench.shell, "{analyze} {security...} {unit}"))?;
    let level = said.lines().find_map(|line| line.split_once("service: "));
    let level = level.context("it tells no level")?.1;
    let level = level.split_whitespace().next().unwrap_or_default();
    Ok(format!("exposure {level}, at most 2.5"))
}

fn nginx_site(bench: &Bench<'_>) -> anyhow::Result<String> {
    let packages = ["nginx", "nginx-common"];
    let nginx = bench
        .tools
        .debian(bench.shell, &packages, "usr/sbin/nginx")?;
    let config = nginx::site(bench)?;
    output(cmd!(bench.shell, "{nginx} -t -q -c {config}"))?;
    version(bench, &nginx, "-v")
}

fn nginx_compose(bench: &Bench<'_>) -> anyhow::Result<String> {
    let nginx = bench.tools.new_nginx(bench.shell)?;
    let (config, prefix) = (nginx::compose(bench)?, &bench.scratch);
    bench.shell.create_dir(prefix.join("logs"))?;
    output(cmd!(bench.shell, "{nginx} -t -q -p {prefix} -c {config}"))?;
    version(bench, &nginx, "-v")
}

fn docker_compose(bench: &Bench<'_>) -> anyhow::Result<String> {
    let compose = tools::system(bench.shell, "docker-compose", "docker-compose")?;
    let file = bench.file("deploy/compose.yaml");
    // Every variable that must be set.
    let example = bench.shell.read_file(bench.file("deploy/.env.example"))?;
    let filled: String = example
        .lines()
        .map(|line| line.to_owned() + if line.ends_with('=') { "x\n" } else { "\n" })
        .collect();
    let variables = bench.scratch.join("env");
    bench.shell.write_file(&variables, filled)?;
    output(cmd!(
        bench.shell,
        "{compose} --env-file {variables} --file {file} config --quiet"
    ))?;
    version(bench, &compose, "--version")
}

fn hadolint(bench: &Bench<'_>) -> anyhow::Result<String> {
    let hadolint = bench.tools.python(bench.shell, "hadolint")?;
    let file = bench.file("deploy/Dockerfile");
    output(cmd!(bench.shell, "{hadolint} {file}"))?;
    version(bench, &hadolint, "--version")
}

/// The tracked files that begin like a shell script.
fn scripts(bench: &Bench<'_>) -> anyhow::Result<Vec<PathBuf>> {
    let files = output(cmd!(
        bench.shell,
        "git ls-files --cached --others --exclude-standard"
    ))?;
    let scripts = files.lines().map(|name| bench.file(name)).filter(|file| {
        let text = std::fs::read(file).unwrap_or_default();
        let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
        line.starts_with(b"#!") && line.ends_with(b"sh")
    });
    Ok(scripts.collect())
}

fn shellcheck(bench: &Bench<'_>) -> anyhow::Result<String> {
    let shellcheck = bench.tools.python(bench.shell, "shellcheck")?;
    let scripts = scripts(bench)?;
    ensure!(scripts.len() > 5, "only {} scripts", scripts.len());
    output(cmd!(bench.shell, "{shellcheck}").args(&scripts))?;
    let version = version(bench, &shellcheck, "--version")?;
    Ok(format!("{version}, {} scripts", scripts.len()))
}

/// Installs with a program that does nothing, into a folder.
fn install(bench: &Bench<'_>) -> anyhow::Result<String> {
    let (archive, root) = (bench.scratch.join("archive"), bench.scratch.join("root"));
    let deploy = bench.file("deploy");
    bench.shell.create_dir(&bench.scratch)?;
    cmd!(bench.shell, "cp -R {deploy} {archive}")
        .quiet()
        .run()?;
    let program = archive.join("maple-expectation");
    cmd!(bench.shell, "cp /bin/true {program}").quiet().run()?;
    let script = archive.join("install.sh");
    let _root = bench.shell.push_env("DESTDIR", &root);
    output(cmd!(bench.shell, "{script} --nginx maple.test"))?;
    output(cmd!(bench.shell, "{script} --ssm /maple-expectation"))?;
    for file in [
        "usr/local/bin/maple-expectation",
        "etc/systemd/system/maple-expectation.service",
        "etc/systemd/system/maple-expectation.service.d/secrets.conf",
        "etc/maple-expectation/config.toml",
        "etc/maple-expectation/ssm.env",
        "etc/nginx/maple-expectation/proxy.conf",
    ] {
        ensure!(root.join(file).exists(), "{file} was not installed");
    }
    let site = bench
        .shell
        .read_file(root.join("etc/nginx/conf.d/maple-expectation.conf"))?;
    ensure!(
        site.contains("server_name maple.test;"),
        "the host name was not set"
    );
    Ok("both ways".to_owned())
}

fn zizmor(bench: &Bench<'_>) -> anyhow::Result<String> {
    let zizmor = bench.tools.python(bench.shell, "zizmor")?;
    let workflows = bench.file(".github/workflows");
    output(cmd!(
        bench.shell,
        "{zizmor} --offline --no-progress --quiet {workflows}"
    ))?;
    version(bench, &zizmor, "--version")
}

fn cargo_deny(bench: &Bench<'_>) -> anyhow::Result<String> {
    let deny = bench.tools.cargo_deny(bench.shell)?;
    output(cmd!(
        bench.shell,
        "{deny} --locked check bans licenses sources"
    ))?;
    let version = version(bench, &deny, "--version")?;
    Ok(format!(
        "{version}: bans, licenses, sources; not advisories"
    ))
}

#[cfg(test)]
mod tests {
    #[test]
    fn template_holds_the_user_data() {
        let read = |name| std::fs::read_to_string(crate::root().join(name)).unwrap();
        let template = read("deploy/aws/template.yaml");
        let data = read("deploy/aws/user-data.yaml").replace("in ${...}", "in ${!...}");
        let indented = data.lines().map(|line| match line {
            "" => "\n".to_owned(),
            line => format!("{:16}{line}\n", ""),
        });
        assert!(template.contains(&indented.collect::<String>()));
        // Beyond 16 KiB EC2 refuses it.
        assert!(data.len() < 12 * 1024);
    }
}
