//! The command line, as a user types it. The texts here are the help pages.

mod alerts;
mod coverage;
mod sources;
mod training;

pub(crate) use alerts::{
    Alerts, AlertsPreview, AlertsRule, Log, LogUndo, Note, Reprocess, SendDigest, Serve,
    Subscribers, SubscribersAdd, SubscribersAddress, SubscribersList, SubscribersOf,
};
use clap::{Args, Parser, Subcommand, ValueEnum};
pub(crate) use coverage::{By, Coverage, CoverageCheck, Each};
pub(crate) use sources::{
    Sources, SourcesAdd, SourcesCheck, SourcesDiscover, SourcesHistory, SourcesImport,
    SourcesRemove, YesNo,
};
use std::path::PathBuf;
pub(crate) use training::{Eval, Train};

/// The AI-policy news monitor: reads sources, tags stories and says why, groups them into events,
/// answers queries and mails an alert when something new happens.
#[derive(Debug, Parser)]
#[command(
    name = "tocsin",
    version,
    after_help = "\
Start here:
  tocsin run --sample                       the whole product on a bundled sample world, offline
  tocsin init && tocsin run                 the real sources
  tocsin query 'tag:chip-restrictions since:7d'

Exit status: 0 done; 1 failed; 2 wrong usage or config; 3 done, but no source could be reached."
)]
pub(crate) struct Cli {
    /// Options that every command takes.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The directory with the config files [default: the user's config directory, tocsin/]
    #[arg(
        long,
        global = true,
        env = "TOCSIN_CONFIG",
        value_name = "DIR",
        hide_env_values = true
    )]
    pub(crate) config: Option<PathBuf>,
    /// The directory with the store [default: the user's data directory, tocsin/]
    #[arg(
        long,
        global = true,
        env = "TOCSIN_DATA",
        value_name = "DIR",
        hide_env_values = true
    )]
    pub(crate) data: Option<PathBuf>,
    /// Results as JSON: lists as one object a line
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Log more: -v for what is done, -vv for every request
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Print results only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// No progress display, even on a terminal
    #[arg(long, global = true)]
    pub(crate) no_progress: bool,
    /// The form of log lines, on standard error
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text, value_name = "FORM")]
    pub(crate) log_format: LogFormat,
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write an editable copy of the default config
    #[command(after_help = "Examples:\n  tocsin init\n  tocsin init --config /etc/tocsin")]
    Init(Init),
    /// One pass: poll what is due, fetch, extract, tag, group, store, alert
    #[command(after_help = "Examples:
  tocsin run --sample                  offline, on the bundled sample world; run it twice for its second day
  tocsin run                           what is due, of all sources
  tocsin run --source de-bundestag     one source, due or not
  tocsin run --dry-run --json          what would be stored, without storing it")]
    Run(Run),
    /// The same for ever: polls each source when it is due, and tells what is new
    #[command(after_help = "Examples:
  tocsin watch                         until it is ended; between two passes other commands may use the store
  tocsin watch --json >> passes.jsonl  a report for each pass that polled something
  tocsin watch --passes 3              ends after so many")]
    Watch(Watch),
    /// Files into the pipeline, as if they had been fetched
    #[command(after_help = "Examples:
  tocsin ingest page.html --url https://news.example/a
  tocsin ingest notes/*.txt            plain text, the title in the first line
  tocsin ingest CC-NEWS-20260302.warc.gz    a crawl's pages, whatever the size of the file")]
    Ingest(Ingest),
    /// Find stories
    #[command(after_help = "Examples:
  tocsin query 'tag:chip-restrictions entity:Huawei since:monday'
  tocsin query '\"export controls\" -tag:conference lang:zh' --json
  tocsin query 'is:relevant (tag:regulation OR tag:privacy-data) country:FR' --csv > stories.csv

The language: docs/query.md.")]
    Query(Query),
    /// One story with its evidence, or one event with its stories
    #[command(
        after_help = "Examples:\n  tocsin show s0123456789abcdef\n  tocsin show e0123456789abcdef --json"
    )]
    Show(Show),
    /// Events, the latest first; with an expression, those with a story that matches
    #[command(after_help = "Examples:
  tocsin events
  tocsin events 'tag:export-enforcement since:30d' --json
  tocsin events merge e0123456789abcdef e123456789abcdef0    they are one
  tocsin events split s0123456789abcdef                      this story is another event")]
    Events(Events),
    /// A page to an article, as JSON
    #[command(after_help = "Examples:
  tocsin extract page.html --url https://news.example/a
  tocsin extract page.html --explain                       which blocks were taken, and why not the others
  tocsin extract --batch < pages.jsonl > articles.jsonl    lines of {\"id\",\"url\",\"html\"} or
                                                           \"html_b64\", and \"read_at\": no date is later")]
    Extract(Extract),
    /// Tags, relevance and names of a text
    #[command(after_help = "Examples:
  tocsin classify article.txt --explain
  tocsin classify --batch < stories.jsonl > tags.jsonl     lines of {\"id\",\"title\",\"text\",\"lang\"}")]
    Classify(Classify),
    /// The tags that the judge was not sure of, for you to decide
    #[command(after_help = "Examples:
  tocsin review                                            asks about one after the other
  tocsin review --tag chip-restrictions since:7d --limit 5
  tocsin review --json < /dev/null                         the queue, as stories")]
    Review(Review),
    /// Your verdict on a story: it outranks the model, and the next `train` learns from it
    #[command(after_help = "Examples:
  tocsin tag s0123456789abcdef +chip-restrictions -conference
  tocsin --json tag s0123456789abcdef -relevant            options go before the id")]
    Tag(Tag),
    /// Takes stories out of all that is shown and sent, for good: no feed brings them back
    #[command(after_help = "Examples:
  tocsin remove s0123456789abcdef
  tocsin query is:removed                                  what was taken out
  tocsin log undo 12                                       back again: the number is told, and in the log")]
    Remove(Remove),
    /// A model from labelled stories, with a card that says how good it is
    #[command(after_help = "Examples:
  tocsin train                                             the model in use, moved by your verdicts (see `tocsin tag`)
  tocsin train labelled.jsonl --written models/authored --check gold.jsonl --out models
  tocsin train labelled.jsonl.gz --out ~/.config/tocsin    used from the next run on
  tocsin train labelled.jsonl --labels models/labels --of items.jsonl.gz    labels kept apart from other people's texts

A line of a labelled file: {\"id\",\"title\",\"text\",\"lang\"?,\"relevant\":true|false|null,\"tags\":[…],\"unsure\":[…]}.
The same stories give the same model, byte for byte.")]
    Train(Train),
    /// How good the model in use is, on labelled stories
    #[command(after_help = "Examples:
  tocsin eval gold.jsonl
  tocsin eval gold.jsonl --json | jq .micro_f1
  tocsin eval gold.jsonl --misses 20 --svg reliability.svg
  tocsin eval gold.jsonl --described models/described.toml")]
    Eval(Eval),
    /// Stories to events and near-copies
    #[command(after_help = "Example:
  tocsin cluster --batch < stories.jsonl > events.jsonl    lines of {\"id\",\"title\",\"text\",\"published\",\"source\",\"lang\"}, in time order")]
    Cluster(Batch),
    /// Read feeds
    #[command(subcommand)]
    Feed(Feed),
    /// Ask robots.txt
    #[command(subcommand)]
    Robots(Robots),
    /// The taxonomy
    #[command(subcommand)]
    Tags(Tags),
    /// The names of persons, firms, bodies, places, laws, products
    #[command(subcommand)]
    Entities(Entities),
    /// The sources and how they are doing
    #[command(subcommand)]
    Sources(Sources),
    /// What each source gave against what it should; what of an outside list was missed, and why
    #[command(after_help = "Examples:
  tocsin coverage --since 90d
  tocsin coverage --by country --json
  tocsin coverage check links.txt --missed")]
    Coverage(Coverage),
    /// The alert rules and their mails
    #[command(subcommand)]
    Alerts(Alerts),
    /// Who gets the mails of which rule
    #[command(subcommand)]
    Subscribers(Subscribers),
    /// Your own words about an event: shown with it, and carried into its next digest and mail
    #[command(after_help = "Examples:
  tocsin note e0123456789abcdef 'The licence rule needs the council, so not before May'
  TOCSIN_USER=ann tocsin note e0123456789abcdef 'See the annex'    in Ann's name")]
    Note(Note),
    /// Who did what, when: verdicts, notes, merges, splits, changes of the rules; and its undo
    #[command(after_help = "Examples:
  tocsin log
  tocsin log undo 12                                       takes number 12 back
  tocsin log --json --limit 100

The name is that of TOCSIN_USER, else the system's.")]
    Log(Log),
    /// What the taxonomy and the model of today would change in stored stories, and in alerts
    #[command(after_help = "Examples:
  tocsin reprocess                                         says what would change, and changes nothing
  tocsin reprocess 'since:90d' --json
  tocsin reprocess --apply                                 changes it
  tocsin reprocess --pages archive/*.warc.gz --apply       reads kept pages once more, after a better extractor")]
    Reprocess(Reprocess),
    /// The page on which readers unsubscribe by one click
    #[command(after_help = "Examples:
  tocsin serve                                             on 127.0.0.1:8470, behind a proxy that speaks TLS
  tocsin serve --listen 127.0.0.1:9000

Needs `public_url` under [server] in tocsin.toml; see docs/alerts.md.")]
    Serve(Serve),
    /// Say what is wrong with this installation
    #[command(after_help = "Example:\n  tocsin doctor")]
    Doctor,
}

/// `init`
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Replace files that are there already
    #[arg(long)]
    pub(crate) force: bool,
}

/// `run`
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Work on the bundled sample world, served over loopback
    #[arg(long, conflicts_with_all = ["source", "dry_run"])]
    pub(crate) sample: bool,
    /// Only this source, due or not; may be given several times
    #[arg(long, value_name = "ID")]
    pub(crate) source: Vec<String>,
    /// Fetch and judge, but store nothing and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// `watch`
#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// End after so many passes
    #[arg(long, value_name = "N")]
    pub(crate) passes: Option<u64>,
    /// Seconds between two passes at most: mails that wait and digests have their times, too
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub(crate) at_most: u64,
}

/// `ingest`
#[derive(Debug, Args)]
pub(crate) struct Ingest {
    /// HTML pages, plain text in files named .txt, WARC files named .warc or .warc.gz
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The address that the page came from (one file only)
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// The source that it is credited to
    #[arg(long, value_name = "ID", default_value = "ingest")]
    pub(crate) source: String,
}

/// `query`
#[derive(Debug, Args)]
pub(crate) struct Query {
    /// What to find; one that begins with "-" goes behind "--"
    #[arg(value_name = "EXPR")]
    pub(crate) expression: Vec<String>,
    /// At most so many; 0 for all [default: 20 on a screen, all for --json, --csv and --count]
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Their order; the same as sort: in the expression
    #[arg(long, value_name = "ORDER", value_parser = ["newest", "oldest", "score", "relevance"])]
    pub(crate) sort: Option<String>,
    /// As comma-separated values, with a heading line
    #[arg(long, conflicts_with_all = ["json", "count"])]
    pub(crate) csv: bool,
    /// Only how many there are
    #[arg(long)]
    pub(crate) count: bool,
}

/// `show`
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The id of a story (s…) or an event (e…)
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

/// `events`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Events {
    #[command(subcommand)]
    pub(crate) correction: Option<Correction>,
    /// Only events with a story that matches
    #[arg(value_name = "EXPR")]
    pub(crate) expression: Vec<String>,
    /// At most so many; 0 for all [default: 20 on a screen, all for --json]
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
}

/// `events merge` and `events split`
#[derive(Debug, Subcommand)]
pub(crate) enum Correction {
    /// One event of several: the first takes in the others, whose ids lead to it from then on
    #[command(after_help = "Examples:
  tocsin events merge e0123456789abcdef e123456789abcdef0")]
    Merge {
        /// The event that stays
        #[arg(value_name = "EVENT")]
        into: String,
        /// The events that become part of it
        #[arg(value_name = "OTHER", required = true)]
        others: Vec<String>,
    },
    /// Some stories of an event, and copies of theirs, to an event of their own
    #[command(after_help = "Examples:
  tocsin show e0123456789abcdef                                    the ids of its stories
  tocsin events split s0123456789abcdef s123456789abcdef0")]
    Split {
        /// The stories that leave their event
        #[arg(value_name = "STORY", required = true)]
        stories: Vec<String>,
    },
}

/// The address of a page that has none, or none of the web.
pub(crate) const UNKNOWN_PAGE: &str = "http://page.invalid/";

/// `extract`
#[derive(Debug, Args)]
pub(crate) struct Extract {
    /// The page; standard input without it
    #[arg(value_name = "FILE", conflicts_with = "batch")]
    pub(crate) file: Option<PathBuf>,
    /// The address that the page came from
    #[arg(long, value_name = "URL", default_value = UNKNOWN_PAGE)]
    pub(crate) url: String,
    /// Show what the page says of its title, day and authors, and every block: how likely it is text, where it stands
    #[arg(long, conflicts_with = "batch")]
    pub(crate) explain: bool,
    /// Leave out the rules of publishers.toml
    #[arg(long)]
    pub(crate) no_rules: bool,
    /// Act as a filter over JSON lines
    #[arg(long)]
    pub(crate) batch: bool,
}

/// `classify`
#[derive(Debug, Args)]
pub(crate) struct Classify {
    /// The text, its title in the first line; standard input without it
    #[arg(value_name = "FILE", conflicts_with = "batch")]
    pub(crate) file: Option<PathBuf>,
    /// Show every rule that spoke, and how the scores came about
    #[arg(long, conflicts_with = "batch")]
    pub(crate) explain: bool,
    /// Act as a filter over JSON lines
    #[arg(long)]
    pub(crate) batch: bool,
}

/// `review`
#[derive(Debug, Args)]
pub(crate) struct Review {
    /// Only stories that match, in the query language
    #[arg(value_name = "EXPR")]
    pub(crate) expression: Vec<String>,
    /// Only stories with this unsure tag
    #[arg(long, value_name = "TAG")]
    pub(crate) tag: Option<String>,
    /// At most so many; 0 for all [default: 20, all for --json]
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Ask, and read the answers from standard input: y, n, Enter, q [default: on a terminal]
    #[arg(long, conflicts_with = "json")]
    pub(crate) ask: bool,
}

/// `tag`
#[derive(Debug, Args)]
pub(crate) struct Tag {
    /// The id of a story (s…)
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// +TAG gives it, -TAG takes it away; +relevant and -relevant decide the gate
    #[arg(value_name = "+TAG|-TAG", required = true, num_args = 1.., allow_hyphen_values = true, trailing_var_arg = true)]
    pub(crate) decisions: Vec<String>,
}

/// `remove`
#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// The ids of stories (s…)
    #[arg(value_name = "ID", required = true)]
    pub(crate) ids: Vec<String>,
}

/// A command that is only a filter.
#[derive(Debug, Args)]
pub(crate) struct Batch {
    /// Act as a filter over JSON lines
    #[arg(long, required = true)]
    pub(crate) batch: bool,
}

/// `feed`
#[derive(Debug, Subcommand)]
pub(crate) enum Feed {
    /// A feed's entries, as JSON
    #[command(after_help = "Examples:
  tocsin feed parse feed.xml --url https://news.example/feed.xml
  tocsin feed parse --batch < feeds.jsonl > entries.jsonl  lines of {\"id\",\"bytes_b64\",\"content_type\",\"url\"}")]
    Parse(FeedParse),
}

/// `feed parse`
#[derive(Debug, Args)]
pub(crate) struct FeedParse {
    /// The feed; standard input without it
    #[arg(value_name = "FILE", conflicts_with = "batch")]
    pub(crate) file: Option<PathBuf>,
    /// The address that it came from
    #[arg(long, value_name = "URL", default_value = "http://feed.invalid/")]
    pub(crate) url: String,
    /// The Content-Type header that it came with
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
    /// Act as a filter over JSON lines
    #[arg(long)]
    pub(crate) batch: bool,
}

/// `robots`
#[derive(Debug, Subcommand)]
pub(crate) enum Robots {
    /// Whether a robots.txt lets a robot fetch an address
    #[command(after_help = "Examples:
  tocsin robots check robots.txt --url https://news.example/a --agent tocsin
  tocsin robots check --batch < cases.jsonl                lines of {\"id\",\"robots\",\"agent\",\"url\"}")]
    Check(RobotsCheck),
}

/// `robots check`
#[derive(Debug, Args)]
pub(crate) struct RobotsCheck {
    /// The robots.txt; standard input without it
    #[arg(value_name = "FILE", conflicts_with = "batch")]
    pub(crate) file: Option<PathBuf>,
    /// The address to fetch
    #[arg(long, value_name = "URL", required_unless_present = "batch")]
    pub(crate) url: Option<String>,
    /// The robot's product token
    #[arg(long, value_name = "NAME", default_value = "tocsin")]
    pub(crate) agent: String,
    /// Act as a filter over JSON lines
    #[arg(long)]
    pub(crate) batch: bool,
}

/// `tags`
#[derive(Debug, Subcommand)]
pub(crate) enum Tags {
    /// Every tag with its definition in a line
    List,
    /// A tag of your own from a description: shows the closest stories, asks, learns, and keeps it
    #[command(after_help = "Examples:
  tocsin tags add data-centre-water --describe 'Water that data centres for AI use, and disputes about it'
  tocsin tags add data-centre-water                        once more, with the verdicts given since
  tocsin tags add data-centre-water --describe '…' --json --dry-run    the ranking alone
  tocsin tags add data-centre-water --describe '…' --from stories.jsonl --ask

Without a terminal it does not ask; --ask reads answers (y, n, Enter, q) from standard input.")]
    Add(TagsAdd),
    /// Take a tag of your own away again; your verdicts on it stay
    #[command(after_help = "Example:\n  tocsin tags remove data-centre-water")]
    Remove(TagsRemove),
}

/// `tags add`
#[derive(Debug, Args)]
pub(crate) struct TagsAdd {
    /// Its name: small letters, digits, hyphens
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Which stories to compare, see docs/query.md; all of them without it
    #[arg(value_name = "EXPRESSION")]
    pub(crate) expression: Vec<String>,
    /// What it is about, in a sentence, in any language
    #[arg(long, value_name = "TEXT")]
    pub(crate) describe: Option<String>,
    /// Compare the stories of a file instead, lines of {"id","title","text","lang"}
    #[arg(long, value_name = "FILE", conflicts_with = "expression")]
    pub(crate) from: Vec<PathBuf>,
    /// Stories that are asked about
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) verdicts: usize,
    /// Stories shown at most; 0 for all [default: 20, all for --json]
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Ask, and read the answers from standard input: y, n, Enter, q [default: on a terminal]
    #[arg(long, conflicts_with = "json")]
    pub(crate) ask: bool,
    /// Show only: keep neither tag nor verdicts
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// `tags remove`
#[derive(Debug, Args)]
pub(crate) struct TagsRemove {
    /// Its name
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
}

/// `entities`
#[derive(Debug, Subcommand)]
pub(crate) enum Entities {
    /// Names that recur in the stored stories and are not in entities.toml yet
    #[command(after_help = "Examples:
  tocsin entities suggest
  tocsin entities suggest --least 5 tag:chip-restrictions since:90d
  tocsin entities suggest --toml >> ~/.config/tocsin/entities.toml    then look them through")]
    Suggest(Suggest),
}

/// `entities suggest`
#[derive(Debug, Args)]
pub(crate) struct Suggest {
    /// Which stories to look at, see docs/query.md; all of them without it
    #[arg(value_name = "EXPRESSION")]
    pub(crate) expression: Vec<String>,
    /// Stories that must name it
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) least: usize,
    /// Names shown at most; 0 for all
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// As entries for entities.toml
    #[arg(long)]
    pub(crate) toml: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn options_may_follow_an_expression() {
        let cli = Cli::parse_from(["tocsin", "query", "tag:conference", "lang:zh", "--json"]);
        let Command::Query(query) = cli.command else {
            panic!("{cli:?}")
        };
        assert_eq!(query.expression, ["tag:conference", "lang:zh"]);
        assert!(cli.global.json);
    }
}
