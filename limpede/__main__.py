"""`python -m limpede`: the same as the `limpede` command."""

from limpede.cli import main

main()
