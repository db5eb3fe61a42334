//! What the nation's engineers can do, and what goes wrong there.

use crate::generate::chance::Odds;

/// A trade: its skill, how common it is, the part that its repairs use up, and its usual work against
/// the mean, in percent.
pub(super) struct Trade {
    pub(super) skill: &'static str,
    pub(super) weight: f64,
    pub(super) part: &'static str,
    pub(super) work_percent: i64,
}

macro_rules! trades {
    ($($skill:literal $weight:literal $part:literal $work:literal)*) => {
        /// All of them; the last four are rare.
        pub(super) const TRADES: &[Trade] = &[$(Trade {
            skill: $skill, weight: $weight, part: $part, work_percent: $work,
        }),*];
    };
}

trades! {
//  skill             weight  part             work
    "fibre"           12.0    "splice-tray"    90
    "router"          12.0    "router"         60
    "boiler"          10.0    "ignition"       110
    "electrics"       10.0    "breaker"        100
    "plumbing"        9.0     "valve"          110
    "telephone"       8.0     "socket"         70
    "washer"          7.0     "pump"           90
    "fridge"          7.0     "compressor"     110
    "oven"            6.0     "heating-coil"   90
    "meter"           6.0     "meter"          50
    "alarm"           5.0     "sensor"         90
    "door"            5.0     "motor"          100
    "television"      4.0     "receiver"       70
    "air-conditioner" 4.0     "fan"            120
    "heat-pump"       3.0     "controller"     140
    "solar"           3.0     "inverter"       140
    "ev-charger"      1.0     "charger"        130
    "water-treatment" 1.0     "filter"         110
    "elevator"        0.7     "relay"          150
    "gas"             0.7     "regulator"      110
}

/// What may be wrong with a thing; a ticket's issue is its skill and one of these.
pub(super) const TROUBLES: [&str; 4] = ["dead", "faulty", "noisy", "check"];

/// Odds of a trade.
pub(super) fn odds() -> Odds {
    Odds::new(TRADES.iter().map(|trade| trade.weight))
}

/// The issue kind of a trouble with a trade's thing.
pub(super) fn issue(trade: usize, trouble: usize) -> String {
    format!("{}-{}", TRADES[trade].skill, TROUBLES[trouble])
}
