// What does the console show, and what does a click do?
// Customers' words come in as text and stay text: nothing here is ever parsed as HTML.
import { accountPanel } from "./panel.js";
import { attempt, isShortcut, stepThrough, toast } from "./bar.js";
import { api, begunIn, el, fill, goOn, newKey, Refused, texts } from "./kit.js";

const $ = (id) => document.getElementById(id);
const role = document.body.dataset.role;
const t = texts();

let lists = { waiting: [], mine: [], others: [], undelivered: [] };
let listsAt = 0;
let current = null; // the case on screen
let stream = null;
const drafts = new Map(); // words not sent yet, by case
let pending = null; // {case_id, text, key}: a reply whose fate is unknown keeps its key

// --- the lists ---

function followLists() {
  const source = new EventSource("/desk/api/events");
  source.addEventListener("open", () => ($("offline").hidden = true));
  source.addEventListener("queue", (event) => {
    lists = JSON.parse(event.data);
    listsAt = performance.now();
    showLists();
  });
  source.addEventListener("error", () => {
    $("offline").hidden = false;
    if (source.readyState === EventSource.CLOSED) setTimeout(stillSignedIn, 2000);
  });
}

async function stillSignedIn() {
  try {
    await api("GET", "/me");
    followLists();
  } catch (error) {
    if (!(error instanceof Refused)) setTimeout(stillSignedIn, 3000);
  }
}

function showLists() {
  for (const name of ["mine", "waiting", "others"]) {
    const focused = document.activeElement?.dataset?.case;
    $(name).replaceChildren(...lists[name].map(line));
    $(`${name}-count`).textContent = lists[name].length;
    if (focused) document.querySelector(`#${name} [data-case="${focused}"]`)?.focus();
  }
  $("undelivered").replaceChildren(...lists.undelivered.map(undelivered));
  $("undelivered-count").textContent = lists.undelivered.length;
  $("undelivered-section").hidden = lists.undelivered.length === 0;
  $("nobody").hidden = lists.waiting.length > 0;
  $("others-section").hidden = lists.others.length === 0;
  $("available").setAttribute("aria-checked", String(lists.available));
  document.title = (lists.waiting.length ? `(${lists.waiting.length}) ` : "") + t.desk.title;
  tick();
}

function line(entry) {
  const badges = [];
  if (entry.urgent) badges.push(el("span", { class: "badge urgent" }, t.queue.urgent));
  if (entry.callback) {
    const words = entry.channel === "voice" ? t.queue.callback : t.queue.message_back;
    badges.push(el("span", { class: "badge" }, words));
  }
  return el("li", {}, el(
    "button",
    {
      type: "button",
      class: "line",
      "data-case": entry.case_id,
      "aria-current": String(entry.case_id === current?.case_id),
      onclick: () => open(entry.case_id),
    },
    el("span", { class: "line-top" },
      el("strong", {}, entry.customer),
      el("time", { "data-waited": entry.waited_seconds }, "")),
    el("span", { class: "line-why" },
      el("span", { class: `channel ${entry.channel}` }, t.channel[entry.channel]),
      entry.reason_text, ...badges),
    entry.last_said ? el("span", { class: "line-said" }, entry.last_said) : null,
    el("span", { class: "line-foot" },
      entry.place ? fill(t.queue.place, { place: entry.place }) : entry.agent ?? ""),
  ));
}

// A message that did not arrive: why, and what can be done.
function undelivered(entry) {
  const button = (words, click) =>
    el("button", { type: "button", class: "quiet", onclick: click }, words);
  return el("li", { class: "undelivered" },
    el("span", { class: "line-top" }, el("strong", {}, entry.customer), el("time", {}, entry.moment)),
    el("span", { class: "line-why" },
      el("span", { class: `channel ${entry.channel}` }, t.channel[entry.channel]),
      entry.reason_text),
    el("span", { class: "line-said" }, entry.text),
    el("span", { class: "line-foot" }, entry.advice_text),
    el("span", { class: "line-deeds" },
      entry.phone
        ? el("a", { href: `tel:${entry.phone}` }, fill(t.undelivered.call, { phone: entry.phone }))
        : null,
      entry.case_id ? button(t.undelivered.open, () => open(entry.case_id)) : null,
      button(t.undelivered.attend, () => attend(entry))));
}

async function attend(entry) {
  const done = await attempt(() => api("POST", `/undelivered/${entry.message_id}/attend`));
  if (done) toast(done.text);
}

function tick() {
  const since = Math.floor((performance.now() - listsAt) / 1000);
  for (const clock of document.querySelectorAll("[data-waited]")) {
    clock.textContent = duration(Number(clock.dataset.waited) + since);
  }
}

function duration(seconds) {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} d`;
  if (hours) return `${hours} h ${String(minutes).padStart(2, "0")}`;
  return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
}

// --- one case ---

async function open(caseId) {
  keepDraft();
  history.replaceState(null, "", `#${caseId}`);
  await show(caseId, { fresh: true });
  if (current?.mine) $("words").focus();
}

