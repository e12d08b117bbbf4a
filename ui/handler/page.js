// Makes the pages quicker; all of them work without it.
(() => {
  "use strict";
  const form = document.querySelector("form[data-send]");
  if (form) {
    form.submit();
    return;
  }
  // One press, one request.
  document.addEventListener("submit", (event) => {
    const buttons = event.target.querySelectorAll("button");
    setTimeout(() => { for (const button of buttons) button.disabled = true; }, 0);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  for (const button of document.querySelectorAll("button[data-copy]")) {
    if (!navigator.clipboard) break;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        button.nextElementSibling.textContent = button.dataset.copied;
      } catch { /* Not allowed here: the text can be selected. */ }
    });
  }
  // A moment as people write it where they are.
  for (const time of document.querySelectorAll("time[datetime]")) {
    const form = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
    time.textContent = form.format(new Date(time.dateTime));
    time.dir = "auto";
  }
  const main = document.querySelector("main[data-poll]");
  if (!main) return;
  const { poll, state } = main.dataset;
  let pause = 1500;
  let misses = 0;
  async function look() {
    try {
      const answer = await fetch(poll, { headers: { accept: "application/json" }, credentials: "same-origin" });
      if (answer.status >= 400 && answer.status < 500) return location.reload();
      if (!answer.ok) throw new Error();
      const told = await answer.json();
      if (told.state !== state) return location.reload();
      misses = 0;
      pause = told.poll_after_ms;
    } catch {
      misses += 1;
      pause = Math.min(30000, 2000 * 2 ** misses);
    }
    setTimeout(look, pause);
  }
  setTimeout(look, pause);
})();
