// How does an agent sign in from the page? The session is a cookie that scripts cannot read.
const form = document.getElementById("sign-in");
const problem = document.getElementById("problem");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.hidden = true;
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const answer = await fetch("/desk/api/sign-in", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": form.dataset.language },
      body: JSON.stringify({ email: form.email.value, password: form.password.value }),
    });
    if (answer.ok) {
      location.assign("/desk");
      return;
    }
    show((await answer.json()).detail);
  } catch {
    show(form.dataset.network);
  }
  button.disabled = false;
});

for (const use of document.querySelectorAll("[data-email]")) {
  use.addEventListener("click", () => {
    form.email.value = use.dataset.email;
    form.password.value = use.dataset.password;
    form.requestSubmit();
  });
}

function show(words) {
  problem.textContent = words;
  problem.hidden = false;
  form.password.select();
}
