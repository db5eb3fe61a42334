//! `/v1/kpis`: key figures of a period.

use std::collections::BTreeMap;
use std::ops::Bound;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::units::{Moment, Seconds};
use paidan_engine::wire::{moment, rfc3339};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::pages::Asking;
use crate::access::Caller;
use crate::body::JsonText;
use crate::kpis::figures::{FIGURES, MeaningDoc, meanings};
use crate::kpis::{By, Counted, Figure, Period, Tickets, csv};
use crate::refusal::Refusal;
use crate::state::{self, Shared};
use crate::text::{piece, quoted};

/// How long a period is unless said otherwise.
const USUAL: Seconds = Seconds(30 * 86_400);
/// The word for all together in a table; groups stand below it.
const TOTAL: &str = "*";

/// A figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Kpi, examples(json!({"value": 0.75, "n": 12})))]
pub struct KpiDoc {
    /// What it comes to; null where there is no case, or it cannot be told.
    #[schema(required)]
    pub value: Option<f64>,
    /// On how many cases it stands.
    pub n: u64,
}

/// The figures of cases taken together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KpiGroup, examples(json!({"group": "ana", "values": {"done": {"value": 4.0, "n": 4}}})))]
pub struct KpiGroupDoc {
    /// The engineer, issue kind, territory or day; null for cases without one.
    #[schema(required)]
    pub group: Option<String>,
    /// Figures by their names.
    pub values: BTreeMap<String, KpiDoc>,
}

/// Key figures of a period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Kpis, examples(json!({
    "from": "2026-02-01T00:00:00-05:00", "to": "2026-03-03T00:00:00-05:00", "by": "engineer",
    "figures": [{"name": "done", "unit": "tickets", "says": "done in the period"}],
    "total": {"done": {"value": 4.0, "n": 4}},
    "groups": [{"group": "ana", "values": {"done": {"value": 4.0, "n": 4}}}], "next": null
})))]
pub struct KpisDoc {
    /// From this moment on; RFC 3339.
    #[schema(format = DateTime)]
    pub from: String,
    /// Before this moment; RFC 3339.
    #[schema(format = DateTime)]
    pub to: String,
    /// By what groups are made, if they are.
    #[schema(required)]
    pub by: Option<By>,
    /// What each figure means.
    pub figures: Vec<MeaningDoc>,
    /// The figures of all together, by their names.
    pub total: BTreeMap<String, KpiDoc>,
    /// The same group by group, in the order of their words; those without one at the end.
    pub groups: Vec<KpiGroupDoc>,
    /// What to send as `after` to get the next groups; null at the end.
    #[schema(required)]
    pub next: Option<String>,
}

/// Tells key figures
///
/// Response times, SLAs kept, first-time fixes, repeats and who served them, satisfaction, driving, how evenly work is
/// spread: for all together, and by engineer, issue kind, territory or day. Each comes with the number of cases that it
/// stands on, and is null where there is none; `figures` says what each means, and in which unit. Tickets count where their
/// lives say that they were opened or ended, visits where they ended, shifts where they begin. What had happened before a
/// fleet was put stays, but for visits and shifts: these are the fleet's. With `accept: text/csv` the same comes as a
/// table, all together as the group `*`, whose next page is told by the header `link`.
///
/// # Errors
/// A period that is none, or has more cases than the limit `kpi_cases`; no fleet.
#[utoipa::path(
    get, path = "/v1/kpis", tag = "fleet",
    params(
        ("from" = Option<String>, Query, format = DateTime, description = "The first moment, RFC 3339; 30 days before `to` unless said otherwise."),
        ("to" = Option<String>, Query, format = DateTime, description = "The moment before which it ends, RFC 3339; the next midnight on the fleet's wall unless said otherwise."),
        ("by" = Option<By>, Query, description = "By what groups are made; unless said otherwise all is taken together."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<usize>, Query, description = "How many groups at most; 100 unless said otherwise, up to the limit `page`.")
    ),
    responses((
        status = 200, description = "The figures.",
        content((KpisDoc = "application/json"), (String = "text/csv"))
    )),
    extensions(("x-refusals" = json!(["read", "no-fleet", "flawed-input"])))
)]
pub async fn tell_kpis(
    State(state): State<Shared>,
    caller: Caller,
    asking: Asking,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    asking.only(&["from", "to", "by"])?;
    let (own, as_table) = (state.clone(), wants_csv(&headers));
    // As long as it takes, dispatches need not wait behind it.
    state.bulk.run(move || answer(&own, &caller, &asking, as_table)).await
}

