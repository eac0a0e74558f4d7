//! Polite fetching, robots.txt, feeds, sitemaps and listings
