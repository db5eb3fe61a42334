//! `paidan generate`.

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{Args, Subcommand};
use jiff::civil::Date;
use paidan_engine::flaw::{Code, Flaw};

use super::files;
use super::outcome::{Exit, Trouble};
use crate::generate::{CityOptions, NationOptions, city, nation, write};

const EXAMPLES: &str = "\
Examples:
  paidan generate city --out day.json
  paidan generate nation --engineers 10000 --tickets 0 --with-routes 4 --out fleet.json
  paidan generate nation --tickets 2000 --engineers 120 --seed 3 | paidan plan -

The same options give the same bytes.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct GenerateArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// A real city's day: open requests of Cincinnati, with made-up crews.
    City(CityArgs),
    /// A made-up nation of any size.
    Nation(NationArgs),
}

#[derive(Debug, Args)]
struct CityArgs {
    /// The table of requests, or - for stdin.
    #[arg(long, value_name = "CSV", default_value = "fixtures/city/requests.csv")]
    requests: PathBuf,
    /// The seed of all that is made up.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// The day to plan.
    #[arg(long, value_name = "DATE", default_value_t = CityOptions::default().date, value_parser = date)]
    date: Date,
    /// Open tickets made into third reports.
    #[arg(long, value_name = "N", default_value_t = CityOptions::default().repeats)]
    repeats: usize,
    /// Where the problem goes, or - for stdout.
    #[arg(long, value_name = "F", default_value = "-")]
    out: PathBuf,
}

#[derive(Debug, Args)]
struct NationArgs {
    /// Open tickets.
    #[arg(long, value_name = "N", default_value_t = NationOptions::default().tickets, value_parser = upto(0, 500_000))]
    tickets: usize,
    /// Engineers.
    #[arg(long, value_name = "N", default_value_t = NationOptions::default().engineers, value_parser = upto(1, 200_000))]
    engineers: usize,
    /// Days, each with a shift for every engineer.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=62))]
    days: u16,
    /// The seed.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Work and driving against shift time; above 1 not everything fits.
    #[arg(long, value_name = "X", default_value_t = NationOptions::default().load, value_parser = share)]
    load: f64,
    /// Promise every engineer a route of so many further tickets.
    #[arg(long, value_name = "N", value_parser = upto(0, 30))]
    with_routes: Option<usize>,
    /// Earlier visits for every engineer.
    #[arg(long, value_name = "N", default_value_t = NationOptions::default().visits_each, value_parser = upto(0, 1000))]
    visits_each: usize,
    /// Share of the tickets with an appointment.
    #[arg(long, value_name = "X", default_value_t = NationOptions::default().windows_share, value_parser = share)]
    windows_share: f64,
    /// Towns.
    #[arg(long, value_name = "N", default_value_t = NationOptions::default().towns, value_parser = upto(1, 100_000))]
    towns: usize,
    /// The first day.
    #[arg(long, value_name = "DATE", default_value_t = NationOptions::default().date, value_parser = date)]
    date: Date,
    /// Where the problem goes, or - for stdout.
    #[arg(long, value_name = "F", default_value = "-")]
    out: PathBuf,
}

fn upto(least: u64, most: u64) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(least..=most)
}

fn date(text: &str) -> Result<Date, String> {
    match text.parse::<Date>() {
        Ok(date) if (1971..2190).contains(&date.year()) => Ok(date),
        _ => Err("expected a date such as 2026-03-02, from 1971 to 2189".to_owned()),
    }
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=10.0).contains(&share) => Ok(share),
        _ => Err("expected a number from 0 to 10".to_owned()),
    }
}

pub(super) fn run(args: &GenerateArgs) -> Result<Exit, Trouble> {
    match &args.what {
        What::City(args) => {
            let flawed = |code, found: String, fix: &str| {
                Trouble::Flawed(files::name(&args.requests), vec![Flaw::new(code, "", found, fix)])
            };
            let requests = String::from_utf8(files::read(&args.requests)?).map_err(|_| {
                flawed(Code::WrongType, "the table is not UTF-8".to_owned(), "save it as UTF-8")
            })?;
            let CityArgs { seed, date, repeats, .. } = *args;
            let options = CityOptions { seed, date, repeats, ..CityOptions::default() };
            let document = city(&requests, &options).map_err(|found| {
                flawed(Code::WrongType, found, "use a table as fixtures/city/requests.csv")
            })?;
            files::write(&args.out, &write(&document))?;
        }
        What::Nation(args) => {
            let NationArgs { tickets, engineers, days, seed, load, with_routes, .. } = *args;
            let NationArgs { visits_each, windows_share, towns, date, .. } = *args;
            let options = NationOptions {
                tickets,
                engineers,
                days,
                seed,
                load,
                with_routes,
                visits_each,
                windows_share: windows_share.min(1.0),
                towns,
                date,
                ..NationOptions::default()
            };
            files::write(&args.out, &write(&nation(&options)))?;
        }
    }
    Ok(Exit::Fine)
}