/// Whether a table is what the caller takes, and no JSON.
fn wants_csv(headers: &HeaderMap) -> bool {
    let accepts = headers.get_all(header::ACCEPT).iter().filter_map(|accept| accept.to_str().ok());
    let mut kinds = accepts
        .flat_map(|accept| accept.split(','))
        .map(|kind| kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    kinds
        .find(|kind| matches!(kind.as_str(), "text/csv" | "application/json" | "*/*"))
        .is_some_and(|first| first == "text/csv")
}

fn answer(
    state: &state::State,
    caller: &Caller,
    asking: &Asking,
    as_table: bool,
) -> Result<Response, Refusal> {
    let by = by(asking)?;
    let most = asking.limit(state.config.page)?;
    let after = asking.word("after")?.unwrap_or_default().to_owned();
    let tenant = &caller.tenant;
    let period =
        tenant.look(|fleet| period(asking, (fleet.now(), fleet.desk().problem().offset_s()), by))?;
    // Not under the eyes of the fleet: whoever writes would wait for it.
    let most_cases = state.config.kpi_cases;
    let tickets = tenant.read(|read, name| Ok(Tickets::count((read, name), period, most_cases)))??;
    let counted = tenant.look(|fleet| Ok(tickets.and_fleet(fleet)))?;
    let Counted { total, mut groups } = counted;
    let nameless = groups.remove(&None);
    let behind = (Bound::Excluded(Some(after)), Bound::Unbounded);
    let mut page: Vec<(Option<String>, [Figure; FIGURES.len()])> = groups
        .range(behind)
        .map(|(word, tally)| (word.clone(), tally))
        .chain(nameless.as_ref().map(|tally| (None, tally)))
        .take(most + 1)
        .map(|(word, tally)| (word, tally.clone().figures()))
        .collect();
    let goes_on = page.len() > most;
    page.truncate(most);
    let next = page.last().and_then(|(word, _)| word.clone()).filter(|_| goes_on);
    let (from, to) = (rfc3339(period.from, period.offset_s), rfc3339(period.to, period.offset_s));
    if !as_table {
        let document = KpisDoc {
            from,
            to,
            by,
            figures: meanings(),
            total: values(&total.figures()),
            groups: page
                .into_iter()
                .map(|(group, figures)| KpiGroupDoc { group, values: values(&figures) })
                .collect(),
            next,
        };
        return Ok(JsonText::ok(&document)?.into_response());
    }
    let mut rows = vec![(TOTAL, total.figures())];
    rows.extend(page.iter().map(|(word, figures)| (word.as_deref().unwrap_or_default(), *figures)));
    let kind = [(header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present")];
    let mut response = (kind, csv(&rows)?).into_response();
    if let (Some(next), Some(by)) = (next, by) {
        let (from, to, next, by) = (piece(&from), piece(&to), piece(&next), by.as_str());
        let link =
            format!("</v1/kpis?from={from}&to={to}&by={by}&limit={most}&after={next}>; rel=\"next\"");
        // All of it is percent-encoded.
        if let Ok(link) = HeaderValue::try_from(link) {
            response.headers_mut().insert(header::LINK, link);
        }
    }
    Ok(response)
}

fn values(figures: &[Figure; FIGURES.len()]) -> BTreeMap<String, KpiDoc> {
    let named = FIGURES.iter().zip(figures);
    named.map(|((name, ..), &Figure { value, n })| ((*name).to_owned(), KpiDoc { value, n })).collect()
}

/// By what groups are made.
fn by(asking: &Asking) -> Result<Option<By>, Refusal> {
    let known = |word: &str| By::ALL.into_iter().find(|by| by.as_str() == word);
    match asking.word("by")?.map(|word| (word, known(word))) {
        None => Ok(None),
        Some((_, Some(by))) => Ok(Some(by)),
        Some((word, None)) => {
            let found = format!("{} is nothing to make groups by", quoted(word));
            let all = By::ALL.map(By::as_str).join(", ");
            Err(Refusal::flaw(Code::OutOfRange, "query.by", found, format!("use one of {all}")))
        }
    }
}

/// The period that is asked about.
fn period(asking: &Asking, (now, offset_s): (Moment, i32), by: Option<By>) -> Result<Period, Refusal> {
    let mut flaws = Vec::new();
    let mut read = |name: &str| -> Result<Option<Moment>, Refusal> {
        let Some(word) = asking.word(name)? else { return Ok(None) };
        let at = moment(word);
        if at.is_none() {
            let found = format!("{} is no moment, or in no year from 1970 to 2199", quoted(word));
            let fix = "write it as 2026-03-02T09:30:00Z; a + of an offset is %2B in a query";
            flaws.push(Flaw::new(Code::BadTime, format!("query.{name}"), found, fix));
        }
        Ok(at)
    };
    let (from, to) = (read("from")?, read("to")?);
    if !flaws.is_empty() {
        return Err(Refusal::Flawed(flaws));
    }
    let offset = i64::from(offset_s);
    let midnight = Moment(((now.0 + offset).div_euclid(86_400) + 1) * 86_400 - offset);
    let to = to.unwrap_or(midnight);
    let from = from.unwrap_or(Moment((to - USUAL).0.max(0)));
    if from >= to {
        let found = "the period ends before it begins".to_owned();
        return Err(Refusal::flaw(Code::Contradiction, "query.from", found, "let from be before to"));
    }
    Ok(Period { from, to, offset_s, by })
}
