//! The pages in a Chromium, as players see and operate them.

mod accessibility;
mod keyboard;
mod live;
mod luck;
mod newcomer;
mod plain;
mod quiet;
mod tab;

/// Every page, at the state in which it shows most.
const PAGES: [&str; 14] = [
    "/",
    "/characters/아델",
    "/characters/아델?preset=2&rules=kms-2025-12",
    "/characters/아델/upgrades",
    "/calculators/potential?goal=cooldown_seconds+%3E%3D+4&budget=1000%EC%96%B5",
    "/calculators/potential?level=200&goal=int_pct+%3E%3D+21+or+cooldown_seconds+%3E%3D+2\
     &budget=10%EC%96%B5&with=red&with=black&seed=3&worth=10%EC%96%B5&now=12",
    "/calculators/flame?at_least=100&int=1&all_stat_pct=10&boss=1",
    "/session",
    "/luck",
    "/characters/아델/completion?target=22-stars-30-21&budget=1000%EC%96%B5",
    "/characters/아델/completion?target=own&stars=22&potential=30&slot1=%EB%AA%A8%EC%9E%90&stars1=17",
    "/calculators/star-force?level=200&from=0&to=17",
    "/calculators/plan?items=stars+150+0-12",
    "/rules",
];

/// Pages of errors.
const ERRORS: [&str; 5] = [
    "/nowhere",
    "/characters/너무긴이름이라서안되는이름",
    "/calculators/potential?goal=int_pct+%3E%3D+%3Cb%3E&level=x",
    "/characters/아델/upgrades?budget=x&main_final=y",
    "/characters/아델/completion?target=own&potential=int_pc+%3E%3D+9",
];

/// A phone and a screen: width in CSS pixels.
const WIDTHS: [u32; 2] = [360, 1_280];
