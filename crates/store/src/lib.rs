//! The system of record behind one narrow trait
