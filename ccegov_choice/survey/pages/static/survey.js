/* Comforts for those who have JavaScript; every page works without it.
   - notes how long a page was seen, when it was first touched, which helps were opened, how often a choice changed
   - keeps the total of a budget task
   - sends a form once, however often the button is pressed
   - warns before typed words are lost */
(() => {
  "use strict";
  document.documentElement.classList.add("scripted");
  const form = document.querySelector("form[method=post]");
  if (!form) return;

  /* -- what happened on the page ---------------------------------------------------------- */
  const start = performance.now();
  let seen = 0, since = document.hidden ? null : start, first = null, changes = 0, typed = false, sent = false;
  const opened = new Set();
  const field = (name) => form.querySelector(`input[type=hidden][name="${name}"]`);

  document.addEventListener("visibilitychange", () => {
    if (document.hidden && since !== null) { seen += performance.now() - since; since = null; }
    else if (!document.hidden && since === null) since = performance.now();
  });
  const touch = () => { if (first === null) first = performance.now() - start; };
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, touch, { passive: true });
  form.addEventListener("change", () => { changes += 1; });
  form.addEventListener("input", (event) => {
    if (event.target.matches("textarea, input[type=text], input[type=email], input[type=tel]")) typed = true;
  });
  document.addEventListener("toggle", (event) => {
    const help = event.target.dataset && event.target.dataset.help;
    if (help && event.target.open) opened.add(help);
  }, true);

  /* -- a card can be clicked anywhere ------------------------------------------------------ */
  form.addEventListener("click", (event) => {
    const card = event.target.closest(".option");
    if (!card || event.target.closest("a, summary, label, input") || String(getSelection())) return;
    const radio = card.querySelector(":scope > .pick > input");
    if (radio) radio.click();
  });

  /* -- sent once ---------------------------------------------------------------------------- */
  form.addEventListener("submit", (event) => {
    if (sent) { event.preventDefault(); return; }
    sent = true;
    if (since !== null) { seen += performance.now() - since; since = performance.now(); }
    const notes = { seen_ms: Math.round(seen), first_ms: first === null ? "" : Math.round(first),
      opened: [...opened].join(","), changes };
    for (const [name, value] of Object.entries(notes)) if (field(name)) field(name).value = value;
    /* later, because the value of a disabled button is not sent */
    setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }), 0);
    /* a download or a lost connection leaves the page as it is: let people press again */
    setTimeout(ready, 8000);
  });
  function ready() {
    sent = false;
    form.querySelectorAll("button").forEach((button) => { button.disabled = false; });
  }
  addEventListener("pageshow", ready);
  addEventListener("beforeunload", (event) => { if (typed && !sent) event.preventDefault(); });

  /* -- what is left of a budget ------------------------------------------------------------- */
  if (!form.classList.contains("budget")) return;
  const show = (name) => form.querySelector(`[data-show="${name}"]`);
  const pattern = show("spent").textContent, digits = /[\d.,\u202f\u00a0]*\d/;
  const language = document.documentElement.lang;
  const write = (number) => pattern.replace(digits, () => new Intl.NumberFormat(language, { numberingSystem: "latn" }).format(number));
  form.addEventListener("change", () => {
    let spent = 0;
    for (const yes of form.querySelectorAll('input[value="yes"]:checked')) {
      spent += Number(yes.closest("[data-cost]").dataset.cost);
    }
    const left = Math.round((Number(form.dataset.amount) - spent) * 1e9) / 1e9;
    show("spent").textContent = write(Math.round(spent * 1e9) / 1e9);
    show("left").textContent = write(Math.abs(left));
    show("name").textContent = left < 0 ? form.dataset.over : form.dataset.left;
    show("name").closest("div").classList.toggle("over", left < 0);
  });
})();
