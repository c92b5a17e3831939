"use strict";
// What does the page do? It reads three devices of one person over the simulator's HTTP API and
// sends what the person does; everything shown comes from there. Words are in the page's table.

const words = JSON.parse(document.getElementById("words").textContent);
const $ = (id) => document.getElementById(id);
const all = (selector, run) => document.querySelectorAll(selector).forEach(run);

let language = localStorage.getItem("language") === "en" ? "en" : "ro";
let people = [];
let person = null;
let clockAhead = 0; // milliseconds that the demo's clock is ahead of this computer's
let keys = "";
let keysTimer = 0;

function t(name, values = {}) {
  const text = (words[name] || [name, name])[language === "ro" ? 0 : 1];
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function icon(like) {
  return document.querySelector(like).cloneNode(true);
}

// --- talking to the simulator -----------------------------------------------------------------

async function ask(path, { body, method, signal } = {}) {
  const options = { signal, method: method || (body === undefined ? "GET" : "POST") };
  if (body !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(`/simulator/${path}`, options);
  const result = await answer.json();
  if (!answer.ok) throw new Problem(result.detail || answer.statusText);
  return result;
}

class Problem extends Error {}

async function attempt(path, body = {}) {
  try {
    const result = await ask(path, { body });
    if (typeof result.status === "number" && result.status >= 400) {
      toast(t("app_refused", { n: result.status }));
    }
    return result;
  } catch (error) {
    toast(error instanceof Problem ? error.message : t("offline"));
    return null;
  }
}

let toastTimer = 0;
function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => ($("toast").hidden = true), 5000);
}

// --- devices ----------------------------------------------------------------------------------

// A device reads its screen over and over, a long wait at a time, and draws what is new. A hidden
// page does not read: browsers allow few connections to one address.
class Device {
  constructor(kind, screen, { path, draw, empty, status }) {
    Object.assign(this, { kind, screen, path, drawEntry: draw, empty, status });
    this.abort = new AbortController();
    this.entries = [];
    this.answer = {};
  }

  watch() {
    this.abort.abort();
    this.abort = new AbortController();
    this.entries = [];
    this.answer = {};
    this.last = 0;
    this.life = null;
    this.redraw();
    this.read(this.abort.signal);
  }

  async read(signal) {
    let wait = 0;
    while (!signal.aborted) {
      if (document.hidden) await visible();
      try {
        const answer = await ask(`${this.path()}?after=${this.last}&wait=${wait}`, { signal });
        const fresh = answer.life !== this.life || answer.last < this.last;
        if (fresh && this.life !== null && this.last > 0) {
          this.entries = [];
          this.last = 0;
          this.life = answer.life;
          wait = 0;
          continue;
        }
        this.life = answer.life;
        this.last = answer.last;
        this.answer = answer;
        this.entries.push(...answer.messages);
        if (answer.messages.length || wait === 0) this.redraw();
        else this.refresh();
        wait = 25;
      } catch (error) {
        if (signal.aborted) return;
        toast(t("offline"));
        await new Promise((resolve) => setTimeout(resolve, 2000));
        wait = 0;
      }
    }
  }

  redraw() {
    const near = this.screen.scrollHeight - this.screen.scrollTop - this.screen.clientHeight < 80;
    const shown = this.entries.slice(-200);
    const known = new Map([...this.screen.children].map((child) => [child.dataset.n, child]));
    this.screen.replaceChildren(
      ...(shown.length ? shown.flatMap((entry) => this.nodes(entry, known)) : [this.empty()]),
    );
    if (near || shown.at(-1)?.from !== "bot") this.screen.scrollTop = this.screen.scrollHeight;
    this.refresh();
  }

  // An entry that is drawn already keeps its element, so that nothing flickers or is read twice.
  nodes(entry, known) {
    const key = `${entry.n}${language}`;
    if (known.has(key)) return [known.get(key), known.get(`${key}b`)].filter(Boolean);
    const nodes = this.drawEntry(entry);
    nodes.forEach((node, index) => (node.dataset.n = index ? `${key}b` : key));
    return nodes;
  }

  refresh() {
    this.status(this.answer);
  }
}

function visible() {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
  });
}

