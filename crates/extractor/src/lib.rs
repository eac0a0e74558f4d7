//! Bytes and an address in, an article out
