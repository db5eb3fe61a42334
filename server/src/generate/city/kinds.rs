//! Which of the city's request kinds send a field crew, and what each asks of it.
//!
//! The city publishes the request, its urgency and its promised days, but neither skill nor work time:
//! those are this table's, one line for each kind. `fixtures/README.md` shows the same table.

use paidan_engine::wire::document::TicketTypeDoc;
use paidan_engine::wire::document::TicketTypeDoc::{Complaint, Installation, Question, Repair};

/// A kind of request that a crew visits.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The city's code, `SR_TYPE`.
    pub code: &'static str,
    /// The issue kind in tickets and visits. Codes that one crew treats alike share it.
    pub issue: &'static str,
    /// The skill required.
    pub skill: &'static str,
    /// The level required.
    pub level: u8,
    /// The level preferred.
    pub preferred: u8,
    /// A second skill required at level 1, or empty.
    pub also: &'static str,
    /// Usual work on site in minutes.
    pub minutes: i64,
    /// The ticket's type.
    pub ticket: TicketTypeDoc,
    /// The customer's tier.
    pub tier: &'static str,
    /// Whether somebody must open a door, which needs an appointment.
    pub indoors: bool,
    /// The part used up, or empty.
    pub part: &'static str,
}

macro_rules! kinds {
    ($($code:literal $issue:literal $skill:literal $level:literal..$preferred:literal $also:literal
       $minutes:literal $ticket:ident $tier:literal $indoors:literal $part:literal)*) => {
        /// All of them, by skill.
        pub const KINDS: &[Kind] = &[$(Kind {
            code: $code, issue: $issue, skill: $skill, level: $level, preferred: $preferred, also: $also,
            minutes: $minutes, ticket: $ticket, tier: $tier, indoors: $indoors, part: $part,
        }),*];
    };
}

