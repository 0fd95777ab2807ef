//! `cargo xtask clients`: clients in Python and Go, generated from docs/api/openapi.json and
//! compiled. The client in TypeScript is compiled by `cargo xtask types`.
//!
//! The generator of the Go client is a Java program within a Python package; its one library comes
//! from Debian, so that no Go module has to be fetched.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::Value;
use xshell::{Shell, cmd};

use crate::deploy::{install, system, virtual_environment};

/// Packages by their exact versions.
const PACKAGES: [&str; 2] = [
    "openapi-python-client==0.26.2",
    "openapi-generator-cli==7.16.0",
];

/// Folder of Debian's Go libraries.
const GO_LIBRARIES: &str = "/usr/share/gocode";

/// Debian's package with the library that the Go client imports, and its folder.
const VALIDATOR: (&str, &str) = (
    "golang-gopkg-validator.v2-dev",
    "/usr/share/gocode/src/gopkg.in/validator.v2",
);

/// Imports every module of the Python client, so that names that do not exist are found too.
const IMPORT: &str = "import importlib, pkgutil, maple_client
for module in pkgutil.walk_packages(maple_client.__path__, 'maple_client.'):
    importlib.import_module(module.name)
";

/// Longest time of one command, in seconds.
const SECONDS: &str = "60";

/// Generates and compiles the clients. What cannot be installed is skipped, and the output says so.
pub(crate) fn check(shell: &Shell) -> anyhow::Result<()> {
    let folder = crate::target_directory(shell)?.join("clients");
    shell.create_dir(&folder)?;
    let home = folder.join("venv");
    let programs = match virtual_environment(shell, &home, &PACKAGES) {
        Ok(programs) => programs,
        Err(error) => {
            println!("SKIPPED: clients in Python and Go are NOT checked: {error:#}");
            return Ok(());
        }
    };
    let text = shell.read_file("docs/api/openapi.json")?;
    let mut document: Value = serde_json::from_str(&text).context("docs/api/openapi.json")?;
    leave_out_constraints(&mut document);
    let plain = folder.join("openapi.json");
    shell.write_file(&plain, document.to_string())?;
    python(shell, &folder, &programs, &plain)?;
    println!("the client in Python compiles");
    match go_tools(shell) {
        Ok((go, java)) => {
            let jar = generator(shell, &home)?;
            compile_go(shell, &folder, &[&go, &java, &jar, &plain])?;
            println!("the client in Go compiles");
        }
        Err(error) => println!("SKIPPED: the client in Go is NOT checked: {error:#}"),
    }
    Ok(())
}

fn python(shell: &Shell, folder: &Path, programs: &Path, document: &Path) -> anyhow::Result<()> {
    let client = folder.join("maple_client");
    let settings = folder.join("settings.yaml");
    // A formatter is no part of the check.
    shell.write_file(&settings, "post_hooks: []\n")?;
    let (generate, python) = (
        programs.join("openapi-python-client"),
        programs.join("python"),
    );
    cmd!(
        shell,
        "timeout {SECONDS} {generate} generate --path {document} --output-path {client} --overwrite --meta none --config {settings}"
    )
    .quiet()
    .ignore_stdout()
    .ignore_stderr()
    .run()
    .context("the Python client cannot be generated")?;
    cmd!(
        shell,
        "timeout {SECONDS} {python} -m compileall -q {client}"
    )
    .quiet()
    .run()?;
    let _inside = shell.push_dir(folder);
    cmd!(shell, "timeout {SECONDS} {python} -c {IMPORT}")
        .quiet()
        .run()?;
    Ok(())
}

/// Programs that the Go client needs, installed where that is possible.
fn go_tools(shell: &Shell) -> anyhow::Result<(PathBuf, PathBuf)> {
    let java = system(shell, "default-jre-headless", "java")?;
    let go = system(shell, "golang-go", "go")?;
    if !Path::new(VALIDATOR.1).exists() {
        install(shell, VALIDATOR.0)?;
    }
    Ok((go, java))
}

/// Returns the generator's archive within the virtual environment.
fn generator(shell: &Shell, home: &Path) -> anyhow::Result<PathBuf> {
    let found = cmd!(shell, "find {home}/lib -name openapi-generator.jar")
        .quiet()
        .read()?;
    let first = found
        .lines()
        .next()
        .context("the generator's archive is missing")?;
    Ok(first.into())
}

fn compile_go(
    shell: &Shell,
    folder: &Path,
    [go, java, jar, document]: &[&PathBuf; 4],
) -> anyhow::Result<()> {
    let path = folder.join("go");
    let client = path.join("src/maple");
    shell.remove_path(&client)?;
    let options = "withGoMod=false,packageName=maple";
    cmd!(
        shell,
        "timeout {SECONDS} {java} -jar {jar} generate -g go -i {document} -o {client} --additional-properties={options} --global-property=apiTests=false,modelTests=false"
    )
    .quiet()
    .ignore_stdout()
    .ignore_stderr()
    .run()
    .context("the Go client cannot be generated")?;
    let libraries = format!("{}:{GO_LIBRARIES}", path.display());
    cmd!(shell, "timeout {SECONDS} {go} build maple")
        .env("GO111MODULE", "off")
        .env("GOPATH", libraries)
        .env("GOCACHE", folder.join("go-cache"))
        .quiet()
        .run()
        .context("the Go client does not compile")
}

/// Leaves out the rules between fields of an object, such as "either this or that": generators take
/// them for types of their own.
fn leave_out_constraints(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if object.contains_key("properties") {
                for word in ["oneOf", "anyOf"] {
                    let alternatives = object.get(word).and_then(Value::as_array);
                    let is_constraint = alternatives.is_some_and(|alternatives| {
                        alternatives.iter().all(|one| one.get("$ref").is_none())
                    });
                    if is_constraint {
                        object.remove(word);
                    }
                }
            }
            object.values_mut().for_each(leave_out_constraints);
        }
        Value::Array(values) => values.iter_mut().for_each(leave_out_constraints),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rules_between_fields_are_left_out_and_types_stay() {
        let mut document = json!({
            "either": {"properties": {"a": {}, "b": {}}, "oneOf": [{"properties": {"a": {"not": {}}}}]},
            "union": {"oneOf": [{"$ref": "#/a"}, {"$ref": "#/b"}]},
            "both": {"properties": {"a": {}}, "oneOf": [{"$ref": "#/a"}]},
        });
        leave_out_constraints(&mut document);
        assert_eq!(
            document,
            json!({
                "either": {"properties": {"a": {}, "b": {}}},
                "union": {"oneOf": [{"$ref": "#/a"}, {"$ref": "#/b"}]},
                "both": {"properties": {"a": {}}, "oneOf": [{"$ref": "#/a"}]},
            })
        );
    }
}
