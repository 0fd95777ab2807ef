//! A disk that fails under a SQLite file, at each call that writes, truncates or synchronises it:
//! nothing that was acknowledged is lost, by a second reader of the file while the server runs, and
//! after SIGKILL and another start.

use std::path::Path;

use testkit::{EIO, ENOSPC, FileFault, Preload};

use crate::acknowledged::World;
use crate::instance::PROGRAM;
use crate::scale::Scale;

/// Calls of one round of writes, at most; far more than there are.
const MAX_CALLS: u32 = 200;

/// Number of calls that fail where a disk goes on failing.
const LASTING: u32 = 1_000_000;

/// Names of errors.
fn shown(error: i32) -> &'static str {
    match error {
        EIO => "EIO",
        ENOSPC => "ENOSPC",
        _ => "another error",
    }
}

/// Lets one call after another fail until a round of writes has no such call. How many failed, and
/// how many writes were refused for it.
async fn fail_each(
    world: &mut World,
    disk: &Preload,
    round: &mut u32,
    (error, count): (i32, u32),
) -> (u32, usize) {
    let (mut failed, mut refused) = (0, 0);
    for first in 1..MAX_CALLS {
        *round += 1;
        let fault = FileFault {
            first,
            count,
            error,
        };
        disk.fail(*round, fault).unwrap();
        let acknowledged = world.write().await;
        let has_failed = disk.has_failed();
        let when = format!("{} at call {first}", shown(error));
        world.compare(&when).await;
        disk.mend().unwrap();
        // Compared with the next call, or at the end.
        world.write_until_acknowledged().await;
        if !has_failed {
            break;
        }
        failed += 1;
        refused += acknowledged.iter().filter(|it| !**it).count();
    }
    (failed, refused)
}

#[tokio::test]
async fn acknowledged_writes_survive_a_disk_that_fails_at_any_call() {
    let scale = Scale::from_environment();
    let Some(disk) = Preload::build().unwrap() else {
        return println!("SKIPPED: there is no C compiler, so no disk can be made to fail");
    };
    let program = (Path::new(PROGRAM), &["serve"][..]);
    let mut world = World::start(program, |folder| disk.failing_files(folder).into()).await;
    let (mut round, mut rows) = (0, Vec::new());
    let faults = [(EIO, 1), (ENOSPC, 1), (EIO, LASTING), (ENOSPC, LASTING)];
    for (error, count) in faults {
        let (failed, refused) = fail_each(&mut world, &disk, &mut round, (error, count)).await;
        assert!(failed > 3, "{failed} calls failed");
        assert!(refused > 0, "a disk that fails refuses writes");
        world.end(true).await;
        world.compare("after SIGKILL").await;
        world.instance.kill_and_restart().await;
        world.compare("after another start").await;
        let lasting = if count == 1 { "" } else { ", lasting" };
        let error = shown(error);
        rows.push(format!(
            "{error}{lasting}: {failed} calls, {refused} writes refused"
        ));
    }
    let (told, turns) = (&world.told, world.turn);
    scale.row(
        "R1, R7 on a failing disk",
        format!(
            "each call of a donation, a grant and a like fails: {}",
            rows.join("; ")
        ),
        format!(
            "{} of {turns} donations, {} of {turns} grants acknowledged, and likes; none lost, \
             and each kind taken again as soon as the disk was well",
            told.gifts.len(),
            told.grants.len(),
        ),
    );
}
