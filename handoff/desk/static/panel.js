// What does the agent see and change on the customer's account?
import { el, fill, newKey } from "./kit.js";

// The cards of the account pane. `change(verb, body, key)` asks for a change and tells what came of
// it; a refusal that the card itself should show comes back as words.
// `look` asks for a preview and gives it back, or the refusal's words.
export function accountPanel(shown, t, change, look) {
  const cards = [summary(shown, t), who(shown, t, change), notesCard(shown, t, change)];
  if (shown.talks.length) cards.push(talksCard(shown, t));
  if (shown.callbacks.length) cards.push(callbacksCard(shown, t));
  if (shown.granted.length) cards.push(granted(shown, t));
  if (!shown.account) return [...cards, card(null, el("p", { class: "empty" }, t.panel.no_account))];
  const { balance, invoice, findings, offers, extension, disputes, instalments, service } =
    shown.account;
  const may = shown.mine && shown.identity.level === "verified";
  return [
    ...cards,
    shown.mine ? null : el("p", { class: "note" }, t.panel.take_first),
    balanceCard(balance, service, t, may, change),
    reviewCard(findings, t, may, change),
    disputesCard(disputes, t, may, change),
    invoiceCard(invoice, t, shown.case_id),
    servicesCard(shown.account.services, t, may, change, look),
    offersCard(offers, t, may, change),
    extensionCard(extension, t, may, change),
    instalmentsCard(instalments, t, may, change),
  ].filter(Boolean);
}

function card(title, ...content) {
  return el("section", { class: "card" }, title ? el("h2", {}, title) : null, ...content);
}

function row(name, value, extra = "") {
  return el("div", { class: `row ${extra}` }, el("dt", {}, name), el("dd", {}, value));
}

function summary(shown, t) {
  return card(t.panel.summary, ...shown.summary.map((words) => el("p", { class: "brief" }, words)));
}

function who({ customer, identity, address_text: phone, mine }, t, change) {
  const warning = identity.level === "verified"
    ? null
    : el("p", { class: "warning" }, t.panel.not_verified_warning);
  return card(
    t.panel.who,
    el("p", { class: `level ${identity.level}` }, identity.verified_text ?? identity.level_text),
    warning,
    el("dl", {},
      ...(customer
        ? [
            row(t.panel.customer_number, customer.number),
            row(t.panel.plan, customer.plan),
            row(t.panel.since, customer.since_text),
            ...companyRows(customer.company, t),
          ]
        : []),
      ...(phone ? [row(t.panel.phone, el("a", { href: `tel:${phone}` }, phone))] : [])),
    accountChoice(customer?.accounts ?? [], t, mine && identity.level === "verified", change),
  );
}

function companyRows(company, t) {
  if (!company) return [];
  return [
    row(t.panel.company, company.name),
    row(t.panel.tax_id, company.tax_id),
    ...(company.iban ? [row(t.panel.iban, company.iban)] : []),
  ];
}

// Several accounts: all that is shown and changed below is of the chosen one.
function accountChoice(accounts, t, may, change) {
  if (!accounts.length) return null;
  const select = el("select", { id: "account-choice", disabled: !may },
    ...accounts.map(({ account_id, text, shown }) =>
      el("option", { value: account_id, selected: shown }, text)));
  select.addEventListener("change", () => change("account", { account_id: select.value }));
  return labelled(t.panel.account, select, "wide");
}

function granted({ granted: given }, t) {
  return card(t.panel.granted, el("ul", { class: "plain" },
    ...given.map((each) => el("li", {}, `✓ ${each.text}`))));
}

// What agents wrote down; on the phone nothing else is left of what was said.
function notesCard({ notes, mine }, t, change) {
  const words = el("textarea", { id: "note", rows: 2, maxlength: 4000, required: true });
  return card(
    t.panel.notes,
    ...notes.map((note) => el("p", { class: "brief" }, `${note.by}: ${note.text}`)),
    asForm(t.panel.write_note, mine, [labelled(t.panel.note, words, "wide")], () =>
      change("notes", { text: words.value })),
  );
}

// What the same customer said before or on other channels: to read only.
function talksCard({ talks }, t) {
  return card(t.panel.talks, ...talks.map((talk) =>
    el("details", { id: `talk-${talk.conversation_id}` },
      el("summary", {}, talk.title),
      el("ol", { class: "around" }, ...talk.messages.filter((said) => said.text).map((said) =>
        el("li", { class: said.speaker },
          el("strong", {}, said.name ?? t.speaker[said.speaker]), ` ${said.text}`))))));
}

