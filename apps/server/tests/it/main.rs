//! The whole application over real sockets, its command line, and its program as a process.

mod access;
mod alerts;
mod app;
mod ask;
mod bad_numbers;
mod bodies;
#[cfg(target_os = "linux")]
mod bombs;
mod calculations;
mod characters;
mod cli;
mod commands;
mod contract;
mod delivery;
mod documented;
mod donations;
mod fetches;
mod jobs;
mod likes;
mod luck;
mod monitoring;
mod objects;
mod odd_answers;
mod operations;
mod operator;
mod options;
mod overload;
mod pages;
mod partial;
mod process;
mod schedule;
mod serve;
mod sessions;
mod shape;
mod shell;
#[cfg(feature = "failpoints")]
mod stream;
mod strictness;
mod upgrades;
