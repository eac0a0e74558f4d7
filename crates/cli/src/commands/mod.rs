//! One file a command; this one sends each its way.

mod alerts;
mod ask;
mod card;
mod chart;
mod classify;
mod cluster;
mod coverage;
mod doctor;
mod entities;
mod eval;
mod events;
mod extract;
mod feed;
mod ingest;
mod init;
mod input;
mod labelled;
mod log;
mod note;
mod progress;
mod query;
mod remove;
mod reprocess;
mod review;
mod robots;
mod run;
mod sample;
mod serve;
mod show;
mod sources;
mod subscribers;
mod supplement;
mod tag;
mod tags;
mod train;
mod watch;
mod whole;

use crate::Ended;
use crate::args::{Alerts, Cli, Command, Entities, Feed, Robots, Sources, Subscribers, Tags};
use crate::output::Output;
use anyhow::Result;

/// Does what was asked.
pub(crate) fn dispatch(cli: &Cli, out: &mut Output) -> Result<Ended> {
    let global = &cli.global;
    match &cli.command {
        Command::Init(args) => init::init(global, args, out),
        Command::Run(args) if args.sample => sample::run(global, out),
        Command::Run(args) => run::run(global, args, out),
        Command::Watch(args) => watch::watch(global, args, out),
        Command::Ingest(args) => ingest::ingest(global, args, out),
        Command::Query(args) => query::query(global, args, out),
        Command::Show(args) => show::show(global, args, out),
        Command::Events(args) => events::events(global, args, out),
        Command::Extract(args) => extract::extract(global, args, out),
        Command::Classify(args) => classify::classify(global, args, out),
        Command::Review(args) => review::review(global, args, out),
        Command::Tag(args) => tag::tag(global, args, out),
        Command::Remove(args) => remove::remove(global, args, out),
        Command::Train(args) => train::train(global, args, out),
        Command::Eval(args) => eval::eval(global, args, out),
        Command::Cluster(_) => cluster::cluster(global),
        Command::Feed(Feed::Parse(args)) => feed::parse(args, out),
        Command::Robots(Robots::Check(args)) => robots::check(args, out),
        Command::Tags(Tags::List) => tags::list(global, out),
        Command::Tags(Tags::Add(args)) => tags::add(global, args, out),
        Command::Tags(Tags::Remove(args)) => tags::remove(global, args, out),
        Command::Entities(Entities::Suggest(args)) => entities::suggest(global, args, out),
        Command::Sources(Sources::List) => sources::list(global, out),
        Command::Sources(Sources::History(args)) => sources::history(global, args, out),
        Command::Sources(Sources::Check(args)) => sources::check(global, args, out),
        Command::Sources(Sources::Discover(args)) => sources::discover(global, args, out),
        Command::Sources(Sources::Add(args)) => sources::add(global, args, out),
        Command::Sources(Sources::Remove(args)) => sources::remove(global, args, out),
        Command::Sources(Sources::ImportOpml(args)) => sources::import_opml(global, args, out),
        Command::Sources(Sources::ExportOpml) => sources::export_opml(global, out),
        Command::Coverage(args) => coverage::coverage(global, args, out),
        Command::Alerts(Alerts::List) => alerts::list(global, out),
        Command::Alerts(Alerts::Test(args)) => alerts::test(global, args, out),
        Command::Alerts(Alerts::Preview(args)) => alerts::preview(global, args, out),
        Command::Alerts(Alerts::SendDigest(args)) => alerts::send_digest(global, args, out),
        Command::Subscribers(Subscribers::List(args)) => subscribers::list(global, args, out),
        Command::Subscribers(Subscribers::Add(args)) => subscribers::add(global, args, out),
        Command::Subscribers(Subscribers::Remove(args)) => subscribers::remove(global, args, out),
        Command::Subscribers(Subscribers::Resume(args)) => subscribers::resume(global, args, out),
        Command::Subscribers(Subscribers::Export) => subscribers::export(global, out),
        Command::Note(args) => note::note(global, args, out),
        Command::Log(args) => log::log(global, args, out),
        Command::Reprocess(args) => reprocess::reprocess(global, args, out),
        Command::Serve(args) => serve::serve(global, args, out),
        Command::Doctor => doctor::doctor(global, out),
    }
}
