//! Every knob of the search, with its unit and what turning it up does.

/// What a caller can turn. The defaults are those of the quality bench.
#[derive(Clone, Debug, PartialEq)]
pub struct Params {
    /// The same seed and round budget give the same plan, whatever the thread count.
    pub seed: u64,
    /// How the search takes plans apart.
    pub ruin: RuinParams,
    /// How it puts them together again.
    pub mend: MendParams,
    /// How it exchanges tails of routes between rounds.
    pub tails: TailParams,
    /// What it accepts.
    pub accept: AcceptParams,
    /// How it divides the work.
    pub split: SplitParams,
    /// What it does otherwise in large problems.
    pub size: SizeParams,
}

/// String removal, after Christiaens and Vanden Berghe (2020).
#[derive(Clone, Debug, PartialEq)]
pub struct RuinParams {
    /// Tickets torn out in a round, on average. More explores further and takes longer.
    pub average: f64,
    /// Longest string torn out of one route.
    pub longest: usize,
    /// Chance (0-1) that a string keeps some stops in its middle.
    pub keep_middle: f64,
    /// Chance (0-1) that the ruin starts from an unserved ticket, if there is one.
    pub around_unserved: f64,
    /// Nearest tickets that a ruin may reach.
    pub neighbours: usize,
}

/// Greedy insertion with blinks.
#[derive(Clone, Debug, PartialEq)]
pub struct MendParams {
    /// Chance (0-1) to overlook a place that its fare does not rule out. A little noise finds other orders. A place between
    /// two near tickets is asked about twice, and only overlooked if it is both times.
    pub blink: f64,
    /// Nearest tickets, of those that a ruin may reach, beside which a ticket is tried while none waits for room, and
    /// at the ends of routes where it lies on the way; everywhere if that finds nothing, and in parts with no more
    /// tickets than that. Too many take longer and lead to worse plans, too few miss places.
    pub near: usize,
    /// Moments that are priced exactly for a crew, and seats, two by two, for a tandem; the cheapest by estimate first.
    pub crew_moments: usize,
}

impl MendParams {
    /// Overlooks nothing and looks everywhere.
    pub(super) const EVERYWHERE: MendParams =
        MendParams { blink: 0.0, near: usize::MAX, crew_moments: usize::MAX };
}

/// Exchange of tails, after Potvin and Rousseau (1995).
#[derive(Clone, Debug, PartialEq)]
pub struct TailParams {
    /// Exchanges tried before each round; 0 for none. Most are ruled out at once; too many take the time of rounds.
    /// ARCHITECTURE.md has the runs it was chosen by.
    pub tries: usize,
    /// Nearest tickets, of those that a ruin may reach, that a stop may be followed by; with 0, tails only go to routes
    /// without stops. More finds rarer exchanges and rules more of them out.
    pub neighbours: usize,
}

/// Annealing with a scale for either tier of the price; geometric from hot to cold.
#[derive(Clone, Debug, PartialEq)]
pub struct AcceptParams {
    /// Temperature of seconds at the start, in mean legs between stops of the best plan so far.
    pub hot: f64,
    /// Temperature of seconds at the end, in the same unit.
    pub cold: f64,
    /// Temperature of unserved work at the start, in tickets of mean priority.
    pub lost_hot: f64,
    /// Temperature of unserved work at the end.
    pub lost_cold: f64,
    /// The most that saved seconds make up for where more is lost, in temperatures of seconds; at least 0, infinite
    /// for no limit. More trades tickets for less lateness, less rules out good ways round. ARCHITECTURE.md has the
    /// runs it was chosen by.
    pub credit: f64,
}

/// Parts of the plan are searched side by side; where they are cut moves every epoch. A plan of one part is
/// searched on several islands.
#[derive(Clone, Debug, PartialEq)]
pub struct SplitParams {
    /// Tickets in a part at most, unless routes are too few for so many parts. Smaller parts search faster and see less.
    /// ARCHITECTURE.md has the runs it was chosen by.
    pub tickets: usize,
    /// The same while tickets wait for room: they are tried everywhere, which takes the longer the larger a part is.
    pub crowded: usize,
    /// Routes without stops in a part, of each kind that are alike, while no ticket waits for room; the others rest. A kind
    /// with fewer of them than parts is not limited. More begin routes faster than they are given up again, none begins
    /// none. ARCHITECTURE.md has the runs it was chosen by.
    pub idle: usize,
    /// Fewest routes with stops in a part.
    pub routes: usize,
    /// Rounds in each part between two cuts.
    pub rounds: u64,
    /// Whether every cut is drawn anew. If not, routes count as where they start, and the same draws cut the plan each
    /// time; that is for measuring what it is good for that seams move.
    pub moves: bool,
    /// Islands of a plan with too few tickets or routes for parts; under a clock rounded up to a multiple of the
    /// threads. More explore further and find less each. ARCHITECTURE.md has the runs it was chosen by.
    pub islands: usize,
    /// Rounds of all islands together after which the worst is settled anew from the best; 0 for never. More keep
    /// them apart for longer.
    pub settle: u64,
}

