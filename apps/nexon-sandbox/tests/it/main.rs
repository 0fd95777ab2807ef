//! The stand-in over real HTTP, and the clients that call it.

mod admin;
mod client;
mod discord;
mod evaluation;
mod histories;
mod scenarios;
