//! What one problem may hold. Nothing grows without one of these.

/// Most engineers.
pub const ENGINEERS: usize = 200_000;
/// Most tickets.
pub const TICKETS: usize = 1_000_000;
/// Most visits.
pub const VISITS: usize = 5_000_000;
/// Most shifts of one engineer.
pub const SHIFTS_EACH: usize = 62;
/// Most territories.
pub const TERRITORIES: usize = 2_000;
/// Most depots; every drive on which parts could be fetched asks all of them.
pub const DEPOTS: usize = 16;
/// Most skills, parts, windows, engineers, ... named by one engineer or ticket.
pub const LIST: usize = 200;
/// Longest id in bytes.
pub const ID_BYTES: usize = 200;
/// Most tickets that a wave may want every engineer to have at least.
pub const LEAST_EACH: u32 = 1_000;
/// Most engineers at once on one ticket.
pub const CREW: u8 = 20;
/// Most of one part, or of what one ticket puts on or off.
pub const GOODS: i64 = 1_000_000_000;
/// Most of one capacity: as much as all tickets together can put on.
pub const CAPACITY: i64 = TICKETS as i64 * GOODS;
/// Most dimensions of capacity in one problem; every route keeps its load in each of them, stop by stop.
pub const ROOMS: usize = 32;
/// Most units of price that one amount may name, and the highest rate in thousandths.
pub const PRICE: i64 = 1_000_000_000_000;
/// Most units of price that one drive may cost: a little more than a VROOM table of costs can ask for.
pub const FARE: i64 = 5_000_000_000_000;
/// Most units of price that a whole plan may cost: a ninth of what 64 bits hold, so that prices can be added
/// and compared without a thought.
pub const PLAN: f64 = 1e18;
/// Most metres that a shift may be limited to: to the moon and back.
pub const METRES: i64 = 1_000_000_000;
/// Largest given travel table, in rows.
pub const TABLE_ROWS: usize = 10_000;
/// Most travel tables.
pub const TABLES: usize = 64;
/// Most flaws told at once.
pub const FLAWS: usize = 200;
