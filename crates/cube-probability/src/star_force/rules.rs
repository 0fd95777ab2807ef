//! Dated rule sets of star force and the kinds of items.

use crate::Source;
use crate::words::words;

/// The chances and costs of star force at each star, as in force from a date on.
///
/// Success, keep and destroy chances from star 15 on and the changes between the sets are official
/// (Nexon, KMS updates 767 and 799); the chances below star 15, the costs and the size of the
/// star catch bonus (5 % more success) are the community's figures, on which the sources agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Rules {
    /// In force since 2026-03-19: the star catch bonus is always applied, and a destroyed item
    /// can be restored to the star it broke at.
    #[default]
    Kms20260319,
    /// 2025-03-20 to 2026-03-18: no star is ever lost but by destruction, 30 stars, and a
    /// destroyed item comes back at 12 stars.
    Kms20250320,
    /// Until 2025-03-19: failures from 16 to 19 and above 20 stars lose a star, and after two
    /// losses in a row the next attempt is certain (찬스타임), that of superior items as well. A
    /// destruction prevented by a safeguard or an event is a failure of that star: it loses a star
    /// where failures do.
    KmsBefore20250320,
}

words!("star force rules", Rules {
    Kms20260319 = "kms_2026-03-19",
    Kms20250320 = "kms_2025-03-20",
    KmsBefore20250320 = "kms_before_2025-03-20",
});

impl Rules {
    /// The day of the newest source of the figures of every rule set, as `YYYY-MM-DD`.
    pub const COMPILED_ON: &'static str = "2026-10-10";

    /// The sources of the figures.
    pub const SOURCES: &'static [Source] = &[
        Source {
            figures: "success, keep and destroy chances from star 15 on, safeguard, most stars",
            publication: "Nexon, News/Update/767 and 799, read through cited copies",
        },
        Source {
            figures: "chances below star 15, the star catch bonus, attempt costs, and all chances \
                before 2025-03-20",
            publication: "community calculators, which agree; no official table",
        },
        Source {
            figures: "restores to the star an item broke at",
            publication: "spare items: Nexon, Guide/Articles/412; meso: the community's rule, \
                which agrees with an independent table within 0.4 %",
        },
    ];

    /// A summary of what sets these rules apart.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Kms20260319 => {
                "in force since 2026-03-19: star catch always applied, restores to the star an \
                 item broke at"
            }
            Self::Kms20250320 => {
                "2025-03-20 to 2026-03-18: no loss of stars, 30 stars, a destroyed item comes \
                 back at 12 stars"
            }
            Self::KmsBefore20250320 => {
                "until 2025-03-19: failures from 16 to 19 and above 20 stars lose a star, also \
                 where a safeguard or an event prevents destruction; after two losses in a row \
                 the next attempt is certain (찬스타임), 슈페리얼 included; 25 stars, a destroyed \
                 item comes back at 12 stars"
            }
        }
    }

    /// Whether the star catch mini game exists; where it does not, its bonus is always applied.
    pub const fn has_star_catch(self) -> bool {
        !matches!(self, Self::Kms20260319)
    }

    /// The stars at which destruction can be prevented (파괴방지).
    pub const fn safeguard_stars(self) -> &'static [u8] {
        match self {
            Self::Kms20260319 | Self::Kms20250320 => &[15, 16, 17],
            Self::KmsBefore20250320 => &[15, 16],
        }
    }

    /// The surcharge of a safeguard, in undiscounted costs of the attempt.
    pub const fn safeguard_surcharge(self) -> u64 {
        match self {
            Self::Kms20260319 | Self::Kms20250320 => 2,
            Self::KmsBefore20250320 => 1,
        }
    }

    /// Whether an attempt after two lost stars in a row is certain (찬스타임).
    pub const fn has_chance_time(self) -> bool {
        matches!(self, Self::KmsBefore20250320)
    }

    /// Whether a destroyed item can be restored to the star it broke at.
    pub const fn has_full_restore(self) -> bool {
        matches!(self, Self::Kms20260319)
    }
}

/// The kind of an item, which decides its chances and how many stars it can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ItemKind {
    /// An ordinary item.
    #[default]
    Normal,
    /// 슈페리얼: destruction leaves nothing, and the next one starts at 0 stars.
    ///
    /// Its chances and costs are known from another region only, and events for it are not known.
    Superior,
}

words!("item kind", ItemKind { Normal = "normal", Superior = "superior" });