function callbacksCard({ callbacks }, t) {
  return card(t.panel.callbacks, el("ul", { class: "plain" },
    ...callbacks.map((each) => el("li", {}, `${each.number}. ${each.text}`))));
}

function balanceCard(balance, service, t, may, change) {
  const due = balance.due_text ? ` · ${fill(t.panel.due_by, { day: balance.due_text })}` : "";
  const late = balance.overdue.minor > 0;
  return card(
    t.panel.balance,
    el("p", { class: "figure" }, balance.due.text, el("small", {}, due)),
    service ? el("p", { class: "warning" }, service) : null,
    el("dl", {},
      ...(late
        ? [row(
            t.panel.overdue,
            `${balance.overdue.text} · ${daysLate(balance.days_overdue, t)}`,
            "late",
          )]
        : []),
      ...(balance.credit.minor ? [row(t.panel.credit, balance.credit.text)] : []),
      ...(balance.arrangement ? [row(t.panel.arrangement, balance.arrangement)] : []),
      ...balance.discounts.map((held) =>
        row(t.panel.discounts, `${held.text} (${held.granted_by})`))),
    ...(balance.payable_by_link ? paymentLink(t, may, change) : []),
  );
}

// Romanian says "2 zile" but "20 de zile".
function daysLate(days, t) {
  const form = new Intl.PluralRules(document.documentElement.lang).select(days);
  return fill(t.panel[`overdue_days.${form}`], { days });
}

function paymentLink(t, may, change) {
  const key = newKey();
  const refusal = refusalLine();
  return [
    asking(t.panel.payment_link, may, refusal, () => change("payment-link", undefined, key)),
    refusal,
  ];
}

function invoiceCard(invoice, t, caseId) {
  if (!invoice) return card(t.panel.invoice, el("p", { class: "empty" }, t.panel.no_invoice));
  return card(
    t.panel.invoice,
    el("dl", {}, row(`${invoice.number} · ${invoice.state_text}`, invoice.total.text, "strong")),
    invoice.difference
      ? el("dl", { class: "causes" },
          ...invoice.causes.map((cause) => row(cause.text, cause.amount.text)),
          row(t.panel.difference, invoice.difference.text, "sum"))
      : null,
    el("p", { class: "brief" }, el("a", {
      href: `/desk/api/cases/${caseId}/invoice.pdf`, target: "_blank", rel: "noopener",
    }, t.panel.open_document)),
    invoice.chat_link
      ? el("p", { class: "brief" }, `${t.panel.chat_link} `, el("code", {}, invoice.chat_link))
      : null,
  );
}

function reviewCard(findings, t, may, change) {
  if (!findings.length) {
    return card(t.panel.review, el("p", { class: "empty" }, `✓ ${t.panel.review_clean}`));
  }
  return card(t.panel.review, ...findings.map((finding) => {
    const key = newKey();
    const refusal = refusalLine();
    return el("div", { class: "finding" },
      el("div", {},
        el("strong", {}, finding.text),
        el("small", {}, `${finding.invoice} · ${finding.amount.text}`)),
      asking(t.panel.correct, may, refusal, () =>
        change("correct", { finding_id: finding.finding_id }, key)),
      refusal);
  }));
}

function servicesCard(services, t, may, change, look) {
  const { plan, add_ons, notes, scheduled, choices, may_undo } = services;
  const has = [plan, ...add_ons].filter(Boolean);
  return card(
    t.panel.services,
    has.length
      ? el("dl", {}, ...has.map((each) => row(each.text, each.price.text)))
      : el("p", { class: "empty" }, t.panel.no_plan),
    ...notes.map((words) => el("p", { class: "brief" }, words)),
    ...scheduled.map((each) => scheduledLine(each, t, may, change)),
    may_undo ? undoLine(t, may, change) : null,
    choices.length ? changeForm(choices, t, may, change, look) : null,
  );
}

function scheduledLine({ change_id, kind, text }, t, may, change) {
  const refusal = refusalLine();
  const key = newKey();
  return el("div", { class: "finding" },
    el("div", {}, el("strong", {}, text), el("small", {}, t.panel.scheduled)),
    // The end of the service is undone by restoring it.
    kind === "cancel"
      ? null
      : asking(t.panel.call_off, may, refusal, () => change("call-off", { change_id }, key)),
    refusal);
}

