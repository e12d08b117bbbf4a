// Sends the browser to where the check begins, as soon as the field that holds the address is there.
(function () {
  "use strict";
  var timer = setInterval(function () {
    var field = document.getElementById("contractStart");
    if (!field) { return; }
    clearInterval(timer);
    window.location.href = field.value || field.textContent;
  }, 50);
}());
