//! The API's description: its stored copy, its examples, its words.

use std::collections::BTreeSet;

use crate::common::{Answer, Service};
use axum::http::StatusCode;
use jsonschema::Validator;
use paidan::access::{KeyDoc, Role};
use paidan::api;
use paidan::config::LimitDoc;
use paidan::kpis::By;
use paidan::kpis::figures::MeaningDoc;
use paidan::live::{
    CallDoc, ConflictKindDoc, EventDoc, FollowUpDoc, FollowUpReasonDoc, FollowUpStateDoc,
    PlanConflictDoc, PolicyVersionDoc, PositionDoc, SlaAlertDoc, SlaPromiseDoc, SlaWordDoc,
    TicketRecordDoc, TicketStateDoc, TicketStepDoc,
};
use paidan::patch::PatchDoc;
use paidan::plans::{Phase, PlanChangeDoc, PlanEndDoc, PlanStatusDoc, RouteNameDoc};
use paidan::refusal::{FlawDoc, RefusalDoc};
use paidan::routes::apply::{AppliedPlanDoc, AppliedTicketDoc};
use paidan::routes::availability::{AvailabilityBody, AvailabilityDoc, AvailabilityKindDoc};
use paidan::routes::commit::{CommitBody, CommitDoc};
use paidan::routes::decisions::DecisionRecordDoc;
use paidan::routes::deliveries::{ReplayedDoc, RotationBody};
use paidan::routes::dispatch::{DispatchBody, TicketAsk};
use paidan::routes::dry_run::{self, ChoiceDoc, DryRunDoc};
use paidan::routes::events::EventsDoc;
use paidan::routes::fleet::FleetDoc;
use paidan::routes::follow_ups::CallMadeBody;
use paidan::routes::health::{HealthDoc, ReadyDoc};
use paidan::routes::import::{ImportDoc, ImportLineDoc, ImportOutcomeDoc, ModeDoc};
use paidan::routes::keys::{KeyWithSecretDoc, KeysDoc, NewKeyBody};
use paidan::routes::kpis::{KpiDoc, KpiGroupDoc, KpisDoc};
use paidan::routes::life::TicketChangeBody;
use paidan::routes::limits::LimitsDoc;
use paidan::routes::pages::PageDoc;
use paidan::routes::plan_events::PlanEventDoc;
use paidan::routes::plans::PlanBody;
use paidan::routes::positions::{PositionsBody, PositionsTakenDoc};
use paidan::routes::setup::SetupBody;
use paidan::routes::sla::{SlaBoardDoc, SlaItemDoc};
use paidan::routes::visits::VisitRecordedDoc;
use paidan::routes::waves::WaveBody;
use paidan::routes::webhooks::{NewWebhookBody, WebhookBody, WebhookWithSecretDoc};
use paidan::webhooks::{
    AttemptDoc, DeadLetterDoc, DeliveriesDoc, MessageDoc, TestedDoc, WaitingDoc, WebhookDoc,
};
use paidan_engine::wire::answer::{
    BoundDoc, EndedDoc, PlanDoc, PlannedBreakDoc, PlannedRouteDoc, PlannedStopDoc, PriceDoc,
    ReasonCodeDoc, ReasonDoc, ReceiptDoc, RunDoc, UnservedDoc,
};
use paidan_engine::wire::decision::{
    BindingDoc, DecisionDoc, OfferDoc, OutcomeDoc, RuledOutDoc, RungDoc, ScoreDoc,
};
use paidan_engine::wire::document::{
    AlertRatesDoc, AreaDoc, BegunDoc, BindingRatesDoc, BreakDoc, CertificateDoc, ConversationDoc,
    DepotDoc, EmergencyRatesDoc, EngineerDoc, EscalationDoc, FollowUpRatesDoc, HistoryRatesDoc,
    LatenessRatesDoc, LevelsDoc, NeedDoc, OtherwiseDoc, OvertimeRatesDoc, PeopleDoc, PinDoc, PlaceDoc,
    PolicyDoc, ProblemDoc, RatesDoc, RouteDoc, ShiftDoc, SkillDoc, SkillRatesDoc, SlaDoc, SlaLengthsDoc,
    SpanDoc, TableDoc, TandemDoc, TerritoryDoc, TicketDoc, TicketTypeDoc, TravelDoc, UrgencyRatesDoc,
    VisitDoc, WeightsDoc,
};
use paidan_engine::wire::vroom::answer::ErrorDoc;
use paidan_engine::wire::wave::{
    DisplacedDoc, GaveWayDoc, GivenDoc, HeldByDoc, HeldDoc, QuotaDoc, WaveDoc, WaveTurnDoc,
};
use paidan_engine::wire::{examples, read_document, read_problem};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn document() -> Value {
    serde_json::from_str(api::text()).unwrap()
}

