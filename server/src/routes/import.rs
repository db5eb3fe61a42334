//! `/v1/import`: many engineers or tickets in one text, a line each, in one write.

use std::sync::Arc;

use axum::extract::State;
use paidan_engine::engineer::EngineerDraft;
use paidan_engine::flaw::Code;
use paidan_engine::ticket::TicketDraft;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::pages::Asking;
use crate::access::Caller;
use crate::body::{JsonText, LinesBody};
use crate::import::{self, All, Import, Judged, Verdict};
use crate::live::{Entry, Fleet};
use crate::refusal::{FlawDoc, Refusal};
use crate::state::Shared;

/// What became of an import, line by line.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Import, examples(json!({
    "dry_run": false, "made": 1, "changed": 0, "same": 1, "refused": 0,
    "lines": [{"line": 2, "id": "ana", "outcome": "made"}, {"line": 3, "id": "ben", "outcome": "same"}]
})))]
pub struct ImportDoc {
    /// Whether it was only tried.
    pub dry_run: bool,
    /// How many were new.
    pub made: usize,
    /// How many were known otherwise.
    pub changed: usize,
    /// How many were known as they are told.
    pub same: usize,
    /// How many were refused.
    pub refused: usize,
    /// What became of each, in the order of the text.
    pub lines: Vec<ImportLineDoc>,
}

/// What became of a line, or of the rows of a table with one id.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportLine, examples(json!({"line": 2, "id": "ana", "outcome": "made"}), refused))]
pub struct ImportLineDoc {
    /// The line, from 1 on, the header of a table included; of several rows the first one.
    pub line: u64,
    /// The id that it tells of, if it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What became of it.
    pub outcome: ImportOutcomeDoc,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub flaws: Vec<FlawDoc>,
}

fn refused() -> serde_json::Value {
    json!({"line": 4, "id": "eva", "outcome": "refused", "flaws": [{
        "code": "bad-time", "path": "line 4: shift_end", "id": "eva", "found": "\"17:00\" is not a moment",
        "fix": "write it as 2026-03-02T09:30:00+01:00"
    }]})
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ImportOutcome, examples("made"))]
pub enum ImportOutcomeDoc {
    /// It was new.
    Made,
    /// It was known otherwise.
    Changed,
    /// It was known as it is told.
    Same,
    /// It is flawed, and nothing of it was done.
    Refused,
}

/// Takes many engineers in
///
/// `application/jsonl`: a line is a whole engineer, as `PUT` takes one. `text/csv`: a row is a shift, and rows with one
/// `id` are one engineer, who keeps what there is no column for. The columns are `id`, `home_lat`, `home_lon`, `skills`
/// (`water:4;gas:2@2026-12-31`), `territories` (`north;south`), `stock` and `capacity` (`valve:2;hose:1`), `class`,
/// `speed_factor`, `shift_start`, `shift_end`, `break_start`, `break_end`, `break_length_s` and `max_tickets`.
///
/// All in one write: with `mode=all` every line is taken or none, and with `mode=each` those that are sound, unless there
/// are more than 200 flaws. Where there is no fleet yet, there is one from then on: its clock is the service's, travel and
/// policy are the usual ones, and `PUT /v1/setup` and `/v1/policy` change them.
///
/// # Errors
/// The flaws of the lines, each with its line; promises that could not be kept.
#[utoipa::path(
    post, path = "/v1/import/engineers", tag = "fleet",
    request_body(content(
        (String = "text/csv", example = "id,home_lat,home_lon,skills,shift_start,shift_end\neva,39.13,-84.5,water:4,2026-03-02T08:00:00-05:00,2026-03-02T17:00:00-05:00\n"),
        (String = "application/jsonl", example = "{\"id\": \"eva\", \"home\": {\"lat\": 39.13, \"lon\": -84.5}, \"skills\": {\"water\": 4}}\n"),
        (String = "application/x-ndjson")
    )),
    params(
        ("mode" = Option<ModeDoc>, Query, description = "Whether a flawed line keeps the others out; `all` unless said otherwise."),
        ("dry_run" = Option<bool>, Query, description = "Whether only to tell what would become of it; false unless said otherwise.")
    ),
    responses((status = 200, description = "What became of each line.", body = ImportDoc)),
    extensions(("x-refusals" = json!(["long-write"])))
)]
pub async fn import_engineers(
    State(state): State<Shared>,
    caller: Caller,
    asking: Asking,
    body: LinesBody,
) -> Result<JsonText, Refusal> {
    run::<EngineerDraft>(state, caller, asking, body).await
}

