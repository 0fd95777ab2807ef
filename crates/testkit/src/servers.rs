//! The servers that tests share.

use std::sync::OnceLock;

use crate::environment::{MYSQL_URL, REDIS_URL, variable};
use crate::{Server, ServerError};

/// The servers of a whole test run; they end when this is dropped.
#[derive(Debug)]
pub struct SharedServers {
    servers: Vec<ServerPool>,
}

/// One server that tests share.
#[derive(Debug)]
struct ServerPool {
    name: &'static str,
    variable: &'static str,
    url: String,
    /// `None` when somebody else runs it.
    own: Option<Server>,
}

/// Starts what the environment does not name: call it once before the tests, and give them
/// [`SharedServers::environment`].
///
/// # Errors
///
/// [`ServerError`] when a server is not available.
pub fn start_all() -> Result<SharedServers, ServerError> {
    Ok(SharedServers {
        servers: vec![
            ServerPool::find("MariaDB", MYSQL_URL, Server::mariadb)?,
            ServerPool::find("Redis", REDIS_URL, Server::redis)?,
        ],
    })
}

impl SharedServers {
    /// The variables by which tests find the servers.
    pub fn environment(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.servers
            .iter()
            .map(|server| (server.variable, server.url.as_str()))
    }

    /// One line on each server: what it is and whose.
    pub fn description(&self) -> Vec<String> {
        self.servers.iter().map(ServerPool::description).collect()
    }
}

/// The MariaDB or MySQL that tests share, such as `mysql://root@127.0.0.1:20001`: the one of the
/// run, else one that starts now and ends with this program.
///
/// # Panics
///
/// When no server is available: a test is never skipped for want of one.
pub fn mysql_url() -> &'static str {
    static SERVER: OnceLock<ServerPool> = OnceLock::new();
    ServerPool::once(&SERVER, "MariaDB", MYSQL_URL, Server::mariadb)
}

/// The Redis that tests share, such as `redis://127.0.0.1:20002`: the one of the run, else one
/// that starts now and ends with this program.
///
/// # Panics
///
/// When no server is available: a test is never skipped for want of one.
pub fn redis_url() -> &'static str {
    static SERVER: OnceLock<ServerPool> = OnceLock::new();
    ServerPool::once(&SERVER, "Redis", REDIS_URL, Server::redis)
}

impl ServerPool {
    fn find(
        name: &'static str,
        from: &'static str,
        start: fn() -> Result<Server, ServerError>,
    ) -> Result<Self, ServerError> {
        let (url, own) = match variable(from) {
            Some(url) => (url, None),
            None => start().map(|server| (server.url(), Some(server)))?,
        };
        Ok(Self {
            name,
            variable: from,
            url,
            own,
        })
    }

    fn once(
        server: &'static OnceLock<Self>,
        name: &'static str,
        from: &'static str,
        start: fn() -> Result<Server, ServerError>,
    ) -> &'static str {
        let find = || Self::find(name, from, start);
        &server
            .get_or_init(|| find().unwrap_or_else(|error| panic!("{error}")))
            .url
    }

    /// The address is shown for our own servers only: another may hold a password.
    fn description(&self) -> String {
        match &self.own {
            Some(server) => {
                let (name, source) = (self.name, server.source());
                format!("{name}: {source}, started for this run, {}", server.url())
            }
            None => format!("{}: the one {} names", self.name, self.variable),
        }
    }
}
