//! The policy: every weight and every rule in one document, with defaults that work.

use crate::units::Seconds;

/// How much each factor of the score counts; they sum to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// Skill match.
    pub skill: f64,
    /// Closeness; never 0, since driving is the currency of every other preference.
    pub proximity: f64,
    /// Chance of a first-time fix, learnt from visits.
    pub history: f64,
    /// Even spread of work.
    pub load: f64,
}

/// What skill levels are worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SkillRates {
    /// Lost for every level above the preferred one (an expert is kept for expert work), 0-1.
    pub above_loss: f64,
    /// Lost for every level between the required and the preferred one, 0-1.
    pub below_loss: f64,
    /// Work time by the engineer's level 1-5, in thousandths of the ticket's; the lowest level among
    /// the required skills counts.
    pub work_permille: [u32; 5],
}

/// How history is learnt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HistoryRates {
    /// After so many days a visit counts half.
    pub half_life_days: f64,
    /// How many visits the coarser level of the shrinkage weighs.
    pub prior_visits: f64,
    /// First-time fix chance before any visit is known, 0-1.
    pub prior_chance: f64,
    /// A visit rated so or less did not resolve the issue, 0-5.
    pub unhappy_rating: u8,
}

/// What to do when no bound engineer can come in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Otherwise {
    /// The best other engineer goes, the reason stated.
    #[default]
    Relax,
    /// The ticket stays unserved and an alert is raised.
    Strict,
}

/// The repeat binding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BindingRates {
    /// How far back earlier visits count, in days.
    pub window_days: u32,
    /// How many earlier visits bind the next report; 0 switches the rule off.
    pub visits: u32,
    /// What to do when no bound engineer can come in time.
    pub otherwise: Otherwise,
    /// Price of every step down the ladder of bound engineers; dearer than any day of driving.
    pub step: Seconds,
}

/// How urgency is derived where no priority is given, in points of 0-100.
#[derive(Clone, Debug, PartialEq)]
pub struct UrgencyRates {
    /// Points by ticket type, in the order of [`TicketType::ALL`](crate::ticket::TicketType::ALL).
    pub types: [u8; 4],
    /// Points by customer tier.
    pub tiers: Vec<(String, u8)>,
    /// Points when the SLA's time is used up; before that in proportion to the share used.
    pub sla: u8,
    /// Points for each earlier visit for the same issue inside the binding's window.
    pub repeat: u8,
    /// Points for an unhappy conversation.
    pub unhappy: u8,
    /// Share above the baseline from which a conversation is unhappy.
    pub unhappy_above: f64,
}

/// The SLA of a ticket type, counted from the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sla {
    /// Work must have started within.
    pub respond: Option<Seconds>,
    /// Work must have ended within.
    pub resolve: Option<Seconds>,
}

/// What lateness against the SLA costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatenessRates {
    /// Seconds of driving for a minute late at priority 0.
    pub per_minute: f64,
    /// How much dearer priority 100 is: 1 doubles the price, and in proportion below.
    pub urgent_factor: f64,
}

/// What overtime costs and how long it may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OvertimeRates {
    /// Longest overtime in a shift; 0 forbids it.
    pub max: Seconds,
    /// Seconds of driving for a minute of overtime.
    pub per_minute: f64,
}

/// When people are told that an SLA is at stake. The engine itself tells nobody.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertRates {
    /// The share of an SLA's time after which it is warned, 0-1.
    pub warn_share: f64,
    /// Who is told how long after an SLA was missed, in this order.
    pub escalation: Vec<Escalation>,
}

/// A step up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// So long after the SLA was missed.
    pub after: Seconds,
    /// Who is told.
    pub to: String,
}

/// When customers are called afterwards. The engine itself calls nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUpRates {
    /// After a visit that was rated as low as [`HistoryRates::unhappy_rating`]: within so long.
    pub call_within: Seconds,
    /// After a complaint was resolved: so long after it, each.
    pub complaint_after: Vec<Seconds>,
}

/// What an emergency is, and what may give way to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmergencyRates {
    /// A ticket of this priority or more is one, 0-100.
    pub from_priority: u8,
    /// Whether one that would be left out or late may displace promised work that is none and has not begun.
    pub displaces: bool,
}

/// Every weight and every rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// The four factors of the score.
    pub weights: Weights,
    /// The drive at which proximity is 0.
    pub reach: Seconds,
    /// What skill levels are worth.
    pub skill: SkillRates,
    /// How history is learnt.
    pub history: HistoryRates,
    /// The repeat binding.
    pub binding: BindingRates,
    /// How urgency is derived.
    pub urgency: UrgencyRates,
    /// SLA by ticket type, in the order of [`TicketType::ALL`](crate::ticket::TicketType::ALL).
    pub sla: [Sla; 4],
    /// What lateness costs.
    pub lateness: LatenessRates,
    /// What overtime costs.
    pub overtime: OvertimeRates,
    /// What an emergency is, and what may give way to one.
    pub emergency: EmergencyRates,
    /// When people are told that an SLA is at stake.
    pub alerts: AlertRates,
    /// When customers are called afterwards.
    pub follow_up: FollowUpRates,
    /// Price of sending an engineer other than a preferred one.
    pub preference: Seconds,
    /// Most tickets in a shift that does not say.
    pub max_tickets: Option<u32>,
    /// Most work in a shift that does not say.
    pub max_work: Option<Seconds>,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            weights: Weights { skill: 0.30, proximity: 0.35, history: 0.25, load: 0.10 },
            reach: Seconds(3600),
            skill: SkillRates { above_loss: 0.10, below_loss: 0.15, work_permille: [1000; 5] },
            history: HistoryRates {
                half_life_days: 180.0,
                prior_visits: 4.0,
                prior_chance: 0.75,
                unhappy_rating: 3,
            },
            binding: BindingRates {
                window_days: 90,
                visits: 2,
                otherwise: Otherwise::Relax,
                step: Seconds(86_400),
            },
            urgency: UrgencyRates {
                types: [60, 50, 30, 20],
                tiers: [("standard", 0), ("silver", 5), ("gold", 10), ("vip", 20)]
                    .map(|(name, points)| (name.to_owned(), points))
                    .to_vec(),
                sla: 20,
                repeat: 10,
                unhappy: 15,
                unhappy_above: 0.30,
            },
            sla: [
                Sla { respond: Some(Seconds(2 * 3600)), resolve: None },
                Sla { respond: None, resolve: Some(Seconds(24 * 3600)) },
                Sla::default(),
                Sla::default(),
            ],
            lateness: LatenessRates { per_minute: 30.0, urgent_factor: 3.0 },
            overtime: OvertimeRates { max: Seconds::ZERO, per_minute: 120.0 },
            emergency: EmergencyRates { from_priority: 80, displaces: false },
            alerts: AlertRates {
                warn_share: 0.75,
                escalation: [(0, "dispatcher"), (1800, "supervisor"), (7200, "manager")]
                    .map(|(after, to)| Escalation { after: Seconds(after), to: to.to_owned() })
                    .into(),
            },
            follow_up: FollowUpRates {
                call_within: Seconds(86_400),
                complaint_after: [3600, 86_400, 259_200].map(Seconds).into(),
            },
            preference: Seconds(900),
            max_tickets: None,
            max_work: None,
        }
    }
}
