//! Places, checked; where engineers start and end.

use std::fmt::Display;

use super::Problem;
use crate::engineer::{EngineerDraft, PlaceDraft};
use crate::flaw::{Code, Flaw};
use crate::geo::{LatLon, Place};
use crate::problem::{Profile, TravelSpec};

/// A place that is sound and usable with the problem's travel, or a flaw.
pub(super) fn place(
    problem: &Problem,
    draft: &PlaceDraft,
    path: &dyn Display,
    id: &str,
    flaws: &mut Vec<Flaw>,
) -> Place {
    if let Some(point) = draft.point {
        globe(point, path, id, flaws);
    }
    let row = match problem.travel() {
        TravelSpec::Crow { .. } => {
            if draft.point.is_none() {
                flaws.push(
                    Flaw::new(
                        Code::NoPlace,
                        path,
                        "crow-fly travel needs coordinates",
                        "give \"lat\" and \"lon\"",
                    )
                    .of(id),
                );
            }
            Place::NO_ROW
        }
        TravelSpec::Tables(profiles) => match draft.row {
            Some(row) if (row as usize) < rows_of(profiles) => row,
            Some(row) => {
                let rows = rows_of(profiles);
                flaws.push(
                    Flaw::new(
                        Code::BadTable,
                        path,
                        format!("row {row} is outside the travel table of {rows} rows"),
                        "count rows from 0",
                    )
                    .of(id),
                );
                0
            }
            None => {
                flaws.push(
                    Flaw::new(
                        Code::NoPlace,
                        path,
                        "travel by a given table needs the place's row",
                        "give \"row\", counted from 0",
                    )
                    .of(id),
                );
                0
            }
        },
    };
    match draft.point {
        Some(point) => Place::new(point, row),
        None => Place::of_row(row),
    }
}

/// How many places the tables know.
fn rows_of(profiles: &[Profile]) -> usize {
    profiles.first().map_or(0, |profile| profile.table.size)
}

/// Checks that a point lies on the globe.
fn globe(point: LatLon, path: &dyn Display, id: &str, flaws: &mut Vec<Flaw>) {
    for (key, name, degrees, limit) in
        [("lat", "latitude", point.lat, 90.0), ("lon", "longitude", point.lon, 180.0)]
    {
        if !(-limit..=limit).contains(&degrees) {
            flaws.push(
                Flaw::new(
                    Code::OutOfRange,
                    format!("{path}.{key}"),
                    format!("{name} {degrees} is not between -{limit} and {limit}"),
                    "give degrees; are latitude and longitude swapped?",
                )
                .of(id),
            );
        }
    }
}

/// Start place, end place and present position of an engineer; `None` if neither end is known.
#[allow(clippy::type_complexity)]
pub(super) fn ends(
    problem: &Problem,
    draft: &EngineerDraft,
    path: &dyn Display,
    flaws: &mut Vec<Flaw>,
) -> Option<(Option<Place>, Option<Place>, Option<Place>)> {
    let id = &draft.id;
    let named = |draft: Option<PlaceDraft>, name: &str, flaws: &mut Vec<Flaw>| {
        draft.map(|draft| place(problem, &draft, &format_args!("{path}.{name}"), id, flaws))
    };
    let home = named(draft.home, "home", flaws);
    let start = named(draft.start, "start", flaws).or(home);
    let end = named(draft.end, "end", flaws).or(home);
    let position = named(draft.position, "position", flaws);
    let from = if draft.open_start { None } else { start.or(position) };
    if draft.open_start && draft.open_end {
        flaws.push(
            Flaw::new(
                Code::NoPlace,
                path,
                "the engineer neither starts nor ends anywhere",
                "leave out \"open_start\" or \"open_end\"",
            )
            .of(id),
        );
        return None;
    }
    // Whoever has no home is told so once.
    if (from.is_some() || draft.open_start) && end.is_none() && !draft.open_end {
        flaws.push(
            Flaw::new(
                Code::NoPlace,
                path,
                "the engineer has no place to end at",
                "give \"home\" or \"end\", or say \"open_end\": true",
            )
            .of(id),
        );
    }
    if from.is_none() && !draft.open_start {
        flaws.push(
            Flaw::new(
                Code::NoPlace,
                path,
                "the engineer has no place to start from",
                "give \"home\", or \"start\" and \"end\"",
            )
            .of(id),
        );
        return None;
    }
    Some((from, if draft.open_end { None } else { end }, position))
}
