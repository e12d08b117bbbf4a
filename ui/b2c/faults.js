// Tells all that is wrong with a form at once and before B2C sends it: at each field in B2C's own place, and in one summary that
// names the fields, leads to them, and goes when they are mended. Without this script B2C tells it in its own way.
(function () {
  "use strict";
  var root = document.documentElement;
  var api = document.getElementById("api");
  var MAX_AGE_YEARS = 120;
  var WORDS = {
    en: { check: "Please check these entries:", future: "This date is in the future.", old: "This date is more than 120 years ago.", none: "This day does not exist.", weak: "This password is too weak." },
    de: { check: "Bitte prüfen Sie diese Angaben:", future: "Dieses Datum liegt in der Zukunft.", old: "Dieses Datum liegt mehr als 120 Jahre zurück.", none: "Diesen Tag gibt es nicht.", weak: "Dieses Passwort ist zu schwach." },
    fr: { check: "Veuillez vérifier ces informations\u00a0:", future: "Cette date est dans le futur.", old: "Cette date remonte à plus de 120 ans.", none: "Ce jour n’existe pas.", weak: "Ce mot de passe est trop faible." },
    es: { check: "Revise estos datos:", future: "Esta fecha está en el futuro.", old: "Esta fecha es de hace más de 120 años.", none: "Este día no existe.", weak: "Esta contraseña es demasiado débil." },
    ar: { check: "يرجى مراجعة هذه البيانات:", future: "هذا التاريخ في المستقبل.", old: "مضى على هذا التاريخ أكثر من 120 عامًا.", none: "هذا اليوم غير موجود.", weak: "كلمة المرور هذه ضعيفة." }
  };
  if (!api || !("MutationObserver" in window)) { return; }

  function word(name) { return (WORDS[(root.lang || "en").slice(0, 2)] || WORDS.en)[name]; }

  // A text of the page's own, by the first of these ids.
  function content(...ids) {
    var texts = window.CONTENT || {};
    return ids.map((id) => texts[id]).filter(Boolean)[0] || "";
  }

  function fields() {
    var told = window.SA_FIELDS && window.SA_FIELDS.AttributeFields || [];
    var all = told.reduce((list, one) => list.concat(one.DISPLAY_FIELDS || one), []);
    return all.filter((one) => !one.IS_RDO && !one.IS_TEXT_IN_PARAGRAPH && controls(one).length > 0);
  }

  // Not the code of an address, nor what does not show.
  function controls(field) {
    var found = api.querySelectorAll("[id='" + field.ID + "'], [id^='" + field.ID + "_']");
    return [...found].filter((one) => {
      return /^(input|select|textarea)$/i.test(one.tagName) && !one.closest(".verify, [hidden]");
    });
  }

  function errorOf(field) {
    var first = controls(field)[0];
    var entry = first && first.closest(".attrEntry, .entry-item");
    return entry && entry.querySelector(".itemLevel");
  }

  function isShown(error) { return !!error && error.getAttribute("aria-hidden") === "false"; }

  function valueOf(field) {
    var list = controls(field);
    if (field.IS_DATE) {
      var parts = ["year", "month", "day"].map((part) => document.getElementById(field.ID + "_" + part));
      return parts.every((part) => part && Number(part.value) > 0) ? parts.map((part) => part.value).join("-") : "";
    }
    var isOn = (one) => !/^(checkbox|radio)$/.test(one.type) || one.checked;
    return list.filter(isOn).map((one) => one.value).join(",");
  }

  // What is wrong with a field: a sentence, or nothing.
  function fault(field) {
    var text = valueOf(field);
    if (!text.trim()) { return field.IS_REQ ? missing(field) : ""; }
    if (field.ID === "birthDate") { return faultOfBirth(text.split("-").map(Number)); }
    if (field.ID === "newPassword") { return isStrong(text) ? "" : word("weak"); }
    if (field.ID === "reenterPassword") { return text === document.getElementById("newPassword").value ? "" : content("error_passwordEntryMismatch"); }
    var isOdd = controls(field)[0].validity.typeMismatch || !fits(field.PAT, text);
    return isOdd ? field.PAT_DESC || content("invalid_email", "error_fieldIncorrect", "invalid_generic").replace("{0}", field.DN) : "";
  }

  // The combined page has texts of its own for what is missing.
  function missing(field) {
    var isCombined = !!window.SETTINGS && window.SETTINGS.api === "CombinedSigninAndSignup";
    var own = field.IS_PASSWORD ? "requiredField_password" : "requiredField_email";
    var text = isCombined ? content(own, "requiredField_generic") : content("required_field");
    return text.replace("{0}", field.DN);
  }

  function faultOfBirth(parts) {
    var born = new Date(Date.UTC(parts[0], parts[1] - 1, parts[2]));
    var now = new Date();
    if (born.getUTCDate() !== parts[2]) { return word("none"); }
    if (born > now) { return word("future"); }
    return born < Date.UTC(now.getUTCFullYear() - MAX_AGE_YEARS, now.getUTCMonth(), now.getUTCDate()) ? word("old") : "";
  }

  // The predicates of StrongPassword in TrustFrameworkBase.xml.
  function isStrong(text) {
    var kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[@#$%^&*\-_+=[\]{}|\\:',?\/`~"();!.]/];
    return text.length >= 8 && text.length <= 64 && kinds.filter((kind) => kind.test(text)).length >= 3;
  }

  // A pattern of .NET that this browser cannot read is left to the server.
  function fits(pattern, text) {
    try { return !pattern || new RegExp(pattern).test(text); } catch (unreadable) { return true; }
  }

  // Writes what is wrong beside a field, or takes it away.
  function mark(field, text) {
    var error = errorOf(field);
    if (!error) { return; }
    (error.querySelector("p") || error).textContent = text;
    turn(error, text);
    controls(field).forEach((one) => {
      if (text) { one.setAttribute("aria-invalid", "true"); } else { one.removeAttribute("aria-invalid"); }
    });
  }

  // As B2C does it; what it hides by `hidden` must show.
  function turn(error, isOn) {
    error.setAttribute("aria-hidden", String(!isOn));
    error.style.display = isOn ? "block" : "none";
    if (isOn) { error.hidden = false; }
  }

  // The summary is the only alert beside what the server says.
  function dress() {
    api.querySelectorAll(".itemLevel, .itemLevel p, #requiredFieldMissing, #fieldIncorrect, #passwordEntryMismatch").forEach((one) => {
      one.removeAttribute("role");
      one.removeAttribute("aria-live");
    });
    fields().forEach((field) => {
      var error = errorOf(field);
      if (error && !error.id) { error.id = field.ID + "_error"; }
      controls(field).forEach((one) => {
        var by = (one.getAttribute("aria-describedby") || "").split(" ").filter(Boolean);
        if (error && by.indexOf(error.id) < 0) { one.setAttribute("aria-describedby", by.concat(error.id).join(" ")); }
        if (field.IS_REQ && (one.type !== "checkbox" || controls(field).length === 1)) { one.required = true; }
      });
    });
    box();
  }

  function box() {
    var found = api.querySelector(".summary");
    var before = api.querySelector("#attributeList, .entry");
    if (found || !before) { return found; }
    var made = document.createElement("div");
    made.className = "summary";
    made.tabIndex = -1;
    made.setAttribute("role", "alert");
    before.parentNode.insertBefore(made, before);
    return made;
  }

  // Says what stands beside the fields now.
  function summarise() {
    var wrong = fields().filter((field) => isShown(errorOf(field)));
    var summary = box();
    var colon = /^fr/.test(root.lang) ? "\u00a0: " : ": ";
    var lines = wrong.map((field) => field.DN + colon + errorOf(field).textContent.trim());
    api.classList.toggle("told", wrong.length > 0);
    if (!summary || summary.dataset.says === lines.join("\n")) { return; }
    summary.dataset.says = lines.join("\n");
    summary.replaceChildren();
    if (wrong.length) { summary.append(line("p", word("check")), list(wrong, lines)); }
  }

  function line(tag, text) {
    var made = document.createElement(tag);
    made.textContent = text;
    return made;
  }

  function list(wrong, lines) {
    var made = document.createElement("ul");
    wrong.forEach((field, at) => {
      var link = line("a", lines[at]);
      link.href = "#" + controls(field)[0].id;
      made.appendChild(document.createElement("li")).append(link);
    });
    return made;
  }

  // One mistake is mended where it is; several are read first.
  function toTheMistake(wrong) {
    var first = wrong.length === 1 && controls(wrong[0])[0];
    (first || box()).focus();
  }

  // In the capturing phase, so before B2C's own handlers.
  function guard(event) {
    var pressed = event.type === "submit" ? null : event.target.closest("#continue, #next, [id$='_ver_but_send'], [id$='_but_send_code']");
    if (event.type !== "submit" && !pressed) { return; }
    var of = pressed && pressed.id.match(/^(.*)_(ver_but_send|but_send_code)$/);
    var asked = fields().filter((field) => !of || field.ID === of[1]);
    asked.forEach((field) => { mark(field, fault(field)); });
    summarise();
    var wrong = asked.filter((field) => isShown(errorOf(field)));
    if (!wrong.length) { return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    forgetTheServer();
    toTheMistake(wrong);
  }

  // What the server said was about something else.
  function forgetTheServer() {
    api.querySelectorAll(".pageLevel[aria-hidden='false']").forEach((one) => { turn(one, false); });
  }

  function mended(event) {
    fields().forEach((field) => {
      var isMeant = controls(field).indexOf(event.target) >= 0 || field.ID === "reenterPassword";
      if (isMeant && isShown(errorOf(field))) { mark(field, fault(field)); }
    });
    summarise();
  }

  // B2C has told something by itself.
  function told() {
    summarise();
    var server = api.querySelector(".pageLevel[aria-hidden='false']");
    if (server && !api.classList.contains("told")) { server.scrollIntoView({ block: "center" }); }
  }

  document.addEventListener("click", guard, true);
  document.addEventListener("submit", guard, true);
  api.addEventListener("input", mended);
  api.addEventListener("change", mended);
  new MutationObserver(dress).observe(api, { childList: true, subtree: true });
  new MutationObserver(told).observe(api, { attributeFilter: ["aria-hidden"], subtree: true });
  dress();
}());
