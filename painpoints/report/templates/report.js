(function () {
  "use strict";
  var list = document.querySelector(".pains");
  var opened = [];
  addEventListener("beforeprint", function () {
    opened = Array.prototype.slice.call(document.querySelectorAll("details:not([open])"));
    opened.forEach(function (d) { d.open = true; });
  });
  addEventListener("afterprint", function () { opened.forEach(function (d) { d.open = false; }); });
  if (!list) { return; }
  var data = JSON.parse(document.getElementById("pains-data").textContent);
  var form = document.querySelector(".filters");
  var showing = form.querySelector(".showing");
  var none = document.querySelector(".none-match");
  var facts = {};
  data.pains.forEach(function (p) { facts[p.rank] = p; });
  var items = Array.prototype.slice.call(list.querySelectorAll("li[data-rank]"));
  var headings = Array.prototype.slice.call(list.querySelectorAll("li[data-heading]"));
  function local(n) { return String(n).replace(/\d/g, function (d) { return data.digits[Number(d)]; }); }
  function fits(p) {
    var f = form.elements;
    return (!f.stage.value || p.stage === f.stage.value)
      && (!f.touchpoint.value || p.touchpoint === f.touchpoint.value)
      && (!f.language.value || p.langs.indexOf(f.language.value) >= 0);
  }
  function apply() {
    var by = form.elements.sort.value;
    var shown = 0;
    items.sort(function (a, b) {
      var x = facts[a.dataset.rank], y = facts[b.dataset.rank];
      var p = x[by] === null ? -Infinity : x[by], q = y[by] === null ? -Infinity : y[by];
      return p === q ? x.rank - y.rank : q > p ? 1 : -1;
    });
    items.forEach(function (item) {
      var fit = fits(facts[item.dataset.rank]);
      item.hidden = !fit;
      shown += fit ? 1 : 0;
      list.appendChild(item);
    });
    headings.forEach(function (heading) {
      var members = items.filter(function (item) {
        return !item.hidden && item.dataset.theme === heading.dataset.heading;
      });
      heading.hidden = members.length < 2;
      if (heading.hidden) { return; }
      list.insertBefore(heading, members[0]);
      var after = members[0].nextSibling;
      members.slice(1).forEach(function (item) {
        list.insertBefore(item, after);
        after = item.nextSibling;
      });
    });
    none.hidden = shown > 0;
    showing.textContent = data.showing.replace("{n}", local(shown)).replace("{m}", local(items.length));
  }
  function reveal() {
    var found = /^#p\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
    if (!found) { return; }
    if (found.hidden) { form.reset(); apply(); }
    found.querySelector("details").open = true;
    found.scrollIntoView();
  }
  form.hidden = false;
  form.addEventListener("change", apply);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(apply, 0); });
  addEventListener("hashchange", reveal);
  apply();
  reveal();
})();
