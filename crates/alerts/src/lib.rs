//! Alert rules, mails and their delivery
