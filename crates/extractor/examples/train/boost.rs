//! Gradient boosting of decision trees for a yes-or-no question: Friedman 2001, with second
//! derivatives as in Chen and Guestrin 2016, values sorted into bins once, leaves grown best first.

use crate::random::Random;
use tocsin_extractor::learn::{Node, Tree, answer};

/// How trees are grown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) trees: usize,
    pub(crate) leaves: usize,
    pub(crate) rate: f32,
    /// Rows of a leaf at least, and what is added to the second derivatives.
    pub(crate) rows: usize,
    pub(crate) ridge: f32,
    /// Shares of columns and of groups of rows that a tree sees.
    pub(crate) columns: f64,
    pub(crate) groups: f64,
}

/// Bins of a column.
const BINS: usize = 64;
/// Values from which the bounds of the bins are taken.
const SAMPLE: usize = 20_000;

/// Rows with their answers.
pub(crate) struct Table<'a> {
    pub(crate) width: usize,
    pub(crate) values: &'a [f32],
    pub(crate) answers: &'a [bool],
    pub(crate) weights: &'a [f32],
    /// The page of each row; a tree sees all rows of a page or none.
    pub(crate) groups: &'a [usize],
}

/// The log odds before the first tree, and the trees.
pub(crate) fn grow(table: &Table<'_>, settings: Settings, random: &mut Random) -> (f32, Vec<Tree>) {
    let bounds: Vec<Vec<f32>> = (0..table.width).map(|c| bounds(table, c, random)).collect();
    let bins = bins(table, &bounds);
    let (mut yes, mut all) = (0.0_f64, 0.0_f64);
    for (answer, weight) in table.answers.iter().zip(table.weights) {
        yes += f64::from(*weight) * f64::from(u8::from(*answer));
        all += f64::from(*weight);
    }
    let base = (yes / (all - yes)).ln() as f32;
    let mut odds = vec![base; table.answers.len()];
    let groups = table.groups.iter().max().map_or(0, |g| g + 1);
    let mut trees = Vec::new();
    for _ in 0..settings.trees {
        let seen: Vec<bool> = (0..groups)
            .map(|_| random.unit() < settings.groups)
            .collect();
        let columns: Vec<usize> = (0..table.width)
            .filter(|_| random.unit() < settings.columns)
            .collect();
        let slopes: Vec<[f32; 2]> = (0..odds.len())
            .map(|r| slope(odds[r], table.answers[r], table.weights[r]))
            .collect();
        let rows: Vec<u32> = (0..odds.len())
            .filter(|r| seen[table.groups[*r]])
            .map(|r| r as u32)
            .collect();
        let grower = Grower {
            bins: &bins,
            width: table.width,
            slopes: &slopes,
            columns: &columns,
            settings,
        };
        let tree = grower.tree(rows, &bounds);
        for (row, odds) in odds.iter_mut().enumerate() {
            let row = &table.values[row * table.width..(row + 1) * table.width];
            *odds += answer(std::slice::from_ref(&tree), row);
        }
        trees.push(tree);
    }
    (base, trees)
}

fn slope(odds: f32, answer: bool, weight: f32) -> [f32; 2] {
    let chance = 1.0 / (1.0 + (-odds).exp());
    [
        weight * (chance - f32::from(u8::from(answer))),
        weight * chance * (1.0 - chance),
    ]
}

/// Upper bounds of the bins of a column; the last bin has none.
fn bounds(table: &Table<'_>, column: usize, random: &mut Random) -> Vec<f32> {
    let rows = table.answers.len();
    let step = (rows / SAMPLE).max(1);
    let start = random.below(step);
    let mut sample: Vec<f32> = (start..rows)
        .step_by(step)
        .map(|r| table.values[r * table.width + column])
        .collect();
    sample.sort_by(f32::total_cmp);
    let mut distinct = sample.clone();
    distinct.dedup();
    let mut bounds: Vec<f32> = if distinct.len() <= BINS {
        distinct.windows(2).map(|w| (w[0] + w[1]) / 2.0).collect()
    } else {
        (1..BINS).map(|b| sample[b * sample.len() / BINS]).collect()
    };
    bounds.dedup();
    bounds
}

fn bins(table: &Table<'_>, bounds: &[Vec<f32>]) -> Vec<u8> {
    let bin =
        |(at, value): (usize, &f32)| bounds[at % table.width].partition_point(|b| b < value) as u8;
    table.values.iter().enumerate().map(bin).collect()
}

/// Sums of the slopes and a count, for each bin of each column.
type Sums = Vec<[f32; 3]>;

