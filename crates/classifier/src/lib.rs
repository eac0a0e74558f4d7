//! An article in; relevance, tags with evidence and entities out
