//! The whole application over real sockets.

mod alerts;
mod app;
mod bad_numbers;
mod calculations;
mod characters;
mod contract;
mod operator;
mod overload;
mod shape;
mod shell;