/// A leaf that may be split.
struct Open {
    node: usize,
    rows: Vec<u32>,
    sums: Sums,
    split: Option<Split>,
}

/// The best split of a leaf.
#[derive(Clone, Copy)]
struct Split {
    gain: f32,
    column: usize,
    bin: usize,
}

struct Grower<'a> {
    bins: &'a [u8],
    width: usize,
    slopes: &'a [[f32; 2]],
    columns: &'a [usize],
    settings: Settings,
}

impl Grower<'_> {
    fn tree(&self, rows: Vec<u32>, bounds: &[Vec<f32>]) -> Tree {
        let sums = self.sums(&rows);
        let mut nodes = vec![Node::Leaf(self.value(&rows))];
        let mut open = vec![self.open(0, rows, sums)];
        for _ in 1..self.settings.leaves {
            let gain = |o: &Open| o.split.map_or(0.0, |s| s.gain);
            let best = (0..open.len()).max_by(|a, b| gain(&open[*a]).total_cmp(&gain(&open[*b])));
            let Some((at, split)) = best.and_then(|b| Some((b, open[b].split?))) else {
                break;
            };
            let leaf = open.swap_remove(at);
            let (less, more): (Vec<u32>, Vec<u32>) = leaf
                .rows
                .iter()
                .partition(|r| self.bin(**r, split.column) <= split.bin);
            let next = nodes.len();
            nodes[leaf.node] = Node::Fork {
                column: split.column as u16,
                next: next as u16,
                value: bounds[split.column][split.bin],
            };
            nodes.push(Node::Leaf(self.value(&less)));
            nodes.push(Node::Leaf(self.value(&more)));
            // The sums of the larger part are what the smaller one leaves.
            let is_less = less.len() < more.len();
            let small = self.sums(if is_less { &less } else { &more });
            let large: Sums = leaf
                .sums
                .iter()
                .zip(&small)
                .map(|(a, b)| [a[0] - b[0], a[1] - b[1], a[2] - b[2]])
                .collect();
            let (of_less, of_more) = if is_less {
                (small, large)
            } else {
                (large, small)
            };
            open.push(self.open(next, less, of_less));
            open.push(self.open(next + 1, more, of_more));
        }
        nodes
    }

    fn open(&self, node: usize, rows: Vec<u32>, sums: Sums) -> Open {
        let split = self.split(&sums);
        Open {
            node,
            rows,
            sums,
            split,
        }
    }

    fn bin(&self, row: u32, column: usize) -> usize {
        usize::from(self.bins[row as usize * self.width + column])
    }

    fn sums(&self, rows: &[u32]) -> Sums {
        let mut sums = vec![[0.0; 3]; self.columns.len() * BINS];
        for row in rows {
            let [first, second] = self.slopes[*row as usize];
            let bins = &self.bins[*row as usize * self.width..][..self.width];
            for (at, column) in self.columns.iter().enumerate() {
                let sum = &mut sums[at * BINS + usize::from(bins[*column])];
                sum[0] += first;
                sum[1] += second;
                sum[2] += 1.0;
            }
        }
        sums
    }

    fn value(&self, rows: &[u32]) -> f32 {
        let mut sum = [0.0_f64; 2];
        for row in rows {
            let [first, second] = self.slopes[*row as usize];
            sum = [sum[0] + f64::from(first), sum[1] + f64::from(second)];
        }
        -self.settings.rate * (sum[0] / (sum[1] + f64::from(self.settings.ridge))) as f32
    }

    fn split(&self, sums: &Sums) -> Option<Split> {
        let worth = |first: f32, second: f32| first * first / (second + self.settings.ridge);
        let least = self.settings.rows as f32;
        let mut best: Option<Split> = None;
        for (at, column) in self.columns.iter().enumerate() {
            let bins = &sums[at * BINS..(at + 1) * BINS];
            let all = bins
                .iter()
                .fold([0.0; 3], |a, b| [a[0] + b[0], a[1] + b[1], a[2] + b[2]]);
            let mut less = [0.0; 3];
            for (bin, sum) in bins.iter().enumerate().take(BINS - 1) {
                less = [less[0] + sum[0], less[1] + sum[1], less[2] + sum[2]];
                let more = [all[0] - less[0], all[1] - less[1], all[2] - less[2]];
                if less[2] < least || more[2] < least || sum[2] < 0.5 {
                    continue;
                }
                let gain =
                    worth(less[0], less[1]) + worth(more[0], more[1]) - worth(all[0], all[1]);
                if gain > 1e-6 && best.is_none_or(|b| gain > b.gain) {
                    best = Some(Split {
                        gain,
                        column: *column,
                        bin,
                    });
                }
            }
        }
        best
    }
}
