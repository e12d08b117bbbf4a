// Fields that are easier to fill in: the right keyboard, what the browser knows, a list that says to choose, a password to look at.
// Every page works without it.
(function () {
  "use strict";
  var root = document.documentElement;
  var api = document.getElementById("api");
  var WORDS = {
    en: { choose: "Please choose", show: "Show password", hide: "Hide password" },
    de: { choose: "Bitte wählen", show: "Passwort anzeigen", hide: "Passwort verbergen" },
    fr: { choose: "Veuillez choisir", show: "Afficher le mot de passe", hide: "Masquer le mot de passe" },
    es: { choose: "Elija una opción", show: "Mostrar la contraseña", hide: "Ocultar la contraseña" },
    ar: { choose: "يرجى الاختيار", show: "إظهار كلمة المرور", hide: "إخفاء كلمة المرور" }
  };
  var KNOWN = { signInName: "username", email: "email", password: "current-password", newPassword: "new-password", reenterPassword: "new-password",
    givenName: "given-name", surname: "family-name", birthDate_day: "bday-day", birthDate_month: "bday-month", birthDate_year: "bday-year" };
  if (!api) { return; }

  function word(name) { return (WORDS[(root.lang || "en").slice(0, 2)] || WORDS.en)[name]; }

  function settle() {
    knownFields();
    addresses();
    api.querySelectorAll("[id$='_ver_input']").forEach((code) => { set(code, { inputmode: "numeric", autocomplete: "one-time-code" }); });
    api.querySelectorAll("select:not([id^='birthDate_'])").forEach(pleaseChoose);
    api.querySelectorAll("input[type=password]").forEach(revealable);
  }

  function set(field, attributes) {
    Object.keys(attributes).forEach((name) => {
      if (!field.hasAttribute(name)) { field.setAttribute(name, attributes[name]); }
    });
  }

  // Lets the browser fill in what it knows.
  function knownFields() {
    Object.keys(KNOWN).forEach((id) => {
      var field = document.getElementById(id);
      if (field && !field.autocomplete) { field.autocomplete = KNOWN[id]; }
    });
  }

  function addresses() {
    ["signInName", "email"].forEach((id) => {
      var field = document.getElementById(id);
      if (!field || field.tagName !== "INPUT") { return; }
      if (field.type === "text") { field.type = "email"; }
      set(field, { inputmode: "email", autocapitalize: "none", spellcheck: "false" });
    });
  }

  // Nothing is chosen before the person chooses.
  function pleaseChoose(select) {
    if (select.dataset.asks) { return; }
    select.dataset.asks = "yes";
    var first = select.options[0];
    var isChosen = [...select.options].some((option) => option.defaultSelected && option.value);
    if (!first || first.value) { first = select.insertBefore(new Option("", ""), select.firstChild); }
    first.textContent = word("choose");
    if (!isChosen) { select.value = first.value; }
  }

  function revealable(field) {
    if (field.dataset.reveals || field.readOnly) { return; }
    field.dataset.reveals = "yes";
    var button = document.createElement("button");
    button.type = "button";
    button.className = "reveal";
    button.setAttribute("aria-controls", field.id);
    say(button, field);
    button.addEventListener("click", function () { turn(button, field, field.type === "password"); });
    // Nobody behind the person reads it afterwards, and the browser knows it for a password.
    document.addEventListener("submit", function () { turn(button, field, false); }, true);
    field.after(button);
  }

  function turn(button, field, isShown) {
    field.type = isShown ? "text" : "password";
    say(button, field);
  }

  function say(button, field) { button.textContent = word(field.type === "password" ? "show" : "hide"); }

  if ("MutationObserver" in window) { new MutationObserver(settle).observe(api, { childList: true, subtree: true }); }
  settle();
}());
