//! The stand-in over real HTTP, and the clients that call it.

mod admin;
mod client;
mod discord;
mod evaluation;
mod scenarios;
mod sheets;
