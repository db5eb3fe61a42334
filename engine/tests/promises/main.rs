//! What the engine promises, one subject a file. One binary, so that everything is linked once.

mod absences;
mod bounds;
mod broken_formats;
mod broken_input;
mod checker_finds_every_breach;
mod common;
mod crews_and_orders;
mod depots;
mod desk_promises;
mod every_plan_checks;
mod exact_top_k;
mod extreme_drafts;
mod fit_laws;
mod fixtures;
mod floors;
mod pairs;
mod published_formats;
mod random_bytes;
mod round_trip;
mod same_seed_same_plan;
mod segment_laws;
mod third_repeat;
mod tiny_fixtures;
mod visits_under_way;
mod vroom;
mod world;
