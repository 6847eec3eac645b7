// The opinions chosen on the map, as a list to read, and what can be made of them.

const PAGE = 20;
const AT_ONCE = 50;

// Quotes by the id of their opinion, asked for once.
export class Quotes {
  constructor(address) {
    this.address = address;
    this.known = new Map();
  }

  async of(ids) {
    const missing = ids.filter((id) => !this.known.has(id));
    for (let at = 0; at < missing.length; at += AT_ONCE) {
      const query = new URLSearchParams(missing.slice(at, at + AT_ONCE).map((id) => ["id", id]));
      const answer = await fetch(`${this.address}?${query}`);
      if (!answer.ok) throw new Error(String(answer.status));
      for (const quote of await answer.json()) this.known.set(quote.unit_id, quote);
    }
    return ids.flatMap((id) => this.known.get(id) ?? []);
  }
}

export function quoted(quote) {
  const text = document.createElement("bdi");
  text.dir = "auto";
  if (quote.lang && quote.lang !== "und") text.lang = quote.lang;
  text.textContent = quote.text;
  return text;
}

export class Chosen {
  // `panel` is the section with the list, `on` has changed() and done(answer).
  constructor(panel, points, quotes, words, number, on) {
    Object.assign(this, { panel, points, quotes, words, number, on, rows: [], told: 0, flags: new Uint8Array(points.count) });
    this.list = panel.querySelector("ol");
    this.more = panel.querySelector("[data-more]");
    this.form = panel.querySelector("form:not([data-correct])");
    this.correcting = panel.querySelector("form[data-correct]");
    this.more.addEventListener("click", () => this.tell());
    panel.querySelector("[data-clear]").addEventListener("click", () => this.set([]));
    this.form?.addEventListener("submit", (event) => this.send(event, this.within(), (form) => ({ title: form.title.value.trim() || null })));
    this.correcting?.addEventListener("submit", (event) => {
      const said = this.correcting.elements.set.value;
      // Only some of them can be in a pain point; the rest stays as it is.
      const ids = said.startsWith("point:") ? this.within() : this.rows.map((row) => this.points.ids[row]);
      this.send(event, ids, () => ({ set: said }));
    });
  }

  set(rows) {
    this.flags = new Uint8Array(this.points.count);
    for (const row of rows) this.flags[row] = 1;
    this.rows = rows;
    this.told = 0;
    this.list.replaceChildren();
    this.panel.hidden = rows.length === 0;
    this.count();
    this.on.changed();
    if (rows.length) this.tell();
  }

  toggle(row) {
    this.set(this.flags[row] ? this.rows.filter((one) => one !== row) : [...this.rows, row]);
  }

  count() {
    const within = this.within().length;
    this.panel.querySelector("[data-count]").textContent = this.words.chosen.replace("{n}", this.number(this.rows.length));
    const note = this.panel.querySelector("[data-within]");
    if (note) {
      note.hidden = within === this.rows.length;
      note.textContent = this.words.within.replace("{n}", this.number(within));
      this.form.querySelector("button").disabled = within === 0;
    }
  }

  // The ids of those that can be in a pain point.
  within() {
    return this.rows.filter((row) => this.points.within[row]).map((row) => this.points.ids[row]);
  }

  async tell() {
    const rows = this.rows;
    const next = rows.slice(this.told, this.told + PAGE);
    this.told += next.length;
    this.more.hidden = this.told >= rows.length;
    const quotes = await this.quotes.of(next.map((row) => this.points.ids[row]));
    if (rows !== this.rows) return;
    const places = new Map(next.map((row) => [this.points.ids[row], row]));
    this.list.append(...quotes.map((quote) => this.item(quote, places.get(quote.unit_id))));
  }

  item(quote, row) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const about = document.createElement("p");
    const out = document.createElement("button");
    link.href = quote.link;
    link.append(quoted(quote));
    about.className = "muted small";
    about.append(...[quote.sentiment, quote.touchpoint, quote.painpoint].filter(Boolean).flatMap((name, i) => {
      const part = document.createElement("bdi");
      part.textContent = name;
      return i ? [" · ", part] : [part];
    }));
    out.type = "button";
    out.className = "quiet-button";
    out.textContent = this.words.leave;
    out.setAttribute("aria-label", this.words.leaveOne.replace("{text}", quote.text.slice(0, 60)));
    out.addEventListener("click", () => {
      const after = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector("button");
      this.flags[row] = 0;
      this.rows = this.rows.filter((one) => one !== row);
      this.told -= 1;
      item.remove();
      if (!this.rows.length) this.panel.hidden = true;
      (after ?? this.panel.querySelector("[data-clear]")).focus();
      this.count();
      this.on.changed();
    });
    item.append(link, about, out);
    return item;
  }

  async send(event, ids, wanted) {
    event.preventDefault();
    if (!ids.length) return;
    const form = event.target;
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": document.querySelector('meta[name="csrf"]').content },
        body: JSON.stringify({ ...wanted(form.elements), unit_ids: ids }),
      });
      const said = await answer.json();
      this.on.done(answer.ok ? said : { failure: [said.error, said.hint].filter(Boolean).join(" ") });
      if (answer.ok) form.reset();
    } catch {
      this.on.done({ failure: document.documentElement.dataset.offline });
    } finally {
      button.disabled = false;
      this.count();
    }
  }
}
