//! Who sets out near a ticket, of those who are able to serve it.

use rayon::prelude::*;
use rstar::primitives::GeomWithData;
use rstar::{PointDistance, RTree};

use crate::geo::Place;
use crate::ids::{Index, ShiftIx, TicketIx};
use crate::price::Fits;
use crate::problem::Problem;
use crate::travel::{Roads, Travel};
use crate::units::Seconds;

/// Most shifts that are near to a ticket. Those of an ordinary day are never more; of a nation's most are too far away
/// to be of use.
const MOST: usize = 256;

/// About how much longer one step from neighbour to neighbour takes than telling a distance.
const STEP: usize = 10;

/// Most neighbours that are walked past for each that is wanted.
const PATIENCE: usize = 40;

/// By ticket, where more than [`MOST`] shifts are able: so many of them that start nearest, or else end.
pub(super) struct NearShifts {
    lists: Vec<Box<[ShiftIx]>>,
}

type Start = GeomWithData<[f64; 3], ShiftIx>;

impl NearShifts {
    /// `O(tickets * (MOST + log shifts))` on a map where those who are able are many and not far away, else
    /// `O(tickets * able shifts)`.
    pub(super) fn new(problem: &Problem, roads: &Roads, fits: &Fits) -> NearShifts {
        let mut starts: Vec<Start> = Vec::new();
        let mut on_map = true;
        for index in problem.shift_indices() {
            if let Some(from) = anchor(problem, index) {
                on_map &= from.point.is_some();
                starts.push(Start::new(from.unit, index));
            }
        }
        let all = starts.len();
        let tree = on_map.then(|| RTree::bulk_load(starts));
        let list = |ticket: TicketIx| {
            let able = fits.able(ticket);
            if able.len() <= MOST {
                return Box::default();
            }
            let place = &problem.ticket(ticket).place;
            // Walking past those who are not able takes as many steps for each who is as they are more.
            let walks = place.point.is_some() && able.len() > MOST * STEP * all / able.len();
            let walked = tree.as_ref().filter(|_| walks).and_then(|tree| walk(tree, place, able));
            walked.unwrap_or_else(|| nearest(problem, roads, ticket, able))
        };
        let tickets = (0..problem.tickets().len()).into_par_iter().map(TicketIx::nth);
        NearShifts { lists: tickets.map(list).collect() }
    }

    /// The nearest of the able shifts of a ticket; all of them if they are few.
    pub(super) fn of<'s>(&'s self, fits: &'s Fits, ticket: TicketIx) -> &'s [ShiftIx] {
        let list = &self.lists[ticket.at()];
        if list.is_empty() { fits.able(ticket) } else { list }
    }
}

/// Where a shift starts, or else ends.
fn anchor(problem: &Problem, index: ShiftIx) -> Option<&Place> {
    let shift = problem.shift(index);
    shift.from.as_ref().or(shift.to.as_ref())
}

/// The nearest, by walking from neighbour to neighbour; `None` if that leads too far, or if they all start at one place,
/// of whom each ticket would get the same.
fn walk(tree: &RTree<Start>, place: &Place, able: &[ShiftIx]) -> Option<Box<[ShiftIx]>> {
    let walk = tree.nearest_neighbor_iter(place.unit).take(PATIENCE * MOST);
    let near: Vec<&Start> =
        walk.filter(|start| able.binary_search(&start.data).is_ok()).take(MOST).collect();
    let (first, last) = (near.first()?, near.last()?);
    let is_spread = first.distance_2(&place.unit) < last.distance_2(&place.unit);
    (near.len() == MOST && is_spread).then(|| near.into_iter().map(|start| start.data).collect())
}