function undoLine(t, may, change) {
  const refusal = refusalLine();
  const key = newKey();
  return el("div", { class: "finding" },
    el("div", {}),
    asking(t.panel.undo, may, refusal, () => change("undo-cancellation", undefined, key)),
    refusal);
}

// Choose, read the preview, confirm: what is confirmed is what was read.
function changeForm(choices, t, may, change, look) {
  const choice = el("select", { id: "service-choice" },
    ...choices.map(({ text }, index) => el("option", { value: String(index) }, text)));
  const day = field("date", "service-day", {});
  const told = el("div", { class: "told", id: "service-preview" });
  const wish = () => {
    const { kind, product_code } = choices[Number(choice.value)];
    return { kind, product_code, ...(day.value ? { on: day.value } : {}) };
  };
  const forget = () => told.replaceChildren();
  choice.addEventListener("change", forget);
  day.addEventListener("change", forget);
  const form = asForm(t.panel.preview, may,
    [labelled(t.panel.change, choice, "wide"), labelled(t.panel.from_day, day, "wide")],
    async () => {
      const wanted = wish();
      const { preview, refused } = await look(wanted);
      told.replaceChildren(...(preview ? previewed(preview, wanted, t, may, change) : []));
      return refused;
    });
  return el("details", { id: "service-change" }, el("summary", {}, t.panel.change), form, told);
}

function previewed({ promise, text, lines }, wanted, t, may, change) {
  const refusal = refusalLine();
  const key = newKey();
  return [
    ...text.map((words) => el("p", { class: "brief" }, words)),
    el("dl", { class: "causes" }, ...lines.map((line) => row(line.text, line.amount.text))),
    asking(t.panel.confirm, may, refusal, () => change("change", { ...wanted, promise }, key)),
    refusal,
  ];
}

function offersCard(offers, t, may, change) {
  const given = offers.filter((offer) => !offer.refusal && offer.percent_bp);
  const refused = offers.filter((offer) => offer.refusal);
  const nothing = given.length || refused.length ? null : el("p", { class: "empty" }, t.panel.no_offers);
  return card(
    t.panel.offers,
    ...given.map((offer) => {
      const key = newKey();
      const refusal = refusalLine();
      const { percent_bp, months } = offer;
      return el("div", { class: "finding" },
        el("div", {}, el("strong", {}, offer.text)),
        asking(t.panel.grant, may, refusal, () => change("grant", { percent_bp, months }, key)),
        refusal);
    }),
    ...(given.length ? [] : refused.map((offer) => el("p", { class: "empty" }, offer.text))),
    nothing,
    ownGrant(t, may, change),
  );
}

function ownGrant(t, may, change) {
  const percent = field("number", "own-percent", { min: 1, max: 100, step: 0.5, value: 10 });
  const months = field("number", "own-months", { min: 1, max: 24, step: 1, value: 3 });
  const reason = el("select", { id: "own-reason" },
    ...Object.entries(t.grant_reason).map(([value, words]) => el("option", { value }, words)));
  // Without a key of its own: the same figures again are the same click, so that a discount is
  // never granted twice by impatience.
  const form = asForm(t.panel.grant, may,
    [
      labelled(t.panel.percent, percent),
      labelled(t.panel.months, months),
      labelled(t.panel.reason, reason, "wide"),
    ],
    () => change("grant", {
      percent_bp: Math.round(Number(percent.value) * 100),
      months: Number(months.value),
      reason: reason.value,
    }));
  return el("details", { id: "own-grant" }, el("summary", {}, t.panel.own_grant), form);
}

function extensionCard(extension, t, may, change) {
  if (!extension.allowed) {
    return card(t.panel.extension, el("p", { class: "empty" }, extension.text));
  }
  const [first] = extension.dates;
  const payBy = field("date", "pay-by", { max: extension.latest, value: first, required: true });
  const form = asForm(t.panel.extend, may, [labelled(t.panel.pay_by, payBy, "wide")],
    () => change("extend", { pay_by: payBy.value }));
  return card(t.panel.extension, el("p", { class: "brief" }, extension.text), form);
}

function disputesCard({ disputes, invoice, charges }, t, may, change) {
  return card(
    t.panel.disputes,
    ...(disputes.length
      ? disputes.map((dispute) => disputeEntry(dispute, t, may, change))
      : [el("p", { class: "empty" }, t.panel.no_disputes)]),
    invoice ? newDispute(invoice, charges, t, may, change) : null,
  );
}

