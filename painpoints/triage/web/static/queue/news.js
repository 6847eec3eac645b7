// What colleagues do appears without a reload: a question every few seconds, answered with nothing while all is as it was.

const EVERY = 3000;
const LONGEST = 60000;
const acting = () => document.querySelector(".htmx-request") !== null;

export function watchNews({ rows, openId, unsaved }) {
  const line = document.getElementById("news");
  let number = line.dataset.number;
  let version = line.dataset.version;
  let wait = EVERY;
  let gone = 0;
  let timer = 0;

  // What the page has asked for and had put in place since a question was asked: the answer is of another page then.
  let turn = 0;
  for (const name of ["htmx:beforeRequest", "htmx:historyRestore"]) document.addEventListener(name, () => { turn += 1; });
  // The list that has just been put in place is of this version.
  document.addEventListener("htmx:afterSettle", () => { version = document.getElementById("list")?.dataset.version ?? version; });

  async function look() {
    if (document.visibilityState === "visible" && !acting()) {
      const asked = new URLSearchParams(location.search);
      const at = turn;
      asked.set("since", number);
      asked.set("version", version);
      asked.set("rows", rows().map((row) => row.dataset.id).join(","));
      asked.set("opened", openId() ?? "");
      if (unsaved() || document.activeElement?.closest?.("#comment form")) asked.set("busy", "1");
      try {
        const answer = await fetch(`/queue/news?${asked}`, { headers: { "HX-Request": "true" } });
        wait = EVERY;
        if (answer.status === 401 || answer.status === 403) return;
        const news = await answer.text();
        // An answer to what is being done would find its form replaced, and a refusal would not be told; of what has been
        // done meanwhile they know nothing, and their rows may be gone: news can wait.
        if (answer.status === 200 && document.visibilityState === "visible" && at === turn && !acting()) {
          number = answer.headers.get("X-Number") ?? number;
          version = answer.headers.get("X-Version") ?? version;
          htmx.swap(line, news, { swapStyle: "none" });
          if (document.getElementById("list")) document.getElementById("list").dataset.version = version;
          clearTimeout(gone);
          gone = setTimeout(() => line.replaceChildren(), 15000);
        }
      } catch {
        wait = Math.min(LONGEST, wait * 2);
      }
    }
    timer = setTimeout(look, wait);
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    clearTimeout(timer);
    timer = setTimeout(look, 200);
  });
  timer = setTimeout(look, EVERY);
}
