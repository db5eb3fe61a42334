//! Paidan.
fn main() {}
