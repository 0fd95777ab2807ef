//! Exact odds and exact cost distributions of `MapleStory` (KMS) item enhancement.

mod grade;
mod method;
mod part;
mod words;

pub use grade::Grade;
pub use method::{Layer, Method};
pub use part::Part;
pub use words::UnknownWord;
