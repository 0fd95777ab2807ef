//! nginx's files with the paths of this machine, so that `nginx -t` can read them anywhere.

use std::path::PathBuf;

use xshell::cmd;

use super::Bench;

/// A name server that nobody asks: nginx wants one to be named.
const RESOLVER: &str = "127.0.0.1";

/// The names that nginx.conf leaves to Docker's name server; `resolve` lets nginx start without
/// them.
const DOCKER_RESOLVER: &str = "127.0.0.11";

/// Writes compose.yaml's nginx.conf into the scratch folder.
///
/// # Errors
///
/// A file that cannot be read or written.
pub(super) fn compose(bench: &Bench<'_>) -> anyhow::Result<PathBuf> {
    let tls = certificate(bench)?;
    let parts = bench.file("deploy/nginx");
    let mut text = bench.shell.read_file(bench.file("deploy/nginx.conf"))?;
    for part in ["zones", "limits", "tls", "proxy"] {
        let local = parts.join(format!("{part}.conf"));
        let there = format!("/etc/nginx/{part}.conf");
        text = text.replace(&there, &local.display().to_string());
    }
    text = text
        .replace("/etc/nginx/tls/", &format!("{}/", tls.display()))
        .replace(DOCKER_RESOLVER, RESOLVER);
    let file = bench.scratch.join("nginx.conf");
    bench.shell.write_file(&file, text)?;
    Ok(file)
}

/// Writes a file that includes site.conf as Debian's nginx.conf would.
///
/// # Errors
///
/// A file that cannot be read or written.
pub(super) fn site(bench: &Bench<'_>) -> anyhow::Result<PathBuf> {
    let tls = certificate(bench)?;
    let scratch = bench.scratch.display();
    let parts = bench.file("deploy/nginx");
    let text = bench.shell.read_file(parts.join("site.conf"))?;
    let text = text
        .replace(
            "/etc/nginx/maple-expectation/",
            &format!("{}/", parts.display()),
        )
        .replace(
            "/etc/letsencrypt/live/maple.example.org/",
            &format!("{}/", tls.display()),
        )
        .replace("/var/log/nginx/", &format!("{scratch}/"));
    let site = bench.scratch.join("site.conf");
    bench.shell.write_file(&site, text)?;
    let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary = kinds.map(|kind| format!("{kind}_temp_path {scratch}/{kind};"));
    let temporary = temporary.join(" ");
    let file = bench.scratch.join("one.conf");
    let whole = format!(
        "pid {scratch}/nginx.pid; error_log stderr; events {{}}\n\
         http {{ access_log off; {temporary} include {}; }}\n",
        site.display()
    );
    bench.shell.write_file(&file, whole)?;
    Ok(file)
}

/// A certificate for the tests of the files, in the scratch folder.
fn certificate(bench: &Bench<'_>) -> anyhow::Result<PathBuf> {
    let folder = bench.scratch.join("tls");
    if !folder.join("fullchain.pem").exists() {
        let script = bench.file("deploy/tls/self-signed.sh");
        bench.shell.create_dir(&folder)?;
        // The script writes beside itself.
        let copy = folder.join("self-signed.sh");
        bench.shell.copy_file(script, &copy)?;
        cmd!(bench.shell, "{copy}").quiet().ignore_stderr().run()?;
    }
    Ok(folder)
}