function bubble(entry, ...content) {
  const mine = entry.from !== "bot";
  const note = [entry.segments > 1 ? t("parts", { n: entry.segments }) : "", hour(entry.at)];
  const tag = entry.language ? make("b", {}, entry.language.slice(0, 2).toUpperCase()) : null;
  const small = make("small", {}, tag, note.filter(Boolean).join(" · "));
  const speech = entry.language ? entry.language : undefined;
  return make("div", { class: `bubble ${mine ? "mine" : "theirs"}`, lang: speech }, ...content, small);
}

// Addresses can be opened, as on every phone.
function linked(text) {
  return text.split(/(https?:\/\/\S*[^\s.,;:!?)])/).map((part, place) => place % 2
    ? make("a", { href: part, target: "_blank", rel: "noopener" }, part)
    : part);
}

function hour(at) {
  return new Intl.DateTimeFormat(language === "ro" ? "ro-RO" : "en-GB", {
    hour: "2-digit", minute: "2-digit", timeZone: "Europe/Bucharest",
  }).format(new Date(at));
}

function picture() {
  return make("div", { class: "picture", role: "img", "aria-label": t("a_photo") },
    icon(".sms .composer .icon svg"));
}

function kind(like, text) {
  return make("span", { class: "kind" }, like ? icon(like) : null, text);
}

// A pressed button is marked by the bot, and the others of its message go.
function showPressable(button, live) {
  const { title } = button.dataset;
  const marked = `✓ ${title}`;
  button.textContent = live.includes(marked) ? marked : title;
  button.disabled = !live.includes(button.textContent);
  button.hidden = live.length > 0 && button.disabled;
}

const pressShown = (event) => sendTelegram({ button: event.currentTarget.textContent });

async function sendFile(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  const sent = { name: file.name, mime: file.type || "application/octet-stream", content: btoa(text) };
  const deed = file.type === "image/jpeg" ? { photo: true } : { document: true };
  return sendTelegram({ ...deed, file: sent });
}

const telegram = new Device("telegram", $("telegram-screen"), {
  path: () => `telegram/${person.telegram_id}/messages`,
  empty: () => make("div", { class: "empty" }, t("empty_telegram"),
    make("button", { type: "button", onclick: () => sendTelegram({ text: "/start" }) }, t("start"))),
  draw(entry) {
    const content = [];
    if (entry.media === "photo") content.push(picture());
    if (entry.media === "voice_note") {
      content.push(kind(".telegram .composer .icon:nth-of-type(2) svg", t("a_voice_note")));
    } else if (entry.media === "sticker") {
      content.push(make("span", { class: "sticker" }, entry.text));
    } else if (entry.contact) {
      content.push(kind(null, `${t("contact")}: ${entry.contact}`));
    } else if (entry.media === "location") {
      content.push(kind(null, `${t("location")}: ${entry.text}`));
    } else {
      content.push(...linked(entry.text));
    }
    for (const file of entry.files || []) {
      const how = file.mime === "application/pdf" ? { target: "_blank" } : { download: file.name };
      content.push(make("div", { class: "file" }, make("a", { href: file.url, ...how }, file.name)));
    }
    if (entry.edited) content.push(kind(null, t("edited")));
    const nodes = [bubble(entry, ...content)];
    if (entry.buttons?.length) {
      const key = (title) => make("button",
        { type: "button", "data-title": title, onclick: pressShown }, title);
      nodes.push(make("div", { class: "inline", "data-entry": entry.n },
        ...entry.button_rows.map((row) => make("div", {}, ...row.map(key)))));
    }
    return nodes;
  },
  status(answer) {
    const pressable = answer.pressable || {};
    all("#telegram-screen .inline", (row) => {
      const live = pressable[row.dataset.entry] || [];
      row.querySelectorAll("button").forEach((one) => showPressable(one, live));
    });
    const titles = [answer.contact_button, ...(answer.keyboard || [])].filter(Boolean);
    $("telegram-keyboard").hidden = titles.length === 0;
    $("telegram-keyboard").replaceChildren(...titles.map((title) => make("button",
      { type: "button", onclick: () => sendTelegram({ button: title }) }, title)));
    $("telegram-state").textContent = t(
      answer.blocked ? "blocked" : answer.typing ? "typing" : "bot");
    $("block").textContent = t(answer.blocked ? "unblock" : "block");
  },
});

