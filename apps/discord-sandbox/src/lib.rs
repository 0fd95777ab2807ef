//! A stand-in for Discord's webhooks over real HTTP, as strict about what it is sent, with a record
//! of what it received and faults on demand.
//!
//! | request | what |
//! |---|---|
//! | `POST /api/webhooks/{id}/{token}?wait=true` | takes a message; any id and token will do |
//! | `GET`, `DELETE /fake/record` | what came, in numbers ([`DiscordRecord`]); counts from zero |
//! | `GET /fake/messages` | the latest messages, the newest last |
//! | `GET /fake/copies` | how often each event came |
//! | `PUT`, `GET`, `DELETE /fake/faults` | the [`DiscordRule`]s: `[{"fault":{"rate_limited":{"retry_after_ms":500}},"times":1}]` |
//!
//! ```
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! use discord_sandbox::{DiscordFault, DiscordRule, FakeDiscord};
//!
//! let discord = FakeDiscord::start_local()?;
//! discord.set_faults(vec![DiscordRule::always(DiscordFault::CutAfterAccept).times(1)]);
//! // ... let something post to `discord.webhook_url()` ...
//! assert_eq!(discord.record().inside_window, 0);
//! discord.stop().await;
//! # Ok::<(), std::io::Error>(())
//! # })?;
//! # Ok::<(), std::io::Error>(())
//! ```

mod faults;
mod message;
mod record;
mod routes;
mod server;
mod state;

pub use faults::{DiscordFault, DiscordRule, PauseUnit};
pub use record::DiscordRecord;
pub use server::{Bucket, DiscordOptions, FakeDiscord};