/// Takes many tickets in
///
/// `application/jsonl`: a line is a whole ticket, as `PUT` takes one. `text/csv`: a row is a window, and rows with one `id`
/// are one ticket, which keeps what there is no column for. The columns are `id`, `customer`, `asset`, `issue`, `type`,
/// `lat`, `lon`, `work_s`, `requires` (`water:2;gas:2/4`, required and preferred), `parts` (`valve:2`), `reported_at`,
/// `respond_by`, `resolve_by`, `priority`, `tier`, `preferred` and `forbidden` (engineers, `ana;ben`), `window_start` and
/// `window_end`. A ticket that another one names stands above it. One that is promised or closed is refused.
///
/// All in one write, as engineers are imported.
///
/// # Errors
/// The flaws of the lines, each with its line.
#[utoipa::path(
    post, path = "/v1/import/tickets", tag = "tickets",
    request_body(content(
        (String = "text/csv", example = "id,customer,issue,lat,lon,work_s,requires,window_start,window_end\nT20,C9,leak,39.12,-84.43,3600,water:2/3,2026-03-02T10:00:00-05:00,2026-03-02T12:00:00-05:00\n"),
        (String = "application/jsonl", example = "{\"id\": \"T20\", \"place\": {\"lat\": 39.12, \"lon\": -84.43}, \"work_s\": 3600}\n"),
        (String = "application/x-ndjson")
    )),
    params(
        ("mode" = Option<ModeDoc>, Query, description = "Whether a flawed line keeps the others out; `all` unless said otherwise."),
        ("dry_run" = Option<bool>, Query, description = "Whether only to tell what would become of it; false unless said otherwise.")
    ),
    responses((status = 200, description = "What became of each line.", body = ImportDoc)),
    extensions(("x-refusals" = json!(["long-write", "no-fleet"])))
)]
pub async fn import_tickets(
    State(state): State<Shared>,
    caller: Caller,
    asking: Asking,
    body: LinesBody,
) -> Result<JsonText, Refusal> {
    run::<TicketDraft>(state, caller, asking, body).await
}

/// Whether a flawed line keeps the others out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ImportMode, examples("all"))]
pub enum ModeDoc {
    /// All are taken, or none.
    All,
    /// Those that are sound are taken.
    Each,
}

async fn run<T: Import>(
    state: Shared,
    caller: Caller,
    asking: Asking,
    LinesBody { lines, bytes }: LinesBody,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&bytes);
    let mode = match asking.word("mode")? {
        None | Some("all") => ModeDoc::All,
        Some("each") => ModeDoc::Each,
        Some(_) => {
            let (found, fix) = ("it is neither all nor each", "say all or each");
            return Err(Refusal::flaw(Code::OutOfRange, "query.mode", found, fix));
        }
    };
    let dry_run = asking.flag("dry_run")?;
    asking.only(&["mode", "dry_run"])?;
    let own = state.clone();
    let import = move || {
        if let Some(answer) = caller.answered(&by)? {
            return Ok(answer);
        }
        let items = import::read::<T>(lines, &bytes, own.config.import_lines)?;
        let (strict, most) = (mode == ModeDoc::All, own.config.engineers);
        let all = Arc::new(All { items, strict, most });
        let tenant = &caller.tenant;
        if dry_run {
            let base = tenant.glance(|fleet| Ok(fleet.map(Fleet::by_now)))?;
            let judged = all.judge(tenant, base)?;
            return JsonText::ok(&report(&all, &judged.verdicts, true));
        }
        let (judge, of) = (Arc::clone(&all), Arc::clone(tenant));
        let work = move |base: Option<Fleet>| judge.judge(&of, base);
        let put = move |entry: &mut Entry<'_>, judged: Judged<T>| {
            let verdicts = judged.put(entry)?;
            JsonText::ok(&report(&all, &verdicts, false))
        };
        tenant.write_long(&by, |fleet| Ok(fleet.map(Fleet::by_now)), work, put)
    };
    state.bulk.run(import).await
}

/// Tells what became of all lines.
fn report<T: Import>(all: &All<T>, verdicts: &[Verdict<T>], dry_run: bool) -> ImportDoc {
    let (made, changed, same, refused) = (0, 0, 0, 0);
    let mut report = ImportDoc { dry_run, made, changed, same, refused, lines: Vec::new() };
    for (item, verdict) in all.items.iter().zip(verdicts) {
        let (count, outcome) = match verdict {
            Verdict::Made(_) => (&mut report.made, ImportOutcomeDoc::Made),
            Verdict::Changed(_) => (&mut report.changed, ImportOutcomeDoc::Changed),
            Verdict::Same => (&mut report.same, ImportOutcomeDoc::Same),
            Verdict::Refused(_) => (&mut report.refused, ImportOutcomeDoc::Refused),
        };
        *count += 1;
        let flaws = verdict.flaws().iter().cloned().map(FlawDoc::from).collect();
        report.lines.push(ImportLineDoc { line: item.line, id: item.id.clone(), outcome, flaws });
    }
    report
}
