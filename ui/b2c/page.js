// Small improvements; every page works without them. No requests, no storage, nothing of B2C is replaced.
(function () {
  "use strict";
  var root = document.documentElement;
  var api = document.getElementById("api");
  // Its own name, and the word for language.
  var LANGUAGES = { en: ["English", "Language"], de: ["Deutsch", "Sprache"], fr: ["Français", "Langue"], es: ["Español", "Idioma"], ar: ["العربية", "اللغة"] };

  function settle() {
    // B2C sets the language but not the direction.
    root.dir = /^(ar|fa|he|ur)\b/.test(root.lang || "") ? "rtl" : "ltr";
    nameThePage();
    languages();
    if (!api) { return; }
    writeHelpOut();
    noticeBesideAgreement();
    stateOnlyForUsa();
    birthInThePast();
  }

  // Tabs and screen readers tell the title: the heading, in the language that shows.
  function nameThePage() {
    var heading = document.querySelector("main h1");
    if (!heading) { return; }
    var shown = heading.querySelector("[data-l='" + (root.lang || "en").slice(0, 2) + "']") || heading.querySelector("[data-l='en']");
    document.title = (shown || heading).textContent.trim();
  }

  // B2C keeps the help of a field in a tooltip or behind a link; keyboards and fingers do not reach the one, few press the other.
  function writeHelpOut() {
    var told = window.SA_FIELDS && window.SA_FIELDS.AttributeFields || [];
    told.forEach((one) => {
      var field = document.getElementById(one.ID);
      var entry = field && one.U_HELP && field.closest(".attrEntry, .entry-item");
      var label = entry && entry.querySelector("label, .label");
      // An address that is to be confirmed has a sentence of its own.
      if (!label || one.VERIFY || document.getElementById(one.ID + "_hint")) { return; }
      var hint = document.createElement("p");
      hint.id = one.ID + "_hint";
      hint.className = "hint";
      hint.textContent = one.U_HELP;
      label.after(hint);
      field.setAttribute("aria-describedby", ((field.getAttribute("aria-describedby") || "") + " " + hint.id).trim());
      field.removeAttribute("title");
    });
  }

  // What is agreed to stands right above the agreement.
  function noticeBesideAgreement() {
    var notice = document.getElementById("notice");
    var agreement = api.querySelector("[id^='idvConsent']");
    var row = agreement && agreement.closest("li");
    if (notice && row && !row.contains(notice)) { row.prepend(notice); }
  }

  function stateOnlyForUsa() {
    var country = document.getElementById("idvCountry");
    var state = document.getElementById("idvState");
    if (!country || !state) { return; }
    var row = state.closest("li") || state.parentElement;
    row.hidden = country.value !== "USA";
    country.onchange = stateOnlyForUsa;
  }

  // Nobody was born next year.
  function birthInThePast() {
    api.querySelectorAll("[id='birthDate_year'] option").forEach((year) => {
      if (Number(year.value) > new Date().getFullYear()) { year.remove(); }
    });
  }

  // Another language is another answer to the same request, so it is offered only where the page still has that address. What a
  // person has typed on a later page would be lost.
  function languages() {
    var at = new URL(location.href);
    var foot = document.querySelector(".foot");
    if (!foot || foot.querySelector(".languages") || !/\/oauth2\/v2\.0\/authorize$/i.test(at.pathname) || !at.searchParams.has("client_id")) { return; }
    var nav = document.createElement("nav");
    nav.className = "languages";
    nav.setAttribute("aria-label", (LANGUAGES[(root.lang || "en").slice(0, 2)] || LANGUAGES.en)[1]);
    Object.keys(LANGUAGES).forEach((language) => { nav.append(languageLink(at, language), " "); });
    foot.prepend(nav);
  }

  function languageLink(at, language) {
    var link = document.createElement("a");
    at.searchParams.set("ui_locales", language);
    link.href = at.href;
    link.lang = link.hreflang = language;
    link.textContent = LANGUAGES[language][0];
    if ((root.lang || "en").slice(0, 2) === language) { link.setAttribute("aria-current", "true"); }
    return link;
  }

  if (api && "MutationObserver" in window) {
    new MutationObserver(settle).observe(api, { childList: true, subtree: true });
  }
  settle();
}());
