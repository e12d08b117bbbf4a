// Small improvements; every page works without them. No requests, no storage, nothing of B2C is replaced.
(function () {
  "use strict";
  var root = document.documentElement;
  var api = document.getElementById("api");

  function settle() {
    // B2C sets the language but not the direction.
    root.dir = /^(ar|fa|he|ur)\b/.test(root.lang || "") ? "rtl" : "ltr";
    nameThePage();
    if (!api) { return; }
    writeHelpOut();
    noticeBesideAgreement();
    stateOnlyForUsa();
    birthInThePast();
    knownFields();
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
    told.forEach(function (one) {
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
    api.querySelectorAll("[id='birthDate_year'] option").forEach(function (year) {
      if (Number(year.value) > new Date().getFullYear()) { year.remove(); }
    });
  }

  // Lets the browser fill in what it knows.
  function knownFields() {
    var known = { email: "email", givenName: "given-name", surname: "family-name", birthDate_day: "bday-day",
      birthDate_month: "bday-month", birthDate_year: "bday-year", newPassword: "new-password", reenterPassword: "new-password" };
    Object.keys(known).forEach(function (id) {
      var field = document.getElementById(id);
      if (field && !field.autocomplete) { field.autocomplete = known[id]; }
    });
  }

  // Whoever pressed the button at the end of a long page must see what is wrong, and stand where it is to be mended.
  function toTheMistake() {
    var shown = "[aria-hidden='false']";
    var field = api.querySelector(".itemLevel" + shown);
    if (!field) {
      var told = api.querySelector(".pageLevel" + shown);
      if (told) { told.scrollIntoView({ block: "center" }); }
      return;
    }
    var here = document.activeElement.closest(".attrEntry, .entry-item");
    var entry = field.closest(".attrEntry, .entry-item");
    var control = entry && entry.querySelector("input, select");
    if (control && !(here && here.querySelector(".itemLevel" + shown))) { control.focus(); }
  }

  if (api && "MutationObserver" in window) {
    new MutationObserver(settle).observe(api, { childList: true, subtree: true });
    new MutationObserver(toTheMistake).observe(api, { attributeFilter: ["aria-hidden"], subtree: true });
  }
  settle();
}());
