//! A stand-in for the Nexon Open API over real HTTP.
//!
//! Every name is a character, always the same one, with equipment whose potentials are drawn from
//! the published tables. Names that begin with [`UNKNOWN_PREFIX`] belong to no character. A key is
//! required, and any key is accepted; only keys that begin with [`MEMBER_KEY_PREFIX`] belong to an
//! account; those whose rest begins with `lucky` or `unlucky` to one with such a history. Faults are injected with [`FaultRule`]s, through [`Sandbox::set_faults`] or over HTTP:
//!
//! | request | response |
//! |---|---|
//! | `GET /maplestory/v1/id?character_name=` | a character's identifier |
//! | `GET /maplestory/v1/character/basic?ocid=` | the character's basic data |
//! | `GET /maplestory/v1/character/item-equipment?ocid=` | its equipment |
//! | `GET /maplestory/v1/character/stat?ocid=` | its final stats, and six more documents say where they come from |
//! | `GET /maplestory/v1/character/list` | the account of the key's owner, and its characters |
//! | `GET /maplestory/v1/history/{cube,potential,starforce,soul-potential}?count=&date=` | what the key's owner did on a day; further pages with `cursor=` |
//! | `PUT /sandbox/faults` | replaces the fault rules: `[{"fault":"hang","endpoint":"id","times":2,"latency_ms":50}]`, every field optional |
//! | `GET`, `DELETE /sandbox/faults` | the remaining fault rules; removes all of them |
//! | `GET`, `DELETE /sandbox/requests` | the number of requests for each path; resets the counts |
//!
//! ```
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! use nexon_sandbox::{Fault, FaultRule, Sandbox};
//!
//! let sandbox = Sandbox::start_local()?;
//! sandbox.set_faults(vec![FaultRule::always(Fault::ApiMaintenance)]);
//! // ... let a client call `sandbox.url()` ...
//! assert_eq!(sandbox.counters().total(), 0);
//! sandbox.stop().await;
//! # Ok::<(), std::io::Error>(())
//! # })?;
//! # Ok::<(), std::io::Error>(())
//! ```

mod account;
mod character;
mod document;
mod fault_injection;
mod faults;
mod game;
mod history;
mod nexon_error;
mod ocid;
mod quota;
mod routes;
mod server;
mod signals;
mod state;

pub use account::MEMBER_KEY_PREFIX;
pub use character::UNKNOWN_PREFIX;
pub use faults::{Endpoint, Fault, FaultRule};
pub use quota::Quota;
pub use server::{Sandbox, SandboxOptions};
pub use signals::interrupted;
pub use state::RequestCounts;
