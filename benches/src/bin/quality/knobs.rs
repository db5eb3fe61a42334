//! Knobs of the search by name.

use paidan_engine::planner::Params;

/// Reads NAME=NUMBER.
pub fn parse(text: &str) -> Result<(String, f64), String> {
    let (name, value) = text.split_once('=').ok_or("a knob is NAME=NUMBER")?;
    let value = value.parse().map_err(|error| format!("{value:?}: {error}"))?;
    turn(&mut Params::default(), name, value)?;
    Ok((name.to_owned(), value))
}

/// The parameters with every knob turned that was parsed.
pub fn params(knobs: &[(String, f64)], seed: u64) -> Params {
    let mut params = Params { seed, ..Params::default() };
    for (name, value) in knobs {
        turn(&mut params, name, *value).expect("a knob that was parsed");
    }
    params
}

/// Turns one knob.
fn turn(params: &mut Params, name: &str, value: f64) -> Result<(), String> {
    match name {
        "ruin.average" => params.ruin.average = value,
        "ruin.longest" => params.ruin.longest = value as usize,
        "ruin.keep_middle" => params.ruin.keep_middle = value,
        "ruin.around_unserved" => params.ruin.around_unserved = value,
        "ruin.neighbours" => params.ruin.neighbours = value as usize,
        "mend.blink" => params.mend.blink = value,
        "mend.near" => params.mend.near = value as usize,
        "mend.crew_moments" => params.mend.crew_moments = value as usize,
        "tails.tries" => params.tails.tries = value as usize,
        "tails.neighbours" => params.tails.neighbours = value as usize,
        "accept.hot" => params.accept.hot = value,
        "accept.cold" => params.accept.cold = value,
        "accept.lost_hot" => params.accept.lost_hot = value,
        "accept.lost_cold" => params.accept.lost_cold = value,
        "accept.credit" => params.accept.credit = value,
        "split.tickets" => params.split.tickets = value as usize,
        "split.crowded" => params.split.crowded = value as usize,
        "split.idle" => params.split.idle = value as usize,
        "split.routes" => params.split.routes = value as usize,
        "split.rounds" => params.split.rounds = value as u64,
        "split.moves" => params.split.moves = value != 0.0,
        "split.islands" => params.split.islands = value as usize,
        "split.settle" => params.split.settle = value as u64,
        "size.kept_pairs" => params.size.kept_pairs = value as usize,
        "size.whole" => params.size.whole = value as usize,
        "size.region" => params.size.region = value as usize,
        _ => return Err(format!("there is no knob {name:?}")),
    }
    Ok(())
}
