//! Servers in containers, for where their programs can neither be found nor installed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::server::Runner;
use crate::watchdog::WatchedProcess;
use crate::{ServerError, programs, unique};

/// The container engine of this machine, by its client.
#[derive(Debug, Clone)]
pub(crate) struct Engine(PathBuf);

/// Image of a container and its settings.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    pub(crate) name: &'static str,
    /// Port on which the server listens inside.
    pub(crate) port: u16,
    pub(crate) environment: &'static [(&'static str, &'static str)],
    /// The command line inside.
    pub(crate) command: Vec<&'static str>,
}

/// A container: made at its first start, kept through kills and restarts, and removed when this is
/// dropped. Its watchdog removes it when the whole process is gone while it runs.
#[derive(Debug)]
pub(crate) struct Container {
    engine: Engine,
    image: Image,
    name: String,
}

impl Engine {
    /// The engine, if its client is here and reaches it.
    pub(crate) fn find() -> Option<Self> {
        let engine = Self(programs::find("docker")?);
        let version = ["version", "--format", "{{.Server.Version}}"];
        engine.run(&version).is_ok().then_some(engine)
    }

    fn run(&self, arguments: &[&str]) -> Result<String, ServerError> {
        programs::run(Command::new(&self.0).args(arguments))
    }

    /// Fetches an image that is not here yet, however long that takes.
    fn fetch(&self, image: &str) -> Result<(), ServerError> {
        if self.run(&["image", "inspect", image]).is_err() {
            eprintln!("testkit: fetching the image {image}");
            self.run(&["pull", "--quiet", image])?;
        }
        Ok(())
    }
}

/// A program of this machine runs the server; where there is none and none can be installed, a
/// container does, if an engine works here.
pub(crate) fn program_or_container(
    program: Result<Runner, ServerError>,
    engine: impl FnOnce() -> Option<Engine>,
    image: Image,
) -> Result<Runner, ServerError> {
    program.or_else(|error| {
        let engine = engine().ok_or(error)?;
        engine.fetch(image.name)?;
        Ok(Runner::Container(Container {
            engine,
            image,
            name: format!("maple-test-{:016x}", unique::number()),
        }))
    })
}

impl Container {
    /// Returns the name of the image.
    pub(crate) fn image(&self) -> &'static str {
        self.image.name
    }

    /// Starts it, listening on a port of this machine only; it logs into `folder/log`.
    pub(crate) fn start(&self, folder: &Path, port: u16) -> Result<WatchedProcess, ServerError> {
        let arguments = self.arguments(port);
        WatchedProcess::start_container(folder, &self.engine.0, &self.name, arguments)
    }

    /// Returns the arguments of `docker run` except the container's name.
    fn arguments(&self, port: u16) -> Vec<OsString> {
        let Image {
            name,
            port: inside,
            environment,
            command,
        } = &self.image;
        let mut arguments = vec![
            "--publish".into(),
            format!("127.0.0.1:{port}:{inside}").into(),
        ];
        for (variable, value) in *environment {
            arguments.extend(["--env".into(), format!("{variable}={value}").into()]);
        }
        arguments.push(name.into());
        arguments.extend(command.iter().map(OsString::from));
        arguments
    }

    /// Removes it, if it is there, with what it keeps.
    pub(crate) fn remove(&self) {
        let removed = Command::new(&self.engine.0)
            .args(["rm", "--force", "--volumes", &self.name])
            .stdin(Stdio::null())
            .output();
        // One that is not there is as good as removed.
        let _ = removed;
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        self.remove();
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpStream;
    use std::os::unix::fs::PermissionsExt;

    use tempfile::TempDir;

    use super::*;
    use crate::server::{Server, free_port};
    use crate::{mariadb, redis};

    /// Stands in for Docker: a container is a Redis of this machine, by its name in `state`. Every
    /// call is written down.
    const STAND_IN: &str = r#"#!/bin/sh
here=$(dirname "$0")
echo "$*" >>"$here/calls"
run() {
    echo $$ >"$here/$1.id"
    exec "$REDIS" --bind 127.0.0.1 --port "$(cat "$here/$1.port")" --save "" --dir "$here" \
        --appendonly yes --appendfsync always
}
case $1 in
image) exit 1 ;;
container) exec test -e "$here/$3.port" ;;
run)
    name=$3
    echo "$5" | cut -d: -f2 >"$here/$name.port"
    run "$name"
    ;;
start) run "$3" ;;
pause) kill -s STOP "$(cat "$here/$2.id")" ;;
unpause) kill -s CONT "$(cat "$here/$2.id")" ;;
kill) kill -s "$3" "$(cat "$here/$4.id")" ;;
rm)
    kill -s KILL "$(cat "$here/$4.id")"
    rm "$here/$4.port"
    ;;
