// What do the console's scripts share: elements, words, requests?

// A refusal in words for the agent. `stays`: what is on screen is still true, only the wish was
// too much; otherwise the case has changed and must be read again.
export class Refused extends Error {
  constructor(problem) {
    super(problem.detail);
    this.stays = STAYS.has(problem.code);
  }
}

const STAYS = new Set([
  "discount_refused", "correction_refused", "extension_refused", "payment_link_refused",
  "dispute_refused", "change_refused", "undo_refused", "invalid",
]);

// An element; attributes that begin with "on" are listeners, children are text or elements.
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// What someone has begun inside `pane`: sections opened, fields changed, the place of the caret.
export function begunIn(pane) {
  return {
    open: [...pane.querySelectorAll("details[open]")].map(({ id }) => id),
    typed: [...pane.querySelectorAll("input, select, textarea")].filter(changed)
      .map(({ id, value }) => ({ id, value })),
    focused: pane.contains(document.activeElement) ? document.activeElement.id : "",
  };
}

// The same beginnings in a pane that has been drawn anew.
export function goOn(pane, { open, typed, focused }) {
  const at = (id) => (id ? pane.querySelector(`#${CSS.escape(id)}`) : null);
  open.forEach((id) => at(id)?.setAttribute("open", ""));
  typed.forEach(({ id, value }) => {
    const field = at(id);
    if (field) field.value = value;
  });
  at(focused)?.focus();
}

function changed(field) {
  return field.tagName === "SELECT"
    ? [...field.options].some((option) => option.selected !== option.defaultSelected)
    : field.value !== field.defaultValue;
}

export function texts() {
  return JSON.parse(document.getElementById("texts").textContent);
}

export function fill(words, values) {
  return words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// crypto.randomUUID exists only under https and on localhost.
export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

export async function api(method, path, body, key) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = document.body.dataset.csrf;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  const answer = await fetch(`/desk/api${path}`, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.status === 401) location.assign("/desk/sign-in");
  const told = await answer.json();
  if (!answer.ok) throw new Refused(told);
  return told;
}
