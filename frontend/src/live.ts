// When data lands the server says so; the page then fetches itself and swaps only the parts that differ.

const WAITS = [1000, 2000, 5000, 10000, 30000];

export function followData(swapped: () => void): void {
  const sign = document.querySelector<HTMLElement>("[data-live]");
  if (!sign) return;
  let tries = 0;
  let source: EventSource | undefined;
  let busy = false;
  let again = false;

  const show = (state: "open" | "lost"): void => {
    sign.dataset["state"] = state;
    const words = sign.querySelector("span");
    const text = sign.dataset[state === "open" ? "wordsOpen" : "wordsLost"];
    if (words && text && words.textContent !== text) words.textContent = text;
    sign.title = text ?? "";
  };

  const refresh = async (): Promise<void> => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      const parts = document.querySelectorAll<HTMLElement>("[data-part]");
      if (parts.length === 0) return;
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.redirected && !answer.url.startsWith(location.href)) return location.assign(answer.url);
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      let any = false;
      if (names(document) === names(fresh)) for (const part of parts) any = swap(part, fresh) || any;
      else any = swapAll(fresh);
      const stamp = fresh.querySelector<HTMLElement>("[data-live]");
      if (stamp?.dataset["wordsOpen"]) sign.dataset["wordsOpen"] = stamp.dataset["wordsOpen"];
      if (stamp?.dataset["live"]) sign.dataset["live"] = stamp.dataset["live"]; // for the next connection
      show("open");
      if (any) swapped();
    } finally {
      busy = false;
      if (again) {
        again = false;
        void refresh();
      }
    }
  };

  const open = (): void => {
    source = new EventSource(sign.dataset["live"] ?? "/events");
    source.addEventListener("open", () => {
      if (tries > 0) void refresh();
      tries = 0;
      show("open");
    });
    source.addEventListener("data", () => void refresh());
    source.addEventListener("error", () => {
      source?.close();
      show("lost");
      setTimeout(open, WAITS[Math.min(tries++, WAITS.length - 1)]);
    });
  };
  open();
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => {
    if (event.persisted) open();
  });
}

const names = (page: Document): string => [...page.querySelectorAll<HTMLElement>("[data-part]")].map((part) => part.dataset["part"]).join();

/** When parts came or went, the page's body is taken whole, unless somebody is typing in it. */
function swapAll(fresh: Document): boolean {
  const main = document.querySelector("main");
  const next = fresh.querySelector("main");
  if (!main || !next || main.querySelector("input:focus, select:focus, textarea:focus")) return false;
  main.replaceChildren(...next.childNodes);
  return true;
}

function swap(part: HTMLElement, fresh: Document): boolean {
  const name = part.dataset["part"];
  const next = fresh.querySelector<HTMLElement>(`[data-part="${name}"]`);
  if (!next || next.innerHTML === part.dataset["seen"] || next.innerHTML === part.innerHTML) return false;
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  if (focused instanceof HTMLSelectElement || focused instanceof HTMLInputElement) return false;
  const back = focused?.getAttribute("href");
  const before = new Map<string, string>();
  for (const item of part.querySelectorAll<HTMLElement>("[data-key]")) before.set(item.dataset["key"] ?? "", item.innerHTML);
  part.replaceChildren(...next.childNodes);
  part.dataset["seen"] = part.innerHTML;
  for (const item of part.querySelectorAll<HTMLElement>("[data-key]"))
    if (before.get(item.dataset["key"] ?? "") !== item.innerHTML) item.classList.add("changed");
  if (back) part.querySelector<HTMLElement>(`[href="${CSS.escape(back)}"]`)?.focus();
  return true;
}
