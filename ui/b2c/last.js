// The last pages: the reference that a person reads out, or sends, to whoever helps them can be copied, and a moment is told in their own
// time. Without it, the one can be selected, and the other is in UTC.
(function () {
  "use strict";
  var root = document.documentElement;
  var api = document.getElementById("api");
  var WORDS = {
    en: { copy: "Copy", copied: "Copied" },
    de: { copy: "Kopieren", copied: "Kopiert" },
    fr: { copy: "Copier", copied: "Copié" },
    es: { copy: "Copiar", copied: "Copiado" },
    ar: { copy: "نسخ", copied: "تم النسخ" }
  };
  if (!api) { return; }

  function word(name) { return (WORDS[(root.lang || "en").slice(0, 2)] || WORDS.en)[name]; }

  /** Rounded up to the minute: nobody comes too early. */
  function locally(told) {
    var at = told && /^\d{4}-\d\d-\d\dT[\d:]+Z$/.test(told.textContent.trim()) ? Date.parse(told.textContent.trim()) : NaN;
    if (isNaN(at)) { return; }
    told.textContent = new Intl.DateTimeFormat(root.lang || "en", { dateStyle: "long", timeStyle: "short" })
      .format(Math.ceil(at / 60000) * 60000);
  }

  function settle() {
    locally(document.getElementById("idvNextAttempt"));
    var told = document.getElementById("idvPersonReference");
    if (!told || !told.textContent.trim() || !navigator.clipboard || told.dataset.copies) { return; }
    told.dataset.copies = "yes";
    var button = document.createElement("button");
    var done = document.createElement("span");
    button.type = "button";
    button.className = "copy";
    button.textContent = word("copy");
    done.setAttribute("role", "status");
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(told.textContent.trim()).then(() => { done.textContent = word("copied"); }, () => undefined);
    });
    told.after(button, done);
  }

  if ("MutationObserver" in window) { new MutationObserver(settle).observe(api, { childList: true, subtree: true }); }
  settle();
}());
