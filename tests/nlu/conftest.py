"""What tests in Rasa's environment share: a small assistant, trained once, with our components."""

import asyncio
import contextlib
import os
import socket
from pathlib import Path

os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ["SQLALCHEMY_SILENCE_UBER_WARNING"] = "1"

import aiohttp
import pytest
from aiohttp import web
from rasa.core.agent import load_agent
from rasa.core.channels.channel import register
from rasa.core.utils import AvailableEndpoints
from rasa.model_training import train
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic

from bot.nlu.channel import LimpedeChannel
from bot.nlu.intents import BillingIntentClassifier
from tools.understanding import examination
from tools.understanding.examples import training_examples

ROOT = Path(__file__).parents[2]
KEY = "a key of the test"

DOMAIN = """
version: "3.1"
intents: [greet, check_balance, affirm, deny, inform, change_language, goodbye, thank, out_of_scope,
          begin, unclear]
entities: [date, month, amount, invoice_number, language_name]
actions: [action_balance]
responses:
  utter_greet:
    - {text: "Bună ziua!", metadata: {language: ro}}
    - {text: "Hello!", metadata: {language: en}}
    - {text: "Bună ziua, ați sunat la noi.", metadata: {language: ro, channel: voice}}
  utter_goodbye:
    - {text: "La revedere, {name}.", metadata: {language: ro}}
    - {text: "Goodbye, {name}.", metadata: {language: en}}
  utter_balance:
    - text: "Aveți de plată {amount}."
      metadata: {language: ro}
      buttons: [{title: "De ce?", payload: "/explain"}]
    - text: "You owe {amount}."
      metadata: {language: en}
  utter_sorry:
    - {text: "Cu asta nu pot ajuta.", metadata: {language: ro}}
    - {text: "I can't help with that.", metadata: {language: en}}
session_config: {session_expiration_time: 0, carry_over_slots_to_new_session: true}
"""
RULES = """
version: "3.1"
rules:
- {rule: greeting, steps: [{intent: greet}, {action: utter_greet}]}
- {rule: a response without its variable, steps: [{intent: goodbye}, {action: utter_goodbye}]}
- {rule: balance, steps: [{intent: check_balance}, {action: action_balance}]}
- {rule: yes, steps: [{intent: affirm}, {action: action_balance}]}
- {rule: neither, steps: [{intent: out_of_scope}, {action: utter_sorry}]}
"""
EXAMPLES = {
    "greet": "bună ziua|salut|bună|hei|bună dimineața|hello|hi there|good morning|hey|hi",
    "check_balance": "cât am de plată|ce sold am|cât datorez|cât e factura|am ceva de plătit|"
    "how much do I owe|what is my balance|how much is my bill|what do I have to pay",
    "affirm": "da|da vă rog|sigur|desigur|de acord|yes|yes please|sure|go ahead|of course",
    "deny": "nu|nu mulțumesc|nu vreau|în niciun caz|nicidecum|no|no thanks|not now|don't|no way",
    "inform": "vineri|până pe 15|peste 10 zile|decembrie|45 de lei|friday|on the 15th|october",
    "change_language": "vorbiți engleză|în engleză vă rog|limba română|english please|in romanian",
    "goodbye": "la revedere|pa pa|o zi bună|pe curând|goodbye|bye bye|see you later|good day",
    "thank": "mulțumesc|mersi frumos|vă mulțumesc|mersi|thank you|thanks a lot|many thanks|cheers",
    "out_of_scope": "cum e vremea|cine a câștigat meciul|spune o glumă|vreau o pizza|"
    "who won the game|tell me a joke|weather tomorrow|order a pizza|what is the capital of France",
}


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """The path of a model trained with the project's own config.yml."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "domain.yml").write_text(DOMAIN)
    (folder / "rules.yml").write_text(RULES)
    blocks = [
        f"- intent: {intent}\n  examples: |\n"
        + "".join(f"    - {example}\n" for example in examples.split("|"))
        for intent, examples in EXAMPLES.items()
    ]
    (folder / "nlu.yml").write_text('version: "3.1"\nnlu:\n' + "".join(blocks))
    with _in(folder):
        result = train(
            domain="domain.yml",
            config=str(ROOT / "config.yml"),
            training_files=["nlu.yml", "rules.yml"],
            output="models",
            fixed_model_name="test",
        )
    return str(folder / result.model)


@pytest.fixture(scope="session")
def examples():
    """All of data/nlu."""
    return training_examples()


@pytest.fixture(scope="session")
def understood(examples):
    """The project's own intent model, learned once."""
    return examination.trained(examples, examination.project_settings())


