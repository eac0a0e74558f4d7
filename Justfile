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

# Make config/sources.toml again from a list of sources, one JSON object a line
sources LIST="../shared/data/feeds/sources.jsonl":
    cargo run --quiet -p tocsin-crawler --example pick_sources -- {{LIST}} > config/sources.toml.new
    mv config/sources.toml.new config/sources.toml

# Kill `run --sample` at 20 random instants and compare its store and mails with an undisturbed run
kills:
    cargo build --release
    TOCSIN_KILLS=20 cargo test --release -p tocsin --test kills -- --nocapture
