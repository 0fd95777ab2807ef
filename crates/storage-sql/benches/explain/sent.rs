//! Statements that the code sends: each port is called once, on empty tables, while the server logs
//! its statements. So nothing is deleted or claimed that is measured later.

use anyhow::Context;
use storage_sql::{Database, Settings};

use crate::cases::{CASES, Case};
use crate::server::Server;

const EMPTY: &str = "maple_explain_empty";

/// The statement of each case, with its values.
pub(crate) async fn by_the_code(url: &str) -> anyhow::Result<Vec<String>> {
    let server = Server::open(url, EMPTY).await?;
    let database = Database::open(&Settings::new(format!("{url}/{EMPTY}"))).await?;
    database.migrate().await?;
    server.run("SET GLOBAL log_output = 'TABLE'").await?;
    let mut all = Vec::new();
    for case in &CASES {
        all.push(by(case, &database, &server).await?);
    }
    server.run("TRUNCATE mysql.general_log").await?;
    server.run(&format!("DROP DATABASE {EMPTY}")).await?;
    Ok(all)
}

async fn by(case: &Case, database: &Database, server: &Server) -> anyhow::Result<String> {
    server.run("TRUNCATE mysql.general_log").await?;
    server.run("SET GLOBAL general_log = 'ON'").await?;
    let asked = (case.ask)(database).await;
    server.run("SET GLOBAL general_log = 'OFF'").await?;
    asked.with_context(|| format!("{} failed", case.name))?;
    let log = "SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log \
         WHERE command_type = 'Execute'";
    let sent = server.texts(log).await?;
    let plain: Vec<_> = sent.iter().map(|sql| sql.replace('`', "")).collect();
    let own = plain.iter().find(|sql| sql.starts_with(case.begins));
    let own = own.with_context(|| format!("{}: it was sent only\n{plain:#?}", case.name))?;
    Ok(own.clone())
}
