#!/bin/sh
# Sets up both locked environments: the app's (.venv, Python 3.11 or newer) and Rasa's
# (bot/nlu/.venv, Python 3.10). Done already and unchanged, it takes a fraction of a second.
# All is compiled once, here: Python may be told not to (PYTHONDONTWRITEBYTECODE), and then each
# start of Rasa would spend six seconds on it.
#   RASA_PYTHON   the Python 3.10 to use for Rasa (default: found by uv, then by pyenv's folders)
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
fail() { say "limpede: $*"; exit 2; }

find_uv() {
    if command -v uv >/dev/null 2>&1; then
        command -v uv
        return
    fi
    if [ ! -x .cache/uv/bin/uv ]; then
        command -v python3 >/dev/null 2>&1 || fail "python3 is missing: install Python 3.11 or newer"
        say "Installing uv ..."
        { python3 -m venv .cache/uv && .cache/uv/bin/pip install --quiet --disable-pip-version-check uv; } ||
            fail "uv could not be installed: check the network, or put uv on PATH"
    fi
    echo .cache/uv/bin/uv
}

# uv finds Pythons of the system, its own, and may fetch one. pyenv's shims are no interpreters
# (they fail when no version is chosen), so uv is kept away from them; pyenv's versions are not.
without_shims() {
    printf '%s' "$PATH" | tr ':' '\n' | grep -v '/shims$' | paste -sd: -
}

works_as() { [ -x "$1" ] && [ "$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$2" ]; }

find_python_3_10() {
    if [ -n "${RASA_PYTHON:-}" ]; then
        works_as "$RASA_PYTHON" 3.10 || fail "RASA_PYTHON is set to $RASA_PYTHON, which is not a Python 3.10"
        echo "$RASA_PYTHON"
        return
    fi
    found=$(PATH=$(without_shims) "$uv" python find --no-python-downloads --no-project 3.10 2>/dev/null || true)
    if [ -n "$found" ] && works_as "$found" 3.10; then
        echo "$found"
        return
    fi
    for found in "$HOME"/.pyenv/versions/3.10.*/bin/python3.10; do
        if works_as "$found" 3.10; then
            echo "$found"
            return
        fi
    done
    say "Fetching Python 3.10 ..."
    "$uv" python install --quiet 3.10 >&2 2>/dev/null &&
        "$uv" python find --no-project 3.10 2>/dev/null && return
    fail "Rasa needs Python 3.10 and none was found or could be fetched: install one, or set RASA_PYTHON to its path"
}

find_python_3_11() {
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        found=$(command -v "$candidate" 2>/dev/null) || continue
        "$found" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null || continue
        "$found" -c 'import sys; print(sys.executable)'
        return
    done
    echo 3.11
}

# What was installed, so that nothing is done twice.
stamp() { cat "$1/pyproject.toml" "$1/uv.lock" | cksum; }

uv=$(find_uv)
# uv shows progress bars to a person at a terminal.
quiet=--quiet
[ -t 2 ] && quiet=
if [ "$(cat .venv/.limpede 2>/dev/null)" != "$(stamp .)" ] || [ ! -x .venv/bin/limpede ]; then
    say "Setting up the app's environment ..."
    "$uv" sync $quiet --locked --compile-bytecode --python "$(find_python_3_11)" || fail "the app's environment could not be set up (see above)"
    stamp . > .venv/.limpede
fi
if [ "$(cat bot/nlu/.venv/.limpede 2>/dev/null)" != "$(stamp bot/nlu)" ]; then
    python=$(find_python_3_10)
    say "Setting up Rasa's environment (1.9 GB, a minute or two) ..."
    "$uv" sync $quiet --locked --compile-bytecode --project bot/nlu --python "$python" || fail "Rasa's environment could not be set up (see above)"
    stamp bot/nlu > bot/nlu/.venv/.limpede
fi
