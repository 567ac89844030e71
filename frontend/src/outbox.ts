// Words typed on a phone are not lost with the line: they wait in this browser and are sent when it is back.
// Each entry keeps the form's own key, so that sending it twice changes nothing. Without scripts forms just post.

type Waiting = { id: string; who: string; to: string; label: string; fields: [string, FormDataEntryValue][]; at: number; said: string };
type Answer = { ok: boolean; go?: string; said?: string; again?: boolean; door?: string };

const BASE = "tinh-outbox";
const KEPT = "waiting";

function opened(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(BASE, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(KEPT, { keyPath: "id" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error ?? new Error("no store"));
  });
}

async function within<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const base = await opened();
  try {
    return await new Promise<T>((done, failed) => {
      const turn = base.transaction(KEPT, mode);
      const asked = work(turn.objectStore(KEPT));
      turn.oncomplete = () => done(asked.result);
      turn.onerror = turn.onabort = () => failed(turn.error ?? new Error("not kept"));
    });
  } finally {
    base.close();
  }
}

const keep = (one: Waiting): Promise<IDBValidKey> => within("readwrite", (store) => store.put(one));
const drop = (id: string): Promise<undefined> => within("readwrite", (store) => store.delete(id));
const all = async (who: string): Promise<Waiting[]> =>
  (await within<Waiting[]>("readonly", (store) => store.getAll())).filter((one) => one.who === who).sort((a, b) => a.at - b.at);

const draft = (who: string, field: HTMLTextAreaElement): string => `tinh-draft ${who} ${location.pathname} ${field.dataset["keep"]}`;

