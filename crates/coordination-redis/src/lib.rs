//! What instances share: locks, the like buffer, cached snapshots and the upstream's quota, in Redis or Valkey.