/// The schemas by name.
fn schemas() -> serde_json::Map<String, Value> {
    document()["components"]["schemas"].as_object().unwrap().clone()
}

/// A validator for a schema that stands somewhere in the description.
fn validator(mut schema: Value) -> Validator {
    schema["components"] = document()["components"].take();
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
}

fn named(name: &str) -> Validator {
    validator(json!({"$ref": format!("#/components/schemas/{name}")}))
}

fn assert_valid(validator: &Validator, value: &Value, what: &str) {
    let troubles: Vec<String> = validator
        .iter_errors(value)
        .map(|trouble| format!("{}: {trouble}", trouble.instance_path()))
        .collect();
    assert!(troubles.is_empty(), "{what}: {troubles:?}\n{value:#}");
}

/// Reads a document with the service's own reader.
fn read<T: DeserializeOwned>(value: &Value) {
    let text = serde_json::to_vec(value).unwrap();
    if let Err(flaws) = read_document::<T>(&text) {
        panic!("{flaws:?}");
    }
}

/// A schema's name, and what reads its documents.
type Reader = (&'static str, fn(&Value));

/// The reader of every schema.
const READERS: &[Reader] = &[
    ("AppliedPlan", read::<AppliedPlanDoc>),
    ("AppliedTicket", read::<AppliedTicketDoc>),
    ("AlertRates", read::<AlertRatesDoc>),
    ("Area", read::<AreaDoc>),
    ("Availability", read::<AvailabilityDoc>),
    ("AvailabilityChange", read::<AvailabilityBody>),
    ("AvailabilityKind", read::<AvailabilityKindDoc>),
    ("Begun", read::<BegunDoc>),
    ("Binding", read::<BindingDoc<'static>>),
    ("BindingRates", read::<BindingRatesDoc>),
    ("Bound", read::<BoundDoc>),
    ("Break", read::<BreakDoc>),
    ("Call", read::<CallDoc>),
    ("CallMade", read::<CallMadeBody>),
    ("Certificate", read::<CertificateDoc>),
    ("Choice", read::<ChoiceDoc>),
    ("CommitRequest", read::<CommitBody>),
    ("Commitment", read::<CommitDoc<'static>>),
    ("ConflictKind", read::<ConflictKindDoc>),
    ("Conversation", read::<ConversationDoc>),
    ("CrowTravel", read::<TravelDoc>),
    ("DeadLetter", read::<DeadLetterDoc>),
    ("DecidedOtherwise", read::<dry_run::OtherwiseDoc>),
    ("Decision", read::<DecisionDoc<'static>>),
    ("DecisionRecord", read::<DecisionRecordDoc>),
    ("DeliveryAttempt", read::<AttemptDoc>),
    ("Depot", read::<DepotDoc>),
    ("DispatchRequest", read::<DispatchBody>),
    ("DisplacedTicket", read::<DisplacedDoc<'static>>),
    ("EmergencyRates", read::<EmergencyRatesDoc>),
    ("Ended", read::<EndedDoc>),
    ("Engineer", read::<EngineerDoc>),
    ("Escalation", read::<EscalationDoc>),
    ("Event", read::<EventDoc>),
    ("Events", read::<EventsDoc>),
    ("Flaw", read::<FlawDoc>),
    ("Fleet", read::<FleetDoc>),
    ("FollowUp", read::<FollowUpDoc>),
    ("FollowUpRates", read::<FollowUpRatesDoc>),
    ("FollowUpReason", read::<FollowUpReasonDoc>),
    ("FollowUpState", read::<FollowUpStateDoc>),
    ("GaveWay", read::<GaveWayDoc<'static>>),
    ("GivenTicket", read::<GivenDoc<'static>>),
    ("Health", read::<HealthDoc>),
    ("HeldBy", read::<HeldByDoc>),
    ("HeldTicket", read::<HeldDoc<'static>>),
    ("HistoryRates", read::<HistoryRatesDoc>),
    ("Import", read::<ImportDoc>),
    ("ImportLine", read::<ImportLineDoc>),
    ("ImportMode", read::<ModeDoc>),
    ("ImportOutcome", read::<ImportOutcomeDoc>),
    ("Key", read::<KeyDoc>),
    ("KeyWithSecret", read::<KeyWithSecretDoc>),
    ("Keys", read::<KeysDoc>),
    ("Kpi", read::<KpiDoc>),
    ("KpiBy", read::<By>),
    ("KpiGroup", read::<KpiGroupDoc>),
    ("KpiMeaning", read::<MeaningDoc>),
    ("Kpis", read::<KpisDoc>),
    ("LatenessRates", read::<LatenessRatesDoc>),
    ("Levels", read::<LevelsDoc>),
    ("Limit", read::<LimitDoc>),
    ("Limits", read::<LimitsDoc>),
    ("MergePatch", read::<PatchDoc>),
    ("MultiPolygonArea", read::<AreaDoc>),
    ("Need", read::<NeedDoc>),
    ("NewKey", read::<NewKeyBody>),
    ("NewWebhook", read::<NewWebhookBody>),
    ("Offer", read::<OfferDoc<'static>>),
    ("Otherwise", read::<OtherwiseDoc>),
    ("OtherwiseOutcome", read::<dry_run::OutcomeDoc>),
    ("Outcome", read::<OutcomeDoc>),
    ("OvertimeRates", read::<OvertimeRatesDoc>),
    ("Page_DeadLetter", read::<PageDoc<DeadLetterDoc>>),
    ("Page_DecisionRecord", read::<PageDoc<DecisionRecordDoc>>),
    ("Page_Engineer", read::<PageDoc<EngineerDoc>>),
    ("Page_FollowUp", read::<PageDoc<FollowUpDoc>>),
    ("Page_Position", read::<PageDoc<PositionDoc>>),
    ("Page_PolicyVersion", read::<PageDoc<PolicyVersionDoc>>),
    ("Page_PromisedRoute", read::<PageDoc<RouteDoc>>),
    ("Page_TicketRecord", read::<PageDoc<TicketRecordDoc>>),
    ("Page_Visit", read::<PageDoc<VisitDoc>>),
    ("Page_Webhook", read::<PageDoc<WebhookDoc>>),
    ("People", read::<PeopleDoc>),
    ("Pin", read::<PinDoc>),
    ("Place", read::<PlaceDoc>),
    ("Plan", read::<PlanDoc>),
    ("PlanChange", read::<PlanChangeDoc>),
    ("PlanConflict", read::<PlanConflictDoc>),
    ("PlanEnd", read::<PlanEndDoc>),
    ("PlanEvent", read::<PlanEventDoc>),
    ("PlanPhase", read::<Phase>),
    ("PlanRequest", read::<PlanBody>),
    ("PlanStatus", read::<PlanStatusDoc>),
    ("PlannedBreak", read::<PlannedBreakDoc>),
    ("PlannedRoute", read::<PlannedRouteDoc>),
    ("PlannedStop", read::<PlannedStopDoc>),
    ("Policy", read::<PolicyDoc>),
    ("PolicyDryRun", read::<DryRunDoc>),
    ("PolicyVersion", read::<PolicyVersionDoc>),
    ("PolygonArea", read::<AreaDoc>),
    ("Position", read::<PositionDoc>),
    ("PositionsSent", read::<PositionsBody>),
    ("PositionsTaken", read::<PositionsTakenDoc>),
    ("Price", read::<PriceDoc>),
    ("Problem", read::<ProblemDoc>),
    ("PromisedRoute", read::<RouteDoc>),
    ("Quota", read::<QuotaDoc>),
    ("Rates", read::<RatesDoc>),
    ("Readiness", read::<ReadyDoc>),
    ("Reason", read::<ReasonDoc>),
    ("ReasonCode", read::<ReasonCodeDoc>),
    ("Receipt", read::<ReceiptDoc>),
    ("Refusal", read::<RefusalDoc>),
    ("ReplayedLetters", read::<ReplayedDoc>),
    ("Role", read::<Role>),
    ("RouteName", read::<RouteNameDoc>),
    ("RuledOut", read::<RuledOutDoc<'static>>),
    ("Run", read::<RunDoc>),
    ("Rung", read::<RungDoc<'static>>),
    ("Score", read::<ScoreDoc>),
    ("Setup", read::<SetupBody>),
    ("Shift", read::<ShiftDoc>),
    ("Skill", read::<SkillDoc>),
    ("SkillRates", read::<SkillRatesDoc>),
    ("Sla", read::<SlaDoc>),
    ("SlaAlert", read::<SlaAlertDoc>),
    ("SlaBoard", read::<SlaBoardDoc>),
    ("SlaItem", read::<SlaItemDoc>),
    ("SlaLengths", read::<SlaLengthsDoc>),
    ("SlaPromise", read::<SlaPromiseDoc>),
    ("SlaWord", read::<SlaWordDoc>),
    ("Span", read::<SpanDoc>),
    ("TableTravel", read::<TravelDoc>),
    ("Tandem", read::<TandemDoc>),
    ("Territory", read::<TerritoryDoc>),
    ("Ticket", read::<TicketDoc>),
    ("TicketChange", read::<TicketChangeBody>),
    ("TicketOrId", read::<TicketAsk>),
    ("TicketRecord", read::<TicketRecordDoc>),
    ("TicketState", read::<TicketStateDoc>),
    ("TicketStep", read::<TicketStepDoc>),
    ("TicketType", read::<TicketTypeDoc>),
    ("Travel", read::<TravelDoc>),
    ("TravelTable", read::<TableDoc>),
    ("Unserved", read::<UnservedDoc>),
    ("UrgencyRates", read::<UrgencyRatesDoc>),
    ("Visit", read::<VisitDoc>),
    ("VisitRecorded", read::<VisitRecordedDoc>),
    ("VroomError", read::<ErrorDoc>),
    ("WaitingMessage", read::<WaitingDoc>),
    ("Wave", read::<WaveDoc<'static>>),
    ("WaveRequest", read::<WaveBody>),
    ("WaveTurn", read::<WaveTurnDoc>),
    ("Webhook", read::<WebhookDoc>),
    ("WebhookChange", read::<WebhookBody>),
    ("WebhookDeliveries", read::<DeliveriesDoc>),
    ("WebhookMessage", read::<MessageDoc>),
    ("WebhookRotation", read::<RotationBody>),
    ("WebhookTest", read::<TestedDoc>),
    ("WebhookWithSecret", read::<WebhookWithSecretDoc>),
    ("Weights", read::<WeightsDoc>),
];

/// Writes a stored document anew if `RENEW` is set, else holds it against what it should be.
fn hold(path: &str, text: &str, command: &str) {
    let path = format!("{}/../docs/{path}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("RENEW").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == text, "{path} is not what the code says; read the difference after\n  {command}");
}

const RENEW: &str = "RENEW=1 cargo test -p paidan description";

#[test]
fn the_stored_copy_is_what_the_code_says() {
    hold("openapi.json", api::text(), "cargo run -- openapi > docs/openapi.json");
}

#[test]
fn formats_are_those_of_the_registry() {
    let text = api::text();
    let formats: BTreeSet<&str> =
        text.split("\"format\": \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let known = ["date", "date-time", "double", "int64", "uint16", "uint32", "uint64", "uint8"];
    assert_eq!(formats, BTreeSet::from(known));
}

#[test]
fn every_schema_has_an_example_that_fits_it_and_that_we_can_read() {
    let known: BTreeSet<&str> = READERS.iter().map(|(name, _)| *name).collect();
    let schemas = schemas();
    let told: BTreeSet<&str> = schemas.keys().map(String::as_str).collect();
    assert_eq!(told, known, "every schema has its reader above");
    for (name, reader) in READERS {
        let examples =
            schemas[*name]["examples"].as_array().unwrap_or_else(|| panic!("{name} has none"));
        assert!(!examples.is_empty(), "{name} has no example");
        for example in examples {
            assert_valid(&named(name), example, name);
            reader(example);
        }
    }
    read_problem(examples::problem().to_string().as_bytes()).expect("the example is sound");
}

#[test]
fn every_schema_and_every_key_is_described() {
    fn walk(schema: &Value, path: &str, silent: &mut Vec<String>) {
        for (key, property) in schema["properties"].as_object().into_iter().flatten() {
            let path = format!("{path}.{key}");
            // The key by which variants are told apart says what it is by its one value, and what may be
            // null says it beside that.
            let alone = property["description"].is_string() || property["enum"].is_array();
            let either = property["oneOf"]
                .as_array()
                .is_some_and(|parts| parts.iter().any(|part| part["description"].is_string()));
            if !alone && !either {
                silent.push(path.clone());
            }
            walk(property, &path, silent);
        }
        for part in ["oneOf", "allOf", "anyOf"] {
            for part in schema[part].as_array().into_iter().flatten() {
                walk(part, path, silent);
            }
        }
    }
    let mut silent = Vec::new();
    for (name, schema) in schemas() {
        if !schema["description"].is_string() {
            silent.push(name.clone());
        }
        walk(&schema, &name, &mut silent);
    }
    assert!(silent.is_empty(), "without a description: {silent:?}");
}

#[test]
fn what_is_refused_beyond_the_format_is_refused_by_the_schema_too() {
    for (name, spoilt) in [
        ("Ticket", json!({"id": "T1", "place": {"row": 1}, "work_s": 1, "colour": "red"})),
        ("Ticket", json!({"id": "T1", "place": {"row": 1}})),
        ("Ticket", json!({"id": "T1", "place": {"row": 1}, "work_s": -1})),
        ("Skill", json!(6)),
        ("Need", json!({"level": 0})),
        ("Travel", json!({"kind": "crow", "durations_s": [[0]]})),
        ("Travel", json!({"kind": "table"})),
        ("Travel", json!({"kind": "wings"})),
        ("Area", json!({"type": "Polygon", "coordinates": [], "bbox": []})),
        ("Area", json!({"type": "Point", "coordinates": [1, 2]})),
        ("PlanRequest", json!({"problem": "roster"})),
        ("PlanRequest", json!({"problem": "fleet", "seconds": -1})),
        ("Break", json!({"start": "24:30", "end": "13:00", "length_s": 60})),
    ] {
        assert!(!named(name).is_valid(&spoilt), "{name} lets {spoilt} pass");
    }
}

/// The schema of an answer.
fn answered(path: &str, method: &str, status: StatusCode, kind: &str) -> Validator {
    let document = document();
    let response = &document["paths"][path][method]["responses"][status.as_str()];
    let schema = &response["content"][kind]["schema"];
    assert!(schema.is_object(), "{method} {path} does not say what it answers with {status} as {kind}");
    validator(schema.clone())
}

async fn send(
    service: &Service,
    method: &str,
    template: &str,
    id: &str,
    body: Option<&Value>,
) -> Answer {
    let path = template.replace("{id}", id).replace("{version}", id);
    let answer = service.send(&method.to_uppercase(), &path, body.map(Value::to_string)).await;
    let kind = answer.headers["content-type"].to_str().unwrap().to_owned();
    let validator = answered(template, method, answer.status, &kind);
    assert_valid(&validator, &answer.body, &format!("{method} {path}"));
    answer
}

fn pretty(document: &Value) -> String {
    serde_json::to_string_pretty(document).unwrap() + "\n"
}

fn example(schema: &str, n: usize) -> Value {
    schemas()[schema]["examples"][n].clone()
}

async fn webhooks_are_answered(service: &Service) {
    let made = send(service, "post", "/v1/webhooks", "", Some(&example("NewWebhook", 0))).await;
    let id = made.body["webhook"]["id"].as_str().unwrap().to_owned();
    send(service, "get", "/v1/webhooks", "", None).await;
    let sub = |rest: &str| format!("/v1/webhooks/{{id}}{rest}");
    for (method, rest, asked) in [
        ("get", "", None),
        ("put", "", Some(example("WebhookChange", 0))),
        ("post", "/secret", Some(example("WebhookRotation", 0))),
        ("post", "/test", None),
        ("get", "/deliveries", None),
        ("get", "/dead-letters", None),
        ("post", "/dead-letters/replay", None),
        ("delete", "", None),
    ] {
        send(service, method, &sub(rest), &id, asked.as_ref()).await;
    }
}

#[tokio::test]
async fn examples_that_are_sent_are_answered_as_the_examples_of_answers() {
    let service = Service::new();
    let fleet = send(&service, "put", "/v1/fleet", "", Some(&example("Problem", 0))).await;
    assert_eq!(fleet.body, example("Fleet", 0));
    assert_eq!(send(&service, "get", "/v1/fleet", "", None).await.body, example("Fleet", 0));

    let asked = example("DispatchRequest", 0);
    let decision = send(&service, "post", "/v1/dispatch", "", Some(&asked)).await;
    hold("examples/decision.json", &pretty(&decision.body), RENEW);
    let asked = example("DispatchRequest", 1);
    let again = send(&service, "post", "/v1/dispatch", "", Some(&asked)).await;
    assert_eq!(again.body["chosen"], decision.body["chosen"]);

    let wave = send(&service, "post", "/v1/waves", "", Some(&example("WaveRequest", 0))).await;
    hold("examples/wave.json", &pretty(&wave.body), RENEW);

    let order = example("PlanRequest", 1);
    let ordered = send(&service, "post", "/v1/plans", "", Some(&order)).await;
    let id = ordered.body["id"].as_str().unwrap().to_owned();
    let done = loop {
        let status = send(&service, "get", "/v1/plans/{id}", &id, None).await;
        if status.body["status"] == "done" {
            break status;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    };
    hold("examples/plan.json", &pretty(&done.body["plan"]), RENEW);
    let of_fleet = send(&service, "post", "/v1/plans", "", Some(&example("PlanRequest", 0))).await;
    let id = of_fleet.body["id"].as_str().unwrap();
    send(&service, "post", "/v1/plans/{id}/apply", id, None).await;
    send(&service, "delete", "/v1/plans/{id}", id, None).await;
    service.wait(id, "stopped").await;
    send(&service, "post", "/v1/plans/{id}/apply", id, None).await;
    service.put("/v1/fleet", &example("Problem", 0)).await;

    let visit = send(&service, "post", "/v1/visits", "", Some(&example("Visit", 0))).await;
    assert_eq!(visit.body, example("VisitRecorded", 0));
    // The history has changed, so the promise is asked of the fleet as it was.
    service.put("/v1/fleet", &example("Problem", 0)).await;
    let asked = example("CommitRequest", 0);
    let mut promise = send(&service, "post", "/v1/tickets/{id}/commit", "T1", Some(&asked)).await;
    let id = promise.body["decision"].as_str().unwrap().to_owned();
    send(&service, "get", "/v1/decisions/{id}", &id, None).await;
    promise.body["decision"] = example("Commitment", 0)["decision"].clone();
    assert_eq!(promise.body, example("Commitment", 0));
    for n in [0, 1] {
        send(&service, "post", "/v1/tickets/{id}/state", "T1", Some(&example("TicketChange", n))).await;
    }
    send(&service, "get", "/v1/tickets/{id}", "T1", None).await;
    let made = send(&service, "post", "/v1/keys", "", Some(&example("NewKey", 0))).await;
    send(&service, "delete", "/v1/keys/{id}", made.body["key"]["id"].as_str().unwrap(), None).await;
    for path in [
        "/v1/tickets",
        "/v1/engineers",
        "/v1/routes",
        "/v1/visits",
        "/v1/decisions",
        "/v1/events",
        "/v1/keys",
        "/v1/kpis",
    ] {
        send(&service, "get", path, "", None).await;
    }
    webhooks_are_answered(&service).await;
    let ana = send(&service, "get", "/v1/engineers/{id}", "ana", None).await;
    send(&service, "put", "/v1/engineers/{id}", "ana", Some(&ana.body)).await;
    let patch = example("MergePatch", 0);
    send(&service, "patch", "/v1/engineers/{id}", "ana", Some(&patch)).await;
    let patch = example("MergePatch", 1);
    send(&service, "post", "/v1/policy/dry-run", "", Some(&example("Policy", 0))).await;
    send(&service, "patch", "/v1/policy", "", Some(&patch)).await;
    send(&service, "put", "/v1/policy", "", Some(&example("Policy", 0))).await;
    for path in ["/v1/policy", "/v1/policy/versions", "/v1/setup"] {
        send(&service, "get", path, "", None).await;
    }
    send(&service, "get", "/v1/policy/versions/{version}", "1", None).await;
    send(&service, "put", "/v1/setup", "", Some(&example("Setup", 0))).await;
    for (path, at) in [("/v1/import/engineers", "eva"), ("/v1/import/tickets", "T20")] {
        let bodies = &document()["paths"][path]["post"]["requestBody"]["content"];
        let mut sent = 0;
        for (kind, body) in bodies.as_object().unwrap() {
            let Some(text) = body["example"].as_str() else { continue };
            let answer = service.send_as("POST", path, kind, text).await;
            assert_valid(&answered(path, "post", answer.status, "application/json"), &answer.body, path);
            assert_eq!((answer.status, &answer.body["lines"][0]["id"]), (StatusCode::OK, &json!(at)));
            sent += 1;
        }
        assert_eq!(sent, 2, "{path}");
    }
    send(&service, "delete", "/v1/engineers/{id}", "ana", None).await;
    let mut new = example("Ticket", 0);
    new["id"] = json!("T9");
    send(&service, "post", "/v1/tickets", "", Some(&new)).await;
    send(&service, "put", "/v1/tickets/{id}", "T9", Some(&new)).await;
    service.put("/v1/fleet", &example("Problem", 0)).await;
    let wave = send(&service, "post", "/v1/waves", "", Some(&example("WaveRequest", 1))).await;
    assert_eq!(wave.body["given"], example("Wave", 0)["given"]);

    for (path, schema) in [("/healthz", "Health"), ("/readyz", "Readiness")] {
        let sign = send(&service, "get", path, "", None).await;
        assert_eq!(sign.body, example(schema, 0), "{path}");
    }
    let limits = send(&service, "get", "/v1/limits", "", None).await;
    let told = limits.body["limits"].as_array().unwrap();
    assert!(told.contains(&example("Limit", 0)), "{told:?}");
}

#[tokio::test]
async fn refusals_are_described_where_they_come_from() {
    let service = Service::new();
    send(&service, "get", "/v1/fleet", "", None).await;
    send(&service, "get", "/v1/plans/{id}", "none", None).await;
    send(&service, "get", "/v1/plans/{id}", "%ff", None).await;
    send(&service, "get", "/v1/plans/{id}/events", "none", None).await;
    send(&service, "post", "/v1/dispatch", "", Some(&json!({}))).await;
    send(&service, "post", "/v1/visits", "", Some(&json!([]))).await;
    service.put("/v1/fleet", &example("Problem", 0)).await;
    send(&service, "post", "/v1/tickets/{id}/commit", "T1", Some(&json!({}))).await;
    send(&service, "post", "/v1/tickets/{id}/commit", "T1", Some(&json!({}))).await;
    let mut hard = example("Ticket", 0);
    hard["id"] = json!("T2");
    hard["requires"] = json!({"gas": 5});
    send(&service, "post", "/v1/tickets/{id}/commit", "T2", Some(&json!({"ticket": hard}))).await;
    // The schema of a refusal is that of its examples.
    let refusals = named("Refusal");
    for operation in document()["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|path| path.as_object().unwrap().values().cloned().collect::<Vec<_>>())
    {
        for (status, response) in operation["responses"].as_object().unwrap() {
            for example in response["content"]["application/problem+json"]["examples"]
                .as_object()
                .into_iter()
                .flat_map(serde_json::Map::values)
            {
                assert_eq!(example["value"]["status"].to_string(), *status);
                assert_valid(&refusals, &example["value"], status);
                read::<RefusalDoc>(&example["value"]);
            }
        }
    }
}

#[tokio::test]
async fn the_description_and_its_page_are_served() {
    let service = Service::new();
    assert_eq!(service.get("/openapi.json").await.body, document());
    let request = axum::http::Request::get("/docs").body(axum::body::Body::empty()).unwrap();
    let response = tower::ServiceExt::oneshot(service.0, request).await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    let page = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let page = std::str::from_utf8(&page).unwrap();
    for elsewhere in ["http://", "https://", "src=", "@import", " url("] {
        assert!(!page.contains(elsewhere), "the page loads something: {elsewhere}");
    }
}