const sms = new Device("sms", $("sms-screen"), {
  path: () => `sms/${encodeURIComponent(person.phone)}/messages`,
  empty: () => make("div", { class: "empty" }, t("empty_sms")),
  draw(entry) {
    return [bubble(entry, (entry.media || []).length ? picture() : null, ...linked(entry.text))];
  },
  status(answer) {
    $("sms-state").textContent = [answer.number, answer.opted_out ? t("opted_out") : ""]
      .filter(Boolean).join(" · ");
  },
});

const voice = new Device("voice", $("voice-screen"), {
  path: () => `voice/${encodeURIComponent(person.phone)}/transcript`,
  empty: () => make("div", { class: "empty" }, t("empty_voice")),
  draw(entry) {
    if (entry.event) {
      const wrong = entry.event === "error" ? " wrong" : "";
      return [make("div", { class: `event${wrong}` }, t(`event_${entry.event}`, entry))];
    }
    if (entry.silence) return [bubble(entry, kind(null, t("said_nothing")))];
    if (entry.keys) return [bubble(entry, make("span", { class: "keys" }, entry.keys))];
    return [bubble(entry, entry.text)];
  },
  status: showCall,
});

function showCall(answer) {
  const state = answer.call ? answer.state : "idle";
  const live = Boolean(answer.call) && state !== "ended";
  $("voice-state").textContent = t(`state_${state}`);
  $("voice-state").dataset.state = state;
  const ringing = state === "ringing";
  $("call").classList.toggle("live", live && !ringing);
  $("call-label").textContent = t(ringing ? "answer" : live ? "hang_up" : "call");
  $("withheld").disabled = live;
  all(".keypad button", (key) => (key.disabled = !live || ringing));
  all("#voice-form button, #silence", (button) => (button.disabled = !live || ringing));
  voice.live = live;
  voice.ringing = ringing;
}

// --- doing ------------------------------------------------------------------------------------

function sendTelegram(deed) {
  const again = deed.repeat_last ? {} : { language: $("profile").value };
  return attempt(`telegram/${person.telegram_id}/send`, { ...deed, ...again });
}

const sendSms = (deed) => attempt(`sms/${encodeURIComponent(person.phone)}/send`, deed);

async function act(path, body) {
  const answer = await attempt(`voice/${encodeURIComponent(person.phone)}/${path}`, body);
  if (answer) showCall({ ...voice.answer, ...answer });
}

function onType(form, input, send) {
  $(form).addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $(input).value;
    if (!text.trim()) return;
    $(input).value = "";
    send(text);
  });
}

function press(key) {
  keys += key;
  $("pressed").textContent = keys;
  clearTimeout(keysTimer);
  const wanted = voice.answer.listening || {};
  const enough = wanted.num_digits && keys.length >= wanted.num_digits;
  const done = keys.length > 1 && key === wanted.finish_on_key;
  keysTimer = setTimeout(sendKeys, enough || done ? 120 : 1800);
}

function sendKeys() {
  const pressed = keys;
  keys = "";
  $("pressed").textContent = "";
  if (pressed) act("keys", { keys: pressed });
}

async function moveClock(advance) {
  const answer = await attempt("clock", { advance });
  if (answer) setClock(answer.now);
}

function setClock(now) {
  clockAhead = new Date(now) - Date.now();
  tick();
}

function tick() {
  const format = new Intl.DateTimeFormat(language === "ro" ? "ro-RO" : "en-GB", {
    weekday: "short", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit",
    timeZone: "Europe/Bucharest",
  });
  $("now").textContent = format.format(new Date(Date.now() + clockAhead));
}

async function readClock() {
  if (document.hidden) return;
  try {
    setClock((await ask("clock")).now);
  } catch {
    // The devices' own reading says so already.
  }
}

async function startOver() {
  $("reset").disabled = true;
  const answer = await attempt("reset", {});
  $("reset").disabled = false;
  if (!answer) return;
  setClock(answer.now);
  people = await loadPeople();
  choose(person.key);
  toast(t("was_reset"));
}

// --- people and words -------------------------------------------------------------------------

async function loadPeople() {
  const groups = Object.entries(await ask("cast"));
  return groups.flatMap(([group, members]) => (Array.isArray(members) ? members : [])
    .filter((one) => one.phone && one.telegram_id)
    .map((one) => ({ ...one, group, key: one.key || one.phone })));
}

