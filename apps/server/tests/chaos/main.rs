//! Promises of the service while its processes, and those it depends on, are killed and frozen.
//!
//! One module per scenario. Each takes its size from [`scale`] and prints a row of a table.

#[cfg(target_os = "linux")]
mod acknowledged;
mod actor;
mod balancer;
mod clocks;
mod cluster;
mod database;
mod deadline;
#[cfg(target_os = "linux")]
mod descriptors;
#[cfg(feature = "failpoints")]
mod donations;
mod drills;
#[cfg(target_os = "linux")]
mod failing_disk;
mod first_request;
#[cfg(target_os = "linux")]
mod full_disk;
mod hostile;
mod incidents;
mod instance;
mod jobs;
mod lifecycle;
mod likes;
mod locks;
mod notices;
mod people;
mod races;
mod redis;
mod request_ids;
mod restart;
mod revoked;
mod rolling;
mod scale;
mod secrets;
mod supervisor;
mod traces;
mod unseen;
mod upgrade;
mod upstream;
