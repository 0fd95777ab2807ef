//! R11: a scheduled job runs once per tick over three instances, whichever of them are killed.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::Rng;
use secrecy::ExposeSecret;
use testkit::TestDatabase;

use crate::instance::Instance;
use crate::scale::Scale;

/// The ticks of the job that the instances have begun so far, and how often each.
pub(crate) fn begun(instances: &[Instance]) -> BTreeMap<u64, u32> {
    let mut begun = BTreeMap::new();
    for instance in instances {
        let log = std::fs::read_to_string(instance.service.folder().join("log")).unwrap();
        let lines = log.lines().filter(|line| {
            line.contains("a scheduled job begins") && line.contains("purge_snapshots")
        });
        for line in lines {
            let (_, tick) = line.split_once("\"tick\":").unwrap();
            let tick: String = tick.chars().take_while(char::is_ascii_digit).collect();
            *begun.entry(tick.parse().unwrap()).or_default() += 1;
        }
    }
    begun
}

#[tokio::test]
async fn each_tick_of_a_job_is_begun_once_while_instances_are_killed() {
    let scale = Scale::from_environment();
    let (kills, ticks_between) = scale.pick((2, 2), (60, 2));
    let database = TestDatabase::mysql().await;
    let environment = [
        ("MAPLE__DATABASE__URL", database.url().expose_secret()),
        ("MAPLE__CACHE__PURGE_EVERY_SECONDS", "1"),
        ("MAPLE__LOG", "server=debug,schedule=debug"),
        ("MAPLE__LOG_FORMAT", "json"),
    ];
    let start = || Instance::start(&environment);
    let (one, two, three) = tokio::join!(start(), start(), start());
    let mut instances = [one, two, three];
    let mut dice = scale.dice();
    for kill in 0..=kills {
        let goal = begun(&instances).len() + ticks_between;
        while begun(&instances).len() < goal {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        if kill < kills {
            instances[dice.random_range(0..3)].kill_and_restart().await;
        }
    }
    let begun = begun(&instances);
    let twice: Vec<_> = begun.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "begun more than once: {twice:?}");
    scale.row(
        "R11",
        format!("{kills} kills of three instances with a job every second"),
        format!("{} ticks, each begun once", begun.len()),
    );
}
