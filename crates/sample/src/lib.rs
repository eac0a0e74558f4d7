//! A small invented world of news sites, served over loopback