/// The nearest, told by looking at all. Of those who start at the same place every ticket gets others.
fn nearest(problem: &Problem, roads: &Roads, ticket: TicketIx, able: &[ShiftIx]) -> Box<[ShiftIx]> {
    let place = &problem.ticket(ticket).place;
    let far = |index| anchor(problem, index).map_or(Seconds::ZERO, |from| roads.base(from, place));
    let turn = |index: ShiftIx| index.0.wrapping_mul(0x9E37_79B9) ^ ticket.0.wrapping_mul(0x85EB_CA6B);
    let mut all: Vec<(Seconds, u32, ShiftIx)> =
        able.iter().map(|&index| (far(index), turn(index), index)).collect();
    all.select_nth_unstable(MOST);
    all.truncate(MOST);
    all.into_iter().map(|(.., index)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engineer::{EngineerDraft, PlaceDraft, ShiftDraft, Stamp};
    use crate::fit::{History, Standing};
    use crate::geo::LatLon;
    use crate::price::Scorer;
    use crate::price::rules::Tariff;
    use crate::problem::Draft;
    use crate::ticket::TicketDraft;
    use crate::units::Moment;

    const ENGINEERS: usize = 4_000;

    fn at(lat: f64, lon: f64) -> PlaceDraft {
        PlaceDraft { point: Some(LatLon { lat, lon }), row: None }
    }

    /// One ticket in the middle and one far to the east, and engineers whose homes `home` tells.
    fn near(home: impl Fn(usize) -> PlaceDraft) -> (Problem, Vec<Vec<ShiftIx>>) {
        let stamp = |moment| Stamp { moment: Moment(moment), offset_s: 0 };
        let shift = ShiftDraft { start: stamp(0), end: stamp(28_800), ..ShiftDraft::default() };
        let engineers = (0..ENGINEERS).map(|n| EngineerDraft {
            id: format!("E{n}"),
            home: Some(home(n)),
            speed_permille: 1000,
            shifts: vec![shift.clone()],
            ..EngineerDraft::default()
        });
        let tickets = [(0.0, "T0"), (3.0, "T1")].map(|(lon, id)| TicketDraft {
            id: id.to_owned(),
            place: at(0.0, lon),
            work: Seconds(600),
            crew: 1,
            ..TicketDraft::default()
        });
        let draft =
            Draft { engineers: engineers.collect(), tickets: tickets.to_vec(), ..Draft::default() };
        let problem = Problem::new(draft).expect("sound");
        let (roads, history) = (Roads::new(&problem), History::new(&problem));
        let standings: Vec<Standing> =
            problem.tickets().iter().map(|ticket| Standing::of(&problem, &history, ticket)).collect();
        let tariff = Tariff::new(problem.policy());
        let scorer = Scorer::new(&problem, &roads, &history, &standings, &tariff);
        let fits = Fits::new(&scorer, 0);
        let near = NearShifts::new(&problem, &roads, &fits);
        let lists = problem.ticket_indices().map(|ticket| near.of(&fits, ticket).to_vec()).collect();
        (problem, lists)
    }

    #[test]
    fn they_are_the_nearest_of_all() {
        // Along the equator, so that the first ticket has them on both sides and the second on one.
        let (_, lists) = near(|n| at(0.0, (n as f64 - 1_000.0) / 1_000.0));
        for (list, east) in lists.iter().zip([0, 3_000]) {
            let far = |n: usize| (n as i64 - 1_000 - east).unsigned_abs();
            assert_eq!(list.len(), MOST);
            let farthest = list.iter().map(|shift| far(shift.at())).max();
            let nearer = (0..ENGINEERS).filter(|&n| Some(far(n)) < farthest).count();
            assert!(nearer <= MOST, "{nearer} are nearer than {farthest:?}");
        }
    }

    #[test]
    fn of_those_at_one_depot_every_ticket_gets_others() {
        let (_, lists) = near(|_| at(0.0, 1.0));
        assert!(lists.iter().all(|list| list.len() == MOST));
        let shared = lists[0].iter().filter(|shift| lists[1].contains(shift)).count();
        assert!(shared < MOST / 4, "{shared} of {MOST} are the same");
    }
}
