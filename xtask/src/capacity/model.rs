//! From people to what they need: requests at the peak, calls in a day, what is stored.

use super::costs::{
    BYTES_STORED, CACHED, CALLS_AGAIN, CALLS_NEW, COLD, DATABASE, DONATION, LIKE, NOT_MODIFIED,
    PAGE, PROCESS_MIB, QUOTA_PER_DAY, QUOTA_PER_SECOND, REDIS, ROWS_STORED, SYSTEM_MIB, T3_SMALL,
    UnitCosts, VIRTUAL_PROCESSOR, WIRE_OVERHEAD,
};

/// Habits of one who uses the service on a day. Assumed, not measured: nobody has used it yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habits {
    /// Visits of a day; each finds the own character older than fresh.
    pub(super) visits: f64,
    /// Pages of a visit.
    pub(super) pages: f64,
    /// Expectations of a visit that are sent.
    pub(super) answers: f64,
    /// Expectations of a visit that the client has.
    pub(super) not_modified: f64,
    /// Characters of a visit that nobody has asked for before.
    pub(super) new_characters: f64,
    /// Likes of a visit.
    pub(super) likes: f64,
    /// Donations of a visit.
    pub(super) donations: f64,
    /// Characters that are stored for each who comes.
    pub(super) stored_characters: f64,
    /// Part of a day's visits that fall into its busiest minute.
    pub(super) peak_minute: f64,
}

/// The habits that are computed with.
pub(super) const HABITS: Habits = Habits {
    visits: 2.0,
    pages: 4.0,
    answers: 4.0,
    not_modified: 2.0,
    new_characters: 0.1,
    likes: 0.2,
    donations: 0.02,
    stored_characters: 5.0,
    // An eighth of the day in its busiest hour, and a minute twice as busy as the hour's mean.
    peak_minute: 2.0 / (8.0 * 60.0),
};

/// Need of one resource, and what there is of it.
#[derive(Debug, Clone)]
pub(super) struct Need {
    pub(super) resource: String,
    pub(super) unit: &'static str,
    pub(super) needed: f64,
    pub(super) offered: f64,
}

impl Need {
    /// Part of the offer that is needed; more than 1 is too much.
    pub(super) fn share(&self) -> f64 {
        self.needed / self.offered
    }
}

impl Habits {
    /// Costs of a visit: its answers, and the own character worked out anew.
    fn visit(&self) -> UnitCosts {
        let kinds = [
            (PAGE, self.pages),
            (CACHED, self.answers),
            (NOT_MODIFIED, self.not_modified),
            (COLD, self.new_characters + 1.0),
            (LIKE, self.likes),
            (DONATION, self.donations),
        ];
        sum(kinds)
    }

    /// Calls of the upstream of a visit.
    fn calls(&self) -> f64 {
        CALLS_AGAIN + self.new_characters * CALLS_NEW
    }

    /// Commits of a visit: the own character and new ones row by row, donations; likes are written
    /// in groups, and count as alone.
    fn commits(&self) -> f64 {
        (1.0 + self.new_characters) * ROWS_STORED + self.likes + self.donations
    }
}

/// Costs of several kinds together, each so many times.
pub(super) fn sum(kinds: impl IntoIterator<Item = (UnitCosts, f64)>) -> UnitCosts {
    let none = UnitCosts {
        cpu_micros: 0.0,
        bytes_out: 0.0,
    };
    kinds
        .into_iter()
        .fold(none, |sum, (kind, times)| UnitCosts {
            cpu_micros: sum.cpu_micros + times * kind.cpu_micros,
            bytes_out: sum.bytes_out + times * kind.bytes_out,
        })
}

/// Needs of so many people a day, beside the offers of so many processes on machines of their own.
pub(super) fn needs(users: f64, processes: f64, habits: &Habits) -> Vec<Need> {
    let visits = users * habits.visits;
    let per_second = visits * habits.peak_minute / 60.0;
    let mut needs = Vec::from(needs_of_processes(per_second, processes, habits));
    needs.extend(needs_of_upstream(visits, per_second, habits));
    let database = if processes > 1.0 {
        &DATABASE
    } else {
        &T3_SMALL
    };
    let stored_mib = users * habits.stored_characters * BYTES_STORED / 1024.0 / 1024.0;
    needs.push(Need {
        resource: database.part("commits"),
        unit: "a second",
        needed: per_second * habits.commits(),
        offered: database.disk_operations / OPERATIONS_PER_COMMIT,
    });
    needs.push(Need {
        resource: "disk of 20 GB".to_owned(),
        unit: "MiB",
        needed: stored_mib,
        offered: 20.0 * 1024.0,
    });
    if processes > 1.0 {
        // An hour's characters, as stored, and the keys of the quota, the locks and the likes.
        let hour = visits / 8.0 * (1.0 + habits.new_characters) * BYTES_STORED / 1024.0 / 1024.0;
        needs.push(Need {
            resource: REDIS.part("memory"),
            unit: "MiB",
            needed: hour,
            offered: REDIS.memory_mib,
        });
    }
    needs
}

fn needs_of_processes(visits_per_second: f64, processes: f64, habits: &Habits) -> [Need; 3] {
    let visit = habits.visit();
    let bits = visits_per_second * visit.bytes_out * 8.0 * WIRE_OVERHEAD;
    [
        Need {
            resource: T3_SMALL.part("processors"),
            unit: "vCPU",
            needed: visits_per_second * visit.cpu_micros / 1e6 / VIRTUAL_PROCESSOR,
            offered: processes * T3_SMALL.processors,
        },
        Need {
            resource: T3_SMALL.part("network"),
            unit: "Mbit/s",
            needed: bits / 1e6,
            offered: processes * T3_SMALL.network_bits / 1e6,
        },
        Need {
            resource: T3_SMALL.part("memory"),
            unit: "MiB",
            needed: PROCESS_MIB + SYSTEM_MIB,
            offered: T3_SMALL.memory_mib,
        },
    ]
}

fn needs_of_upstream(visits: f64, visits_per_second: f64, habits: &Habits) -> [Need; 2] {
    let calls = |visits: f64, unit, offered| Need {
        resource: "calls of the upstream".to_owned(),
        unit,
        needed: visits * habits.calls(),
        offered,
    };
    [
        calls(visits, "a day", QUOTA_PER_DAY),
        calls(visits_per_second, "a second", QUOTA_PER_SECOND),
    ]
}

/// Operations of a disk for a commit: the log, and its share of the pages.
const OPERATIONS_PER_COMMIT: f64 = 3.0;

/// The smallest number of processes whose processors and network suffice.
pub(super) fn processes(users: f64, habits: &Habits) -> f64 {
    let own = needs(users, 1.0, habits);
    own[..2].iter().map(Need::share).fold(1.0, f64::max).ceil()
}

/// Number of people a day whom one process serves, and the need that ends it.
pub(super) fn limit(habits: &Habits) -> (f64, Need) {
    let one = needs(1_000.0, 1.0, habits);
    let grows = one
        .into_iter()
        .filter(|need| !need.resource.starts_with("memory"));
    let first = grows.max_by(|a, b| a.share().total_cmp(&b.share()));
    let first = first.expect("there are needs");
    (1_000.0 / first.share(), first)
}
