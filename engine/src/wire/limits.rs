//! What one text may hold, before anyone looks at what it says.

/// Most bytes of a document.
pub const BODY_BYTES: usize = 512 * 1024 * 1024;
/// Most bytes of a document whose flaws are told all together; of a longer one only the first flaw in
/// its shape is told, since finding them all takes several times its size in memory.
pub const REPAIR_BYTES: usize = 64 * 1024 * 1024;
/// Most positions of one territory, over all its rings.
pub const POSITIONS: usize = 20_000;
/// Largest amount of seconds, money or points that a plan may state, either way: sums over the
/// largest plan still fit.
pub const STATED: i64 = 1_000_000_000_000;
/// Most vehicles of a pragmatic problem: one line of it can name a type and ten thousand of its kind.
pub const VEHICLES: usize = 20_000;
/// Most tasks of a job, places of a task, shifts and breaks of a vehicle in a pragmatic problem.
pub const TASKS: usize = 200;
/// Most rows of a table of travel times in a home healthcare instance; each must hold as many numbers as there are
/// rows, which is seen before room is made for them.
pub const ROWS: usize = 10_000;
/// Most numbers in a pragmatic matrix: 4,000 rows.
pub const MATRIX_CELLS: usize = 16_000_000;
/// Most characters of a caller's text that a flaw repeats.
pub(super) const QUOTED: usize = 60;
/// Most flaws that are taken out of one element before it is given up.
pub(super) const ROUNDS: usize = 64;
/// Values that may be looked at while one element is repaired: rounds times size.
pub(super) const REPAIR_WORK: usize = 2_000_000;
