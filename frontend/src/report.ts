// The report form with scripts: what is written is kept in this browser at each change, photos go while one writes, the
// second half comes by itself, one press sends; without a line the report waits here. Without scripts the same form is
// sent twice.

import { deliver, post } from "./delivery";
import { alone, drop, dropPhoto, one, photosOf, put, putPhoto, said, type Draft, type Photo } from "./drafts";
import { offline, queue } from "./offline";
import { Refused, sendPhoto } from "./photos";
import { solved } from "./proof";

interface Kept {
  readonly photos: readonly { name: string; state: string; thumb: string; fault: string }[];
  readonly told: readonly { name: string; latitude: number | null; longitude: number | null }[];
}

const TAB = "tinh-draft";
const form = document.querySelector<HTMLFormElement>("form[data-report]");
if (form) begin(form);

function begin(form: HTMLFormElement): void {
  const words = form.dataset;
  const field = <T extends HTMLElement>(name: string): T | null => form.querySelector<T>(`[name="${name}"]`);
  const hidden = field<HTMLInputElement>("draft")!;
  const second = form.querySelector<HTMLElement>("[data-second]")!;
  const says = form.querySelector<HTMLElement>("[data-says]")!;
  const list = form.querySelector<HTMLUListElement>("[data-pictures]")!;
  const input = field<HTMLInputElement>("photos")!;
  const going = new Set<AbortController>();
  const held: Photo[] = []; // those the device has no room for
  let told: Kept["told"] = [];
  let looked = false; // the reports alike have been on the page
  let over = false; // the draft was handed on: nothing is written over it
  // Photos that came without scripts belong to the server's draft; else each tab writes its own.
  let draft = list.children.length ? hidden.value : fresh();
  hidden.value = draft;

  // Photos.
  const line = (file: Blob, name: string): { item: HTMLLIElement; text: HTMLElement; bar: HTMLProgressElement } => {
    const item = document.createElement("li");
    const image = document.createElement("img");
    image.alt = name;
    image.src = URL.createObjectURL(file);
    image.addEventListener("error", () => image.replaceWith(Object.assign(document.createElement("span"), { className: "picture-blank", textContent: /\.(\w{1,5})$/.exec(name)?.[1]?.toUpperCase() ?? "" })));
    const text = Object.assign(document.createElement("span"), { className: "small", textContent: words["wordsSending"] ?? "" });
    const bar = Object.assign(document.createElement("progress"), { max: file.size, value: 0 });
    bar.setAttribute("aria-label", name);
    item.append(image, text, bar);
    list.append(item);
    return { item, text, bar };
  };
  // A picture the gallery still fetches from elsewhere comes as a file without content.
  const nothing = (name: string): void => {
    const { item, text, bar } = line(new Blob(), name);
    bar.remove();
    text.className = "small status bad";
    text.textContent = words["wordsEmpty"] ?? "";
    const drop = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: words["wordsDrop"] ?? "" });
    drop.setAttribute("aria-label", `${words["wordsDrop"]} ${name}`);
    drop.addEventListener("click", () => {
      item.remove();
      input.focus();
    });
    item.append(drop);
  };
  const take = async (file: File): Promise<void> => {
    const key = `${file.name}-${file.size}-${file.lastModified}`;
    if (file.size === 0) return nothing(file.name);
    if (list.querySelector(`[data-key="${CSS.escape(key)}"]`)) return; // chosen twice
    const type = file.type;
    const item = list.appendChild(document.createElement("li"));
    item.dataset["key"] = key;
    // Read at once: a file that moves in the gallery later is still whole here.
    const bytes = await file.arrayBuffer().catch(() => null);
    const photo: Photo = { id: `${draft}/${key}`, draft, key, name: file.name, blob: bytes ? new Blob([bytes], { type }) : file, fault: "" };
    item.remove();
    let full = false;
    try {
      await putPhoto(photo);
      await keep();
    } catch {
      held.push(photo);
      full = true;
    }
    send(photo, full);
  };
  const send = (photo: Photo, full = false): void => {
    const { item, text, bar } = line(photo.blob, photo.name);
    item.dataset["key"] = photo.key;
    const stopping = new AbortController();
    const drop = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: words["wordsDrop"] ?? "" });
    drop.setAttribute("aria-label", `${words["wordsDrop"]} ${photo.name}`);
    drop.addEventListener("click", () => {
      stopping.abort();
      const name = item.dataset["photo"];
      if (name) void fetch(`${words["photos"]}/${name}`, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } }).catch(() => undefined);
      void dropPhoto(photo.id).then(keep);
      const at = held.indexOf(photo);
      if (at >= 0) held.splice(at, 1);
      item.remove();
      input.focus();
    });
    item.append(drop);
    if (full) item.append(Object.assign(document.createElement("p"), { className: "fault", textContent: words["wordsFull"] ?? "" }));
    going.add(stopping);
    sendPhoto(words["photos"] ?? "", draft, photo.key, photo.blob, (sent) => (bar.value = sent), stopping.signal, Infinity, photo.name)
      .then((name) => {
        item.dataset["photo"] = name;
        bar.remove();
        text.textContent = words["wordsWaiting"] ?? "";
        void follow(name, text);
      })
      .catch((fault: unknown) => {
        if (stopping.signal.aborted) return;
        bar.remove();
        text.className = "small status bad";
        text.textContent = fault instanceof Refused && fault.message ? fault.message : (words["wordsStopped"] ?? "");
        void dropPhoto(photo.id); // its fault stands on the page; the report goes without it
      })
      .finally(() => going.delete(stopping));
  };
  const follow = async (name: string, text: HTMLElement): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) {
      await new Promise((done) => setTimeout(done, 700 + turn * 200));
      const kept = await state();
      const mine = kept?.photos.find((photo) => photo.name === name);
      if (!kept || !mine || mine.state === "received") continue;
      text.textContent = mine.state === "ready" ? (words["wordsReady"] ?? "") : mine.fault;
      if (mine.state === "refused") text.className = "small status bad";
      offerPlace(kept);
      if (mine.state === "ready") {
        asked = ""; // reports with the same picture can be found now
        later(0);
      }
      return;
    }
  };
  const state = async (): Promise<Kept | null> => {
    const answer = await fetch(words["photos"] ?? "", { headers: { "Tinh-Draft": draft } }).catch(() => null);
    return answer?.ok ? ((await answer.json()) as Kept) : null;
  };
  const pick = (camera: boolean): void => {
    if (camera) input.setAttribute("capture", "environment");
    else input.removeAttribute("capture");
    input.click();
  };
  form.querySelector("[data-camera]")?.addEventListener("click", () => pick(true));
  form.querySelector("[data-gallery]")?.addEventListener("click", () => pick(false));
  input.addEventListener("change", () => {
    for (const file of input.files ?? []) void take(file);
    input.value = "";
  });

  // The place: the map's pin, the device, the photo. pin.ts listens for "place" and tells of moves with "pinned".
  const placeSays = form.querySelector<HTMLElement>("[data-place-says]");
  const pinAt = (latitude: number, longitude: number, accuracy: number | null, move = true): void => {
    field<HTMLInputElement>("lat")!.value = latitude.toFixed(6);
    field<HTMLInputElement>("lon")!.value = longitude.toFixed(6);
    field<HTMLInputElement>("accuracy")!.value = accuracy === null ? "" : String(Math.round(accuracy));
    if (move) form.dispatchEvent(new CustomEvent("place", { detail: { latitude, longitude } }));
    later(0);
    soon();
  };
  form.addEventListener("pinned", (event) => {
    const { latitude, longitude, code } = (event as CustomEvent<{ latitude: number; longitude: number; code: string }>).detail;
    const select = field<HTMLSelectElement>("place");
    if (select && code) select.value = code;
    if (placeSays) placeSays.textContent = select && code ? (select.selectedOptions[0]?.textContent ?? "") : (words["wordsOutside"] ?? "");
    const same = field<HTMLInputElement>("lat")?.value === latitude.toFixed(6);
    pinAt(latitude, longitude, same ? Number(field<HTMLInputElement>("accuracy")?.value) || null : null, false);
  });
  form.querySelector("[data-locate]")?.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        if (placeSays) placeSays.textContent = (words["wordsHere"] ?? "").replace("{metres}", String(Math.round(coords.accuracy)));
        pinAt(coords.latitude, coords.longitude, coords.accuracy);
      },
      () => {
        if (placeSays) placeSays.textContent = words["wordsNowhere"] ?? "";
      },
      { enableHighAccuracy: true, timeout: 15_000 },
    );
  });
  const photoPlace = form.querySelector<HTMLButtonElement>("[data-photo-place]");
  const offerPlace = (kept: Kept): void => {
    told = kept.told.filter((one) => one.latitude !== null && one.longitude !== null);
    if (photoPlace) photoPlace.hidden = told.length === 0;
  };
  photoPlace?.addEventListener("click", () => {
    const first = told[0];
    if (first && first.latitude !== null && first.longitude !== null) pinAt(first.latitude, first.longitude, null);
  });
  // Choosing a commune by hand takes back a pin that lies elsewhere.
  field<HTMLSelectElement>("place")?.addEventListener("change", () => {
    for (const name of ["lat", "lon", "accuracy"]) field<HTMLInputElement>(name)!.value = "";
    form.dispatchEvent(new CustomEvent("place", { detail: null }));
    later(0);
  });

  // The second half, asked of the server as the first is written.
  let timer = 0;
  let asked = "";
  const later = (pause: number): void => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void hints(), pause);
  };
  const hints = async (more: readonly (readonly [string, string])[] = [], pressed = false): Promise<void> => {
    const text = field<HTMLTextAreaElement>("text")?.value.trim() ?? "";
    const place = field<HTMLSelectElement>("place")?.value || field<HTMLInputElement>("lat")?.value;
    if (!pressed && (text.length < 10 || !place)) return;
    const data = new FormData(form);
    data.delete("photos");
    for (const [name, value] of more) data.append(name, value);
    const address = String(data.get("address") ?? "").trim().length >= 4;
    const now = JSON.stringify([address, ...[...data.entries()].filter(([name]) => ["text", "place", "lat", "lon", "category", "category_other"].includes(name))]);
    if (now === asked) return;
    asked = now;
    const sent = [...data.entries()].filter((pair): pair is [string, string] => typeof pair[1] === "string");
    const answer = await post(words["hints"] ?? "", sent).catch(() => null);
    if (!answer?.ok) {
      asked = "";
      if (pressed) await spare();
      return;
    }
    const active = document.activeElement;
    const id = active instanceof HTMLElement && second.contains(active) ? active.id || (active as HTMLInputElement).name : "";
    const value = active instanceof HTMLInputElement ? active.value : "";
    const kept = new Map([...second.querySelectorAll<HTMLInputElement>("input[type=text], input:not([type])")].map((one) => [one.name, one.value]));
    second.innerHTML = await answer.text();
    looked ||= second.querySelector(".alike") !== null;
    kept.delete("answer"); // it belongs to the question before
    for (const one of second.querySelectorAll<HTMLInputElement>("input[type=text], input:not([type])")) if (!one.value) one.value = kept.get(one.name) ?? "";
    if (id) (document.getElementById(id) ?? second.querySelector<HTMLElement>(`[name="${CSS.escape(id)}"][value="${CSS.escape(value)}"]`))?.focus();
    void solve();
  };
  // Without a line the second half is taken from the page the device keeps: every category, nothing suggested.
  const spare = async (): Promise<void> => {
    if (second.querySelector("[data-send]")) return;
    const kept = await globalThis.caches?.match(words["kept"] ?? "").catch(() => undefined);
    const half = kept ? new DOMParser().parseFromString(await kept.text(), "text/html").querySelector("[data-second]") : null;
    if (half?.querySelector("[data-send]")) second.replaceChildren(...half.childNodes);
    else says.textContent = words["wordsNoLine"] ?? "";
  };
  addEventListener("online", () => later(0));
  // What is missing is said at its field, where the eye goes next.
  const lacks = (name: string, says: string, aloud = true): HTMLElement | null => {
    const one = field<HTMLInputElement>(name);
    const box = one?.closest<HTMLElement>(".field");
    if (!one || !box) return null;
    const id = `${name}-fault`;
    document.getElementById(id)?.remove();
    box.classList.toggle("wrong", says !== "");
    one.removeAttribute("aria-invalid");
    if (!says) return null;
    one.setAttribute("aria-invalid", "true");
    one.setAttribute("aria-errormessage", id);
    box.append(Object.assign(document.createElement("p"), { id, className: "fault", role: aloud ? "alert" : null, textContent: says }));
    one.addEventListener("input", () => lacks(name, ""), { once: true });
    return one;
  };
  const missing = (): boolean => {
    const text = field<HTMLTextAreaElement>("text")!.value.trim().length < Number(words["least"]) ? (words["wordsNoText"] ?? "") : "";
    const place = field<HTMLSelectElement>("place")!.value || field<HTMLInputElement>("lat")!.value ? "" : (words["wordsNoPlace"] ?? "");
    const first = [lacks("text", text), lacks("place", place)].find((one) => one !== null);
    first?.focus();
    return first !== undefined;
  };
  form.addEventListener("input", (event) => {
    if (["f-text", "f-address"].includes((event.target as HTMLElement).id)) later(700);
  });
  second.addEventListener("change", (event) => {
    const target = event.target as HTMLInputElement;
    if (target.name === "category") {
      const other = field<HTMLSelectElement>("category_other");
      if (other) other.value = "";
    }
    if (target.name === "category" || target.name === "category_other") later(0);
  });

  // The small question, where there is one: the device finds a number instead of its owner.
  const solve = async (): Promise<void> => {
    const proof = second.querySelector<HTMLInputElement>("input[name=proof]");
    const answer = second.querySelector<HTMLInputElement>("input[name=answer]");
    if (!proof || !answer || answer.value || !crypto.subtle) return;
    const found = await solved(proof.value, Number(proof.dataset["bits"]), () => proof.isConnected);
    if (found && !answer.value) answer.value = found;
  };
  void solve();

  // Sending.
  form.addEventListener("submit", (event) => {
    const button = (event as SubmitEvent).submitter as HTMLButtonElement | null;
    if (button?.name === "step" && button.value === "check") {
      event.preventDefault();
      asked = "";
      if (missing()) return;
      void hints([], true).then(() => document.getElementById("second")?.focus());
      return;
    }
    if (button?.name === "follow") void drop(draft); // it was somebody else's report already
    if (button?.name !== "step" || button.value !== "send") return;
    event.preventDefault();
    void hand(button);
  });

  // What is written, as it is kept.
  const written = (): (readonly [string, string])[] =>
    [...new FormData(form).entries()].filter(
      (pair): pair is [string, string] => typeof pair[1] === "string" && pair[1] !== "" && !["csrfmiddlewaretoken", "draft", "proof", "answer"].includes(pair[0]),
    );
  const keep = async (): Promise<void> => {
    if (over) return;
    const fields = written();
    const before = await one(draft);
    const empty = !fields.some(([name]) => !["blur", "named", "category"].includes(name)) && !(await photosOf(draft)).length;
    if (over || (empty && !before)) return;
    const state: Draft = {
      id: draft, state: "writing", fields, changed: Date.now(), looked: looked || (before?.looked ?? false), posted: false, faults: before?.faults ?? {}, code: "", address: "",
    };
    await put(state).then(
      () => sessionStorage.setItem(TAB, draft),
      () => (says.textContent = words["wordsFull"] ?? ""),
    );
  };
  let pause = 0;
  const soon = (): void => {
    clearTimeout(pause);
    pause = window.setTimeout(() => void keep(), 300);
  };
  for (const kind of ["input", "change"]) form.addEventListener(kind, soon);
  addEventListener("pagehide", () => void keep());
  document.addEventListener("visibilitychange", () => document.hidden && void keep());

  const hand = async (button: HTMLButtonElement): Promise<void> => {
    button.disabled = true;
    clearTimeout(pause);
    says.textContent = words["wordsSending"] ?? "";
    await keep();
    for (const stopping of going) stopping.abort(); // they go on from where they are, below
    over = true;
    const before = await one(draft);
    const writing: Draft = before ?? { id: draft, state: "writing", fields: written(), changed: Date.now(), looked, posted: false, faults: {}, code: "", address: "" };
    let outcome: string = "waiting";
    try {
      await queue({ ...writing, looked: writing.looked || looked });
      if (navigator.onLine || held.length) outcome = await deliver(draft, (n, of) => n && (says.textContent = `${words["wordsSending"]} ${n}/${of}`), held);
    } catch {
      outcome = "full";
    }
    const after = await one(draft).catch(() => undefined);
    if (outcome === "sent" && after?.address) {
      sessionStorage.removeItem(TAB);
      await drop(draft);
      location.assign(after.address);
      return;
    }
    button.disabled = false;
    if (outcome === "refused" && after) {
      over = false;
      looked ||= "alike" in after.faults;
      await put({ ...after, state: "writing" });
      for (const photo of [...(await photosOf(draft)), ...held]) {
        const shown = list.querySelector<HTMLElement>(`[data-key="${CSS.escape(photo.key)}"]`);
        if (shown?.dataset["photo"]) continue;
        shown?.remove();
        send(photo, held.includes(photo));
      }
      show(after.faults);
      return;
    }
    says.textContent = (outcome === "full" ? words["wordsFull"] : held.length ? words["wordsHeld"] : words["wordsKept"]) ?? "";
    if (outcome === "full" || held.length) {
      over = false;
      if (held.length) addEventListener("online", () => void hand(button), { once: true });
      return;
    }
    anew();
  };
  // The report waits in the list above; the form is free for the next.
  const anew = (): void => {
    sessionStorage.removeItem(TAB);
    form.reset();
    for (const name of ["lat", "lon", "accuracy"]) field<HTMLInputElement>(name)!.value = "";
    form.dispatchEvent(new CustomEvent("place", { detail: null }));
    list.replaceChildren();
    hidden.value = draft = fresh();
    over = looked = false;
    asked = "";
    const unsent = document.querySelector<HTMLElement>("[data-unsent]");
    const told = unsent?.querySelector<HTMLElement>("[data-unsent-says]");
    if (told) {
      told.textContent = words["wordsKept"] ?? "";
      says.textContent = "";
      unsent!.hidden = false;
      told.focus();
    }
  };
  const show = (faults: Readonly<Record<string, string>>): void => {
    says.textContent = "";
    document.getElementById("faults")?.remove();
    const box = Object.assign(document.createElement("div"), { id: "faults", className: "note bad", tabIndex: -1 });
    box.setAttribute("role", "alert");
    const items = document.createElement("ul");
    for (const [name, text] of Object.entries(faults)) {
      const item = document.createElement("li");
      const of = name === "alike" ? "second" : `f-${name}`;
      if (["form", "cure", "key"].includes(name)) item.textContent = text;
      else item.append(Object.assign(document.createElement("a"), { href: `#${of}`, textContent: text || (words["wordsAlike"] ?? "") }));
      items.append(item);
    }
    box.append(items);
    form.before(box);
    for (const name of ["text", "place", "phone", "email"]) lacks(name, faults[name] ?? "", false); // the list above is read out
    if (faults["phone"] || faults["email"]) form.querySelector("details")!.open = true;
    box.focus();
    asked = ""; // the second half may have something new to ask
    void hints().then(() => {
      for (const [name, says] of Object.entries(faults)) {
        const box = second.querySelector(`#f-${CSS.escape(name)}`)?.closest<HTMLElement>(".field, .choices");
        if (!box || box.classList.contains("wrong")) continue;
        box.classList.add("wrong");
        box.append(Object.assign(document.createElement("p"), { className: "fault", textContent: says }));
      }
    });
  };

  // A draft of before: the one named in the address, or the one this tab was writing when it was reloaded.
  const restore = async (): Promise<void> => {
    const named = new URLSearchParams(location.search).get("nhap");
    const id = named ?? sessionStorage.getItem(TAB) ?? "";
    const kept = id && (named || !list.children.length) ? await one(id) : undefined;
    const fit = kept && ["writing", "refused", "waiting"].includes(kept.state) && !kept.posted && (named || kept.state === "writing");
    let open = false;
    const hold = (): Promise<void> => new Promise((done) => addEventListener("pagehide", () => done()));
    if (kept && fit) {
      // Held as long as the page: no two tabs write the same draft.
      await new Promise<void>((ready) => {
        void alone(`write-${kept.id}`, async () => {
          open = true;
          ready();
          await (navigator.locks ? hold() : undefined);
        }).then(() => ready());
      });
      if (!open) says.textContent = words["wordsElsewhere"] ?? "";
    }
    if (!kept || !open) {
      void alone(`write-${draft}`, hold);
      return;
    }
    hidden.value = draft = kept.id;
    looked = kept.looked || "alike" in kept.faults;
    sessionStorage.setItem(TAB, draft);
    fill(kept);
    await put({ ...kept, state: "writing", looked });
    for (const photo of await photosOf(draft)) send({ ...photo, fault: "" });
    const lat = Number.parseFloat(said(kept, "lat"));
    const lon = Number.parseFloat(said(kept, "lon"));
    if (Number.isFinite(lat) && Number.isFinite(lon)) form.dispatchEvent(new CustomEvent("place", { detail: { latitude: lat, longitude: lon } }));
    if (Object.keys(kept.faults).length) show(kept.faults);
    asked = "";
    await hints(kept.fields.filter(([name]) => name.startsWith("q_") || name.startsWith("category")));
    fill(kept);
  };
  const fill = (kept: Draft): void => {
    for (const box of form.querySelectorAll<HTMLInputElement>("input[type=checkbox]")) box.checked = kept.fields.some(([name, value]) => name === box.name && value === box.value);
    for (const [name, value] of kept.fields) {
      for (const one of form.querySelectorAll<HTMLInputElement>(`[name="${CSS.escape(name)}"]`)) {
        if (one.type === "radio") one.checked ||= one.value === value;
        else if (one.type !== "checkbox" && one.type !== "file") one.value = value;
      }
    }
    const contact = form.querySelector<HTMLDetailsElement>("details");
    if (contact && ["name", "phone", "email"].some((name) => said(kept, name))) contact.open = true;
  };
  void restore();
  offline(() => draft);
}

function fresh(): string {
  return [...crypto.getRandomValues(new Uint8Array(26))].map((byte) => "0123456789abcdefghjkmnpqrstvwxyz"[byte % 32]).join("");
}
