# Recipes; `just` alone lists them.

_list:
    @just --list --unsorted

# The whole product on the bundled sample world
sample:
    cargo run --release -- run --sample

# Every test
test:
    cargo test --workspace

# What CI checks of the code's form: format, lints, docs
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# Everything that CI does
ci:
    bash .ci/run

# Every measure on the sample halves beside the best peer and the goal (needs ../shared)
measure:
    cargo build --release
    python3 ../shared/scoreboard.py

# The extractor beside trafilatura and htmldate, with intervals, speed and memory (needs ../shared and pip)
measure-extractor:
    cargo build --release
    cargo build --release -p tocsin-extractor --examples
    target/release/examples/train ../shared/data/extract target/extractor.model target/unseen.jsonl
    python3 -m venv target/peers
    target/peers/bin/pip install --quiet trafilatura lxml_html_clean htmldate
    target/peers/bin/python crates/extractor/peers.py ../shared/data/extract target/unseen.jsonl

# Train the model of models/ again, with its card (needs ../shared)
train:
    cargo build --release
    target/release/tocsin train ../shared/data/policy/train.jsonl.gz --written models/authored \
        --labels models/labels --of ../shared/data/policy/items.jsonl.gz --of ../shared/data/policy/more_items.jsonl.gz \
        --of ../shared/data/policy/rare_items.jsonl.gz \
        --unlabelled ../shared/data/policy/more_negatives.jsonl.gz \
        --tune ../shared/data/policy/gold.jsonl --check ../shared/data/policy/gold.jsonl \
        --check models/held-out.jsonl --no-verdicts --out models

# Learn the embedding of models/ again (needs ../shared)
embedding:
    cargo build --release
    target/release/tocsin train --embedding ../shared/data/policy/train.jsonl.gz ../shared/data/policy/items.jsonl.gz \
        ../shared/data/policy/negatives.jsonl.gz ../shared/data/policy/more_items.jsonl.gz \
        ../shared/data/policy/more_negatives.jsonl.gz ../shared/data/policy/rare_items.jsonl.gz models/authored --out models

# Count again in how many stories words and names stand, for models/words.model (needs ../shared)
words:
    cargo build --release
    cargo build --release -p tocsin-events --examples
    zcat ../shared/data/policy/{items,more_items,more_negatives,negatives,rare_items,train}.jsonl.gz > target/counted.jsonl
    target/release/tocsin classify --batch < target/counted.jsonl > target/counted-names.jsonl
    target/release/examples/frequencies target/counted-names.jsonl models/words.model < target/counted.jsonl

# Train the judge of blocks of models/ again, with its figures on unseen sites (needs ../shared)
train-extractor:
    cargo run --release -p tocsin-extractor --example train -- ../shared/data/extract models/extractor.model

# Break 600 pages 84 times each and read them (needs ../shared)
break-pages:
    cargo build --release -p tocsin-extractor --examples
    zcat ../shared/data/extract/{fundus,scrapinghub,wcxb}.jsonl.gz | head -600 | target/release/examples/mutate 84

# Break the corpus of feeds, sitemaps, listings, robots.txt files and OPML for so many minutes and read it
break-feeds MINUTES="10":
    cargo run --release -p tocsin-crawler --example break_feeds -- {{MINUTES}}

# Feeds beside feed-rs alone and Python's feedparser, in one run (the cases need ../shared, the peer pip)
bench-feeds:
    python3 -m venv target/peers
    target/peers/bin/pip install --quiet feedparser
    python3 ../shared/data/feeds/score.py input feeds ../shared/data/feeds/feeds.jsonl.gz > target/feeds.jsonl
    PYTHON=$PWD/target/peers/bin/python cargo bench -p tocsin-crawler --bench feeds -- $PWD/target/feeds.jsonl

# Live so many years twice, undisturbed and disturbed, and compare what they leave
years YEARS="200":
    TOCSIN_YEARS={{YEARS}} cargo test --release -p tocsin-pipeline --test year

# Look for better weights of what joins a story to an event (needs ../shared)
tune-events ROUNDS="16":
    cargo build --release -p tocsin-events --examples
    target/release/examples/tune ../shared/data/events models/words.model {{ROUNDS}}

# libtorch and a sentence encoder into a directory, from the Python package index (docs/bert.md)
bert-setup DIR:
    bash .ci/bert setup {{DIR}}

# Build with the feature bert and test it with the weights in a directory that bert-setup made
bert-test DIR:
    bash .ci/bert test {{DIR}}

# How good the model in use is on the development stories (needs ../shared)
eval:
    cargo run --release -- eval ../shared/data/policy/gold.jsonl --misses 10

# Make config/sources.toml again from a list of sources, one JSON object a line
sources LIST="../shared/data/feeds/sources.jsonl":
    cargo run --quiet -p tocsin-crawler --example pick_sources -- {{LIST}} > config/sources.toml.new
    mv config/sources.toml.new config/sources.toml

# Kill `run --sample` at 20 random instants and compare its store and mails with an undisturbed run
kills:
    cargo build --release
    TOCSIN_KILLS=20 cargo test --release -p tocsin --test kills -- --nocapture
