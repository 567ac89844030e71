// Sending a kept report: its photos from where they stopped, what the server asks of it, then the report, once. The
// page and the worker use the same; whoever has the draft's lock sends it.

import { alone, all, drop, one, photosOf, put, putPhoto, type Draft, type Photo } from "./drafts";
import { Refused, sendPhoto } from "./photos";
import { solved } from "./proof";

export type Outcome = "sent" | "waiting" | "refused" | "busy";
export type Progress = (photo: number, photos: number) => void;

const BASE = "/phan-anh";
const TRIES = 3; // of a photo without a byte getting through, before the line counts as lost
const KEPT = 30 * 24 * 3600 * 1000; // a sent report's code stays in the list

async function token(anew: boolean): Promise<string> {
  const known = typeof document === "undefined" || anew ? null : /(?:^|; )(?:__Host-)?tinh_csrf=([^;]+)/.exec(document.cookie);
  if (known) return known[1]!;
  const page = await fetch(`${BASE}/gui`, { cache: "no-store" });
  return /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(await page.text())?.[1] ?? "";
}

export async function post(path: string, fields: Iterable<readonly [string, string]>): Promise<Response> {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  const send = async (anew: boolean): Promise<Response> =>
    fetch(path, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": await token(anew) } });
  const answer = await send(false);
  return answer.status === 403 ? send(true) : answer;
}

// Sends one report that waits. `held`: photos that the device had no room for, in the page's hands.
export async function deliver(id: string, progress?: Progress, held: readonly Photo[] = []): Promise<Outcome> {
  const done = await alone(`send-${id}`, async (): Promise<Outcome> => {
    const draft = await one(id);
    if (!draft || draft.state === "sent") return "sent"; // another tab was quicker
    if (draft.state !== "waiting" && draft.state !== "sending") return "refused";
    await put({ ...draft, state: "sending" });
    try {
      return await sent(draft, progress, held);
    } catch (fault) {
      const last = (await one(id)) ?? draft;
      if (!(fault instanceof Refused)) {
        await put({ ...last, state: "waiting" });
        return "waiting";
      }
      await put({ ...last, state: "refused", faults: { photos: fault.message }, posted: false });
      return "refused";
    }
  });
  return done ?? "busy";
}

async function sent(draft: Draft, progress: Progress | undefined, held: readonly Photo[], asking = true): Promise<Outcome> {
  const kept = await photosOf(draft.id);
  const photos = [...kept, ...held.filter((photo) => !kept.some((other) => other.key === photo.key))];
  for (const [n, photo] of photos.entries()) {
    progress?.(n + 1, photos.length);
    try {
      await sendPhoto(`${BASE}/anh`, draft.id, photo.key, photo.blob, () => undefined, undefined, TRIES, photo.name);
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      const says = fault.message || photo.name;
      if (kept.includes(photo)) await putPhoto({ ...photo, fault: says });
      throw new Refused(`“${photo.name}”: ${says}`);
    }
  }
  progress?.(0, photos.length);
  const fields: [string, string][] = [...draft.fields.map(([name, value]): [string, string] => [name, value]), ["draft", draft.id]];
  const page = await post(`${BASE}/goi-y`, fields);
  if (!page.ok) throw new Error(String(page.status));
  const second = await page.text();
  if (!draft.looked && second.includes('class="alike"') && !draft.posted) {
    await put({ ...draft, state: "refused", faults: { alike: "" } });
    return "refused";
  }
  const sure = /name="category" value="([^"]+)" checked/.exec(second)?.[1];
  if (sure && !draft.fields.some(([name, value]) => name.startsWith("category") && value)) fields.push(["category", sure]);
  const asked = /name="proof" value="([^"]*)" data-bits="(\d+)"/.exec(second);
  if (asked) fields.push(["proof", asked[1]!], ["answer", await solved(asked[1]!, Number(asked[2]))]);
  await put({ ...draft, state: "sending", posted: true });
  const answer = await post(`${BASE}/gui`, [...fields, ["step", "send"]]);
  if (answer.ok) {
    const { address, code } = (await answer.json()) as { address: string; code: string };
    const title = draft.fields.filter(([name]) => name === "text").map(([name, value]): [string, string] => [name, value.slice(0, 80)]);
    await drop(draft.id);
    await put({ ...draft, state: "sent", fields: title, code, address, faults: {}, changed: Date.now() });
    return "sent";
  }
  if (answer.status !== 422) throw new Error(String(answer.status));
  const refusal = (await answer.json()) as { faults: Record<string, string>; cure: string; again: boolean };
  // Others of this network have sent meanwhile, so a question is asked now that was not asked before.
  if (asking && "answer" in refusal.faults) return sent({ ...draft, posted: false }, progress, held, false);
  const faults = refusal.cure ? { ...refusal.faults, cure: refusal.cure } : refusal.faults;
  await put({ ...draft, state: refusal.again ? "waiting" : "refused", faults, posted: false });
  return refusal.again ? "waiting" : "refused";
}

// Everything that waits, the oldest first; false when the line was lost on the way.
export async function deliverAll(): Promise<boolean> {
  for (const draft of (await all()).reverse()) {
    if (draft.state === "sent" && Date.now() - draft.changed > KEPT) await drop(draft.id);
    if (draft.state !== "waiting" && draft.state !== "sending") continue;
    if ((await deliver(draft.id)) === "waiting") return false;
  }
  return true;
}
