"""What the operator is told when the product cannot start: one sentence, exit code 2."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from limpede.database import migrate
from limpede.demo import found_now
from limpede.postgres import EmbeddedPostgres
from limpede.settings import ROOT, Settings
from tests.command_line import Said, limpede


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def complains(done: Said, *words: str) -> None:
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    said = " ".join(done.stderr.split())
    for word in words:
        assert word in said, said


@pytest.mark.parametrize("setting", ["LIMPEDE_PORT", "RASA_PORT"])
def test_a_taken_port_is_named_with_its_setting(
    tmp_path: Path, taken_port: int, setting: str
) -> None:
    others = {name: str(free_port()) for name in ("LIMPEDE_PORT", "RASA_PORT")}
    done = limpede(tmp_path, "up", **{**others, setting: str(taken_port)})
    complains(done, f"port {taken_port} is taken", setting)


def test_a_database_that_does_not_answer_is_named(tmp_path: Path, taken_port: int) -> None:
    nobody = f"postgresql://limpede:secret@127.0.0.1:{free_port()}/limpede"
    done = limpede(
        tmp_path,
        "up",
        DATABASE_URL=nobody,
        LIMPEDE_PORT=str(free_port()),
        RASA_PORT=str(free_port()),
    )
    complains(done, "DATABASE_URL cannot be reached")
    assert "secret" not in done.stderr


def test_a_database_of_another_kind_is_refused(tmp_path: Path) -> None:
    done = limpede(tmp_path, "migrate", DATABASE_URL="mysql://root@127.0.0.1/x")
    complains(done, "DATABASE_URL")


def test_real_credentials_and_the_demo_do_not_mix(tmp_path: Path) -> None:
    done = limpede(tmp_path, "up", "--demo", TELEGRAM_BOT_TOKEN="1:x")
    complains(done, "TELEGRAM_BOT_TOKEN", "simulator")


@dataclass
class Running:
    """The database of a product that runs from this folder."""

    var: Path
    url: str


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    yield from _running(tmp_path_factory)


@pytest.fixture
def without_customers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One of its own, for a company that brings its customers."""
    yield from _running(tmp_path_factory)


def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    var = tmp_path_factory.mktemp("var")
    server = EmbeddedPostgres(var / "postgres", durable=False)
    yield Running(var, server.start())
    server.destroy()


def test_an_agent_is_added_while_the_product_runs_and_leaves_it_running(
    running: Running,
) -> None:
    ana = ("agent", "Ana@Example.com", "--name", "Ana Pop", "--phone", "0721 234 567")
    done = limpede(running.var, *ana, typed="a long password\n")
    assert done.returncode == 0, done.stderr
    promoted = limpede(running.var, *ana, "--role", "supervisor", typed="another password\n")
    assert promoted.returncode == 0, promoted.stderr
    # A new password changes nothing else.
    again = limpede(running.var, *ana[:4], typed="a third password\n")
    assert again.returncode == 0, again.stderr
    with psycopg.connect(running.url) as connection:
        kept = connection.execute("SELECT email, name, role, phone FROM desk_agent").fetchall()
    assert kept == [("ana@example.com", "Ana Pop", "supervisor", "+40721234567")]


@pytest.mark.parametrize(
    ("arguments", "typed", "complaint"),
    [
        (("ana", "--name", "Ana"), "a long password\n", "e-mail address"),
        (("ana@example.com", "--name", " "), "a long password\n", "name is empty"),
        (("ana@example.com", "--name", "Ana"), "short\n", "at least 10"),
        (("ana@example.com", "--name", "Ana", "--phone", "x"), "a long password\n", "phone"),
    ],
)
def test_an_agent_who_cannot_be_kept_is_told_why(
    running: Running, arguments: tuple[str, ...], typed: str, complaint: str
) -> None:
    done = limpede(running.var, "agent", *arguments, typed=typed)
    complains(done, complaint)