// `keep`: what the agent has begun to fill in on the account pane stays, since the case is only
// read again because something happened in it.
async function show(caseId, { fresh = false, keep = !fresh } = {}) {
  const shown = await attempt(() => api("GET", `/cases/${caseId}`));
  if (!shown) return;
  if (!fresh && current?.case_id !== caseId) return; // another case was opened meanwhile
  current = shown;
  $("nothing").hidden = true;
  $("case").hidden = false;
  showHead();
  if (fresh) {
    $("messages").replaceChildren();
    shown.messages.forEach(showMessage);
    $("words").value = drafts.get(caseId) ?? "";
    toBottom();
    follow(caseId);
  }
  const begun = keep ? begunIn($("account")) : null;
  $("account").replaceChildren(...accountPanel(current, t, change, look));
  if (begun) goOn($("account"), begun);
  showLists();
}

function showHead() {
  const who = current.customer?.name ?? t.queue.unknown_customer;
  $("case-name").textContent = who;
  $("case-about").replaceChildren(
    el("span", { class: `channel ${current.channel}` }, t.channel[current.channel]),
    `${fill(t.case.number, { number: current.number })} · ${current.reason_text}`,
    current.agent && !current.mine ? ` · ${fill(t.case.taken_by, { agent: current.agent })}` : "",
  );
  $("case-actions").replaceChildren(...actions());
  const open = current.mine && !current.call_over;
  $("words").disabled = $("send").disabled = !open;
  $("reply-hint").textContent = !current.mine
    ? t.case.reply_take_first
    : current.call_over
      ? t.case.call_over
      : current.channel === "voice" ? t.case.reply_hint_voice : t.case.reply_hint;
}

function actions() {
  const button = (words, click, kind = "") =>
    el("button", { type: "button", class: kind, onclick: click }, words);
  if (current.state === "waiting") {
    return [button(t.case.take, () => take(false), "primary")];
  }
  if (current.state === "with_agent" && current.mine) {
    return [
      current.channel === "voice" && !current.call_over
        ? button(t.case.connect, () => change("connect-phone", {}))
        : null,
      button(t.case.release, () => change("release", {}), "quiet"),
      button(t.case.close, () => end("close"), "quiet"),
      button(t.case.hand_back, () => end("hand-back"), "primary"),
    ].filter(Boolean);
  }
  if (current.state === "with_agent" && role === "supervisor") {
    return [button(t.case.take_over, () => take(true))];
  }
  return [];
}

async function take(takeOver) {
  const caseId = current.case_id;
  const taken = await attempt(() => api("POST", `/cases/${caseId}/take`, { take_over: takeOver }));
  await show(caseId);
  if (taken) $("words").focus();
}

// One change of the case or the account: done and told, or refused and told why. A form that
// asked for too much keeps what was typed; it gets the refusal back, to show it in its place.
async function change(verb, body, key) {
  const caseId = current.case_id;
  try {
    const done = await api("POST", `/cases/${caseId}/${verb}`, body, key);
    toast(done.text);
    await show(caseId, { keep: false });
    return null;
  } catch (error) {
    if (error instanceof Refused && error.stays) return error.message;
    toast(error instanceof Refused ? error.message : t.problem.network, "bad");
    if (!(error instanceof Refused)) return null;
  }
  await show(caseId);
  return null;
}

// What a change of services would do: told, or refused; nothing on screen is out of date by it.
async function look(wish) {
  try {
    return { preview: await api("POST", `/cases/${current.case_id}/preview-change`, wish) };
  } catch (error) {
    return { refused: error instanceof Refused ? error.message : t.problem.network };
  }
}

function follow(caseId) {
  stream?.close();
  stream = new EventSource(`/desk/api/cases/${caseId}/events`);
  stream.addEventListener("message", (event) => {
    if (current?.case_id !== caseId) return;
    const message = JSON.parse(event.data);
    showMessage(message);
    if (message.kind === "hangup" && !current.call_over) show(caseId);
  });
  stream.addEventListener("case", () => show(caseId));
}

// --- messages ---

function showMessage(message) {
  const box = $("messages");
  const atBottom = box.scrollHeight - box.scrollTop - box.clientHeight < 60;
  const shown = bubble(message);
  const before = document.getElementById(shown.id);
  if (before) {
    before.replaceWith(shown);
  } else {
    const next = [...box.children].find((each) => Number(each.dataset.position) > message.position);
    box.insertBefore(shown, next ?? null);
    if (atBottom) toBottom();
    else $("newer").hidden = false;
  }
}

const ACTS = new Set(["begin", "silence", "hangup", "return", "contact"]);

