//! Drills on processes of the suite's own: what docs/operations/backup.md promises, done with the
//! scripts of deploy/.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::json;

use super::client::Client;
use super::own::{ADMIN_TOKEN, SmokeProcess};

/// A drill with this program and a MariaDB.
pub(super) type Drill = fn(&Path, &str) -> anyhow::Result<()>;

/// Every drill, by name.
pub(super) const DRILLS: [(&str, Drill); 2] = [
    ("backup and restore of SQLite", sqlite),
    (
        "backup and restore of MariaDB, by users with the least privileges",
        mariadb,
    ),
];

/// A member that is logged in.
struct Member {
    id: String,
    token: String,
}

fn client(process: &SmokeProcess) -> Client {
    Client::new(process.public(), false)
}

/// Logs in and returns the member.
fn log_in(process: &SmokeProcess) -> anyhow::Result<Member> {
    let body = json!({"nexon_api_key": "sandbox-member-1"});
    let client = client(process);
    let session = client
        .post("/api/v1/sessions", &body)?
        .with_status(201)?
        .json()?;
    let token = session["access_token"]
        .as_str()
        .context("no token")?
        .to_owned();
    let authorization = format!("Bearer {token}");
    let headers = [("Authorization", authorization.as_str())];
    let me = client
        .send("GET", "/api/v1/me", &headers, None)?
        .with_status(200)?
        .json()?;
    let id = me["member_id"]
        .as_str()
        .with_context(|| me.to_string())?
        .to_owned();
    Ok(Member { id, token })
}

/// Likes a character and grants ten points.
fn change(process: &SmokeProcess, member: &Member, character: &str) -> anyhow::Result<()> {
    let authorization = format!("Bearer {}", member.token);
    let path = format!("/api/v1/characters/{character}/like");
    let headers = [("Authorization", authorization.as_str())];
    client(process)
        .send("PUT", &path, &headers, None)?
        .with_status(200)?;
    let grant = json!({"to": member.id, "amount": 10, "by": "drill", "reason": "drill"});
    let authorization = format!("Bearer {ADMIN_TOKEN}");
    let headers = [("Authorization", authorization.as_str())];
    let admin = Client::new(process.admin(), false);
    admin
        .send(
            "POST",
            "/api/v1/admin/points/grants",
            &headers,
            Some(&grant),
        )?
        .with_status(201)?;
    Ok(())
}

/// Checks that there is exactly what was there at the backup.
fn expect_the_backup(process: &SmokeProcess, member: &Member) -> anyhow::Result<()> {
    for (character, expected) in [("아델", 1), ("긱델", 0)] {
        let path = format!("/api/v1/characters/{character}/likes");
        let likes = client(process).get(&path)?.with_status(200)?.json()?;
        ensure!(likes["count"] == expected, "{character}: {likes}");
    }
    let path = format!("/api/v1/admin/points/{}", member.id);
    let authorization = format!("Bearer {ADMIN_TOKEN}");
    let headers = [("Authorization", authorization.as_str())];
    let admin = Client::new(process.admin(), false);
    let account = admin
        .send("GET", &path, &headers, None)?
        .with_status(200)?
        .json()?;
    ensure!(account["balance"] == 10, "{account}");
    Ok(())
}

/// Runs a command; its standard error is the reason when it fails.
fn run(command: &mut Command) -> anyhow::Result<()> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {said}");
    Ok(())
}

fn script(name: &str) -> Command {
    Command::new(crate::root().join("deploy").join(name))
}

/// Checks the ledger and the likes of a database.
fn verify(program: &Path, url: &str) -> anyhow::Result<()> {
    for arguments in [["ledger", "check"], ["likes", "verify"]] {
        let mut command = Command::new(program);
        command.args(arguments).env("MAPLE__DATABASE__URL", url);
        command.env(
            "MAPLE__SESSIONS__SECRET",
            "the secret of the smoke test, of all its processes",
        );
        run(&mut command)?;
    }
    Ok(())
}

fn sqlite(program: &Path, _mysql: &str) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let settings = [("MAPLE__DATA_DIR", text(&data)?)];
    let mut process = SmokeProcess::start(program, &settings)?;
    let (database, backup) = (
        data.join("sandbox.sqlite"),
        folder.path().join("backup.sqlite"),
    );
    let member = log_in(&process)?;
    change(&process, &member, "아델")?;
    run(script("backup.sh").arg("sqlite").args([&database, &backup]))?;
    // A backup is never written over.
    let again = script("backup.sh")
        .arg("sqlite")
        .args([&database, &backup])
        .output()?;
    ensure!(
        !again.status.success(),
        "an earlier backup was written over"
    );
    change(&process, &member, "긱델")?;
    process.stop()?;
    run(script("restore.sh")
        .arg("sqlite")
        .args([&backup, &database]))?;
    let mut process = SmokeProcess::start(program, &settings)?;
    expect_the_backup(&process, &member)?;
    process.stop()?;
    verify(program, &format!("sqlite://{}", database.display()))?;
    let cut = folder.path().join("cut.sqlite");
    let whole = std::fs::read(&backup)?;
    std::fs::write(&cut, &whole[..whole.len() / 2])?;
    let refused = script("restore.sh")
        .arg("sqlite")
        .args([&cut, &database])
        .output()?;
    ensure!(!refused.status.success(), "a damaged backup was restored");
    Ok(())
}

