//! Snapshots that instances share, between each one's memory and the store.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use equipment::{
    ContentHash, Document, Ocid, SharedCache, SharedChange, Snapshot, SnapshotVersion, StoreError,
};
use fred::interfaces::HashesInterface;
use fred::types::Value;
use jiff::Timestamp;
use tokio::sync::broadcast;

use crate::invalidations::encode_version;
use crate::script::KEEP;
use crate::{Error, Redis};

/// Sixteen times a usual document. A larger one is left to the store.
const MAX_BODY: usize = 160 * 1024;

/// Some 200 MB of usual documents.
const MOST: usize = 20_000;

/// Snapshots in Redis: the compressed documents as stored, each with an expiry, at most 20,000 of
/// them and none above 160 KiB.
#[derive(Debug, Clone)]
pub struct RedisSnapshots {
    redis: Redis,
    most: usize,
}

impl RedisSnapshots {
    /// Snapshots over this connection.
    pub fn new(redis: Redis) -> Self {
        Self { redis, most: MOST }
    }

    /// Sets the upper bound on snapshots to `most`; those that expire first are evicted first.
    #[must_use]
    pub fn at_most(self, most: usize) -> Self {
        Self { most, ..self }
    }

    fn key(&self, ocid: &Ocid) -> String {
        self.redis.key(&format!("snapshot:{}", ocid.as_str()))
    }

    async fn read(&self, ocid: &Ocid) -> Result<Option<Snapshot>, Error> {
        let key = self.key(ocid);
        let fields = vec!["at", "hash", "body"];
        let read = self
            .redis
            .client()
            .hmget::<Vec<Option<Bytes>>, _, _>(&key, fields);
        match <[_; 3]>::try_from(self.redis.call(read).await?) {
            Ok([None, None, None]) => Ok(None),
            Ok([Some(at), Some(hash), Some(body)]) => {
                let snapshot = decode(ocid, &at, &hash, body);
                snapshot
                    .map(Some)
                    .map_err(|problem| Error::Garbled { key, problem })
            }
            _ => Err(Error::Garbled {
                key,
                problem: "a part is missing",
            }),
        }
    }

    async fn keep(&self, snapshot: &Snapshot, ttl: Duration) -> Result<(), Error> {
        let document = &snapshot.document;
        let body = document.compressed();
        let body = if body.len() > MAX_BODY {
            Bytes::new()
        } else {
            body.clone()
        };
        let ttl = i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX).max(1);
        let arguments: Vec<Value> = vec![
            snapshot.fetched_at.as_microsecond().into(),
            Bytes::copy_from_slice(document.hash().as_bytes()).into(),
            body.into(),
            ttl.into(),
            i64::try_from(self.most).unwrap_or(i64::MAX).into(),
            self.redis.invalidations().changes_channel().into(),
            encode_version(&SnapshotVersion::of(snapshot)).into(),
        ];
        let keys = vec![self.key(&snapshot.ocid), self.redis.key("snapshots")];
        let keep = self.redis.run::<i64>(&KEEP, keys, arguments);
        self.redis.call(keep).await?;
        Ok(())
    }
}

#[async_trait]
impl SharedCache for RedisSnapshots {
    async fn snapshot(&self, ocid: &Ocid) -> Result<Option<Snapshot>, StoreError> {
        self.read(ocid)
            .await
            .map_err(failed_to("read a shared snapshot"))
    }

    async fn put(&self, snapshot: &Snapshot, ttl: Duration) -> Result<(), StoreError> {
        let kept = self.keep(snapshot, ttl).await;
        kept.map_err(failed_to("share a snapshot"))
    }

    fn changes(&self) -> broadcast::Receiver<SharedChange> {
        self.redis.invalidations().changes()
    }
}

fn decode(ocid: &Ocid, at: &[u8], hash: &[u8], body: Bytes) -> Result<Snapshot, &'static str> {
    let at = std::str::from_utf8(at).ok().and_then(|at| at.parse().ok());
    let at = at.and_then(|at| Timestamp::from_microsecond(at).ok());
    let hash = <[u8; 32]>::try_from(hash).map_err(|_| "its hash is not 32 bytes long")?;
    Ok(Snapshot {
        ocid: ocid.clone(),
        fetched_at: at.ok_or("its time is not a number of microseconds")?,
        document: Document::from_stored(ContentHash::from_bytes(hash), body),
    })
}

fn failed_to(action: &'static str) -> impl Fn(Error) -> StoreError {
    move |error| StoreError {
        action,
        source: Box::new(error),
    }
}
