//! `/v1/events`: what has happened, to be read page by page or heard as it happens.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, watch};
use utoipa::ToSchema;

use super::pages::Asking;
use crate::access::Caller;
use crate::body::JsonText;
use crate::live::{EventDoc, Tenant};
use crate::refusal::Refusal;
use crate::state::Shared;

/// After how long without news a stream looks for some.
const LOOK: Duration = Duration::from_secs(1);

/// A page of events.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Events, examples(json!({"items": [], "last": 8})))]
pub struct EventsDoc {
    /// The events, in their order.
    pub items: Vec<EventDoc>,
    /// The number of the last one so far: there are more than these if it is larger.
    pub last: u64,
}

/// Tells what has happened
///
/// With `accept: text/event-stream` as server-sent events, from then on and as it happens: the id of an event is its
/// number, and whoever sends that back as `last-event-id` goes on behind it, whatever has happened meanwhile. Else a
/// page.
///
/// `data` depends on the event. `ticket.created` and `ticket.changed` tell `state`, `type`, `reported_at`, where it has
/// them `customer`, `issue` and `priority`, and by when the ticket is to be begun and ended (`respond_by`, `resolve_by`), by
/// its own SLA or else the policy's. `visit.recorded` tells the whole visit.
///
/// # Errors
/// A page that is too long; too many listeners.
#[utoipa::path(
    get, path = "/v1/events", tag = "fleet",
    params(
        ("after" = Option<u64>, Query, description = "Events behind this number; all of them unless said otherwise, of a stream those from now on."),
        ("limit" = Option<usize>, Query, description = "How many in a page at most; 100 unless said otherwise, up to the limit `page`."),
        ("last-event-id" = Option<String>, Header, description = "The number of the last event that was heard, instead of `after`; what is no number is passed over.")
    ),
    responses((status = 200, description = "A page, or a stream of which each `data` is an Event.", content(
        (EventsDoc = "application/json"), (EventDoc = "text/event-stream")
    ))),
    extensions(("x-refusals" = json!(["read", "listeners", "flawed-input"])))
)]
pub async fn tell_events(
    State(state): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    asking: Asking,
) -> Result<Response, Refusal> {
    asking.only(&[])?;
    let after = asking.number("after")?;
    let most = asking.limit(state.config.page)?;
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    if !accept.is_some_and(|accept| accept.contains("text/event-stream")) {
        let tell = move || JsonText::ok(&events(&caller.tenant, after.unwrap_or(0), most)?);
        return Ok(state.quick.run(tell).await?.into_response());
    }
    let busy = |_| Refusal::Busy("listeners", 10);
    let seat = Arc::clone(&state.listeners).try_acquire_owned().map_err(busy)?;
    let heard = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.trim().parse().ok());
    let tenant = Arc::clone(&caller.tenant);
    let news = tenant.news();
    let last = move || tenant.read(|read, tenant| read.seq(tenant));
    let have = match heard.or(after) {
        Some(have) => have,
        None => state.quick.run(last).await?,
    };
    let listener = Listener {
        tenant: caller.tenant,
        state: state.clone(),
        news,
        have,
        told: VecDeque::new(),
        _seat: seat,
    };
    let told = stream::unfold(listener, |mut listener| async {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    let alive = KeepAlive::new().interval(state.config.heartbeat).text("alive");
    Ok(Sse::new(told).keep_alive(alive).into_response())
}

fn events(tenant: &Tenant, after: u64, most: usize) -> Result<EventsDoc, Refusal> {
    let (facts, last) =
        tenant.read(|read, name| Ok((read.facts(name, after, most)?, read.seq(name)?)))?;
    Ok(EventsDoc { items: facts.into_iter().map(EventDoc::of).collect::<Result<_, _>>()?, last })
}

/// Somebody who listens.
struct Listener {
    tenant: Arc<Tenant>,
    state: Shared,
    news: watch::Receiver<u64>,
    /// The number of the last event that was read for it.
    have: u64,
    told: VecDeque<EventDoc>,
    _seat: OwnedSemaphorePermit,
}

impl Listener {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.told.pop_front() {
                let text = serde_json::to_string(&event).ok()?;
                return Some(Event::default().event(&event.event).id(event.seq.to_string()).data(text));
            }
            self.news.borrow_and_update();
            let (tenant, have) = (Arc::clone(&self.tenant), self.have);
            let most = self.state.config.page;
            match self.state.quick.run(move || events(&tenant, have, most)).await {
                Ok(EventsDoc { items, .. }) if items.is_empty() => {
                    // A service that stops waits for nobody who only listens.
                    if self.state.is_stopping() {
                        return None;
                    }
                    // Looked at now and then in any case: others may write to the same store.
                    let _ = tokio::time::timeout(LOOK, self.news.changed()).await;
                }
                Ok(EventsDoc { items, .. }) => {
                    self.have = items.last().map_or(have, |last| last.seq);
                    self.told = items.into();
                }
                // The threads are busy, or the store is away for a while.
                Err(Refusal::Busy(..) | Refusal::Overdue(_) | Refusal::Store(_)) => {
                    tokio::time::sleep(self.state.config.event_gap).await;
                }
                Err(_) => return None,
            }
        }
    }
}
