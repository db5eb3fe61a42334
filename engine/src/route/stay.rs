//! One stop of a route as the clock sees it.

use super::agreed::Agreed;
use super::cargo::{ALL_OPEN, Open};
use super::gap::Way;
use super::timeline::{Step, due};
use crate::ticket::{Ticket, Windows};
use crate::travel::Drive;
use crate::units::{Moment, Seconds};

/// A stop, kept with its route because a schedule asks every stop of it.
#[derive(Clone, Debug)]
pub(super) struct Stay {
    drive: Drive,
    open: Open,
    /// Work without the setup.
    work: Seconds,
    /// Setup, wherever one comes from ...
    setup: Seconds,
    /// ... and whether it is needed, coming from where one comes from now.
    set_up: bool,
    respond_by: Moment,
    resolve_by: Moment,
    windows: Windows,
}

impl Stay {
    /// A stop that nobody has driven to yet.
    pub(super) fn new(ticket: &Ticket, work: Seconds, setup: Seconds) -> Stay {
        Stay {
            drive: Drive::NONE,
            open: ALL_OPEN,
            work,
            setup,
            set_up: setup.0 > 0,
            respond_by: ticket.respond_by,
            resolve_by: ticket.resolve_by,
            windows: ticket.windows.clone(),
        }
    }

    /// Starts only when that is agreed.
    ///
    /// # Panics
    /// If that leaves nothing of the ticket's windows.
    pub(super) fn agree(&mut self, ticket: &Ticket, agreed: Agreed) {
        let windows = ticket.windows.within(agreed.from, agreed.until);
        self.windows = windows.expect("only what a window allows is agreed");
    }

    /// Drives to the stop, from its own place or from another.
    pub(super) fn reach_by(&mut self, drive: Drive, from_here: bool) {
        self.drive = drive;
        self.set_up = self.setup_after(from_here).0 > 0;
    }

    /// Says which breaks may be taken on the way to it.
    pub(super) fn reach_with(&mut self, open: Open) {
        self.open = open;
    }

    pub(super) fn drive(&self) -> Drive {
        self.drive
    }

    /// Work, setup included.
    pub(super) fn work(&self) -> Seconds {
        self.work + self.setup()
    }

    /// Whether a setup may be needed at all.
    pub(super) fn may_set_up(&self) -> bool {
        self.setup.0 > 0
    }

    /// Setup that is needed now.
    pub(super) fn setup(&self) -> Seconds {
        if self.set_up { self.setup } else { Seconds::ZERO }
    }

    /// Setup that would be needed after a stop at this place, or at another.
    pub(super) fn setup_after(&self, from_here: bool) -> Seconds {
        if from_here { Seconds::ZERO } else { self.setup }
    }

    pub(super) fn step(&self) -> Step<'_> {
        self.with_more(Seconds::ZERO)
    }

    /// The step to a stop that takes so much longer.
    pub(super) fn with_more(&self, more: Seconds) -> Step<'_> {
        let work = self.work() + more;
        Step {
            way: Way { drive: self.drive.time, open: self.open },
            work,
            due: due(self.respond_by, self.resolve_by, work),
            windows: &self.windows,
        }
    }
}
