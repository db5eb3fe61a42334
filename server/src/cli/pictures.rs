//! Pictures of a plan: a page, a map for a GIS, calendars.

use std::path::{Path, PathBuf};

use clap::Args;
use paidan_engine::plan::Plan;
use paidan_engine::problem::Problem;
use paidan_engine::wire::{geojson, ics};

use super::files::{self, is_dash};
use super::outcome::Trouble;
use crate::view::{Caption, page};

#[derive(Debug, Args)]
pub(super) struct PictureArgs {
    /// Also draw the plan as one HTML page: map, days, receipts, unserved tickets. Needs no network.
    #[arg(long, value_name = "F")]
    html: Option<PathBuf>,
    // Written out, since a comment would have to mark the name as code.
    #[arg(long, value_name = "F", help = "Also write the plan as GeoJSON (RFC 7946) for a GIS")]
    geojson: Option<PathBuf>,
    /// Also write a calendar (RFC 5545) for each engineer with work into this folder.
    #[arg(long, value_name = "DIR")]
    ics: Option<PathBuf>,
}

impl PictureArgs {
    /// Refuses what cannot be drawn, before anybody waits for a search.
    pub(super) fn check(&self, problem: &Problem, plan_goes_to: &Path) -> Result<(), Trouble> {
        let to_stdout = [Some(plan_goes_to), self.html.as_deref(), self.geojson.as_deref()];
        if to_stdout.into_iter().flatten().filter(|path| is_dash(path)).count() > 1 {
            let says =
                "stdout can take one document; name files for the others, such as --out plan.json";
            return Err(Trouble::Usage(says.to_owned()));
        }
        if self.ics.as_deref().is_some_and(is_dash) {
            let says = "--ics writes a file for each engineer; name a folder, such as --ics calendars";
            return Err(Trouble::Usage(says.to_owned()));
        }
        if self.geojson.is_some() && !geojson::has_places(problem) {
            let says = "--geojson has nothing to draw: no place of the problem has coordinates; give lat and lon \
                        beside the rows of the travel table, or leave --geojson out";
            return Err(Trouble::Usage(says.to_owned()));
        }
        Ok(())
    }

    /// Draws a sound plan.
    pub(super) fn draw(&self, problem: &Problem, plan: &Plan, source: &Path) -> Result<(), Trouble> {
        if let Some(path) = &self.html {
            let source = source.file_name().map_or("stdin".into(), |name| name.to_string_lossy());
            let caption = Caption { source: &source, running: false };
            files::write(path, page(problem, plan, caption).as_bytes())?;
        }
        if let Some(path) = &self.geojson {
            files::write(path, &geojson::write_geojson(problem, plan))?;
        }
        if let Some(folder) = &self.ics {
            files::folder(folder)?;
            for calendar in ics::calendars(problem, plan) {
                files::write(&folder.join(&calendar.file_name), calendar.text.as_bytes())?;
            }
        }
        Ok(())
    }
}
