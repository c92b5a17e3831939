// What do the desk's pages share above everything: language, signing out, messages to the agent?
import { api, Refused, texts } from "./kit.js";

const $ = (id) => document.getElementById(id);
const t = texts();

let ends;
export function toast(words, kind = "good") {
  $("toast").textContent = words;
  $("toast").className = `toast ${kind}`;
  $("toast").hidden = false;
  clearTimeout(ends);
  ends = setTimeout(() => ($("toast").hidden = true), kind === "bad" ? 9000 : 5000);
}

// What it answers, or null when it was refused: then the agent has been told why.
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    toast(error instanceof Refused ? error.message : t.problem.network, "bad");
    return null;
  }
}

// J and K go from line to line of a list; Enter is the line's own.
export function stepThrough(selector, key) {
  const step = { j: 1, k: -1 }[key.toLowerCase()];
  if (!step) return;
  const lines = [...document.querySelectorAll(selector)];
  const at = lines.indexOf(document.activeElement);
  lines[Math.min(Math.max(at + step, 0), lines.length - 1)]?.focus();
}

// A key that is not typed into something.
export function isShortcut(event) {
  const typed = event.target.closest("input, textarea, select, dialog");
  return !typed && !event.ctrlKey && !event.metaKey && !event.altKey;
}

$("other-language").addEventListener("click", async (event) => {
  const { language } = event.currentTarget.dataset;
  if (await attempt(() => api("POST", "/me", { language }))) location.reload();
});

$("sign-out").addEventListener("click", async () => {
  if (await attempt(() => api("POST", "/sign-out"))) location.assign("/desk/sign-in");
});
