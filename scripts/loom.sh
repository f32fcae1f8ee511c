#!/usr/bin/env bash
# Model checks the lock-free protocols of isolane-core (crates/isolane-core/src/handoff/README.md).
set -euo pipefail
cd "$(dirname "$0")/.."

# Two preemptions per execution: the bound the loom documentation recommends, and with which known
# faults in these protocols (a fence left out, a check moved) are found. A model that needs more says so.
export LOOM_MAX_PREEMPTIONS="${LOOM_MAX_PREEMPTIONS:-2}"
export RUSTFLAGS="--cfg loom ${RUSTFLAGS:-}"

# Optimized, since models are slow, but without what makes the release build itself slow.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16

# Its own target directory, since the flag changes every crate.
exec cargo test -p isolane-core --release --target-dir target/loom --test 'loom_*' "$@"
