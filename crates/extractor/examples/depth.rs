//! Temporary.
#![allow(clippy::all, clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used)]
fn main() {
    let story = "<p>The ministry of trade published a rule on Monday that puts twelve kinds of chips under licence.</p>".repeat(5);
    for open in ["<div>", "<span>", "<b>", "<table><tr><td>", "<ul><li>", "<svg><g>", "<blockquote>", "<font color=a>", "<div>x</div>", "<p>word word", "<li>a", "<a href=x>b</a>", "<tr><td>a", "<!-- a -->", "<br>", "<img src=a>", "<script>a</script>", "&amp;", "<p><b>", "<div><p>text, with a comma</p></div>"] {
        for n in [10_000, 100_000] {
        let html = format!("<html><body>{}{story}", open.repeat(n));
        let t = std::time::Instant::now();
        let r = tocsin_extractor::extract(html.as_bytes(), None, "http://a.example/b");
        println!("{open} {n} {:?} {:?}", t.elapsed(), r.map(|a| a.text.len()));
        }
    }
}
