"""Maria works at the desk with a real browser: sign in, take, answer, grant, hand back."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from handoff.conversations import Author
from handoff.desk import DEMO_AGENTS
from tests.browser.conftest import Scene

pytestmark = pytest.mark.browser
MARIA = DEMO_AGENTS[0]


async def sign_in(page: Page, scene: Scene, password: str = MARIA.password) -> None:
    await page.goto(f"{scene.url}/desk")
    await page.get_by_label("E-mail").fill(MARIA.email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def at_the_desk(page: Page, scene: Scene) -> None:
    """Signed in, with the console in English."""
    await sign_in(page, scene)
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()


async def with_elena(page: Page, scene: Scene) -> None:
    """Elena's case taken."""
    await at_the_desk(page, scene)
    await page.locator("#waiting .line").click()
    await page.get_by_role("button", name="Take", exact=True).click()
    await expect(page.get_by_label("Reply to the customer")).to_be_enabled()


async def test_a_wrong_password_is_told_and_nobody_is_let_in(page: Page, scene: Scene) -> None:
    await sign_in(page, scene, password="wrong")
    await expect(page.get_by_role("alert")).to_have_text("The e-mail or the password is not right.")
    await page.goto(f"{scene.url}/desk")
    await expect(page).to_have_url(re.compile("/desk/sign-in$"))


async def test_the_agent_sees_everything_so_that_elena_repeats_nothing(
    page: Page, scene: Scene
) -> None:
    await at_the_desk(page, scene)
    waiting = page.locator("#waiting .line")
    await expect(waiting).to_contain_text("Elena")
    await expect(waiting).to_contain_text("Asked for a person")
    await waiting.click()

    await expect(page.locator("#account")).to_contain_text("Verified by one-time code")
    await expect(page.locator("#account")).to_contain_text("Newest invoice")
    bill = await page.get_by_role("link", name="Open the PDF").get_attribute("href")
    opened = await page.request.get(f"{scene.url}{bill}")
    assert opened.headers["content-type"] == "application/pdf"
    assert (await opened.body()).startswith(b"%PDF-")
    await expect(page.locator("#messages")).to_contain_text("I want to talk to a person")
    # What a customer types is never HTML.
    await expect(page.locator("#messages")).to_contain_text("<b>this is too much</b>")
    await expect(page.locator("#messages b")).to_have_count(0)
    await expect(page.get_by_label("Reply to the customer")).to_be_disabled()


async def test_what_elena_wrote_on_another_channel_is_read_beside_her_case(
    page: Page, scene: Scene
) -> None:
    await scene.elena_wrote_by_sms("I can't pay <b>before Friday</b>")
    await at_the_desk(page, scene)
    await page.locator("#waiting .line").click()

    talk = page.locator("details", has_text="SMS, 24 Nov")
    await expect(page.locator("#account")).to_contain_text("Before, and on other channels")
    await expect(talk.locator("li")).to_be_hidden()
    await talk.locator("summary").click()
    await expect(talk.locator("li")).to_have_text("Customer I can't pay <b>before Friday</b>")
    await expect(page.locator("#messages")).not_to_contain_text("before Friday")


async def test_taking_answering_and_hearing_elena(page: Page, scene: Scene) -> None:
    await with_elena(page, scene)
    words = page.get_by_label("Reply to the customer")
    await words.fill("Good morning, Elena.")
    await words.press("Enter")

    await expect(page.locator(".message.agent")).to_contain_text("Good morning, Elena.")
    await expect(words).to_have_value("")
    assert await scene.said_to_elena(Author.AGENT) == ["Good morning, Elena."]

    await scene.elena_writes("thank you, Maria")
    await expect(page.locator("#messages")).to_contain_text("thank you, Maria")


async def test_a_grant_above_authority_is_refused_with_who_may_and_a_smaller_one_is_not(
    page: Page, scene: Scene
) -> None:
    await with_elena(page, scene)
    await page.get_by_text("Another discount").click()
    await page.get_by_label("Percent").fill("50")
    await page.get_by_label("Months").fill("24")  # about 62 RON x 50 % x 24 = 744 RON
    form = page.locator("form.own", has=page.get_by_label("Percent"))
    await form.get_by_role("button").click()
    await expect(form.get_by_role("alert")).to_have_text(
        "Not granted: This is above your authority. A supervisor may grant it."
    )

    # What was typed is still there: only the figures change.
    await page.get_by_label("Percent").fill("10")
    await page.get_by_label("Months").fill("2")
    await form.get_by_role("button").click()
    await expect(page.locator("#account")).to_contain_text("Granted in this case")
    await expect(page.locator("#account")).to_contain_text("10% for 2 months")


async def test_a_payment_link_is_sent_by_a_button(page: Page, scene: Scene) -> None:
    await with_elena(page, scene)
    await page.get_by_role("button", name="Send a payment link").click()
    await expect(page.locator("#toast")).to_contain_text("Sent: a link to pay")
    await expect(page.locator(".message.agent")).to_contain_text("https://bill.example/pay/")


async def test_what_the_agent_has_begun_to_fill_in_outlives_news_of_the_case(
    page: Page, scene: Scene
) -> None:
    await with_elena(page, scene)
    await page.get_by_text("Another discount").click()
    await page.get_by_label("Percent").fill("15")
    await page.get_by_label("Reason").select_option(index=1)
    await page.get_by_label("Months").focus()
    reason = await page.get_by_label("Reason").input_value()
    await page.evaluate("document.querySelector('#own-percent').dataset.before = 'yes'")

    await scene.radu_takes_over()

    await expect(page.locator("#case-about")).to_contain_text("Radu")
    await expect(page.locator("#own-percent[data-before]")).to_have_count(0)  # drawn anew
    await expect(page.get_by_label("Percent")).to_have_value("15")
    await expect(page.get_by_label("Reason")).to_have_value(reason)
    await expect(page.get_by_label("Months")).to_be_focused()


