//! The whole application over real sockets, its command line, and its program as a process.

mod access;
mod alerts;
mod app;
mod ask;
mod bad_numbers;
mod bodies;
#[cfg(target_os = "linux")]
mod bombs;
mod borders;
mod browser;
mod cached;
#[cfg(feature = "failpoints")]
mod cached_first;
mod calculations;
mod characters;
mod check_config;
mod cli;
mod clocks;
mod commands;
mod completion_page;
mod connections;
mod contract;
mod delivery;
mod documented;
mod documents;
mod donations;
#[cfg(feature = "failpoints")]
mod fairness;
mod fetches;
mod jobs;
mod korean;
mod languages;
mod large_means;
mod likes;
mod lists;
mod luck;
mod luck_page;
mod malformed;
mod members_alone;
mod monitoring;
mod objects;
mod odd_answers;
mod operations;
mod operator;
mod options;
mod overload;
mod page_canaries;
mod page_errors;
mod page_forms;
mod pages;
mod partial;
mod process;
mod schedule;
mod serve;
mod sessions;
mod shape;
mod shell;
mod stat_sheet;
#[cfg(feature = "failpoints")]
mod stream;
mod strictness;
mod upgrades;
