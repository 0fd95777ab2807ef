//! A SQLite file without room to grow: nothing that was acknowledged is lost, by a second reader of
//! the file while the server runs, after SIGTERM and after SIGKILL; others can write meanwhile, and
//! the server can as soon as there is room.

use std::fs;
use std::path::Path;

use rlimit::{INFINITY, Resource};

use crate::acknowledged::World;
use crate::instance::PROGRAM;
use crate::scale::Scale;

/// Refusals of each kind of write before there is room again.
const REFUSALS: usize = 6;

/// Starts the server with its process id in a file, and deaf to `SIGXFSZ`: what a file that is full
/// gives then is an error, not the end.
const LAUNCH: &str = r#"trap "" XFSZ; echo $$ > pid; exec "$0" serve"#;

impl World {
    /// Bounds the size of the server's files from now on, in bytes.
    fn limit(&self, bytes: u64) {
        let pid = fs::read_to_string(self.instance.service.folder().join("pid")).unwrap();
        let pid = pid.trim().parse().unwrap();
        let limits = Some((bytes, INFINITY));
        rlimit::prlimit(pid, Resource::FSIZE, limits, None).unwrap();
    }

    /// Leaves room for a few writes: the log of SQLite grows from a file's beginning to many times
    /// the size of this database.
    fn fill(&self, pages: u64) {
        let size = fs::metadata(self.path()).unwrap().len();
        self.limit(size + 4_096 * pages);
    }

    /// Writes until each kind was refused often enough.
    async fn write_until_refused(&mut self) {
        let mut refused = [0; 3];
        while refused.iter().any(|times| *times < REFUSALS) {
            for (times, acknowledged) in refused.iter_mut().zip(self.write().await) {
                *times += usize::from(!acknowledged);
            }
        }
    }
}

#[tokio::test]
async fn acknowledged_writes_survive_a_sqlite_file_without_room() {
    let scale = Scale::from_environment();
    let rounds = scale.pick(2, 40);
    let mut world = World::start((Path::new("sh"), &["-c", LAUNCH, PROGRAM]), |_| Vec::new()).await;
    for round in 0..rounds {
        // Once while there is no room, and once when there is room again.
        for is_mended in [false, true] {
            world.write_until_acknowledged().await;
            world.fill(round % 16);
            world.write_until_refused().await;
            world.compare("while there is no room").await;
            world.operator_grants().await;
            if is_mended {
                world.limit(INFINITY);
                world.write_until_acknowledged().await;
                world.compare("when there is room again").await;
            }
            world.end(round % 2 == 1).await;
            world.compare("after the end").await;
            world.instance.kill_and_restart().await;
            world.compare("after another start").await;
        }
    }
    let (told, turns) = (&world.told, world.turn);
    scale.row(
        "R1, R7 without room",
        format!(
            "a SQLite file that cannot grow, {} ends by SIGTERM and SIGKILL",
            2 * rounds
        ),
        format!(
            "{} of {turns} donations and {} of {turns} grants acknowledged, and likes; none lost, \
             others could write, and the server as soon as there was room",
            told.gifts.len(),
            told.grants.len(),
        ),
    );
}