function bubble(message) {
  const attributes = {
    id: `m-${message.id}`,
    "data-position": message.position,
    class: `message ${message.speaker} ${message.status}`,
  };
  const kind = t.kind[message.kind] ?? message.kind;
  if (message.speaker === "customer" && ACTS.has(message.kind)) {
    return el("div", { ...attributes, class: "message act" }, `${kind} · ${message.time}`);
  }
  return el("div", attributes,
    el("span", { class: "speaker" }, message.name ?? t.speaker[message.speaker]),
    ...sent(message),
    message.text
      ? el("p", {}, message.text)
      : message.sent || message.files.length ? null : el("p", { class: "wordless" }, kind),
    message.buttons.length
      ? el("span", { class: "chips" }, ...message.buttons.map((title) => el("span", {}, title)))
      : null,
    el("span", { class: "foot" }, message.time, delivery(message)));
}

// What came beside words or instead of them. A picture is small until it is opened; whatever else
// came is a link.
function sent({ sent: what, files, place }) {
  const name = what ? t.sent[what] ?? t.kind.media : null;
  if (files.length) return files.map((file) => sentFile(file, files.length === 1 ? name : null));
  if (!what) return [];
  if (place) {
    const [latitude, longitude] = place.split(",");
    const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`;
    return [el("p", { class: "sent" }, `${name}: `, el("a", { href: map, ...ELSEWHERE }, place))];
  }
  return [el("p", { class: "wordless" }, name)];
}

const ELSEWHERE = { target: "_blank", rel: "noopener noreferrer" };

function sentFile({ url, name, image }, kind) {
  if (image) {
    const picture = el("img", { src: url, alt: kind ?? name, class: "thumbnail", loading: "lazy" });
    return el("a", { href: url, ...ELSEWHERE }, picture);
  }
  return el("p", { class: "sent" }, kind ? `${kind}: ` : "", el("a", { href: url, ...ELSEWHERE }, name));
}

const TICKS = { queued: "◷", sending: "◷", sent: "✓", delivered: "✓✓", failed: "✕", unknown: "?" };

function delivery(message) {
  if (message.speaker === "customer") return null;
  const state = t.delivery[message.status] ?? message.status;
  const words = message.failure_text ? `${state}: ${message.failure_text}` : state;
  const loud = message.status === "failed" || message.status === "unknown";
  return el("span", { class: `tick ${message.status}`, title: words },
    el("span", { "aria-hidden": "true" }, TICKS[message.status] ?? ""),
    el("span", { class: loud ? "" : "unseen" }, ` ${words}`));
}

function toBottom() {
  $("messages").scrollTop = $("messages").scrollHeight;
  $("newer").hidden = true;
}

// --- replying ---

$("reply").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = $("words").value.trim();
  if (!text || !current?.mine) return;
  const caseId = current.case_id;
  if (pending?.case_id !== caseId || pending.text !== text) {
    pending = { case_id: caseId, text, key: newKey() };
  }
  const { key } = pending;
  $("send").disabled = true;
  const done = await attempt(() => api("POST", `/cases/${caseId}/reply`, { text }, key));
  if (done) {
    pending = null;
    drafts.delete(caseId);
    if (current?.case_id === caseId && $("words").value.trim() === text) $("words").value = "";
    toBottom();
  } else if (current?.case_id === caseId) {
    await show(caseId);
  }
  $("send").disabled = !current?.mine || current.call_over;
});

$("words").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("reply").requestSubmit();
  }
});

function keepDraft() {
  if (!current) return;
  if ($("words").value) drafts.set(current.case_id, $("words").value);
  else drafts.delete(current.case_id);
}

// --- the end of a case ---

let ending = "hand-back";

function end(verb) {
  ending = verb;
  const handBack = verb === "hand-back";
  $("ending-title").textContent = handBack ? t.hand_back.title : t.hand_back.close_title;
  $("ending-submit").textContent = handBack ? t.hand_back.submit : t.hand_back.close_submit;
  $("agreed-part").hidden = !handBack;
  $("agreed").value = current.suggested_agreement;
  $("agreed").lang = current.language;
  $("agreed-hint").textContent = fill(t.hand_back.agreed_hint, {
    language: t.language[current.language],
  });
  $("ending").showModal();
}

$("ending-cancel").addEventListener("click", () => $("ending").close());
$("ending-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  $("ending").close();
  const body = { outcome: new FormData(event.target).get("outcome") };
  if (ending === "hand-back") body.agreed = $("agreed").value.trim();
  await change(ending, body);
});

// --- the bar, keys ---

$("available").addEventListener("click", async () => {
  const available = $("available").getAttribute("aria-checked") !== "true";
  const me = await attempt(() => api("POST", "/me", { available }));
  if (me) $("available").setAttribute("aria-checked", String(me.available));
});

$("newer").addEventListener("click", toBottom);
$("messages").addEventListener("scroll", (event) => {
  const box = event.currentTarget;
  if (box.scrollHeight - box.scrollTop - box.clientHeight < 60) $("newer").hidden = true;
});

document.addEventListener("keydown", (event) => {
  if (isShortcut(event)) stepThrough(".line", event.key);
});

setInterval(tick, 1000);
followLists();
document.body.inert = false;
if (location.hash.length > 1) open(location.hash.slice(1));
