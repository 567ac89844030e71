// "Tell me": this browser signs on for what a page names, and off again. The page says whether the browser can.

import { dropTold, putTold, told } from "./drafts";
import { registered } from "./offline";
import { post } from "./delivery";

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}

export function pushing(): void {
  const box = document.querySelector<HTMLElement>("[data-push]");
  const button = box?.querySelector<HTMLButtonElement>("button");
  const says = box?.querySelector<HTMLElement>("[role=status]");
  if (!box || !button || !says) return;
  const words = box.dataset;
  const tag = words["tag"] ?? "";
  const address = words["push"] ?? "";
  box.hidden = false;
  if (!("PushManager" in window) || !("serviceWorker" in navigator) || !("Notification" in window)) {
    button.hidden = true;
    says.textContent = words["wordsCannot"] ?? "";
    return;
  }
  const held = async (): Promise<PushSubscription | null> =>
    (await (await navigator.serviceWorker.getRegistration("/phan-anh/"))?.pushManager.getSubscription()) ?? null;
  const show = async (): Promise<boolean> => {
    const known = await told(tag);
    const on = Boolean(known && (await held())?.endpoint === known.endpoint && Notification.permission === "granted");
    button.textContent = (on ? words["wordsOff"] : words["wordsOn"]) ?? "";
    button.setAttribute("aria-pressed", String(on));
    return on;
  };
  const on = async (): Promise<string> => {
    if ((await Notification.requestPermission()) !== "granted") return words["wordsDenied"] ?? "";
    await registered();
    const there = await navigator.serviceWorker.getRegistration("/phan-anh/");
    if (!there) return words["wordsFailed"] ?? "";
    if (!there.active) await new Promise<void>((done) => (there.installing ?? there.waiting)?.addEventListener("statechange", () => there.active && done()) ?? done());
    const subscription =
      (await there.pushManager.getSubscription()) ?? (await there.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(words["key"] ?? "") }));
    const answer = await post(address, [["subscription", JSON.stringify(subscription)]]);
    if (!answer.ok) return ((await answer.json().catch(() => ({}))) as { detail?: string }).detail ?? words["wordsFailed"] ?? "";
    await putTold({ tag, path: words["path"] ?? location.pathname, endpoint: subscription.endpoint });
    return words["wordsIsOn"] ?? "";
  };
  const off = async (): Promise<string> => {
    const known = await told(tag);
    const answer = await post(address, [["off", known?.endpoint ?? ""]]);
    if (!answer.ok) return words["wordsFailed"] ?? "";
    await dropTold(tag);
    return words["wordsIsOff"] ?? "";
  };
  button.addEventListener("click", () => {
    button.disabled = true;
    void show()
      .then((is) => (is ? off() : on()))
      .catch(() => words["wordsFailed"] ?? "")
      .then(async (text) => {
        says.textContent = text;
        await show();
        button.disabled = false;
        button.focus();
      });
  });
  void show();
}