def test_a_companys_files_are_imported_and_a_bad_one_is_told_row_by_row(
    without_customers: Running, tmp_path: Path
) -> None:
    var = without_customers.var
    examples = ROOT / "docs" / "examples"
    for kind in ("products", "customers", "agreements"):
        done = limpede(var, "import", kind, str(examples / f"{kind}.csv"))
        assert done.returncode == 0, done.stderr
    assert "4 rows imported, 0 known before, 0 bad rows left out" in done.stderr

    bad = tmp_path / "payments.csv"
    bad.write_text("reference,amount,received_on,method\nB1,zero,2026-11-02,cash\n")
    done = limpede(var, "import", "payments", str(bad))
    complains(done, "nothing was imported: 1 bad rows")
    assert f"{bad}: line 2, amount: 'zero' is no amount; write 45.50" in done.stderr
    complains(limpede(var, "import", "payments", str(tmp_path / "none.csv")), "No such")


def test_a_program_gets_a_token_and_loses_it(running: Running) -> None:
    scopes = ("--scope", "read", "--scope", "payments:write")
    made = limpede(running.var, "token", "issue", "shop", *scopes, "--days", "90")
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("limpede_")
    assert len(made.stdout.split()) == 1
    complains(limpede(running.var, "token", "issue", "shop", *scopes), "another name")

    listed = limpede(running.var, "token", "list").stdout
    assert "shop\tassistant\tpayments:write read\t20" in listed
    assert made.stdout.strip() not in listed
    assert limpede(running.var, "token", "revoke", "shop").returncode == 0
    assert "revoked" in limpede(running.var, "token", "list").stdout
    complains(limpede(running.var, "token", "revoke", "shop"), "no token named shop")


@pytest.fixture(scope="module")
def billed(running: Running) -> Running:
    """The same with the demo company in it."""
    migrate(running.url)
    found_now(Settings(var=running.var), running.url)
    return running


def test_an_invoice_is_written_for_people_and_for_the_tax_office(
    billed: Running, tmp_path: Path
) -> None:
    pdf, xml = tmp_path / "bill.pdf", tmp_path / "bill.xml"
    with psycopg.connect(billed.url) as connection:
        [number] = connection.execute("SELECT max(number) FROM invoice").fetchone() or [""]
    done = limpede(billed.var, "billing", "document", number, "--pdf", str(pdf), "--xml", str(xml))
    assert done.returncode == 0, done.stderr
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert f"<cbc:ID>{number}</cbc:ID>" in xml.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "environment", "complaint"),
    [
        (("DT-2000-000001", "--pdf", "x.pdf"), {}, "no invoice or credit note DT-2000-000001"),
        (("DT-2026-000001",), {}, "--pdf FILE, --xml FILE"),
        (
            ("DT-2026-000001", "--pdf", "x.pdf"),
            {"LIMPEDE_COMPANY_FILE": "nowhere.json"},
            "LIMPEDE_COMPANY_FILE: nowhere.json",
        ),
        (
            ("DT-2026-000001", "--pdf", "x.pdf"),
            {"LIMPEDE_COMPANY": "Alt Telecom"},
            "set LIMPEDE_COMPANY_FILE",
        ),
        (("DT-2026-000001", "--pdf", "no/such/folder/x.pdf"), {}, "No such file or directory"),
    ],
)
def test_a_document_that_cannot_be_written_is_told_why(
    billed: Running, arguments: tuple[str, ...], environment: dict[str, str], complaint: str
) -> None:
    done = limpede(billed.var, "billing", "document", *arguments, **environment)
    complains(done, complaint)
    assert not (ROOT / "x.pdf").exists()


def test_the_list_of_disputes_is_empty_while_there_are_none(running: Running) -> None:
    done = limpede(running.var, "billing", "disputes")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def test_a_missing_python_3_10_is_named_with_its_setting(tmp_path: Path) -> None:
    """The set-up script, told to use a Python that is not a 3.10."""
    script = tmp_path / "tools" / "environments.sh"
    script.parent.mkdir()
    script.write_text((ROOT / "tools" / "environments.sh").read_text())
    for project in (tmp_path, tmp_path / "bot" / "nlu"):
        project.mkdir(parents=True, exist_ok=True)
        (project / "pyproject.toml").write_text("")
        (project / "uv.lock").write_text("")
    stamp = subprocess.run(
        ["sh", "-c", "cat pyproject.toml uv.lock | cksum"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / ".limpede").write_text(stamp)
    (tmp_path / ".venv" / "bin" / "limpede").symlink_to("/bin/true")
    done = subprocess.run(
        ["sh", str(script)],
        env={**os.environ, "RASA_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    complains(done, "RASA_PYTHON", "Python 3.10")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