/// Sizes from which on time and memory ask for another way.
#[derive(Clone, Debug, PartialEq)]
pub struct SizeParams {
    /// Most pairs of tickets and shifts whose fits are kept in one table, at 8 bytes each; where there are more, only
    /// those of a part are kept while it is searched. Fewer save memory and take time, the plan is the same.
    pub kept_pairs: usize,
    /// Most tickets that the first plan chooses from at once; where there are more, regions are filled side by side.
    pub whole: usize,
    /// Most tickets of a region. More find better first plans, in time that grows with their square.
    pub region: usize,
}

impl Default for SizeParams {
    fn default() -> SizeParams {
        SizeParams { kept_pairs: 16_000_000, whole: 4_000, region: 500 }
    }
}

impl SplitParams {
    /// Into how many parts a plan is cut, of whose routes so many have stops: whoever is torn out must find other
    /// routes in the same part. One, or an even number, so that two threads share them evenly. Where there are several,
    /// and more threads than that, parts are smaller, down to what they are while tickets wait.
    pub(super) fn parts(
        &self,
        tickets: usize,
        driven: usize,
        is_crowded: bool,
        threads: usize,
    ) -> usize {
        let [few, many] = [self.tickets, self.crowded].map(|size| tickets.div_ceil(size.max(1)));
        let wanted = if is_crowded { many } else { few };
        if wanted <= 1 {
            return 1;
        }
        let wanted = wanted.max(many.min(threads));
        let even = wanted.next_multiple_of(2).min(driven / self.routes.max(1));
        (even - even % 2).max(1)
    }

    /// How many islands search a plan that is whole: every thread has the same number.
    pub(super) fn islands(&self, threads: usize) -> usize {
        self.islands.max(1).next_multiple_of(threads)
    }
}

impl Default for SplitParams {
    fn default() -> SplitParams {
        SplitParams {
            tickets: 500,
            crowded: 200,
            idle: 2,
            routes: 8,
            rounds: 500,
            moves: true,
            islands: 4,
            settle: 40_000,
        }
    }
}

impl Default for Params {
    fn default() -> Params {
        Params {
            seed: 1,
            ruin: RuinParams {
                average: 10.0,
                longest: 10,
                keep_middle: 0.3,
                around_unserved: 0.3,
                neighbours: 100,
            },
            mend: MendParams { blink: 0.01, near: 40, crew_moments: 6 },
            tails: TailParams { tries: 20, neighbours: 40 },
            accept: AcceptParams { hot: 4.0, cold: 0.1, lost_hot: 0.3, lost_cold: 0.003, credit: 3.0 },
            split: SplitParams::default(),
            size: SizeParams::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_larger_where_nobody_waits_for_room_and_shared_evenly() {
        let split = SplitParams::default();
        let parts = |tickets, driven| {
            [false, true].map(|is_crowded| split.parts(tickets, driven, is_crowded, 1))
        };
        assert_eq!(parts(200, 100), [1, 1]);
        assert_eq!(parts(500, 100), [1, 4]);
        assert_eq!(parts(1000, 100), [2, 6]);
        // Too few routes for so many parts.
        assert_eq!(parts(1000, 40), [2, 4]);
        assert_eq!(parts(1000, 15), [1, 1]);
    }

    #[test]
    fn more_threads_have_smaller_parts_where_there_are_several() {
        let split = SplitParams::default();
        let parts = |tickets, threads| split.parts(tickets, 100, false, threads);
        assert_eq!([1, 2, 4, 64].map(|threads| parts(1000, threads)), [2, 2, 4, 6]);
        assert_eq!(parts(500, 64), 1);
        assert_eq!(parts(5000, 2), 10);
    }

    #[test]
    fn every_thread_has_as_many_islands() {
        let split = SplitParams { islands: 4, ..SplitParams::default() };
        assert_eq!([1, 2, 3, 4, 64].map(|threads| split.islands(threads)), [4, 4, 6, 4, 64]);
        assert_eq!(SplitParams { islands: 0, ..split }.islands(1), 1);
    }
}
