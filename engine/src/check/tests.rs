//! Hand-computed numbers.