kinds! {
//  code        issue                  skill       level also     min type         tier       indoors part
    "PTHOLE"    "pothole"              "paving"    1..2  ""       30  Repair       "standard" false "cold-patch"
    "STRRPRG"   "street-surface"       "paving"    2..3  ""       60  Repair       "standard" false "cold-patch"
    "VFLSHFIL"  "void-under-street"    "paving"    3..4  ""       90  Repair       "silver"   false "flash-fill"
    "VOID-REP"  "void-under-street"    "paving"    3..4  ""       90  Repair       "silver"   false "flash-fill"
    "SNKNRRP"   "sunken-street"        "paving"    2..3  ""       75  Repair       "standard" false "flash-fill"
    "CURBREP"   "curb"                 "paving"    2..2  ""       75  Repair       "standard" false ""
    "STRTPLTC"  "street-plate"         "paving"    2..3  ""       45  Complaint    "silver"   false ""
    "SIDWLKH"   "sidewalk-hazard"      "paving"    2..3  ""       60  Repair       "silver"   false "cold-patch"
    "SPDHMPS,"  "speed-hump"           "paving"    2..2  ""       60  Repair       "standard" false ""
    "STRSGN"    "sign-down"            "signs"     1..2  ""       30  Repair       "silver"   false "sign-post"
    "SGNDNA"    "stop-sign-down"       "signs"     2..3  ""       30  Repair       "gold"     false "stop-sign"
    "STSGN"     "sign-faded"           "signs"     1..1  ""       30  Repair       "standard" false "sign-blade"
    "MSSNGSTR"  "street-name"          "signs"     1..2  ""       30  Repair       "standard" false "sign-blade"
    "SGN_TNW"   "sign-new"             "signs"     2..3  ""       45  Installation "standard" false "sign-post"
    "HNDCPPRK"  "accessible-parking"   "signs"     2..2  ""       45  Installation "gold"     false "sign-post"
    "TRFVERTD"  "delineator"           "signs"     1..1  ""       30  Repair       "standard" false ""
    "PAVMK"     "pavement-marking"     "signs"     2..2  ""       60  Repair       "standard" false ""
    "SGNVRHD"   "overhead-sign"        "signs"     3..4  "aloft"  90  Repair       "gold"     false ""
    "TSIG-MAL"  "signal-fault"         "signals"   2..3  "aloft"  50  Repair       "gold"     false "signal-lamp"
    "CHNGFLSH"  "signal-change"        "signals"   3..4  ""       90  Installation "silver"   false ""
    "VHCLPRGS"  "signal-timing"        "signals"   3..5  ""       60  Question     "standard" false ""
    "STRTLITE"  "street-light-out"     "lighting"  2..3  "aloft"  45  Repair       "standard" false "lamp"
    "LGHT,NWS"  "street-light-new"     "lighting"  3..3  "aloft"  90  Installation "standard" false "light-pole"
    "LGHTPARK"  "park-light-out"       "lighting"  2..3  ""       45  Repair       "standard" false "lamp"
    "TDWNLDUF"  "limb-down"            "trees"     1..2  ""       50  Repair       "silver"   false ""
    "TREESPLT"  "limb-hanging"         "trees"     3..4  "aloft"  75  Complaint    "gold"     false ""
    "TRTRIMUF"  "tree-prune"           "trees"     2..3  "aloft"  90  Repair       "standard" false ""
    "TTRMPVUF"  "tree-prune"           "trees"     2..3  "aloft"  90  Repair       "standard" false ""
    "TRBV-UF"   "tree-blocks-view"     "trees"     1..2  ""       50  Complaint    "silver"   false ""
    "TREEPR"    "tree-dead"            "trees"     3..4  ""       40  Question     "standard" false ""
    "TREEPR-P"  "tree-dead"            "trees"     3..4  ""       40  Question     "silver"   false ""
    "THORN-UF"  "tree-pest"            "trees"     3..5  ""       45  Question     "standard" false ""
    "TSTUMPUF"  "stump"                "trees"     2..2  ""       90  Repair       "standard" false ""
    "TPLANT"    "tree-planting"        "trees"     1..2  ""       60  Installation "standard" false "sapling"
    "WTRLKSBK"  "water-leak"           "water"     2..4  ""       75  Complaint    "gold"     false "repair-clamp"
    "FRHYDNTR"  "hydrant"              "water"     3..4  ""       90  Repair       "gold"     false "hydrant-valve"
    "NLTSCLG"   "inlet-clogged"        "water"     1..2  ""       45  Repair       "standard" false ""
    "NLTSDMGD"  "inlet-damaged"        "water"     2..3  ""       75  Repair       "standard" false ""
    "IN-CLSPD"  "inlet-damaged"        "water"     2..3  ""       90  Repair       "silver"   false ""
    "MNHLCVRM"  "manhole-cover"        "water"     2..3  ""       45  Complaint    "gold"     false ""
    "WTRPNDNG"  "water-ponding"        "water"     1..2  ""       45  Complaint    "standard" false ""
    "VDRPRCW"   "water-restoration"    "water"     2..2  ""       90  Repair       "standard" false ""
    "BLD-RES"   "building-residential" "building"  2..3  ""       65  Complaint    "standard" true  ""
    "BLD-COM"   "building-commercial"  "building"  3..4  ""       75  Complaint    "gold"     true  ""
    "BLD_VACR"  "building-vacant"      "building"  2..3  ""       45  Complaint    "standard" false "board-up-kit"
    "BLD_VACC"  "building-vacant"      "building"  2..3  ""       60  Complaint    "standard" false "board-up-kit"
    "ZONCCER"   "zoning"               "building"  3..4  ""       40  Question     "standard" false ""
    "ZONCCE"    "zoning"               "building"  3..4  ""       50  Question     "standard" false ""
    "PLMB_DEF"  "plumbing"             "building"  2..3  ""       60  Complaint    "silver"   true  ""
    "MOLD"      "mold"                 "health"    2..4  ""       60  Complaint    "silver"   true  "sample-kit"
    "MICE-BLD"  "mice"                 "health"    1..2  ""       45  Complaint    "silver"   true  "trap-kit"
    "RATS"      "rats"                 "health"    2..3  ""       60  Complaint    "silver"   true  "trap-kit"
    "ROACHES"   "roaches"              "health"    1..2  ""       45  Complaint    "silver"   true  "trap-kit"
    "HEAT"      "no-heat"              "health"    3..4  ""       60  Complaint    "gold"     true  ""
    "WTR_NO"    "no-water"             "health"    3..4  ""       60  Complaint    "gold"     true  ""
    "BD_UNSAN"  "unsanitary"           "health"    3..4  ""       60  Complaint    "silver"   true  ""
    "SWGTSDOP"  "sewage-surfacing"     "health"    3..4  ""       60  Complaint    "gold"     false "sample-kit"
    "GRCRYCNC"  "food-operation"       "health"    3..5  "food"   75  Complaint    "silver"   true  "sample-kit"
    "MSQTSPN"   "mosquitoes"           "health"    1..2  ""       45  Complaint    "standard" false ""
    "TLGR-PRV"  "tall-grass-private"   "grounds"   1..2  ""       35  Complaint    "standard" false ""
    "LITR-PRV"  "litter-private"       "grounds"   1..2  ""       35  Complaint    "standard" false ""
    "DUMP-PVS"  "dumping-private"      "grounds"   2..3  ""       45  Complaint    "standard" false ""
    "TLGR-PS"   "tall-grass-city"      "grounds"   1..1  ""       75  Repair       "standard" false ""
    "WDSBSTRC"  "weeds-right-of-way"   "grounds"   1..1  ""       50  Repair       "standard" false ""
    "MTL-FRN"   "bulky-items"          "bulky"     1..1  ""       30  Repair       "standard" false ""
    "TIRES"     "tires"                "bulky"     1..1  ""       25  Repair       "standard" false ""
    "BLKYTMST"  "bulky-items"          "bulky"     1..2  ""       30  Complaint    "silver"   false ""
    "RWFRNTRT"  "dumping-right-of-way" "bulky"     1..2  ""       40  Repair       "standard" false ""
    "RWTRDMPN"  "tires"                "bulky"     1..2  ""       35  Repair       "standard" false ""
    "TRREPR"    "cart-repair"          "carts"     1..2  ""       20  Repair       "standard" false "cart-parts"
    "TRREPR95"  "cart-repair"          "carts"     1..2  ""       20  Repair       "standard" false "cart-parts"
    "REPAIR96"  "cart-repair"          "carts"     1..2  ""       20  Repair       "standard" false "cart-parts"
    "NEW96CRT"  "cart-new"             "carts"     1..1  ""       15  Installation "standard" false "cart-96"
    "INHOMECE"  "bin-new"              "carts"     1..1  ""       15  Installation "standard" false ""
    "CRNCAN-D"  "corner-can-damaged"   "carts"     1..2  ""       40  Repair       "standard" false "corner-can"
    "CRNRCNOF"  "corner-can-full"      "carts"     1..1  ""       20  Complaint    "standard" false ""
    "GRFITI"    "graffiti"             "cleaning"  1..2  ""       50  Repair       "standard" false "solvent"
    "GRFTRPRV"  "graffiti"             "cleaning"  1..2  ""       50  Repair       "standard" false "solvent"
    "LTRSTPNH"  "litter-steps"         "cleaning"  1..1  ""       45  Complaint    "standard" false ""
    "CLEAN-ST"  "street-sweeping"      "cleaning"  1..1  ""       60  Repair       "standard" false ""
    "DAPUB1"    "dead-animal"          "cleaning"  1..1  ""       20  Repair       "silver"   false ""
}

/// Parts that no van holds on any day: they are on order. Tickets that need one cannot be served.
pub(super) const ON_ORDER: [&str; 2] = ["hydrant-valve", "light-pole"];

// The `food` licence is held by nobody either: whoever had it has left (see `roster::FORMER`).

/// The kind of this code, if a crew visits it.
pub(super) fn of(code: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.code == code)
}

/// The parts that work with this skill uses, each once.
pub(super) fn parts_of(skill: &str) -> impl Iterator<Item = &'static str> {
    let mut parts: Vec<&str> = KINDS
        .iter()
        .filter(|kind| kind.skill == skill && !kind.part.is_empty())
        .map(|kind| kind.part)
        .filter(|part| !ON_ORDER.contains(part))
        .collect();
    parts.sort_unstable();
    parts.dedup();
    parts.into_iter()
}
