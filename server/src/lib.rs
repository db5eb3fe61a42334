//! Paidan.
