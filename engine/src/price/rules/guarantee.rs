//! A guarantee saves what it charges elsewhere: hours of a shift that are paid in any case cost less where they are
//! used, so work goes to those who would be paid for doing nothing.

use super::by_the_thousand;
use crate::engineer::Rates;
use crate::units::Seconds;

/// What a shift costs less, so nothing or a negative price: `busy` is driving and work, of which what lies in overtime
/// uses nothing.
pub fn price(rates: &Rates, busy: Seconds, over: Seconds) -> Seconds {
    if rates.guarantee == 0 {
        return Seconds::ZERO;
    }
    let used = (busy - over.max(Seconds::ZERO)).min(rates.guaranteed);
    -by_the_thousand(used, rates.guarantee)
}

/// What a shift costs less at most.
pub fn most(rates: &Rates) -> Seconds {
    by_the_thousand(rates.guaranteed, rates.guarantee)
}

/// By how much the price falls at most where so much more is driven and worked: rounding may take a unit more.
pub fn most_saved(rates: &Rates, more: Seconds) -> Seconds {
    by_the_thousand(more, rates.guarantee) + Seconds(i64::from(rates.guarantee > 0))
}
