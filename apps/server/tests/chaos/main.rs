//! Promises of the service while its processes, and those it depends on, are killed and frozen.
//!
//! One module per scenario. Each takes its size from [`scale`] and prints a row of a table.

mod actor;
mod balancer;
mod cluster;
mod database;
#[cfg(feature = "failpoints")]
mod donations;
mod drills;
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
mod redis;
mod restart;
mod rolling;
mod scale;
mod secrets;
mod supervisor;
mod traces;
mod unseen;
mod upgrade;
mod upstream;
