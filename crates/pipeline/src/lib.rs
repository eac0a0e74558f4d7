//! Composes the stages into one pass