/** Sends once. A line that is cut throws; what the server answers is returned. */
async function send(to: string, fields: [string, FormDataEntryValue][]): Promise<Answer> {
  const body = new FormData();
  const token = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value;
  for (const [name, value] of fields) if (name !== "csrfmiddlewaretoken") body.append(name, value);
  if (token) body.append("csrfmiddlewaretoken", token);
  const answer = await fetch(to, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin" });
  if ((answer.headers.get("Content-Type") ?? "").startsWith("application/json")) return (await answer.json()) as Answer;
  return { ok: false, again: true, said: "" }; // a sign-in page, or a server that is just coming up
}

export function outbox(): void {
  const list = document.querySelector<HTMLElement>("[data-outbox-list]");
  if (!list || !("indexedDB" in window)) return;
  const who = list.dataset["who"] ?? "";
  const say = (name: string): string => list.dataset[name] ?? "";
  let busy = false;

  const show = async (): Promise<void> => {
    const waiting = await all(who);
    list.hidden = waiting.length === 0;
    const lines = list.querySelector("ul");
    if (!lines) return;
    lines.replaceChildren(
      ...waiting.map((one) => {
        const line = document.createElement("li");
        const head = document.createElement("b");
        head.textContent = one.label;
        const text = document.createElement("q");
        text.textContent = one.fields.filter(([name, value]) => typeof value === "string" && ["text", "reason", "f-text", "f-answer"].includes(name)).map(([, value]) => String(value)).join("\n");
        const state = document.createElement("small");
        state.textContent = one.said || say("wordsWaiting");
        const photos = one.fields.filter(([, value]) => typeof value !== "string" && value.size > 0).length;
        if (photos) head.append(` · ${say("wordsPhotos").replace("{count}", String(photos))}`);
        line.append(head, text, state);
        if (one.said) {
          const row = document.createElement("div");
          row.className = "row";
          const open = document.createElement("a");
          open.className = "button small";
          open.href = one.to.replace(/[^/]*$/, "");
          open.textContent = say("wordsOpen");
          const away = document.createElement("button");
          away.type = "button";
          away.className = "button small";
          away.textContent = say("wordsDrop");
          away.addEventListener("click", () => void drop(one.id).then(show));
          row.append(open, away);
          line.append(row);
        }
        return line;
      }),
    );
  };

  const flush = async (): Promise<void> => {
    if (busy || !navigator.onLine) return;
    busy = true;
    let went = 0;
    try {
      for (const one of await all(who)) {
        if (one.said) continue; // refused before; it waits for its writer
        try {
          const answer = await send(one.to, one.fields);
          if (answer.ok) {
            await drop(one.id);
            went += 1;
          } else if (!answer.again) await keep({ ...one, said: answer.said || say("wordsRefused") });
        } catch {
          break; // still cut off
        }
      }
    } finally {
      busy = false;
      await show();
    }
    const told = document.querySelector<HTMLElement>("[data-outbox-told]");
    if (went && told) {
      told.textContent = say("wordsSent");
      told.hidden = false;
    }
    if (went && document.querySelector("[data-case]") && !document.querySelector("textarea:focus")) location.reload();
  };

  for (const field of document.querySelectorAll<HTMLTextAreaElement>("textarea[data-keep]")) {
    const name = draft(who, field);
    const before = localStorage.getItem(name);
    const told = field.form?.querySelector<HTMLElement>("[data-kept]");
    if (before && !field.value) {
      field.value = before;
      if (told) told.textContent = say("wordsRestored");
      field.closest("details")?.setAttribute("open", "");
    }
    field.addEventListener("input", () => {
      if (field.value) localStorage.setItem(name, field.value);
      else localStorage.removeItem(name);
      if (told) told.textContent = field.value ? say("wordsKept") : "";
    });
  }

  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-outbox]"))
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const button = event.submitter instanceof HTMLButtonElement ? event.submitter : null;
      const fields: [string, FormDataEntryValue][] = [...new FormData(form, button)];
      const told = form.querySelector<HTMLElement>("[data-kept]");
      const buttons = form.querySelectorAll<HTMLButtonElement>("button");
      for (const each of buttons) each.disabled = true;
      const clear = (): void => {
        for (const field of form.querySelectorAll<HTMLTextAreaElement>("textarea[data-keep]")) localStorage.removeItem(draft(who, field));
      };
      const later = async (answer?: Answer): Promise<void> => {
        await keep({ id: String(fields.find(([name]) => name === "key")?.[1] ?? Date.now()), who, to: form.action, label: form.dataset["outbox"] ?? "", fields, at: Date.now(), said: "" });
        clear();
        form.reset();
        if (told) told.textContent = answer?.said || say("wordsWaiting");
        if (told && answer?.door) told.append(" ", Object.assign(document.createElement("a"), { href: answer.door, textContent: say("wordsDoor") }));
        await show();
        list.scrollIntoView({ block: "nearest" });
      };
      send(form.action, fields)
        .then((answer) => {
          if (answer.ok) {
            clear();
            location.assign(answer.go ?? location.href);
            if (answer.go?.split("#")[0] === location.pathname) location.reload();
          } else if (answer.again) return later(answer);
          else form.submit(); // the server shows the fault with what was typed, as without scripts
          return undefined;
        })
        .catch(() => later())
        .finally(() => {
          for (const each of buttons) each.disabled = false;
        });
    });

  addEventListener("online", () => void flush());
  setInterval(() => void flush(), 20_000);
  void show().then(flush);
}

/** Prepared words go into their field, to be changed there. */
export function preparing(): void {
  for (const choice of document.querySelectorAll<HTMLSelectElement>("select[data-fill]"))
    choice.addEventListener("change", () => {
      const field = document.getElementById(choice.dataset["fill"] ?? "");
      const words = choice.selectedOptions[0]?.dataset["text"] ?? (choice.name === "prepared" ? choice.value : "");
      if (!(field instanceof HTMLTextAreaElement) || !words) return;
      field.value = words;
      field.dispatchEvent(new Event("input"));
    });
}

/** Many cases at once: how many are chosen, and one box for all of them. */
export function choosing(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-bulk]")) {
    const whole = form.querySelector<HTMLInputElement>("[data-all]");
    const told = form.querySelector<HTMLElement>("[data-chosen]");
    const boxes = (): HTMLInputElement[] => [...form.querySelectorAll<HTMLInputElement>("input[name=ma]")];
    const count = (): void => {
      const chosen = boxes().filter((box) => box.checked).length;
      form.classList.toggle("chosen", chosen > 0);
      if (told) told.textContent = chosen ? (told.dataset["words"] ?? "").replace("{count}", String(chosen)) : "";
      if (whole) whole.checked = chosen > 0 && chosen === boxes().length;
    };
    whole?.addEventListener("change", () => {
      for (const box of boxes()) box.checked = whole.checked;
      count();
    });
    form.addEventListener("change", count);
    count();
  }
}
