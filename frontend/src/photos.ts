// Photos over a bad line: tus 1.0.0 in small pieces, going on after a cut where the server says it has come to.

const PIECE = 256 * 1024;
const TUS = { "Tus-Resumable": "1.0.0" };

export class Refused extends Error {}

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

function word(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

async function refusal(answer: Response): Promise<Refused> {
  try {
    const said = (await answer.json()) as { detail?: string; cure?: string };
    return new Refused(`${said.detail ?? ""} ${said.cure ?? ""}`.trim());
  } catch {
    return new Refused(String(answer.status));
  }
}

// Sends one photo; `key` makes sending it again no second photo. Resolves with its name, rejects with Refused when
// the server will not have it. A lost line is waited for, however long it takes, until `stopped` or `tries` were in vain.
export async function sendPhoto(
  address: string, draft: string, key: string, file: Blob & { readonly name?: string },
  progress: (sent: number) => void, stopped?: AbortSignal, tries = Infinity, name = file.name ?? "",
): Promise<string> {
  let vain = 0;
  let where = "";
  let pause = 500;
  let offset = 0;
  while (!stopped?.aborted) {
    try {
      if (!where) {
        const facts = [`draft ${word(draft)}`, `key ${word(key)}`, ...(name ? [`filename ${word(name)}`] : [])];
        const begun = await fetch(address, {
          method: "POST",
          headers: { ...TUS, "Upload-Length": String(file.size), "Upload-Metadata": facts.join(",") },
        });
        if (begun.status !== 201) {
          if (begun.status < 500 && begun.status !== 429) throw await refusal(begun);
          throw new Error(String(begun.status));
        }
        where = new URL(begun.headers.get("Location") ?? "", location.href).pathname;
        offset = Number(begun.headers.get("Upload-Offset") ?? 0);
      }
      while (offset < file.size) {
        const sent = await fetch(where, {
          method: "PATCH",
          headers: { ...TUS, "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" },
          body: file.slice(offset, offset + PIECE),
          ...(stopped ? { signal: stopped } : {}),
        });
        if (sent.status === 409) {
          const asked = await fetch(where, { method: "HEAD", headers: TUS });
          offset = Number(asked.headers.get("Upload-Offset") ?? 0);
        } else if (sent.status === 204) offset = Number(sent.headers.get("Upload-Offset"));
        else if (sent.status < 500) throw await refusal(sent);
        else throw new Error(String(sent.status));
        pause = 500;
        vain = 0;
        progress(offset);
      }
      return where.split("/").at(-1) ?? "";
    } catch (fault) {
      if (fault instanceof Refused) throw fault;
      if (++vain >= tries) throw fault;
      await wait(pause);
      pause = Math.min(pause * 2, 15_000);
      if (where) {
        const asked = await fetch(where, { method: "HEAD", headers: TUS }).catch(() => null);
        if (asked?.status === 200) offset = Number(asked.headers.get("Upload-Offset"));
        else if (asked?.status === 404) where = "";
      }
    }
  }
  throw new Refused("");
}