function disputeEntry(dispute, t, may, change) {
  const { number } = dispute;
  const about = el("div", {},
    el("strong", {}, `${dispute.text}: ${dispute.amount.text}`),
    el("small", {}, `${number} · ${dispute.state_text}` +
      (dispute.open ? ` · ${dispute.answer_text}` : "")),
    el("small", {}, dispute.words ? `${dispute.reason}: “${dispute.words}”` : dispute.reason));
  if (!dispute.open) return el("div", { class: "finding" }, about);
  const key = newKey();
  const refusal = refusalLine();
  const review = dispute.state === "open"
    ? asking(t.panel.dispute_review, may, refusal, () => change("dispute-review", { number }, key))
    : null;
  return el("div", { class: "finding" }, about, review, refusal, answers(dispute, t, may, change));
}

function answers(dispute, t, may, change) {
  const { number, amount: { minor } } = dispute;
  const given = field("number", `uphold-${number}`,
    { min: 0.01, max: minor / 100, step: 0.01, value: (minor / 100).toFixed(2), required: true });
  const why = el("textarea", { id: `reject-${number}`, rows: 2, maxlength: 500, required: true });
  // One key for each figure or reason: impatience never answers twice.
  const uphold = asForm(t.panel.dispute_uphold, may, [labelled(t.panel.dispute_amount, given, "wide")],
    () => change("dispute-uphold", { number, amount_minor: Math.round(Number(given.value) * 100) },
      `uphold-${number}-${given.value}`));
  const reject = asForm(t.panel.dispute_reject, may, [labelled(t.panel.dispute_answer, why, "wide")],
    () => change("dispute-reject", { number, answer: why.value }));
  return el("details", { id: `answer-${number}`, class: "answers" },
    el("summary", {}, t.panel.answering), uphold, reject);
}

function newDispute(invoice, charges, t, may, change) {
  const charge = el("select", { id: "dispute-charge" },
    ...charges.map(({ line_id: id, text }) => el("option", { value: id }, text)),
    el("option", { value: "" }, fill(t.panel.dispute_whole, { invoice })));
  const reason = el("select", { id: "dispute-reason" },
    ...Object.entries(t.dispute_reason).map(([value, words]) => el("option", { value }, words)));
  const words = el("textarea", { id: "dispute-words", rows: 2, maxlength: 500 });
  const key = newKey();
  const form = asForm(t.panel.dispute_open, may,
    [
      labelled(t.panel.dispute_charge, charge, "wide"),
      labelled(t.panel.dispute_reason, reason, "wide"),
      labelled(t.panel.dispute_words, words, "wide"),
    ],
    () => change("dispute", {
      invoice_number: invoice,
      line_ids: charge.value ? [charge.value] : [],
      reason: reason.value,
      words: words.value,
    }, `${key}-${charge.value.slice(0, 8)}`));
  return el("details", { id: "new-dispute" }, el("summary", {}, t.panel.dispute_open), form);
}

function instalmentsCard({ plans, text }, t, may, change) {
  return card(
    t.panel.instalments,
    el("p", { class: plans.length ? "brief" : "empty" }, text),
    ...plans.map(({ parts, text: words }) => {
      const key = newKey();
      const refusal = refusalLine();
      return el("div", { class: "finding" },
        el("div", {}, el("small", {}, words)),
        asking(fill(t.panel.in_parts, { parts }), may, refusal, () =>
          change("instalments", { parts }, key)),
        refusal);
    }),
  );
}

function asForm(words, may, fields, ask) {
  const refusal = refusalLine();
  const button = el("button", { type: "submit", class: "small", disabled: !may }, words);
  const form = el("form", { class: "own" }, ...fields, refusal, button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    once(button, refusal, ask);
  });
  return form;
}

function refusalLine() {
  return el("p", { class: "refusal", role: "alert", hidden: true });
}

async function once(button, refusal, ask) {
  button.disabled = true;
  refusal.hidden = true;
  const refused = await ask();
  refusal.textContent = refused ?? "";
  refusal.hidden = !refused;
  button.disabled = false;
}

function field(type, id, attributes) {
  return el("input", { type, id, ...attributes });
}

function labelled(words, input, extra = "") {
  return el("label", { class: extra }, el("span", {}, words), input);
}

// A button that asks for a change.
function asking(words, may, refusal, ask) {
  const button = el("button", { type: "button", class: "small", disabled: !may }, words);
  button.addEventListener("click", () => once(button, refusal, ask));
  return button;
}
