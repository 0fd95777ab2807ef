//! Any text is an option line with a canonical text, or unknown.
#![no_main]

#[allow(dead_code, reason = "each target makes one of the checks")]
#[path = "../../tests/it/parsers.rs"]
mod parsers;

libfuzzer_sys::fuzz_target!(|text: &str| parsers::check_option_line(text));