esac
"#;

    struct StandIn(TempDir);

    impl StandIn {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let script = STAND_IN.replace(
                "$REDIS",
                redis::program(folder.path()).unwrap().to_str().unwrap(),
            );
            let docker = folder.path().join("docker");
            fs::write(&docker, script).unwrap();
            fs::set_permissions(&docker, fs::Permissions::from_mode(0o755)).unwrap();
            Self(folder)
        }

        fn engine(&self) -> Engine {
            Engine(self.0.path().join("docker"))
        }

        /// Returns the calls since the last query, with `NAME` for the container's name.
        fn calls(&self) -> Vec<String> {
            let file = self.0.path().join("calls");
            let calls = fs::read_to_string(&file).unwrap();
            fs::write(&file, "").unwrap();
            let words = |line: &str| {
                let words = line.split(' ').map(|word| {
                    if word.starts_with("maple-test-") {
                        "NAME"
                    } else {
                        word
                    }
                });
                words.collect::<Vec<_>>().join(" ")
            };
            calls.lines().map(words).collect()
        }

        fn server(&self) -> Server {
            let prepare = |_: &Path| {
                let (engine, image) = (|| Some(self.engine()), redis::image(redis::DURABLE));
                let runs = program_or_container(missing(), engine, image)?;
                Ok(redis::launch(runs))
            };
            Server::start(tempfile::tempdir().unwrap(), prepare).unwrap()
        }
    }

    fn missing() -> Result<Runner, ServerError> {
        Err(redis::SERVER.missing())
    }

    fn tell(server: &Server, command: &str) -> String {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        writeln!(stream, "{command}\r").unwrap();
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).unwrap();
        answer.trim().to_owned()
    }

    #[test]
    fn container_is_started_killed_restarted_and_removed() {
        let stand_in = StandIn::new();
        let mut server = stand_in.server();
        let port = server.address().port();
        let run = format!(
            "run --name NAME --publish 127.0.0.1:{port}:6379 redis:7 redis-server --protected-mode no \
             --save  --appendonly yes --appendfsync always"
        );
        let started = [
            "image inspect redis:7",
            "pull --quiet redis:7",
            "container inspect NAME",
            &run,
        ];
        assert_eq!(stand_in.calls(), started);
        assert_eq!(server.source(), "a container of redis:7");

        assert_eq!(tell(&server, "SET key 42"), "+OK");
        server.freeze();
        server.thaw();
        server.restart().unwrap();
        assert_eq!(tell(&server, "GET key"), "$2", "it is the same one");
        server.kill();
        let obeyed = [
            "pause NAME",
            "unpause NAME",
            "kill --signal KILL NAME",
            "container inspect NAME",
            "start --attach NAME",
            "kill --signal KILL NAME",
        ];
        assert_eq!(stand_in.calls(), obeyed);
        drop(server);
        assert_eq!(stand_in.calls(), ["rm --force --volumes NAME"]);
    }

    #[test]
    fn container_is_removed_after_a_panic() {
        let stand_in = StandIn::new();
        let mut address = None;
        let panicked = std::thread::scope(|scope| {
            let test = scope.spawn(|| {
                let server = stand_in.server();
                address = Some(server.address());
                panic!("as a failing test does");
            });
            test.join().is_err()
        });
        assert!(panicked);
        assert!(TcpStream::connect(address.unwrap()).is_err());
        let removed = "rm --force --volumes NAME".to_owned();
        assert!(stand_in.calls().contains(&removed));
    }

    /// As when the program that started it is killed: nothing but the watchdog is left.
    #[test]
    fn watchdog_removes_an_abandoned_container() {
        let (stand_in, folder) = (StandIn::new(), tempfile::tempdir().unwrap());
        // A Redis without a port would end by itself.
        let publish = format!("127.0.0.1:{}:6379", free_port());
        let arguments = ["--publish", &publish].map(OsString::from);
        let docker = stand_in.engine().0;
        let watched =
            WatchedProcess::start_container(folder.path(), &docker, "name", arguments.into());
        let id = stand_in.0.path().join("name.id");
        while !id.exists() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        drop(watched.unwrap());
        let removed = "rm --force --volumes name".to_owned();
        assert!(stand_in.calls().contains(&removed));
        assert!(!folder.path().exists());
    }

    #[test]
    fn program_is_preferred_to_a_container() {
        let stand_in = StandIn::new();
        let program = || {
            Ok(Runner::Program {
                program: "/usr/bin/redis-server".into(),
                arguments: |_, _| Vec::new(),
                more: &[],
            })
        };
        let image = mariadb::image;
        let never = || panic!("nobody needs an engine");
        let chosen = program_or_container(program(), never, image()).unwrap();
        assert_eq!(chosen.to_string(), "/usr/bin/redis-server");
        let engine = || Some(stand_in.engine());
        let chosen = program_or_container(missing(), engine, image()).unwrap();
        assert_eq!(chosen.to_string(), "a container of mariadb:10.11");
        let error = program_or_container(missing(), || None, image()).unwrap_err();
        let error = error.to_string();
        for way in ["install redis-tools", "Docker", "MAPLE_TEST_REDIS_URL"] {
            assert!(error.contains(way), "{error}");
        }
    }

    #[test]
    fn mariadb_container_accepts_any_login_and_uses_latin1() {
        let stand_in = StandIn::new();
        let container = Container {
            engine: stand_in.engine(),
            image: mariadb::image(),
            name: "name".to_owned(),
        };
        let arguments = container.arguments(20_001);
        let words: Vec<_> = arguments
            .iter()
            .map(|word| word.to_str().unwrap())
            .collect();
        let expected = [
            "--publish",
            "127.0.0.1:20001:3306",
            "--env",
            "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1",
            "mariadb:10.11",
        ];
        assert_eq!(words[..5], expected);
        assert!(
            words.contains(&"--character-set-server=latin1"),
            "{words:?}"
        );
    }
}