async def test_handing_back_tells_elena_what_was_agreed(page: Page, scene: Scene) -> None:
    await with_elena(page, scene)
    await page.get_by_role("button", name="Hand back to the assistant").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("What was agreed").fill("10% off for two months")
    await dialog.get_by_role("button", name="Hand back").click()

    await expect(
        page.get_by_role("status").filter(has_text="The assistant goes on")
    ).to_be_visible()
    await expect(page.locator("#mine-count")).to_have_text("0")
    await expect(page.get_by_label("Reply to the customer")).to_be_disabled()
    assert (await scene.said_to_elena(Author.BOT))[-1] == "utter_handed_back"


async def test_the_keyboard_is_enough(page: Page, scene: Scene) -> None:
    await at_the_desk(page, scene)
    await expect(page.locator("#waiting .line")).to_be_visible()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    take = page.get_by_role("button", name="Take", exact=True)
    await expect(take).to_be_visible()
    await take.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Reply to the customer")).to_be_focused()


async def test_the_console_speaks_romanian_too(page: Page, scene: Scene) -> None:
    await sign_in(page, scene)
    await expect(page.locator("html")).to_have_attribute("lang", "ro")
    await page.locator("#waiting .line").click()
    await expect(page.get_by_role("button", name="Preiau", exact=True)).to_be_visible()
    await expect(page.locator("#account")).to_contain_text("Sold")


async def test_the_pages_forbid_what_they_do_not_need(page: Page, scene: Scene) -> None:
    answer = await page.goto(f"{scene.url}/desk/sign-in")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    for path in ("../api/guard.py", "desk.css/..", "..%2Fmodels.py"):
        assert (await page.request.get(f"{scene.url}/desk/static/{path}")).status == 404


async def with_a_dispute(page: Page, scene: Scene) -> None:
    """Elena's case taken, and a dispute opened in it for what she says."""
    await with_elena(page, scene)
    await expect(page.locator("#account")).to_contain_text("Nothing is disputed.")
    await page.locator("#new-dispute > summary").click()
    await page.get_by_label("What is wrong").select_option("not_ordered")
    await page.get_by_label("What the customer says").fill("I <b>never</b> ordered it")
    await page.get_by_role("button", name="Open a dispute").click()
    await expect(page.locator(".toast")).to_contain_text("is open, answer by")


async def test_a_dispute_is_opened_reviewed_and_rejected_with_its_reason(
    page: Page, scene: Scene
) -> None:
    await with_a_dispute(page, scene)
    account = page.locator("#account")
    await expect(account).to_contain_text("Not ordered: “I <b>never</b> ordered it”")

    await page.get_by_role("button", name="Take under review").click()
    await expect(account).to_contain_text("under review")
    await page.get_by_text("Answer", exact=True).click()
    await page.get_by_label("Why it is rejected").fill("You ordered it on 3 November.")
    await page.get_by_role("button", name="Reject").click()
    await expect(page.locator(".toast")).to_contain_text("is rejected")
    await expect(account).to_contain_text("· rejected")


async def test_a_part_of_what_is_disputed_is_given_back(page: Page, scene: Scene) -> None:
    await with_a_dispute(page, scene)
    await page.get_by_text("Answer", exact=True).click()
    await page.get_by_label("Give back").fill("10.00")
    await page.get_by_role("button", name="Uphold").click()
    await expect(page.locator(".toast")).to_contain_text("Credited 10.00 RON")
    await expect(page.locator("#account")).to_contain_text("· upheld")
    await expect(page.locator("#account")).to_contain_text("credit of 10.00 RON on invoice")


async def test_a_change_of_plan_is_previewed_confirmed_and_called_off(
    page: Page, scene: Scene
) -> None:
    await with_elena(page, scene)
    card = page.locator("section.card", has=page.get_by_role("heading", name="Plan and options"))
    await card.locator("summary").click()
    await card.get_by_label("Change").select_option(index=0)
    await card.get_by_role("button", name="Preview").click()
    await expect(card.locator("#service-preview")).to_contain_text("Next invoice:")
    await card.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_role("status").filter(has_text="Done:")).to_be_visible()
    await card.get_by_role("button", name="Call off").click()
    await expect(page.get_by_role("status").filter(has_text="Called off")).to_be_visible()
    await expect(card.get_by_role("button", name="Call off")).to_have_count(0)


async def test_what_did_not_arrive_is_listed_with_what_can_be_done_until_it_is_dealt_with(
    page: Page, scene: Scene
) -> None:
    await at_the_desk(page, scene)
    await expect(page.locator("#undelivered-section")).to_be_hidden()
    await scene.words_fail_to_reach_elena("blocked")

    entry = page.locator(".undelivered")
    await expect(entry).to_contain_text("Elena")
    await expect(entry).to_contain_text("blocks our messages")
    await expect(entry).to_contain_text("Write on another channel, or call.")
    await expect(entry.get_by_role("link", name="Call")).to_have_attribute(
        "href", re.compile(r"^tel:\+40")
    )
    await entry.get_by_role("button", name="Open the case").click()
    await expect(page.locator(".message.bot.failed")).to_contain_text(
        "not delivered: The customer or the network blocks our messages."
    )
    await entry.get_by_role("button", name="Done").click()
    await expect(page.locator("#undelivered-section")).to_be_hidden()