@pytest.fixture(scope="session")
def classifier(understood):
    """The component with that model."""
    component = BillingIntentClassifier(BillingIntentClassifier.get_default_config(), None, None)
    component._model = understood
    return component


class Turns:
    """A served assistant: one message in, status and body out."""

    def __init__(self, address, http, agent, actions):
        self.address, self.http, self.agent, self.actions = address, http, agent, actions
        self.understood = None  # of the last message: likeliest first

    async def send(self, message, *, sender="ana", key=KEY, channel="telegram", **metadata):
        body = {
            "sender": sender,
            "message": message,
            "input_channel": channel,
            "metadata": {"message_id": f"m-{message}", "language": "ro", **metadata},
        }
        status, told = await self.post(body, key)
        self.understood = told.pop("understood", None)
        return status, told

    async def post(self, body, key=KEY):
        headers = {"X-Limpede-Key": key}
        url = f"{self.address}/webhooks/limpede/webhook"
        async with self.http.post(url, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def events_of(self, sender):
        tracker = await self.agent.tracker_store.retrieve_full_tracker(sender)
        return [event.as_dict() for event in tracker.events] if tracker else []


class Actions:
    """The app's side: answers action calls, and can be told to fail or to wait."""

    def __init__(self):
        self.calls = []
        self.status = 200
        self.rejected = None
        self.answer = {
            "events": [],
            "responses": [{"response": "utter_balance", "amount": "45,00 lei"}],
        }
        self.reached = asyncio.Event()
        self.free = asyncio.Event()
        self.free.set()

    async def handle(self, request):
        call = await request.json()
        self.calls.append(call)
        self.reached.set()
        await self.free.wait()
        if call["next_action"] == self.rejected:
            return web.json_response({"action_name": self.rejected, "error": "no"}, status=400)
        return web.json_response(self.answer, status=self.status)


@pytest.fixture
def assistant(model, tmp_path):
    """Runs a coroutine function with a served assistant (`Turns`)."""

    def run(scenario):
        async def whole():
            async with _actions() as (actions, url):
                endpoints = AvailableEndpoints(
                    nlg=EndpointConfig(type="bot.nlu.responses.ResponseChooser"),
                    action=EndpointConfig(url=url, enable_selective_domain=True),
                    tracker_store=EndpointConfig(
                        type="SQL", dialect="sqlite", db=str(tmp_path / "tracker.db")
                    ),
                )
                agent = await load_agent(model, endpoints=endpoints)
                async with _served(agent) as address, aiohttp.ClientSession() as http:
                    await scenario(Turns(address, http, agent, actions))

        asyncio.run(whole())

    return run


@contextlib.asynccontextmanager
async def _served(agent):
    Sanic.test_mode = True  # several apps of one name in a process
    app = Sanic(f"rasa_{id(agent)}", configure_logging=False)
    app.ctx.agent = agent
    register([LimpedeChannel(KEY)], app, route="/webhooks/")
    with socket.socket() as loopback:
        loopback.bind(("127.0.0.1", 0))
        server = await app.create_server(sock=loopback, return_asyncio_server=True)
        await server.startup()
        await server.before_start()
        await server.start_serving()
        try:
            yield f"http://127.0.0.1:{loopback.getsockname()[1]}"
        finally:
            server.close()
            await server.wait_closed()


@contextlib.asynccontextmanager
async def _actions():
    actions = Actions()
    app = web.Application()
    app.router.add_post("/actions", actions.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield actions, f"http://127.0.0.1:{port}/actions"
    finally:
        await runner.cleanup()


@contextlib.contextmanager
def _in(folder):
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
