//! Likes over the fake store and buffer.

mod likes;
mod properties;
