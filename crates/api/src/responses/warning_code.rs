//! Kinds of warnings.

use serde::{Serialize, Serializer};

macro_rules! codes {
    ($($(#[$doc:meta])+ $variant:ident = $code:literal,)+) => {
        /// Kind of a warning, for programs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum WarningCode { $($(#[$doc])+ $variant),+ }

        impl WarningCode {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the word in answers.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }
    };
}

codes! {
    /// The data are older than they should be.
    Stale = "stale",
    /// The upstream gave nothing newer.
    UpstreamFailed = "upstream-failed",
    /// The client's allowance of fetches is spent.
    TooManyRequests = "too-many-requests",
    /// The data were fetched a moment ago.
    RefreshTooSoon = "refresh-too-soon",
    /// The store did not answer.
    StoreFailed = "store-failed",
    /// The stored document could not be read.
    StoredDocumentUnreadable = "stored-document-unreadable",
    /// The equipment is not known.
    EquipmentMissing = "equipment-missing",
    /// A source of stats could not be read.
    StatSourceMissing = "stat-source-missing",
    /// A mean is past 64 bits.
    MeanTooLarge = "mean-too-large",
    /// The class is not known.
    UnknownClass = "unknown-class",
    /// The character's level is not known.
    UnknownLevel = "unknown-level",
    /// Points of 최대 HP count at their worth.
    PointsOfHp = "points-of-hp",
    /// No stat sheet is known.
    NoStatSheet = "no-stat-sheet",
    /// The stat sheet is that of another class.
    SheetOfAnotherClass = "sheet-of-another-class",
    /// The stat sheet gives no boss damage.
    StatSheetNotValued = "stat-sheet-not-valued",
    /// Strength is judged against a weaker boss.
    WeakerBoss = "weaker-boss",
    /// An item has lines that no reset gives.
    ImpossibleLines = "impossible-lines",
    /// Lines do not meet the goal derived from them.
    GoalNotMet = "goal-not-met",
    /// Spare items are free.
    FreeSpareItems = "free-spare-items",
    /// Fees of a restore follow a rule.
    RestoreFeeByRule = "restore-fee-by-rule",
    /// Figures of superior items are not verified.
    SuperiorUnverified = "superior-unverified",
    /// 찬스타임 of superior items is not counted.
    SuperiorWithoutChanceTime = "superior-without-chance-time",
    /// A reset has no known price.
    NoPrice = "no-price",
    /// A cost is too large to count.
    NotCountable = "not-countable",
    /// A goal is never met.
    NotReachable = "not-reachable",
    /// There is no total.
    NoTotal = "no-total",
    /// A method of a comparison is left out.
    MethodLeftOut = "method-left-out",
    /// An item has no upgrade.
    LeftOut = "left-out",
}

impl Serialize for WarningCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}