/// A MariaDB's address in parts.
struct Server {
    host: String,
    port: String,
}

impl Server {
    /// `mysql://root@127.0.0.1:20001`, as the tests have it.
    fn at(url: &str) -> anyhow::Result<Self> {
        let place = url.strip_prefix("mysql://root@");
        let place = place.context("the drill needs a server whose root has no password")?;
        let (host, port) = place
            .trim_end_matches('/')
            .split_once(':')
            .context("no port")?;
        Ok(Self {
            host: host.to_owned(),
            port: port.to_owned(),
        })
    }

    /// Arguments of MariaDB's programs for this user.
    fn arguments(&self, user: &str, password: &str) -> Vec<String> {
        vec![
            format!("--host={}", self.host),
            format!("--port={}", self.port),
            format!("--user={user}"),
            format!("--password={password}"),
        ]
    }

    fn url(&self, user: &str, password: &str, database: &str) -> String {
        format!(
            "mysql://{user}:{password}@{}:{}/{database}",
            self.host, self.port
        )
    }

    fn execute(&self, sql: &str) -> anyhow::Result<()> {
        let mut client = Command::new("mariadb");
        run(client
            .args(self.arguments("root", ""))
            .arg("--execute")
            .arg(sql))
    }
}

/// A name that no other run uses.
fn unique() -> String {
    format!("drill{:08x}", std::process::id())
}

/// deploy/sql/mysql.sql with names of this run, for a client on this machine.
fn statements(name: &str) -> anyhow::Result<String> {
    let file = crate::root().join("deploy/sql/mysql.sql");
    let sql = std::fs::read_to_string(file)?;
    let code = sql.lines().filter(|line| !line.starts_with("--"));
    let code = code.collect::<Vec<_>>().join("\n");
    Ok(code
        .replace("replace-this-password", "drill")
        .replace("'10.%'", "'%'")
        .replace("maple", name))
}

fn mariadb(program: &Path, mysql: &str) -> anyhow::Result<()> {
    let (server, name) = (Server::at(mysql)?, unique());
    let (user, owner) = (name.clone(), format!("{name}-migrate"));
    let restored = format!("{name}_restored");
    server.execute(&statements(&name)?)?;
    server.execute(
        &statements(&name)?
            .replace(&format!(" {name}."), &format!(" {restored}."))
            .replace(&format!("EXISTS {name} "), &format!("EXISTS {restored} ")),
    )?;
    let result = mariadb_with(program, &server, [&user, &owner], [&name, &restored]);
    server.execute(&format!(
        "DROP DATABASE {name}; DROP DATABASE {restored}; DROP USER '{user}'@'%', '{owner}'@'%'"
    ))?;
    result
}

fn mariadb_with(
    program: &Path,
    server: &Server,
    [user, owner]: [&String; 2],
    [name, restored]: [&String; 2],
) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let backup = folder.path().join("backup.sql.gz");
    let by_owner = server.arguments(owner, "drill-too");
    let migrate = server.url(owner, "drill-too", name);
    run(Command::new(program)
        .arg("migrate")
        .env("MAPLE__DATABASE__URL", &migrate))?;
    let url = server.url(user, "drill", name);
    let mut process = SmokeProcess::start(program, &[("MAPLE__DATABASE__URL", &url)])?;
    let member = log_in(&process)?;
    change(&process, &member, "아델")?;
    run(script("backup.sh")
        .args(["mariadb", name])
        .arg(&backup)
        .args(&by_owner))?;
    change(&process, &member, "긱델")?;
    process.stop()?;
    let refused = script("restore.sh")
        .arg("mariadb")
        .arg(&backup)
        .arg(name)
        .args(&by_owner)
        .output()?;
    ensure!(
        !refused.status.success(),
        "a database with tables was written over"
    );
    run(script("restore.sh")
        .arg("mariadb")
        .arg(&backup)
        .arg(restored)
        .args(&by_owner))?;
    let url = server.url(user, "drill", restored);
    let mut process = SmokeProcess::start(program, &[("MAPLE__DATABASE__URL", &url)])?;
    expect_the_backup(&process, &member)?;
    process.stop()?;
    verify(program, &url)
}

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("the path is not UTF-8")
}
