#!/bin/sh
# Runs the tests of the app and, in Rasa's environment, those of what Rasa loads.
# Arguments go to the app's pytest: tools/test.sh tests/unit -k money
set -eu
cd "$(dirname "$0")/.."
if [ $# -eq 0 ]; then
    RASA_TELEMETRY_ENABLED=false bot/nlu/.venv/bin/python -m pytest -c bot/nlu/pytest.ini -q
fi
exec .venv/bin/python -m pytest -q "$@"
