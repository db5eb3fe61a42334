//! `/v1/plans/{id}/events`: a plan as it gets better, as server-sent events.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, watch};
use utoipa::ToSchema;

use crate::access::Caller;
use crate::body::Piece;
use crate::plans::{Listening, News, Page, of_kept};
use crate::refusal::Refusal;
use crate::state::Shared;

/// An event as it is heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlanEvent, examples(json!({
    "event": "done", "id": "3",
    "data": "{\"id\":\"1a202cbedcb-1\",\"status\":\"done\",\"version\":2,\"elapsed_s\":2.0,\"checked\":true}"
})))]
pub struct PlanEventDoc {
    /// `snapshot`, `change`, or how the search ended: `done`, `stopped`, `failed`.
    pub event: String,
    /// The version of the plan that it leads to; of the end one more.
    pub id: String,
    /// A document as JSON: `PlanStatus`, `PlanChange`, `PlanEnd`.
    pub data: String,
}

/// Listens to a plan as it gets better
///
/// Server-sent events. First a `snapshot`, a `PlanStatus` with the whole plan so far; then a `change` for
/// what has changed since, a `PlanChange` with whole routes; a `snapshot` again for who has missed too
/// much; at last `done`, `stopped` or `failed`, a `PlanEnd`. The id of an event is the version of the plan
/// that it leads to: send it back as `last-event-id` to go on after it. A comment comes when nothing else
/// has for a while.
///
/// # Errors
/// An unknown plan; too many listeners.
#[utoipa::path(
    get, path = "/v1/plans/{id}/events", tag = "plans", operation_id = "listen_to_plan",
    params(
        ("id" = String, Path, description = "The search's id.", example = "1a202cbedcb-1"),
        ("last-event-id" = Option<String>, Header, description = "The id of the last event that was heard.")
    ),
    responses(
        (status = 200, description = "The events, each of them as described.", body = PlanEventDoc, content_type = "text/event-stream"),
        (status = 204, description = "All events were heard: the search has ended.")
    ),
    extensions(("x-refusals" = json!(["read", "listeners", "path", "unknown-plan"])))
)]
pub async fn listen(
    State(state): State<Shared>,
    caller: Caller,
    Piece(id): Piece,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let have = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.trim().parse().ok());
    let Some(plan) = state.planner.held(&caller.tenant, &id) else {
        let own = state.clone();
        let look = move || {
            let kept = own.planner.plan(&caller.tenant, &id)?.status();
            let pages = if have > Some(kept.version) { Vec::new() } else { of_kept(&kept, have)? };
            Ok((pages, kept.status.is_end()))
        };
        let (pages, has_ended) = state.quick.run(look).await?;
        if pages.is_empty() && has_ended {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        // Another service has it, where it can be listened to; here whoever comes again is told its end.
        let again = (!has_ended).then(|| Event::default().retry(state.config.heartbeat));
        let told = pages.iter().map(event).chain(again).map(Ok::<_, Infallible>).collect::<Vec<_>>();
        return Ok(Sse::new(stream::iter(told)).into_response());
    };
    if plan.end_id().is_some_and(|end| have >= Some(end)) {
        // Everything has been told; what keeps a browser from asking again and again.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let busy = |_| Refusal::Busy("listeners", 10);
    let seat = Arc::clone(&state.listeners).try_acquire_owned().map_err(busy)?;
    let listener = Listener {
        news: plan.news(),
        listening: Listening::to(plan),
        state: state.clone(),
        _seat: seat,
        have,
        pages: VecDeque::new(),
        next: Next::Look,
    };
    let told = stream::unfold(listener, |mut listener| async {
        let page = listener.next().await?;
        Some((Ok::<_, Infallible>(event(&page)), listener))
    });
    let alive = KeepAlive::new().interval(state.config.heartbeat).text("alive");
    Ok(Sse::new(told).keep_alive(alive).into_response())
}

fn event(page: &Page) -> Event {
    Event::default().event(page.name).id(page.id.to_string()).data(&page.text)
}

/// Somebody who listens. Does something only while the connection asks for more.
struct Listener {
    listening: Listening,
    news: watch::Receiver<()>,
    state: Shared,
    _seat: OwnedSemaphorePermit,
    /// The version of the plan that it has been told.
    have: Option<u64>,
    /// What it is told next.
    pages: VecDeque<Page>,
    next: Next,
}

/// What a listener does when it has been told all that it knew of.
enum Next {
    /// Looks what is new.
    Look,
    /// Waits a moment, then looks: something is new, but it was too early or the threads too busy.
    Pause,
    /// Waits for news.
    Wait,
    /// Nothing; the search has ended.
    End,
}

impl Listener {
    async fn next(&mut self) -> Option<Page> {
        loop {
            if let Some(page) = self.pages.pop_front() {
                self.have = Some(page.id);
                return Some(page);
            }
            let gap = self.state.config.event_gap;
            match self.next {
                Next::Look => {}
                Next::Pause => tokio::time::sleep(gap).await,
                // The search is held here, so it cannot be gone.
                Next::Wait => self.news.changed().await.ok()?,
                Next::End => return None,
            }
            self.news.borrow_and_update();
            self.next = match self.look().await {
                Ok(news) => {
                    self.pages = news.pages.into();
                    match (news.last, news.early) {
                        (true, _) => Next::End,
                        (false, true) => Next::Pause,
                        (false, false) => Next::Wait,
                    }
                }
                Err(Refusal::Busy(..) | Refusal::Overdue(_)) => Next::Pause,
                Err(_) => Next::End,
            };
        }
    }

    async fn look(&self) -> Result<News, Refusal> {
        let (turn, have, own) = (self.listening.turn().await, self.have, self.state.clone());
        self.state.quick.run(move || turn.read(have, &own.config)).await
    }
}
