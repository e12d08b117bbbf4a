// Asks the API how the check stands, from this page's origin and so across origins, and hands over the token that comes back.
// Like the sample's page it always asks with its first token, and gives up after five minutes with whatever came last.
(function () {
  "use strict";
  var EVERY_MS = 3000;
  var LIMIT_MS = 300000;
  var began = Date.now();
  var last = "";

  function say(word) { document.getElementById("progress").setAttribute("data-told", word); }

  function handOver(token) {
    document.getElementById("contractAnswer").value = token;
    document.getElementById("continue").click();
  }

  function ask(address, first) {
    fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ VerificationToken: first }),
    }).then(function (answer) {
      if (!answer.ok) { throw new Error("HTTP " + answer.status); }
      return answer.json();
    }).then(function (told) {
      last = told.verificationToken;
      say(told.status);
      if (told.status !== "RETRY") { return handOver(last); }
      again(address, first);
    }).catch(function () {
      say("ERROR");
      again(address, first);
    });
  }

  function again(address, first) {
    if (Date.now() - began > LIMIT_MS) { return handOver(last || first); }
    setTimeout(function () { ask(address, first); }, EVERY_MS);
  }

  var timer = setInterval(function () {
    var field = document.getElementById("contractToken");
    if (!field || !document.getElementById("continue")) { return; }
    clearInterval(timer);
    var api = document.querySelector("main").getAttribute("data-api");
    ask(api + "/api/Jumio/VerifyTransactionStatus", field.value || field.textContent);
  }, 50);
}());
