// Registers and uses passkeys: asks the server what is to be signed, the browser to sign it, and sends the form.

type Json = Record<string, unknown>;

const bytes = (text: unknown): ArrayBuffer => {
  const plain = atob(String(text).replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0)).buffer;
};
const text = (data: ArrayBuffer | null): string | undefined =>
  data === null
    ? undefined
    : btoa(String.fromCharCode(...new Uint8Array(data)))
        .replace(/\+/g, "-")
        .replace(/\//g, "_")
        .replace(/=+$/, "");
const ids = (list: unknown): PublicKeyCredentialDescriptor[] =>
  ((list as Json[] | undefined) ?? []).map((one) => ({ ...one, id: bytes(one["id"]) }) as PublicKeyCredentialDescriptor);

async function made(asked: Json): Promise<Json> {
  const user = asked["user"] as Json;
  const publicKey = {
    ...asked,
    challenge: bytes(asked["challenge"]),
    user: { ...user, id: bytes(user["id"]) },
    excludeCredentials: ids(asked["excludeCredentials"]),
  } as unknown as PublicKeyCredentialCreationOptions;
  const found = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  const answer = found.response as AuthenticatorAttestationResponse;
  return {
    ...plain(found),
    response: {
      clientDataJSON: text(answer.clientDataJSON),
      attestationObject: text(answer.attestationObject),
      transports: answer.getTransports?.() ?? [],
    },
  };
}

async function shown(asked: Json): Promise<Json> {
  const publicKey = {
    ...asked,
    challenge: bytes(asked["challenge"]),
    allowCredentials: ids(asked["allowCredentials"]),
  } as unknown as PublicKeyCredentialRequestOptions;
  const found = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  const answer = found.response as AuthenticatorAssertionResponse;
  return {
    ...plain(found),
    response: {
      clientDataJSON: text(answer.clientDataJSON),
      authenticatorData: text(answer.authenticatorData),
      signature: text(answer.signature),
      userHandle: text(answer.userHandle),
    },
  };
}

const plain = (found: PublicKeyCredential): Json => ({
  id: found.id,
  rawId: text(found.rawId),
  type: found.type,
  authenticatorAttachment: found.authenticatorAttachment,
  clientExtensionResults: found.getClientExtensionResults(),
});

export function passkeys(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]")) {
    const words = form.querySelector<HTMLElement>("[data-words]");
    const field = form.querySelector<HTMLInputElement>('input[name="credential"]');
    const button = form.querySelector<HTMLButtonElement>("button");
    const token = form.querySelector<HTMLInputElement>('input[name="csrfmiddlewaretoken"]');
    if (!words || !field || !button || !token) continue;
    const purpose = form.dataset["passkey"] ?? "";
    const say = (said: string | undefined): void => {
      words.textContent = said ?? "";
      button.disabled = false;
    };

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void (async () => {
        words.textContent = "";
        const numeric = /^[\d.]+$|^\[/.test(location.hostname);
        if (numeric || !window.isSecureContext) return say(form.dataset["wordsAddress"]);
        if (!window.PublicKeyCredential) return say(form.dataset["wordsNone"]);
        button.disabled = true;
        try {
          const answer = await fetch("/tai-khoan/thach-thuc", {
            method: "POST",
            headers: { "X-CSRFToken": token.value },
            body: new URLSearchParams({ purpose }),
          });
          const said = (await answer.json()) as Json;
          if (!answer.ok) return say(String(said["detail"] ?? form.dataset["wordsFailed"]));
          const asked = said["publicKey"] as Json;
          field.value = JSON.stringify(purpose === "register" ? await made(asked) : await shown(asked));
          form.submit();
        } catch {
          say(form.dataset["wordsFailed"]);
        }
      })();
    });
  }
}
