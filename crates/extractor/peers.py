#!/usr/bin/env python3
"""The extractor beside trafilatura and htmldate on the sample halves, in one run.

usage: peers.py DATA UNSEEN [--bin DIR]

DATA    the folder with the sets and score.py
UNSEEN  the texts that `examples/train DATA MODEL UNSEEN` wrote: of each page by a judge that has not seen its site
--bin   where `tocsin` and the examples `speed` and `memory` were built to [target/release]

Prints, for each set, the measures of both with the 95 % interval of the difference, then milliseconds a page on one core and
memory at its peak. Needs trafilatura (pip install trafilatura lxml_html_clean htmldate); says which versions it ran.
"""
import argparse, gzip, json, pathlib, subprocess, sys, tempfile, time
from importlib.metadata import version

import htmldate, trafilatura

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("data", type=pathlib.Path)
parser.add_argument("unseen", type=pathlib.Path)
parser.add_argument("--bin", type=pathlib.Path, default=pathlib.Path("target/release"))
args = parser.parse_args()
TMP = pathlib.Path(tempfile.mkdtemp(prefix="peers-"))
SETS = ["scrapinghub", "fundus", "wcxb", "mozilla", "trafilatura", "htmldate"]


def pages(name):
    with gzip.open(args.data / f"{name}.jsonl.gz", "rt", encoding="utf-8", errors="surrogatepass") as lines:
        return [{k: page[k] for k in ("id", "url", "html")} for page in map(json.loads, lines)]


def write(name, rows):
    path = TMP / name
    with open(path, "w", encoding="utf-8", errors="surrogatepass") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)
    return path


def by_trafilatura(page):
    try:
        found = trafilatura.bare_extraction(page["html"], url=page["url"], include_comments=False, with_metadata=True)
        found = found.as_dict() if found else {}
    except Exception:  # what a peer does not survive counts as no answer
        found = {}
    names = [name.strip() for name in (found.get("author") or "").split(";") if name.strip()]
    return {"id": page["id"], "text": found.get("text") or "", "title": found.get("title"), "byline": names, "published": found.get("date")}


def by_htmldate(page):
    try:
        return {"id": page["id"], "published": htmldate.find_date(page["html"], original_date=True, url=page["url"])}
    except Exception:
        return {"id": page["id"]}


def score(name, ours, theirs):
    run = [sys.executable, args.data / "score.py", args.data / f"{name}.jsonl.gz", ours, "--against", theirs, "--json"]
    return json.loads(subprocess.run(run, capture_output=True, text=True, check=True).stdout)


def show(name, peer, measures, wanted):
    for measure in wanted:
        found = measures.get(measure)
        if found:
            low, high = found["difference"][1:] if len(found["difference"]) == 3 else found["difference"]
            print(f"{name:12} {measure:9} {found['value']:.4f}  {peer} {found['other']:.4f}  difference {low:+.4f} to {high:+.4f}")


unseen = {}
for line in open(args.unseen, encoding="utf-8"):
    row = json.loads(line)
    unseen.setdefault(row["set"], []).append({"id": row["id"], "text": row["text"]})
print(f"trafilatura {version('trafilatura')}, htmldate {version('htmldate')}; texts of sites unseen")
for name in SETS:
    lines = pages(name)
    source = write(f"{name}.in", lines)
    start = time.perf_counter()
    theirs = write(f"{name}.theirs", [by_trafilatura(page) for page in lines])
    their_ms = 1000 * (time.perf_counter() - start) / len(lines)
    ours = TMP / f"{name}.ours"
    with open(source, "rb") as given, open(ours, "wb") as answer:
        subprocess.run([args.bin / "tocsin", "extract", "--batch", "--no-rules"], stdin=given, stdout=answer, check=True)
    if name in unseen:
        show(name, "trafilatura", score(name, write(f"{name}.unseen", unseen[name]), theirs), ["text", "snippets"])
    if name == "htmldate":
        theirs = write(f"{name}.dates", [by_htmldate(page) for page in lines])
        show(name, "htmldate", score(name, ours, theirs), ["day"])
    elif name == "fundus":
        show(name, "trafilatura", score(name, ours, theirs), ["title", "byline", "day"])
        with_rules = TMP / f"{name}.rules"
        with open(source, "rb") as given, open(with_rules, "wb") as answer:
            subprocess.run([args.bin / "tocsin", "extract", "--batch"], stdin=given, stdout=answer, check=True)
        show(name, "without rules", score(name, with_rules, ours), ["text", "title", "byline", "day"])
    for example in ("speed", "memory"):
        with open(source, "rb") as given:
            said = subprocess.run([args.bin / "examples" / example], stdin=given, capture_output=True, text=True, check=True).stdout
        kept = [line for line in said.splitlines() if line.startswith("everything") or "pages, median" in line]
        print(f"{name:12} {example:9} {'; '.join(kept)}" + (f"; trafilatura mean {their_ms:.2f} ms" if example == "speed" else ""))
