//! The webhook over real sockets, against a stand-in for Discord.

mod webhook;
