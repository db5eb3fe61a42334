//! `paidan openapi`.

use super::files;
use super::outcome::{Exit, Trouble};
use crate::api;

pub(super) fn run() -> Result<Exit, Trouble> {
    files::say(api::text())?;
    Ok(Exit::Fine)
}
