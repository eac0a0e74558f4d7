//! The options of `train` and `eval`.

use clap::Args;
use std::path::PathBuf;

/// `train`
#[derive(Debug, Args)]
pub(crate) struct Train {
    /// Labelled stories, JSON lines, perhaps .gz; without any, the model in use learns from the verdicts alone
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Stories written for training: a file, or a directory of them
    #[arg(long, value_name = "PATH", requires = "files")]
    pub(crate) written: Vec<PathBuf>,
    /// Labels of stories that stand in other files, see --of: JSON lines with id, relevant, tags and unsure;
    /// a file, or a directory of them
    #[arg(long, value_name = "PATH", requires = "files", requires = "of")]
    pub(crate) labels: Vec<PathBuf>,
    /// The stories that the labels name by their ids; others in these files are not used
    #[arg(long, value_name = "FILE", requires = "labels")]
    pub(crate) of: Vec<PathBuf>,
    /// Stories that nobody labelled, most of them on other matters: those that do not speak of AI teach
    /// the model what it is not
    #[arg(long, value_name = "FILE", requires = "files")]
    pub(crate) unlabelled: Vec<PathBuf>,
    /// Stories labelled with more care than the others: no weight is learned from them, but the
    /// probabilities are made to fit them
    #[arg(long, value_name = "FILE", requires = "files")]
    pub(crate) tune: Vec<PathBuf>,
    /// Labelled stories that are only measured, for the card
    #[arg(long, value_name = "FILE", requires = "files")]
    pub(crate) check: Vec<PathBuf>,
    /// Where the model and its card go [default: the config directory]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Learn the embedding from these stories, which need no labels, instead of the model
    #[arg(long, requires = "files", conflicts_with_all = ["written", "labels", "unlabelled", "tune", "check", "quick"])]
    pub(crate) embedding: bool,
    /// Leave out what only the card needs: the models without a part, the learning curve
    #[arg(long)]
    pub(crate) quick: bool,
    /// Leave the verdicts in the store out
    #[arg(long, requires = "files")]
    pub(crate) no_verdicts: bool,
}

/// `eval`
#[derive(Debug, Args)]
pub(crate) struct Eval {
    /// Labelled stories, JSON lines, perhaps .gz
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Show so many of the worst misses, with their texts
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) misses: usize,
    /// Write the reliability diagram
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// Judge by the rules alone, without the trained model
    #[arg(long)]
    pub(crate) rules_only: bool,
    /// Measure instead how well tags are found by a description alone, and after 20 verdicts: a file of
    /// lines `tag = "a sentence"`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["misses", "svg", "rules_only"])]
    pub(crate) described: Option<PathBuf>,
}
