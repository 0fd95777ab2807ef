//! Values as the columns hold them.

use jiff::Timestamp;
use kernel::Id;
use sea_orm::Value;

/// An id as its 16 bytes, which sort as the id does.
pub(crate) fn id<Of: ?Sized>(id: Id<Of>) -> Value {
    id.bits().to_be_bytes().to_vec().into()
}

/// The id in a column.
pub(crate) fn read_id<Of: ?Sized>(bytes: &[u8]) -> Result<Id<Of>, String> {
    <[u8; 16]>::try_from(bytes)
        .map(|bytes| Id::new(u128::from_be_bytes(bytes)))
        .map_err(|_| format!("an id has {} bytes", bytes.len()))
}

/// A point in time as microseconds.
pub(crate) fn micros(at: Timestamp) -> Value {
    at.as_microsecond().into()
}

/// The point in time in a column.
pub(crate) fn instant(micros: i64) -> Result<Timestamp, String> {
    Timestamp::from_microsecond(micros).map_err(|error| error.to_string())
}
