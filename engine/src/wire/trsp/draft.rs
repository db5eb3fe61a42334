//! Sound rows of a file as a draft.

use super::{Counts, Row};
use crate::depot::DepotDraft;
use crate::engineer::{EngineerDraft, Rates, ShiftDraft, SkillDraft, Stamp};
use crate::problem::{Draft, Table, TravelSpec};
use crate::ticket::{NeedDraft, TicketDraft, TicketType, Window};
use crate::units::{Moment, Seconds};
use crate::wire::instance::{MANDATORY, only_driving, place};

/// The draft of sound rows, which are in the order of their numbers.
pub(super) fn drafted(counts: Counts, rows: &[Row], travel: Vec<u32>) -> Draft {
    let (places, requests) = rows.split_at(counts.crew + 1);
    let table = Table { size: rows.len(), seconds: travel, metres: None, costs: None };
    let store = |depot: &Row| DepotDraft {
        id: depot.number.to_string(),
        place: place(depot.number as u32),
        fetch: Seconds(depot.service),
    };
    let has_store = counts.tools + counts.parts > 0;
    Draft {
        travel: TravelSpec::table(table),
        depots: places.first().filter(|_| has_store).map(store).into_iter().collect(),
        engineers: places.iter().skip(1).map(|row| engineer(row, requests.len() as i64)).collect(),
        tickets: requests.iter().map(ticket).collect(),
        policy: only_driving(),
        ..Draft::default()
    }
}

fn engineer(row: &Row, requests: i64) -> EngineerDraft {
    let stamp = |moment| Stamp { moment: Moment(moment), offset_s: 0 };
    let skill = |skill: &i64| SkillDraft { name: skill_name(*skill), level: 1, valid_until: None };
    EngineerDraft {
        id: row.number.to_string(),
        home: Some(place(row.number as u32)),
        skills: row.skills.iter().map(skill).collect(),
        shifts: vec![ShiftDraft {
            start: stamp(row.window.0),
            end: stamp(row.window.1),
            ..ShiftDraft::default()
        }],
        // A request uses one up, so one for each is never too few.
        stock: goods(row, requests),
        speed_permille: 1000,
        rates: Rates { work: 1000, wait: 1000, ..Rates::default() },
        ..EngineerDraft::default()
    }
}

fn ticket(row: &Row) -> TicketDraft {
    let need = |skill: &i64| NeedDraft { skill: skill_name(*skill), level: 1, preferred: None };
    TicketDraft {
        id: row.number.to_string(),
        kind: TicketType::Installation,
        place: place(row.number as u32),
        work: Seconds(row.service),
        requires: row.skills.iter().map(need).collect(),
        windows: vec![Window { start: Moment(row.window.0), end: Moment(row.window.1) }],
        priority: Some(MANDATORY),
        parts: goods(row, 1),
        crew: 1,
        ..TicketDraft::default()
    }
}

/// A row's tools, so many of each, and its spare parts.
fn goods(row: &Row, of_each_tool: i64) -> Vec<(String, i64)> {
    let tools = row.tools.iter().map(|tool| (format!("tool {tool}"), of_each_tool));
    let parts = (0..).zip(&row.parts).map(|(part, &amount): (u32, _)| (format!("part {part}"), amount));
    tools.chain(parts).filter(|(_, amount)| *amount > 0).collect()
}

fn skill_name(skill: i64) -> String {
    format!("skill {skill}")
}
