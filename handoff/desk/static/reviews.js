// Which messages is the assistant to learn from, and what did each mean?
// Customers' words come in as text and stay text: nothing here is ever parsed as HTML.
import { attempt, isShortcut, stepThrough, toast } from "./bar.js";
import { api, el, fill, Refused, texts } from "./kit.js";

const $ = (id) => document.getElementById(id);
const t = texts();
const LOOK_AGAIN = 15000; // a colleague may have decided meanwhile
const NOTHING_FOR_US = "out_of_scope";

let state = "open";
let listed = [];
let shown = null; // the message on screen
let changing = false;

// --- the list ---

async function readList() {
  const asked = state;
  const list = await attempt(() => api("GET", `/reviews?state=${asked}`));
  if (list && asked === state) showList(list, list.reviews);
}

async function readOn() {
  const asked = state;
  const last = listed[listed.length - 1].position;
  const list = await attempt(() => api("GET", `/reviews?state=${asked}&before=${last}`));
  if (list && asked === state) showList(list, [...listed, ...list.reviews]);
}

function showList(list, reviews) {
  listed = reviews;
  const focused = document.activeElement?.dataset?.review;
  $("reviews").replaceChildren(...listed.map(line));
  if (focused) document.querySelector(`[data-review="${focused}"]`)?.focus();
  $("open-count").textContent = list.open;
  $("more").hidden = !list.more;
  $("none").hidden = listed.length > 0;
  $("none").textContent = state === "open" ? t.reviews.none_open : t.reviews.none_decided;
  for (const button of document.querySelectorAll("[data-state]")) {
    button.setAttribute("aria-pressed", String(button.dataset.state === state));
  }
}

function line(review) {
  return el("li", {}, el(
    "button",
    {
      type: "button",
      class: "line",
      "data-review": review.review_id,
      "aria-current": String(review.review_id === shown?.review_id),
      onclick: () => open(review.review_id),
    },
    el("span", { class: "line-top" },
      el("span", { class: `badge ${review.why}` }, review.why_text),
      el("time", { datetime: review.said_at }, review.said_text)),
    el("span", { class: "line-words", lang: review.language }, review.text),
    review.decided_text ? el("span", { class: "line-foot" }, review.decided_text) : null,
  ));
}

// --- one message ---

async function open(reviewId) {
  const review = await attempt(() => api("GET", `/reviews/${reviewId}`));
  if (review) show(review);
  else await readList();
}

function show(review) {
  shown = review;
  $("nothing").hidden = Boolean(review);
  $("shown").hidden = !review;
  $("shown").replaceChildren(...(review ? message(review) : []));
  for (const each of document.querySelectorAll(".line")) {
    each.setAttribute("aria-current", String(each.dataset.review === review?.review_id));
  }
  for (const each of document.querySelectorAll(".meaning")) each.disabled = !isOpen();
}

function isOpen() {
  return Boolean(shown) && shown.decided_at === null;
}

function message(review) {
  return [
    el("header", { class: "review-head" },
      el("p", {},
        el("span", { class: `channel ${review.channel}` }, t.channel[review.channel]),
        `${t.language[review.language]} · ${review.said_text} · ${review.why_text}`),
      el("h1", {}, el("q", { lang: review.language }, review.text)),
      review.asked ? el("p", {}, fill(t.reviews.asked, { what: review.asked_text })) : null),
    isOpen() ? choices(review) : outcome(review),
    around(review),
  ];
}

function choices(review) {
  return el("section", { class: "card", "aria-label": t.reviews.what_meant },
    el("h2", {}, t.reviews.what_meant),
    el("p", { class: "note" }, review.guesses.length ? t.reviews.guesses : t.reviews.no_guesses),
    el("div", { class: "guesses" }, ...review.guesses.map(guess)),
    el("div", { class: "guesses" },
      el("button", { type: "button", class: "small", onclick: () => decide(NOTHING_FOR_US) },
        key("0"), t.reviews.nothing_for_us),
      el("button", { type: "button", class: "small quiet", onclick: dismiss },
        key("X"), t.reviews.dismiss)),
    el("label", { for: "words" }, t.reviews.words),
    el("textarea", {
      id: "words", rows: 2, maxlength: 1000, lang: review.language, "aria-describedby": "words-hint",
    }, review.text),
    el("small", { id: "words-hint" }, t.reviews.words_hint));
}

function guess({ intent, title, definition, confidence }, at) {
  return el("button",
    { type: "button", class: "small", title: definition, onclick: () => decide(intent) },
    key(String(at + 1)), title, el("small", {}, ` ${Math.round(confidence * 100)}%`));
}

