"""What an operator is told who gives money back by command."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from limpede.postgres import EmbeddedPostgres
from tests import command_line
from tests.command_line import Command

LINES = "date,amount,currency,reference,note\n2026-11-20,45.50,RON,B1,nobody knows whose\n"


@pytest.fixture(scope="module")
def limpede(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """The commands of an installation that holds one payment, of 45.50."""
    var: Path = tmp_path_factory.mktemp("var")
    server = EmbeddedPostgres(var / "postgres", durable=False)
    server.start()

    run = partial(command_line.limpede, var, "billing")
    statement = var / "statement.csv"
    statement.write_text(LINES)
    assert run("import-statement", str(statement)).returncode == 0
    yield run
    server.destroy()


@pytest.mark.timeout(300)  # nine commands, a process each
def test_a_payment_goes_back_in_parts_and_the_transfer_is_told(limpede: Command) -> None:
    first = limpede("refund", "B1", "--amount", "15,50", "--reason", "requested")
    assert first.returncode == 0, first.stderr
    reference, amount, method = first.stdout.strip().split("\t")
    assert (amount, method) == ("15.50 RON", "bank_transfer")
    again = limpede("refund", "B1", "--amount", "15.50", "--reason", "requested")
    assert again.stdout == first.stdout, "once a day"
    listed = limpede("refunds").stdout.split("\t")
    assert listed[0] == reference
    assert listed[2:5] == ["15.50 RON", "bank_transfer", "requested"]

    assert limpede("refund-made", reference).returncode == 0
    assert limpede("refunds").stdout == ""
    settled = limpede("refund-made", reference)
    assert (settled.returncode, "settled before" in settled.stderr) == (2, True)
    above = limpede("refund", "B1", "--amount", "30.01", "--reason", "requested")
    assert (above.returncode, "30.00 RON can be refunded" in above.stderr) == (2, True)

    rest = limpede("refund", "B1", "--reason", "overpaid")
    failed = rest.stdout.split("\t")[0]
    assert limpede("refund-made", failed, "--failed", "account closed").returncode == 0
    assert limpede("refunds").stdout.strip().endswith("account closed")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("refund", "B9", "--reason", "requested"), "no payment B9"),
        (("refund", "B1", "--reason", "whim"), "whim is no reason"),
        (("refund", "B1", "--amount", "much", "--reason", "requested"), "--amount"),
        (("refund", "B1", "--amount", "1.005", "--reason", "requested"), "--amount"),
        (("refund", "B1", "--amount", "-5", "--reason", "requested"), "positive amount"),
        (("refund-made", "RF-0"), "no refund RF-0"),
    ],
)
def test_what_makes_no_sense_is_one_line(
    limpede: Command, arguments: tuple[str, ...], complaint: str
) -> None:
    done = limpede(*arguments)
    assert done.returncode == 2
    assert complaint in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