function fillPicker() {
  const groups = [...new Set(people.map((one) => one.group))];
  $("person").replaceChildren(...groups.map((group) => {
    const label = words[`group_${group}`] ? t(`group_${group}`) : group;
    const members = people.filter((one) => one.group === group);
    return make("optgroup", { label }, ...members.map((one) => make("option", { value: one.key }, one.name)));
  }));
  if (person) $("person").value = person.key;
}

function choose(key) {
  person = people.find((one) => one.key === key) || people[0];
  localStorage.setItem("person", person.key);
  $("person").value = person.key;
  $("profile").value = person.language === "en" ? "en" : "ro";
  showPerson();
  [telegram, sms, voice].forEach((device) => device.watch());
}

function showPerson() {
  $("story").textContent = words[`story_${person.key}`] ? t(`story_${person.key}`) : t("story_");
  $("fact-number").textContent = person.customer_number || t("none");
  $("fact-pin").textContent = person.pin || t("none");
  $("fact-phone").textContent = person.phone;
}

function speak(chosen) {
  language = chosen;
  localStorage.setItem("language", language);
  document.documentElement.lang = language;
  all("[data-t]", (one) => (one.textContent = t(one.dataset.t)));
  all("[data-t-label]", (one) => {
    one.setAttribute("aria-label", t(one.dataset.tLabel));
    if (one.matches("button, summary")) one.title = t(one.dataset.tLabel);
  });
  all("[data-t-placeholder]", (one) => (one.placeholder = t(one.dataset.tPlaceholder)));
  all("[data-language]", (one) => one.setAttribute("aria-pressed", one.dataset.language === language));
  all(".keypad button", (one) => {
    const name = { "*": t("star"), "#": t("hash") }[one.textContent];
    if (name) one.setAttribute("aria-label", name);
  });
  tick();
  if (!person) return;
  fillPicker();
  showPerson();
  [telegram, sms, voice].forEach((device) => device.redraw());
}

// --- start ------------------------------------------------------------------------------------

function wire() {
  document.querySelector(".keypad").append(..."123456789*0#".split("").map((key) =>
    make("button", { type: "button", onclick: () => press(key) }, key)));
  onType("telegram-form", "telegram-text", (text) => sendTelegram({ text }));
  onType("sms-form", "sms-text", (text) => sendSms({ text }));
  onType("voice-form", "voice-text", (text) => act("say", { text }));
  all("[data-telegram]", (one) => one.addEventListener("click", async () => {
    const deed = JSON.parse(one.dataset.telegram);
    if ((await sendTelegram(deed)) && deed.repeat_last) toast(t("delivered_again"));
  }));
  all("[data-sms]", (one) => one.addEventListener("click", async () => {
    const deed = JSON.parse(one.dataset.sms);
    if ((await sendSms(deed)) && deed.repeat_last) toast(t("delivered_again"));
  }));
  $("own-file").addEventListener("change", (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (file) sendFile(file);
  });
  $("block").addEventListener("click", () => sendTelegram({ blocked: !telegram.answer.blocked }));
  $("silence").addEventListener("click", () => act("silence", {}));
  $("call").addEventListener("click", () => {
    if (voice.ringing) return act("answer", {});
    if (voice.live) return act("hangup", {});
    $("voice-state").textContent = t("calling");
    return act("call", { withheld: $("withheld").checked });
  });
  all("[data-advance]", (one) => one.addEventListener("click", () => moveClock(one.dataset.advance)));
  all("[data-language]", (one) => one.addEventListener("click", () => speak(one.dataset.language)));
  all(".more", (menu) => {
    menu.addEventListener("click", (event) => { if (event.target.closest(".menu button")) menu.open = false; });
    menu.addEventListener("keydown", (event) => { if (event.key === "Escape") menu.open = false; });
    document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  $("reset").addEventListener("click", startOver);
  $("person").addEventListener("change", (event) => choose(event.target.value));
}

async function start() {
  wire();
  speak(language);
  people = await loadPeople();
  person = people.find((one) => one.key === localStorage.getItem("person")) || people[0];
  fillPicker();
  speak(language);
  choose(person.key);
  readClock();
  setInterval(readClock, 15000);
  setInterval(tick, 1000);
}

start();
