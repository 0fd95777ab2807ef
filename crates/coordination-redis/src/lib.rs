//! State shared between instances, in Redis 7+ or Valkey 8+.
//!
//! | part | port |
//! |---|---|
//! | [`RedisLock`] | [`kernel::Lock`] |
//! | [`RedisQuota`] | [`resilience::QuotaGate`] |
//! | [`RedisSnapshots`] | [`equipment::SharedCache`] |
//! | [`RedisSessions`] | [`members::SharedSessions`] |
//! | [`RedisIncidents`] | [`alerts::SharedIncidents`] |
//! | [`LikeStream`], emptied by [`LikeFlusher`] | [`likes::Journal`] |
//!
//! [`Redis`] is the connection they share. It is made without waiting for the server, reconnects
//! by itself, and fails fast while the server is away: nothing queues, every command has a
//! timeout, and after some failures a circuit breaker spares callers even that.
//!
//! # What the server must be
//!
//! One server, or one primary behind an address; not a Redis Cluster. `maxmemory-policy` must be
//! `noeviction`: a lock, a spent quota or an acknowledged like that is evicted is gone. What grows
//! is bounded from here: snapshots by number, size and age, likes by their cap. For likes that
//! survive a crash of the server, `appendonly yes` with `appendfsync always`; with `everysec` up
//! to a second of acknowledged likes is lost when the machine dies (not when only the server's
//! process does).

#![expect(
    clippy::large_futures,
    reason = "the client's futures are large, and each of ours is boxed as a method of its port"
)]

mod connection;
mod error;
mod incidents;
mod invalidations;
mod like_stream;
mod lock;
mod quota;
mod rates;
mod script;
mod server_clock;
mod sessions;
mod settings;
mod snapshots;

pub use connection::Redis;
pub use error::Error;
pub use incidents::RedisIncidents;
pub use like_stream::{FlushError, LikeFlusher, LikeStream, like_stream};
pub use lock::RedisLock;
pub use quota::RedisQuota;
pub use rates::RedisRateLimiter;
pub use sessions::RedisSessions;
pub use settings::Settings;
pub use snapshots::RedisSnapshots;
