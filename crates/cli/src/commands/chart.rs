//! Two small charts as SVG, for the model card.

use std::fmt::Write;
use tocsin_classifier::figures::Bin;

/// Side of the square that the curve lies in, and the margin around it, in pixels.
const SIDE: f64 = 320.0;
const MARGIN: f64 = 44.0;

/// How often scores of each tenth were right: on the diagonal they are honest.
pub(super) fn reliability(bins: &[Bin]) -> String {
    let points: Vec<(f64, f64)> = bins
        .iter()
        .filter(|bin| bin.decisions > 0)
        .map(|bin| (bin.score, bin.yes))
        .collect();
    let mut body = line(&[(0.0, 0.0), (1.0, 1.0)], "#999", "4 4");
    body += &line(&points, "#06c", "");
    for (bin, point) in bins.iter().filter(|bin| bin.decisions > 0).zip(&points) {
        let radius = 2.0 + f64::from(u32::try_from(bin.decisions).unwrap_or(u32::MAX)).ln() / 2.0;
        body += &dot(*point, radius);
    }
    frame(
        "score",
        "part that is labelled so",
        &["0", "0.5", "1"],
        &body,
    )
}

/// F1 on held-out stories against the number of stories learned from.
pub(super) fn learning(curve: &[(usize, f64)]) -> String {
    let most = curve.iter().map(|(n, _)| *n).max().unwrap_or(1);
    let share = |n: usize| {
        let number = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        number(n) / number(most)
    };
    let points: Vec<(f64, f64)> = curve.iter().map(|(n, f1)| (share(*n), *f1)).collect();
    let mut body = line(&points, "#06c", "");
    for ((_, f1), point) in curve.iter().zip(&points) {
        body += &dot(*point, 3.0);
        let (x, y) = place(*point);
        let _ = write!(
            body,
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"end\">{f1:.3}</text>",
            y - 8.0
        );
    }
    let (half, all) = ((most / 2).to_string(), most.to_string());
    frame(
        "stories learned from",
        "micro-F1, held out",
        &["0", &half, &all],
        &body,
    )
}

fn place((x, y): (f64, f64)) -> (f64, f64) {
    (MARGIN + x * SIDE, MARGIN + (1.0 - y) * SIDE)
}

fn line(points: &[(f64, f64)], colour: &str, dashes: &str) -> String {
    let places = points.iter().map(|p| place(*p));
    let list: Vec<String> = places.map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    format!(
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/>",
        list.join(" ")
    )
}

fn dot(point: (f64, f64), radius: f64) -> String {
    let (x, y) = place(point);
    format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" fill=\"#06c\"/>")
}

fn frame(below: &str, beside: &str, steps: &[&str; 3], body: &str) -> String {
    let whole = SIDE + 2.0 * MARGIN;
    let middle = MARGIN + SIDE / 2.0;
    let mut labels = String::new();
    for ((step, scale), at) in steps.iter().zip(["0", "0.5", "1"]).zip([0.0, 0.5, 1.0]) {
        let (x, _) = place((at, 0.0));
        let (_, y) = place((0.0, at));
        let bottom = MARGIN + SIDE + 16.0;
        let left = MARGIN - 6.0;
        let _ = write!(
            labels,
            "<text x=\"{x:.1}\" y=\"{bottom:.1}\" text-anchor=\"middle\">{step}</text>"
        );
        let _ = write!(
            labels,
            "<text x=\"{left:.1}\" y=\"{:.1}\" text-anchor=\"end\">{scale}</text>",
            y + 4.0
        );
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {whole}\" font-family=\"sans-serif\" font-size=\"12\">\
         <rect width=\"{whole}\" height=\"{whole}\" fill=\"#fff\"/>\
         <rect x=\"{MARGIN}\" y=\"{MARGIN}\" width=\"{SIDE}\" height=\"{SIDE}\" fill=\"none\" stroke=\"#ccc\"/>\
         {labels}<text x=\"{middle}\" y=\"{:.1}\" text-anchor=\"middle\">{below}</text>\
         <text transform=\"translate(12 {middle}) rotate(-90)\" text-anchor=\"middle\">{beside}</text>{body}</svg>\n",
        whole - 10.0
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_honest_score_lies_on_the_diagonal() {
        let bin = Bin {
            decisions: 9,
            score: 0.5,
            yes: 0.5,
        };
        let svg = reliability(&[bin, Bin::default()]);
        assert_eq!(
            svg.matches("<circle cx=\"204.0\" cy=\"204.0\"").count(),
            1,
            "{svg}"
        );
        assert!(learning(&[(100, 0.5), (200, 0.75)]).contains(">0.750</text>"));
    }
}
