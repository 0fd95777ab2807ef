//! Any text is a goal with a canonical text and honest odds, or an error inside the text.
#![no_main]

#[allow(dead_code, reason = "each target makes one of the checks")]
#[path = "../../tests/it/parsers.rs"]
mod parsers;

libfuzzer_sys::fuzz_target!(|text: &str| parsers::check_goal(text));
