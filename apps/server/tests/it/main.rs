//! The whole application over real sockets.

mod access;
mod alerts;
mod app;
mod ask;
mod bad_numbers;
mod bodies;
mod browser;
mod calculations;
mod characters;
mod contract;
mod delivery;
mod donations;
mod jobs;
mod likes;
mod monitoring;
mod objects;
mod odd_answers;
mod operations;
mod operator;
mod options;
mod overload;
mod page_forms;
mod pages;
mod partial;
mod schedule;
mod sessions;
mod shape;
mod shell;
#[cfg(feature = "failpoints")]
mod stream;
mod strictness;
mod upgrades;
