//! What a bound proves of a plan, in words.

use paidan_engine::bound::MOST_TICKETS;
use paidan_engine::plan::Bound;
use paidan_engine::units::Price;

use crate::cli::text::{count, number};

/// A gap beyond which a bound says little, as a share.
const WEAK: f64 = 0.1;

/// One sentence.
pub(super) fn sentence(tickets: usize, price: Price, bound: Option<Bound>) -> String {
    let Some(bound) = bound else {
        let too_many = format!("none for more than {MOST_TICKETS} tickets");
        return if tickets > MOST_TICKETS { too_many } else { "none was found".to_owned() };
    };
    let gap = bound.gap(price);
    if bound.proves_least_lost(price) {
        return match gap {
            Some(0.0) => "this plan is the best possible".to_owned(),
            Some(gap) => {
                let lost = if price.unserved > 0 { "nobody can lose less, and it is " } else { "" };
                format!("{lost}within {} of the best possible{}", percent(gap), weakness(gap))
            }
            None => "nobody can lose less; of driving nothing is proven".to_owned(),
        };
    }
    let points = |points: i64| count(points as usize, "point", "points");
    let (least, lost) = (bound.lost.priority_lost, price.priority_lost);
    let lost = if least == lost {
        format!(
            "every plan loses at least {} and leaves {} unserved",
            points(least),
            bound.lost.unserved
        )
    } else {
        format!("every plan loses at least {} of priority, this one {}", points(least), number(lost))
    };
    match gap {
        Some(gap) => {
            let share = percent(gap);
            format!(
                "{lost}; of those that lose no more it is within {share} of the cheapest{}",
                weakness(gap)
            )
        }
        None => lost,
    }
}

fn percent(share: f64) -> String {
    // Rounded up, since it says at most.
    format!("{:.2} %", (share * 10_000.0).ceil() / 100.0)
}

fn weakness(gap: f64) -> &'static str {
    if gap > WEAK { " (a weak bound: the truth may be much closer)" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use paidan_engine::units::Seconds;

    fn price(priority_lost: i64, unserved: i64, seconds: i64) -> Price {
        Price { priority_lost, unserved, seconds: Seconds(seconds) }
    }

    fn says(at_hand: Price, lost: (i64, i64), seconds: i64) -> String {
        let lost = price(lost.0, lost.1, 0);
        sentence(9, at_hand, Some(Bound { lost, seconds: Seconds(seconds) }))
    }

    #[test]
    fn each_case_has_a_true_sentence() {
        assert_eq!(says(price(0, 0, 1000), (0, 0), 1000), "this plan is the best possible");
        assert_eq!(says(price(0, 0, 1000), (0, 0), 999), "within 0.11 % of the best possible");
        assert_eq!(
            says(price(7, 1, 1000), (7, 1), 999),
            "nobody can lose less, and it is within 0.11 % of the best possible"
        );
        assert_eq!(
            says(price(7, 1, 1000), (5, 0), 500),
            "every plan loses at least 5 points of priority, this one 7; of those that lose no more it is \
             within 100.00 % of the cheapest (a weak bound: the truth may be much closer)"
        );
        assert_eq!(sentence(129, price(0, 0, 1), None), "none for more than 128 tickets");
        assert_eq!(sentence(128, price(0, 0, 1), None), "none was found");
    }
}
