"""Maria tells the assistant, in a real browser, what customers meant."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from billing_backend.db import transaction
from handoff import reviews
from handoff.conversations import Conversation, InboundMessage
from handoff.desk import DEMO_AGENTS, repository
from handoff.reviews import MessageReview, Why
from tests.browser.conftest import NOW, Scene
from tests.browser.test_desk import at_the_desk

pytestmark = pytest.mark.browser
UNDERSTOOD = [
    {"intent": "out_of_scope", "confidence": 0.44},
    {"intent": "check_payment_status", "confidence": 0.31},
    {"intent": "report_missing_payment", "confidence": 0.12},
]


async def to_learn(scene: Scene, *messages: str) -> None:
    """Elena writes them, and the assistant understands none."""
    for words in messages:
        await scene.elena_writes(words)
    async with transaction(scene.services.sessions) as session:
        conversation = await session.get_one(Conversation, scene.conversation_id)
        rows = await session.scalars(
            select(InboundMessage)
            .where(InboundMessage.text.in_(messages))
            .order_by(InboundMessage.position)
        )
        for message in rows:
            message.understood, message.asked = UNDERSTOOD, "confirm"
            await reviews.keep(
                session, conversation, message, why=Why.NOT_UNDERSTOOD, text=message.text
            )


async def decisions(scene: Scene) -> dict[str, str | None]:
    """Of what is decided."""
    async with transaction(scene.services.sessions) as session:
        rows = await session.scalars(
            select(MessageReview).where(MessageReview.decided_at.is_not(None))
        )
        return {row.text: row.intent for row in rows}


async def at_the_list(page: Page, scene: Scene) -> None:
    await at_the_desk(page, scene)
    await page.get_by_role("link", name="To learn").click()
    await expect(page.get_by_text("Choose a message")).to_be_visible()


async def test_a_guess_is_taken_by_a_click_and_the_next_message_is_shown(
    page: Page, scene: Scene
) -> None:
    await to_learn(scene, "is <b>it</b> in yet?", "and the other one?")
    await at_the_list(page, scene)
    await expect(page.locator("#open-count")).to_have_text("2")
    await page.locator(".line").first.click()
    heading = page.get_by_role("heading", level=1)
    await expect(heading.last).to_contain_text("and the other one?")
    await expect(page.locator("#shown")).to_contain_text("The assistant had asked: a yes or no")
    await page.get_by_role("button", name="Did it arrive 31%").click()

    await expect(page.get_by_role("status")).to_contain_text("Will be learned: Did it arrive.")
    await expect(heading.last).to_contain_text("is <b>it</b> in yet?")  # never HTML
    await expect(page.locator("#open-count")).to_have_text("1")
    assert await decisions(scene) == {"and the other one?": "check_payment_status"}


async def test_the_keyboard_is_enough(page: Page, scene: Scene) -> None:
    await to_learn(scene, "one", "two", "three")
    await at_the_list(page, scene)
    await expect(page.locator(".line")).to_have_count(3)
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.locator("#shown h1")).to_contain_text("three")
    await page.keyboard.press("2")
    await expect(page.locator("#shown h1")).to_contain_text("two")
    await page.keyboard.press("0")
    await expect(page.locator("#shown h1")).to_contain_text("one")
    await page.keyboard.press("/")
    await page.keyboard.type("phone or e-mail")
    await expect(page.locator(".meaning:visible")).to_have_count(0)
    await page.get_by_role("searchbox").fill("holder")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("every message has been looked at")).to_be_visible()
    assert await decisions(scene) == {
        "three": "report_missing_payment",
        "two": "out_of_scope",
        "one": "update_contact_details",
    }


async def test_a_name_is_taken_out_before_it_is_learned(page: Page, scene: Scene) -> None:
    await to_learn(scene, "is Vasile's payment in?")
    await at_the_list(page, scene)
    await page.locator(".line").click()
    await page.get_by_label("Learned in these words").fill("is his payment in?")
    await page.locator(".meaning", has_text="Did it arrive").click()
    await expect(page.get_by_role("status")).to_be_visible()
    assert await decisions(scene) == {"is his payment in?": "check_payment_status"}


async def test_what_a_colleague_has_decided_is_told_and_may_be_decided_again(
    page: Page, scene: Scene
) -> None:
    await to_learn(scene, "is it in yet?")
    await at_the_list(page, scene)
    await page.locator(".line").click()
    await expect(page.locator("#shown h1")).to_be_visible()
    async with transaction(scene.services.sessions) as session:
        radu = await repository.agent_by_email(session, DEMO_AGENTS[1].email)
        review = await session.scalar(select(MessageReview.id))
        assert radu is not None
        assert review is not None
        await reviews.decide(session, review, intent="pay_bill", text=None, by=radu.id, now=NOW)
    await page.get_by_role("button", name="Did it arrive 31%").click()

    told = page.get_by_role("status")
    await expect(told).to_contain_text("has already decided: Pay now.")
    await page.get_by_role("button", name="Decided").click()
    await page.locator(".line", has_text="Pay now").click()
    await expect(page.locator(".meaning").first).to_be_disabled()
    await page.get_by_role("button", name="Decide again").click()
    await expect(page.locator("#open-count")).to_have_text("1")
    assert await decisions(scene) == {}


async def test_the_page_speaks_romanian_and_leads_to_the_case(page: Page, scene: Scene) -> None:
    await to_learn(scene, "a ajuns?")
    await at_the_list(page, scene)
    await page.get_by_role("button", name="Română").click()
    await expect(page.locator("html")).to_have_attribute("lang", "ro")
    await page.locator(".line").click()
    await expect(page.locator("#shown")).to_contain_text("Ce a vrut clientul?")
    await expect(page.locator("#meanings")).to_contain_text("întreabă cât are de plată")
    await page.get_by_role("link", name="Deschideți cazul").click()
    await expect(page.locator("#case-name")).to_contain_text("Elena")
