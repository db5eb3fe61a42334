//! `paidan assign`.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use paidan_engine::assign::Terms;
use paidan_engine::check::{Breach, BreachCode, check};
use paidan_engine::desk::{Desk, Given, HeldBy, Wanted, Wave};
use paidan_engine::ids::{EngineerIx, TicketIx};
use paidan_engine::problem::Problem;
use paidan_engine::units::Seconds;
use paidan_engine::wire::wave::{QuotaDoc, TermsAsk, WaveDoc};
use paidan_engine::wire::write_plan;

use super::files;
use super::outcome::{Exit, Trouble};
use super::text::{and_more, columns, count, date_and_clock, length, number, plain};
use crate::sentences;

const EXAMPLES: &str = "\
Examples:
  paidan assign day.json
  paidan assign day.json --seats 1 --json
  paidan assign day.json --emergencies 1 --quota north=20 --least 2
  paidan assign day.json --out plan.json && paidan explain day.json plan.json --ticket SR25077191

Gives all open tickets out at once, on top of the promised routes (\"routes\" of the problem). Emergencies may displace
what is promised if the policy allows it.
That is better than one after the other and quicker than a plan, but a plan is better.
Exit code 0 if every ticket is given out, 1 if some are not.";

/// Tickets shown before the rest is counted.
const SHOWN: usize = 20;

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct AssignArgs {
    /// The problem document, or - for stdin.
    #[arg(value_name = "PROBLEM")]
    problem: PathBuf,
    /// How many tickets one engineer takes in a turn at most; turns go on until nobody can take anything more.
    #[arg(long, value_name = "N", default_value_t = Terms::default().seats, value_parser = clap::value_parser!(u32).range(1..))]
    seats: u32,
    /// How many emergencies one engineer has at most; `policy.emergency` says what one is.
    #[arg(long, value_name = "N")]
    emergencies: Option<u32>,
    /// How many tickets each engineer should have at least; each that one is short of costs an hour of driving.
    #[arg(long, value_name = "N", default_value_t = 0)]
    least: u32,
    /// How many tickets of a territory are served at most; several may be given.
    #[arg(long, value_name = "TERRITORY=N")]
    quota: Vec<QuotaDoc>,
    /// Where the routes go as they are then: a plan document, for `check`, `explain` and the like; or - for stdout.
    #[arg(long, value_name = "PLAN")]
    out: Option<PathBuf>,
    /// Print the wave document, as the HTTP service answers it.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &AssignArgs) -> Result<Exit, Trouble> {
    if args.json && args.out.as_deref().is_some_and(files::is_dash) {
        let says =
            "--json and --out -: two documents cannot both go to stdout; name a file for the plan";
        return Err(Trouble::Usage(says.to_owned()));
    }
    let problem = files::problem(&args.problem)?;
    let flawed = |flaws| Trouble::Flawed(files::name(&args.problem), flaws);
    let desk = Desk::new(problem).map_err(flawed)?;
    let wanted: Vec<Wanted<'_>> = desk.open().map(Wanted::Known).collect();
    let terms = TermsAsk {
        seats: Some(args.seats),
        emergencies: args.emergencies,
        least: args.least,
        quotas: args.quota.clone(),
    };
    let unkept = |flaws| Trouble::Flawed("the terms of the wave".to_owned(), flaws);
    let terms = terms.on(desk.problem()).map_err(unkept)?;
    let (after, wave) = desk.wave(&wanted, &terms).map_err(unkept)?;
    let problem = after.problem();
    let plan = after.plan();
    let mut breaches = check(problem, problem.visits(), &plan);
    breaches.retain(|breach| !is_set_aside(problem, &wave, breach));
    if !breaches.is_empty() {
        // Routes that break a promise are a mistake of ours and go to nobody.
        let list: Vec<String> = breaches.iter().map(ToString::to_string).collect();
        eprintln!("The routes are not sound, which is a mistake of ours:\n  {}", list.join("\n  "));
        return Ok(Exit::No);
    }
    if let Some(out) = &args.out {
        files::write(out, &write_plan(problem, &plan))?;
    }
    if args.json {
        let document = WaveDoc::new(problem, &wave, false);
        let mut text = serde_json::to_string_pretty(&document)
            .map_err(|trouble| Trouble::System("cannot write the wave".to_owned(), trouble.into()))?;
        text.push('\n');
        files::write("-".as_ref(), text.as_bytes())?;
    } else if args.out.as_deref().is_some_and(files::is_dash) {
        eprint!("{}", plain(&told(problem, &wave, args.seats)));
    } else {
        files::say(&told(problem, &wave, args.seats))?;
    }
    let all = wave.left.is_empty() && wave.held.is_empty() && wave.aside.is_empty();
    Ok(if all { Exit::Fine } else { Exit::No })
}

/// Whether a breach only says that a ticket could be served which the wave does not give out: one that its terms keep or
/// that it sets aside, or one for a crew, of whose moments only some are looked at.
fn is_set_aside(problem: &Problem, wave: &Wave, breach: &Breach) -> bool {
    let held = wave.held.iter().map(|held| held.ticket);
    let crewed =
        wave.left.iter().map(|left| left.ticket).filter(|&ticket| problem.ticket(ticket).crew > 1);
    let mut not_given = wave.aside.iter().copied().chain(held).chain(crewed);
    let is_it = |ticket: TicketIx| breach.ticket.as_deref() == Some(&*problem.ticket(ticket).id);
    breach.code == BreachCode::CouldBeServed && not_given.any(is_it)
}

fn told(problem: &Problem, wave: &Wave, seats: u32) -> String {
    let mut text = String::new();
    let given = count(wave.given.len(), "ticket is given out", "tickets are given out");
    let not = wave.left.len() + wave.held.len() + wave.aside.len();
    let lost = number(wave.price.priority_lost);
    let _ = writeln!(text, "{given}, {} not: {lost} points of priority lost.", number(not as i64));
    let _ = writeln!(text, "The routes cost {} more.", length(wave.dearer));
    if let Some(first) = wave.turns.first() {
        let turns: Vec<String> = wave.turns.iter().map(|turn| number(turn.given as i64)).collect();
        let in_turns: usize = wave.turns.iter().map(|turn| turn.given).sum();
        // Fewer are possible as well: one that is worse to lose may take the room of two.
        let anew = match wave.given.len().saturating_sub(in_turns) {
            0 => String::new(),
            anew if wave.displaced.is_empty() => {
                format!(", and {} more by matching anew", number(anew as i64))
            }
            anew => format!(", and {} more by matching anew and displacing", number(anew as i64)),
        };
        let proof = if first.objective == first.bound { "proven to be" } else { "close to" };
        let _ = writeln!(
            text,
            "In turns, at most {seats} to an engineer: {}{anew}. With each ticket priced as if it came alone, the first is \
             {proof} the cheapest.",
            turns.join(" + ")
        );
    }
    if wave.short > 0 {
        let short = count(wave.short as usize, "ticket", "tickets");
        let _ = writeln!(text, "Engineers are short of {short} that they should have at least.");
    }
    text.push('\n');
    text += &table(problem, &wave.given);
    if !wave.displaced.is_empty() {
        text.push_str("\nGave way to emergencies:\n");
        for gone in wave.displaced.iter().take(SHOWN) {
            let [ticket, by] = [gone.ticket, gone.by].map(|ticket| &problem.ticket(ticket).id);
            let engineer = &problem.engineer(gone.engineer).id;
            let _ = writeln!(text, "  {ticket}, which {engineer} had promised, to {by}");
        }
        text += &more(wave.displaced.len());
    }
    if !wave.left.is_empty() {
        text.push_str("\nNot given out:\n");
        for left in wave.left.iter().take(SHOWN) {
            let ticket = problem.ticket(left.ticket);
            let _ = writeln!(text, "  {}: {}", ticket.id, sentences::reason(&left.reason, ticket));
        }
        text += &more(wave.left.len());
    }
    if !wave.held.is_empty() {
        text.push_str("\nNot given out, since the terms do not allow it:\n");
        for held in wave.held.iter().take(SHOWN) {
            let why = match held.by {
                HeldBy::Quota(territory) => {
                    format!("the quota of {} is used up", problem.register().territories.name(territory))
                }
                HeldBy::Emergencies => "whoever could take it has emergencies enough".to_owned(),
            };
            let _ = writeln!(text, "  {}: {why}", problem.ticket(held.ticket).id);
        }
        text += &more(wave.held.len());
    }
    if !wave.aside.is_empty() {
        text.push_str("\nTo be planned, since they wait for others or come in pairs:\n");
        for &ticket in wave.aside.iter().take(SHOWN) {
            let _ = writeln!(text, "  {}", problem.ticket(ticket).id);
        }
        text += &more(wave.aside.len());
    }
    text
}

/// Who takes what. Prices are what each ticket adds to its route as that is now, so they do not sum.
fn table(problem: &Problem, given: &[Given]) -> String {
    let heads = ["ticket", "engineer", "start", " adds", "instead of"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    let id = |engineer: EngineerIx| problem.engineer(engineer).id.to_string();
    rows.extend(given.iter().take(SHOWN).map(|given| {
        let offer = &given.offer;
        let bound = given.bound_to.iter().filter(|_| !given.bound_to.contains(&offer.engineer));
        let bound: Vec<String> = bound.map(|&engineer| id(engineer)).collect();
        let instead = match (&given.gave_way, bound.is_empty()) {
            (_, false) => format!("{}, bound to the repeat", bound.join(" or ")),
            (None, true) => String::new(),
            (Some(gave_way), true) => {
                format!("{}, {} if it came alone", id(gave_way.engineer), length(gave_way.price_alone))
            }
        };
        let crew = std::iter::once(offer).chain(&given.crew).map(|offer| id(offer.engineer));
        vec![
            problem.ticket(given.ticket).id.to_string(),
            crew.collect::<Vec<_>>().join(", "),
            date_and_clock(offer.start, problem.shift(offer.shift).offset_s),
            length(given.crew.iter().map(|offer| offer.price).sum::<Seconds>() + offer.price),
            instead,
        ]
    }));
    columns(1, &rows) + &more(given.len())
}

/// How many were not shown.
fn more(all: usize) -> String {
    if all > SHOWN { format!("  {}\n", and_more(all - SHOWN)) } else { String::new() }
}
