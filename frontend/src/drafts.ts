// Reports that are not sent yet, kept in this browser: what was written, and its photos whole, until the desk has
// them. Where a browser keeps nothing (a private window), they live as long as the page.

export type State = "writing" | "waiting" | "sending" | "refused" | "sent";

export interface Draft {
  readonly id: string; // the draft's secret: the same one sent twice opens one case
  readonly state: State;
  readonly fields: readonly (readonly [string, string])[];
  readonly changed: number;
  readonly looked: boolean; // its writer has seen the reports alike
  readonly posted: boolean; // an answer may have been lost: it is not changed any more
  readonly faults: Readonly<Record<string, string>>;
  readonly code: string;
  readonly address: string;
}

export interface Photo {
  readonly id: string;
  readonly draft: string;
  readonly key: string;
  readonly name: string;
  readonly blob: Blob;
  readonly fault: string;
}

// The page of a report that this browser is told about: a message opens it.
export interface Told {
  readonly tag: string;
  readonly path: string;
  readonly endpoint: string;
}

type Stores = { drafts: Draft; photos: Photo; told: Told };

const memory = { drafts: new Map<string, Draft>(), photos: new Map<string, Photo>(), told: new Map<string, Told>() };
let base: Promise<IDBDatabase | null> | null = null;

function opened(): Promise<IDBDatabase | null> {
  base ??= new Promise((done) => {
    if (!("indexedDB" in globalThis)) return done(null);
    const asked = indexedDB.open("tinh-reports", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("drafts", { keyPath: "id" });
      asked.result.createObjectStore("photos", { keyPath: "id" }).createIndex("draft", "draft");
      asked.result.createObjectStore("told", { keyPath: "tag" });
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => {
        asked.result.close();
        base = null;
      };
      done(asked.result);
    };
    asked.onerror = () => done(null);
  });
  return base;
}

export const keeps = async (): Promise<boolean> => (await opened()) !== null;

async function within<N extends keyof Stores, T>(
  name: N, mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>, without: (kept: Map<string, Stores[N]>) => T,
): Promise<T> {
  const found = await opened();
  if (!found) return without(memory[name] as unknown as Map<string, Stores[N]>);
  return new Promise<T>((done, failed) => {
    const turn = found.transaction(name, mode);
    const asked = work(turn.objectStore(name));
    turn.oncomplete = () => done(asked.result);
    turn.onerror = turn.onabort = () => failed(turn.error ?? asked.error ?? new Error("not kept"));
  });
}

const heard = "BroadcastChannel" in globalThis ? new BroadcastChannel("tinh-reports") : null;
const listeners = new Set<() => void>();

// Calls back whenever a draft changes, here or in another tab.
export function onChange(call: () => void): void {
  listeners.add(call);
  heard?.addEventListener("message", call);
}

function changed(): void {
  heard?.postMessage(0);
  for (const call of listeners) call();
}

export async function put(draft: Draft): Promise<void> {
  await within("drafts", "readwrite", (store) => store.put(draft), (kept) => (kept.set(draft.id, draft), draft.id as IDBValidKey));
  changed();
}

export const one = (id: string): Promise<Draft | undefined> =>
  within<"drafts", Draft | undefined>("drafts", "readonly", (store) => store.get(id) as IDBRequest<Draft | undefined>, (kept) => kept.get(id));

export async function all(): Promise<Draft[]> {
  const found = await within<"drafts", Draft[]>("drafts", "readonly", (store) => store.getAll() as IDBRequest<Draft[]>, (kept) => [...kept.values()]);
  return found.sort((a, b) => b.changed - a.changed);
}

export async function photosOf(draft: string): Promise<Photo[]> {
  return within<"photos", Photo[]>(
    "photos", "readonly", (store) => store.index("draft").getAll(draft) as IDBRequest<Photo[]>,
    (kept) => [...kept.values()].filter((photo) => photo.draft === draft),
  );
}

// Throws (QuotaExceededError) when the device has no room; the photo is then held by the page alone.
export async function putPhoto(photo: Photo): Promise<void> {
  await within("photos", "readwrite", (store) => store.put(photo), (kept) => (kept.set(photo.id, photo), photo.id as IDBValidKey));
}

export async function dropPhoto(id: string): Promise<void> {
  await within<"photos", undefined>("photos", "readwrite", (store) => store.delete(id), (kept) => void kept.delete(id));
}

export async function drop(id: string): Promise<void> {
  for (const photo of await photosOf(id)) await dropPhoto(photo.id);
  await within<"drafts", undefined>("drafts", "readwrite", (store) => store.delete(id), (kept) => void kept.delete(id));
  changed();
}

export const told = (tag: string): Promise<Told | undefined> =>
  within<"told", Told | undefined>("told", "readonly", (store) => store.get(tag) as IDBRequest<Told | undefined>, (kept) => kept.get(tag));

export async function putTold(one: Told): Promise<void> {
  await within("told", "readwrite", (store) => store.put(one), (kept) => (kept.set(one.tag, one), one.tag as IDBValidKey));
}

export async function dropTold(tag: string): Promise<void> {
  await within<"told", undefined>("told", "readwrite", (store) => store.delete(tag), (kept) => void kept.delete(tag));
}

// Alone in all tabs and the worker; null when somebody else is at it.
export async function alone<T>(name: string, work: () => Promise<T>): Promise<T | null> {
  if (!navigator.locks) return work();
  return navigator.locks.request(`tinh-${name}`, { ifAvailable: true }, async (lock) => (lock ? work() : null));
}

export const said = (draft: Draft, name: string): string => draft.fields.find(([field]) => field === name)?.[1] ?? "";
