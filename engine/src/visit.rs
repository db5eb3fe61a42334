//! Visits: what happened before. They are the history.

use crate::ids::{AssetIx, CustomerIx, EngineerIx, IssueIx};
use crate::units::Moment;

/// A visit as the caller names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VisitDraft {
    /// The ticket that it was for.
    pub ticket: String,
    /// The customer.
    pub customer: String,
    /// The asset, if one was named.
    pub asset: Option<String>,
    /// The issue kind.
    pub issue: String,
    /// Who went; may have left the roster since.
    pub engineer: String,
    /// Start of work.
    pub start: Moment,
    /// End of work.
    pub end: Moment,
    /// Whether the issue was resolved at that visit.
    pub resolved: bool,
    /// The customer's rating, 1-5.
    pub rating: Option<u8>,
}

/// A visit of a sound problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The customer.
    pub customer: CustomerIx,
    /// The asset, or `UNKNOWN`.
    pub asset: AssetIx,
    /// The issue kind.
    pub issue: IssueIx,
    /// Who went; `UNKNOWN` if they have left the roster.
    pub engineer: EngineerIx,
    /// Start of work.
    pub start: Moment,
    /// End of work.
    pub end: Moment,
    /// Whether the issue was resolved at that visit.
    pub resolved: bool,
    /// The customer's rating, 1-5.
    pub rating: Option<u8>,
}
