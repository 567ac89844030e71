// The worker behind the reports' pages: without a line the form still opens and what waits is kept; with one it sends
// what waits, and shows what the desk has to tell. Pages come from the network first; no page of a person's own is
// ever kept, and nothing that is sent passes through here.

import { deliverAll } from "./delivery";
import { told } from "./drafts";

interface Shell {
  readonly version: string;
  readonly files: readonly string[];
  readonly pages: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Waiting {
  readonly request: Request;
  readonly preloadResponse?: Promise<Response | undefined>;
  respondWith(answer: Promise<Response>): void;
}
interface Pushed extends Waiting {
  readonly data: { json(): unknown } | null;
}
interface Clicked extends Waiting {
  readonly notification: Notification;
}
interface Tab {
  readonly url: string;
  focus(): Promise<Tab>;
}

declare const TINH: Shell; // written before this script by the server
const here = self as unknown as {
  addEventListener<E extends Event>(kind: string, call: (event: E) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void>; matchAll(of: object): Promise<Tab[]>; openWindow(url: string): Promise<Tab | null> };
  registration: ServiceWorkerRegistration & { navigationPreload?: { enable(): Promise<void> } };
};

const OURS = "tinh-reports-";
const NAME = OURS + TINH.version;
const SPOKEN = "/phan-anh/khung/tieng"; // an entry of the cache: the language of the last page
const PATIENCE = 6000; // ms a page of the form may take before the kept one is shown

here.addEventListener<Waiting>("install", (event) =>
  event.waitUntil(
    (async () => {
      const cache = await caches.open(NAME);
      await cache.addAll([...TINH.files, ...Object.values(TINH.pages).flatMap((page) => Object.values(page))]);
      await here.skipWaiting();
    })(),
  ),
);

here.addEventListener<Waiting>("activate", (event) =>
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith(OURS) && name !== NAME) await caches.delete(name);
      await here.registration.navigationPreload?.enable();
      await here.clients.claim();
    })(),
  ),
);

here.addEventListener<Fetching>("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event, pathname));
  else if (TINH.files.includes(pathname)) event.respondWith(file(request, pathname));
});

async function file(request: Request, pathname: string): Promise<Response> {
  const kept = await (await caches.open(NAME)).match(pathname);
  return kept ?? fetch(request);
}

async function page(event: Fetching, pathname: string): Promise<Response> {
  const form = pathname === "/phan-anh/gui";
  const fresh = (async () => (await event.preloadResponse) ?? fetch(event.request))();
  const late = new Promise<never>((_, failed) => form && setTimeout(() => failed(new Error("slow")), PATIENCE));
  try {
    const answer = await Promise.race([fresh, late]);
    const spoken = answer.headers.get("Content-Language");
    if (spoken) event.waitUntil(speaks(spoken));
    return answer;
  } catch {
    fresh.catch(() => undefined);
    const cache = await caches.open(NAME);
    const language = (await (await cache.match(SPOKEN))?.text()) ?? navigator.language.slice(0, 2);
    const pages = TINH.pages[form ? "form" : "offline"];
    const kept = await cache.match(pages?.[language] ?? pages?.["vi"] ?? "");
    return kept ?? Response.error();
  }
}

async function speaks(language: string): Promise<void> {
  const cache = await caches.open(NAME);
  if ((await (await cache.match(SPOKEN))?.text()) !== language) await cache.put(SPOKEN, new Response(language));
}

// Background Sync: the browser calls when the line is back, also with every page closed.
here.addEventListener<Waiting & { readonly tag: string }>("sync", (event) => {
  if (event.tag !== "tinh-reports") return;
  event.waitUntil(deliverAll().then((done) => (done ? undefined : Promise.reject(new Error("no line")))));
});

here.addEventListener<Pushed>("push", (event) => {
  const said = (event.data?.json() ?? {}) as { title?: string; body?: string; link?: string; tag?: string };
  event.waitUntil(
    here.registration.showNotification(said.title ?? "Tỉnh", {
      body: said.body ?? "", tag: said.tag ?? "", data: { link: said.link ?? "/phan-anh/" },
      icon: "/phan-anh/bieu-tuong-192.png", badge: "/phan-anh/bieu-tuong-192.png",
    }),
  );
});

here.addEventListener<Clicked>("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(
    (async () => {
      const own = event.notification.tag ? await told(event.notification.tag) : undefined;
      const link = new URL(own?.path ?? (event.notification.data as { link: string }).link, location.origin);
      if (link.origin !== location.origin) return;
      const open = (await here.clients.matchAll({ type: "window", includeUncontrolled: true })).find((tab) => tab.url === link.href);
      await (open ? open.focus() : here.clients.openWindow(link.href));
    })(),
  );
});