function key(words) {
  return el("kbd", { "aria-hidden": "true" }, words);
}

function outcome(review) {
  return el("section", { class: "card" },
    el("p", { class: "figure-words" }, review.decided_text),
    review.exported_text
      ? el("p", { class: "note" }, review.exported_text)
      : el("button", { type: "button", class: "small", onclick: reopen }, t.reviews.reopen));
}

function around(review) {
  return el("section", { class: "card" },
    el("h2", {}, t.reviews.conversation),
    el("ol", { class: "around" }, ...review.messages.map((said) => el(
      "li",
      { class: said.position === review.position ? "this" : said.speaker, lang: review.language },
      el("strong", {}, said.name ?? t.speaker[said.speaker]),
      ` ${said.text || t.kind[said.kind] || said.kind}`))),
    review.case_id
      ? el("a", { href: `/desk#${review.case_id}` }, t.reviews.whole_case)
      : null);
}

// --- deciding ---

async function decide(intent) {
  if (!isOpen()) return;
  const words = $("words").value.trim();
  const body = words && words !== shown.text ? { intent, text: words } : { intent };
  await change("decide", body);
}

async function dismiss() {
  if (isOpen()) await change("dismiss");
}

async function reopen() {
  await change("reopen");
}

async function change(verb, body) {
  if (changing) return; // a second key or click is of the message that is going
  changing = true;
  await changed(verb, body);
  changing = false;
}

// Done and told, or refused and told why: either way the list is read again, and after a decision
// the next open message is shown.
async function changed(verb, body) {
  const { review_id: id } = shown;
  const next = following(id);
  let stays = false;
  try {
    toast((await api("POST", `/reviews/${id}/${verb}`, body)).text);
  } catch (error) {
    toast(error instanceof Refused ? error.message : t.problem.network, "bad");
    stays = !(error instanceof Refused) || error.stays;
  }
  await readList();
  if (stays) return;
  if (state === "open" && next) await open(next);
  else show(null);
  document.querySelector(`[data-review="${shown?.review_id}"]`)?.focus();
}

function following(id) {
  const at = listed.findIndex((review) => review.review_id === id);
  return (listed[at + 1] ?? listed[at - 1])?.review_id;
}

// --- all meanings ---

async function readMeanings() {
  const families = await attempt(() => api("GET", "/reviews/intents"));
  $("families").replaceChildren(...(families ?? []).map(({ title, intents }) => el(
    "section", { class: "family" }, el("h2", {}, title), ...intents.map(meaning))));
}

function meaning({ intent, title, definition }) {
  return el("button",
    { type: "button", class: "meaning", disabled: !isOpen(), onclick: () => decide(intent) },
    el("strong", {}, title), el("small", {}, definition));
}

const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

$("find").addEventListener("input", (event) => {
  const wanted = plain(event.target.value.trim());
  let found = 0;
  for (const family of document.querySelectorAll(".family")) {
    for (const each of family.querySelectorAll(".meaning")) {
      each.hidden = !plain(each.textContent).includes(wanted);
    }
    const left = family.querySelectorAll(".meaning:not([hidden])").length;
    family.hidden = left === 0;
    found += left;
  }
  $("nothing-found").hidden = found > 0;
});

// Enter in the field takes the meaning if only one is left.
$("find").addEventListener("keydown", (event) => {
  const left = document.querySelectorAll(".meaning:not([hidden])");
  if (event.key === "Enter" && left.length === 1) left[0].click();
  if (event.key === "Escape") document.querySelector(".line[aria-current='true']")?.focus();
});

// --- keys, and looking again ---

document.addEventListener("keydown", (event) => {
  if (!isShortcut(event)) return;
  stepThrough(".line", event.key);
  if (event.key === "/") {
    event.preventDefault();
    $("find").focus();
  }
  if (!isOpen()) return;
  if (event.key === "0") decide(NOTHING_FOR_US);
  if (event.key.toLowerCase() === "x") dismiss();
  const chosen = shown.guesses[Number(event.key) - 1];
  if (chosen) decide(chosen.intent);
});

for (const button of document.querySelectorAll("[data-state]")) {
  button.addEventListener("click", () => {
    state = button.dataset.state;
    listed = [];
    $("reviews").replaceChildren();
    show(null);
    readList();
  });
}
$("more").addEventListener("click", readOn);
setInterval(() => {
  if (!document.hidden && listed.length <= 50) readList();
}, LOOK_AGAIN);

await Promise.all([readList(), readMeanings()]);
document.body.inert = false;
