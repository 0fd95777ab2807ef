//! Unit costs, measured by `cargo xtask bench costs`, and what machines offer.

/// Costs of one answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnitCosts {
    /// Time of a processor, in microseconds.
    pub(super) cpu_micros: f64,
    /// Bytes that HTTP sends: head and body.
    pub(super) bytes_out: f64,
}

const fn costs(cpu_micros: f64, bytes_out: f64) -> UnitCosts {
    UnitCosts {
        cpu_micros,
        bytes_out,
    }
}

/// A cached expectation in zstd.
pub(super) const CACHED: UnitCosts = costs(21.0, 8_712.0);
/// The same where the client has it.
pub(super) const NOT_MODIFIED: UnitCosts = costs(8.5, 512.0);
/// The cached page of a character in zstd.
pub(super) const PAGE: UnitCosts = costs(22.0, 12_212.0);
/// The expectation of a character that nobody has asked for: fetched, stored, worked out.
pub(super) const COLD: UnitCosts = costs(27_350.0, 8_744.0);
/// A like, durable when it is answered.
pub(super) const LIKE: UnitCosts = costs(95.0, 389.0);
/// A donation, with its message in the outbox.
pub(super) const DONATION: UnitCosts = costs(900.0, 604.0);

/// The mix of the same run: of a hundred requests, so many of each.
#[cfg(test)]
pub(super) const MIX: [(UnitCosts, f64); 6] = [
    (CACHED, 60.0),
    (NOT_MODIFIED, 20.0),
    (PAGE, 14.0),
    (COLD, 1.0),
    (LIKE, 4.0),
    (DONATION, 1.0),
];
/// Costs of a request of that mix, measured by themselves.
#[cfg(test)]
pub(super) const MIX_MEASURED: UnitCosts = costs(350.0, 7_140.0);

/// Calls of the upstream for a character that is new or no longer fresh: identity, equipment and
/// stats, and for a new one its identifier.
pub(super) const CALLS_NEW: f64 = 4.0;
/// See [`CALLS_NEW`].
pub(super) const CALLS_AGAIN: f64 = 3.0;

/// Rows of a character that is stored: itself, its equipment, its stats.
pub(super) const ROWS_STORED: f64 = 3.0;
/// Bytes of them on disk, indexes included, the stats left out: a thousand characters in SQLite.
pub(super) const BYTES_STORED: f64 = 8_315.0;

/// Memory of a process whose caches are full, in MiB: the upper end of the soak in
/// docs/operations/install.md.
pub(super) const PROCESS_MIB: f64 = 375.0;
/// Memory of the system, nginx and the agent of the machine, in MiB.
pub(super) const SYSTEM_MIB: f64 = 400.0;

/// A virtual processor against the core of the measurement: one of the two threads of a core.
pub(super) const VIRTUAL_PROCESSOR: f64 = 0.5;

/// Bytes of TCP, IP and TLS over those of HTTP.
pub(super) const WIRE_OVERHEAD: f64 = 1.06;

/// Calls a day that Nexon grants to a published service (openapi.nexon.com, read 2026-10).
pub(super) const QUOTA_PER_DAY: f64 = 20_000_000.0;
/// Calls a second of the same.
pub(super) const QUOTA_PER_SECOND: f64 = 500.0;

/// Offers of a machine for as long as one likes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Machine {
    pub(super) name: &'static str,
    /// Virtual processors.
    pub(super) processors: f64,
    pub(super) memory_mib: f64,
    /// Bits a second.
    pub(super) network_bits: f64,
    /// Operations a second of its disk, of gp3 without an extra.
    pub(super) disk_operations: f64,
}

impl Machine {
    /// Name of one of its resources.
    pub(super) fn part(&self, resource: &str) -> String {
        format!("{resource} of {}", self.name)
    }
}

/// The machine of a process: 20 % of two virtual processors, beyond which credits are spent.
pub(super) const T3_SMALL: Machine = Machine {
    name: "t3.small",
    processors: 0.4,
    memory_mib: 2_048.0,
    network_bits: 0.128e9,
    disk_operations: 3_000.0,
};

/// The database where instances share one: two processors, of which credits fill 30 %.
pub(super) const DATABASE: Machine = Machine {
    name: "db.t4g.large (MariaDB)",
    processors: 0.6,
    memory_mib: 8_192.0,
    network_bits: 0.512e9,
    disk_operations: 3_000.0,
};

/// Redis where instances share one.
pub(super) const REDIS: Machine = Machine {
    name: "cache.t4g.small (Redis)",
    processors: 0.4,
    memory_mib: 1_400.0,
    network_bits: 0.128e9,
    disk_operations: 3_000.0,
};
