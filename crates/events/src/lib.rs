//! Stories in; near-copies, events and what is new out
