// On every page of reports: the worker is registered once the page stands, what waits is sent when the line is
// back, and the list of what is not sent yet is drawn where a page has room for it.

import { deliver, deliverAll } from "./delivery";
import { drop, keeps, onChange, all, photosOf, put, said, type Draft } from "./drafts";

const WORKER = "/phan-anh/sw.js";

export function registered(): Promise<ServiceWorkerRegistration | null> {
  return "serviceWorker" in navigator ? navigator.serviceWorker.register(WORKER, { scope: "/phan-anh/" }).catch(() => null) : Promise.resolve(null);
}

// The browser is asked to call when the line is back, where it can.
export async function askForSync(): Promise<void> {
  const there = await navigator.serviceWorker?.getRegistration(WORKER);
  const sync = (there as unknown as { sync?: { register(tag: string): Promise<void> } } | undefined)?.sync;
  await sync?.register("tinh-reports").catch(() => undefined);
  await navigator.storage?.persist?.().catch(() => false);
}

let flushing = false;
export async function flush(): Promise<void> {
  if (flushing || !navigator.onLine) return;
  flushing = true;
  try {
    await deliverAll();
  } finally {
    flushing = false;
  }
}

interface Prompt extends Event {
  prompt(): Promise<void>;
}

export function offline(mine: () => string = () => ""): void {
  const list = document.querySelector<HTMLElement>("[data-unsent]");
  if (list) lines(list, mine);
  void flush();
  addEventListener("online", () => void flush());
  setInterval(() => void flush(), 30_000);
  const note = document.querySelector<HTMLElement>("[data-no-line]");
  const look = (kept: boolean): void => {
    if (note) note.hidden = navigator.onLine && !kept;
  };
  look(document.body.classList.contains("kept-page")); // shown where a line seems to be there and carries nothing
  for (const kind of ["online", "offline"]) addEventListener(kind, () => look(false));
  const begin = (): void => void setTimeout(() => void registered(), 1500);
  if (document.readyState === "complete") begin();
  else addEventListener("load", begin);

  const install = document.querySelector<HTMLButtonElement>("[data-install]");
  addEventListener("beforeinstallprompt", (event) => {
    if (!install) return;
    event.preventDefault();
    install.hidden = false;
    install.onclick = () => {
      install.hidden = true;
      void (event as Prompt).prompt();
    };
  });
}

function made<K extends keyof HTMLElementTagNameMap>(kind: K, className: string, text = ""): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(kind), { className, textContent: text });
}

function lines(list: HTMLElement, mine: () => string): void {
  const words = list.dataset;
  const say = (name: string): string => words[`words${name}`] ?? "";
  const box = list.querySelector("ul")!;
  const told = list.querySelector<HTMLElement>("[data-unsent-says]")!;
  const heading = list.querySelector("h2")!;
  const title = heading.textContent;
  const about = list.querySelector<HTMLElement>("h2 + p");

  const state = (draft: Draft): [string, string] => {
    if (draft.state === "writing") return ["none", say("Writing")];
    if (draft.state === "sending") return ["watch", say("Sending")];
    if (draft.state === "sent") return ["good", say("Sent").replace("{code}", draft.code)];
    if (draft.state === "refused") return ["bad", say("Refused")];
    return ["watch", navigator.onLine ? say("Queued") : say("Waiting")];
  };

  const away = (draft: Draft, title: string): HTMLButtonElement => {
    const button = made("button", "button small", draft.state === "sent" ? say("Hide") : say("Delete"));
    button.type = "button";
    button.append(made("span", "unseen", ` ${title}`));
    let sure = draft.state === "sent";
    button.addEventListener("click", () => {
      if (sure) return void drop(draft.id).then(() => told.focus());
      sure = true;
      button.firstChild!.textContent = say("Surely");
      button.classList.add("danger");
      told.textContent = say("Surely");
    });
    return button;
  };

  const line = async (draft: Draft): Promise<HTMLLIElement> => {
    const item = made("li", "unsent-line");
    item.dataset["draft"] = draft.id;
    const title = said(draft, "text").slice(0, 80) || say("Blank");
    const photos = (await photosOf(draft.id)).length;
    const [tone, words_] = state(draft);
    const when = written(new Date(draft.changed));
    const status = made("p", "small");
    status.append(made("span", `status ${tone}`, words_));
    item.append(made("b", "", title), made("p", "small quiet", photos ? `${when} · ${say("Photos").replace("{count}", String(photos))}` : when), status);
    const faults = Object.entries(draft.faults);
    if (faults.length && draft.state !== "sent") {
      const reasons = made("ul", "plain-list small");
      for (const [name, text] of faults) reasons.append(made("li", "", text || say(name === "alike" ? "Alike" : "Refused")));
      item.append(reasons);
    }
    const row = made("div", "row");
    const open = (text: string): void => {
      const link = made("a", "button small", text);
      link.href = `/phan-anh/gui?nhap=${draft.id}`;
      link.append(made("span", "unseen", ` ${title}`));
      row.append(link);
    };
    if (draft.state === "writing") open(say("Go"));
    if (draft.state === "refused") open(say("Mend"));
    if (draft.state === "waiting") {
      const now = made("button", "button small", say("Now"));
      now.type = "button";
      now.append(made("span", "unseen", ` ${title}`));
      now.addEventListener("click", () => void deliver(draft.id));
      row.append(now);
      if (!draft.posted) open(say("Mend"));
    }
    if (draft.state === "sent") {
      const link = made("a", "button small", say("Look"));
      link.href = draft.address.split("?")[0]!;
      link.append(made("span", "unseen", ` ${draft.code}`));
      row.append(link);
    }
    if (draft.state !== "sending") row.append(away(draft, title));
    item.append(row);
    return item;
  };

  let turn = 0;
  const states = new Map<string, string>();
  const show = async (): Promise<void> => {
    const mineNow = ++turn;
    const drafts = (await all()).filter((draft) => draft.id !== mine() || draft.state !== "writing");
    const items = await Promise.all(drafts.map(line));
    if (mineNow !== turn) return; // a newer look is on its way
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.closest<HTMLElement>("[data-draft]")?.dataset["draft"] : "";
    box.replaceChildren(...items);
    list.hidden = items.length === 0;
    const gone = drafts.every((draft) => draft.state === "sent"); // then nothing is "only in this device" any more
    heading.textContent = gone ? say("AllSent") : title;
    if (about) about.hidden = gone;
    if (focused) box.querySelector<HTMLElement>(`[data-draft="${CSS.escape(focused)}"] :is(a, button)`)?.focus();
    for (const draft of drafts) {
      if (states.has(draft.id) && states.get(draft.id) !== draft.state) told.textContent = `${state(draft)[1]} – ${said(draft, "text").slice(0, 80) || say("Blank")}`;
      states.set(draft.id, draft.state);
    }
  };
  onChange(() => void show());
  for (const kind of ["online", "offline"]) addEventListener(kind, () => void show());
  void show();
  void keeps().then((kept) => {
    const warning = list.parentElement?.querySelector<HTMLElement>("[data-keeps-nothing]");
    if (warning) warning.hidden = kept;
  });
}

// A draft set to wait: it goes at once where there is a line, else when it is back.
export async function queue(draft: Draft): Promise<void> {
  await put({ ...draft, state: "waiting", faults: {}, changed: Date.now() });
  void askForSync();
}

/** A moment as the pages of the server write it. */
function written(at: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (document.documentElement.lang !== "en") return `${two(at.getDate())}.${two(at.getMonth() + 1)}.${at.getFullYear()} ${time}`;
  return `${at.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" })} ${time}`;
}
