//! The pages in a Chromium, as players see and operate them.

mod accessibility;
mod keyboard;
mod live;
mod plain;
mod quiet;
mod tab;

/// Every page, at the state in which it shows most.
const PAGES: [&str; 6] = [
    "/",
    "/characters/아델",
    "/calculators/potential?goal=cooldown_seconds+%3E%3D+4&budget=1000%EC%96%B5",
    "/calculators/star-force?level=200&from=0&to=17",
    "/calculators/plan?items=stars+150+0-12",
    "/rules",
];

/// Pages of errors.
const ERRORS: [&str; 2] = ["/nowhere", "/characters/너무긴이름이라서안되는이름"];

/// A phone and a screen: width in CSS pixels.
const WIDTHS: [u32; 2] = [360, 1_280];
