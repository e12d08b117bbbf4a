// Small improvements; every page works without them. No requests, no storage, nothing of B2C is replaced.
(function () {
  "use strict";
  var root = document.documentElement;
  function settle() {
    // B2C sets the language but not the direction.
    root.dir = /^(ar|fa|he|ur)\b/.test(root.lang || "") ? "rtl" : "ltr";
    // The page says its own name: screen readers and tabs show the title.
    var heading = document.querySelector("#api h1, #api .heading, #api .intro h2");
    if (heading && heading.textContent.trim()) { document.title = heading.textContent.trim(); }
    stateOnlyForUsa();
  }
  function stateOnlyForUsa() {
    var country = document.getElementById("idvCountry");
    var state = document.getElementById("idvState");
    if (!country || !state) { return; }
    var row = state.closest("li") || state.parentElement;
    row.hidden = country.value !== "USA";
    country.onchange = stateOnlyForUsa;
  }
  var watched = document.getElementById("api");
  if (watched && "MutationObserver" in window) {
    new MutationObserver(settle).observe(watched, { childList: true, subtree: true });
  }
  settle();
}());
