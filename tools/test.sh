#!/bin/sh
# Runs the tests: of what Rasa loads, in Rasa's environment; of whole conversations against the
# trained rules; and those of the app.
# Arguments go to the app's pytest alone: tools/test.sh tests/unit -k money
set -eu
cd "$(dirname "$0")/.."
var=${LIMPEDE_VAR:-var}
rasa=bot/nlu/.venv/bin/python
export RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 TF_CPP_MIN_LOG_LEVEL=3
if [ $# -eq 0 ]; then
    $rasa -m pytest -c bot/nlu/pytest.ini -q
    .venv/bin/limpede train
    $rasa -m bot.nlu test core --quiet --no-plot --fail-on-prediction-errors \
        --model "$var/models/limpede.tar.gz" --endpoints endpoints.yml \
        --stories tests/stories --out "$var/conversation-tests" ||
        { echo "a conversation of tests/stories went otherwise: see $var/conversation-tests" >&2; exit 1; }
fi
exec .venv/bin/python -m pytest -q "$@"
