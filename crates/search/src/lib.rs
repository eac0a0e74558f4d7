//! The query language: text to a typed tree, and the tree against a story
