// Sends a file with a progress bar; without scripts the same form posts by itself.

// The file that was chosen or dropped, by name and size.
function named(field: HTMLElement, input: HTMLInputElement, words: HTMLElement): void {
  const show = (): void => {
    const file = input.files?.[0];
    if (file) words.textContent = `${file.name} · ${(file.size / 1024).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 0 })} kB`;
  };
  input.addEventListener("change", show);
  for (const kind of ["dragenter", "dragover"])
    field.addEventListener(kind, (event) => {
      event.preventDefault();
      field.classList.add("over");
    });
  for (const kind of ["dragleave", "drop"]) field.addEventListener(kind, () => field.classList.remove("over"));
  field.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer?.files.length) {
      input.files = event.dataTransfer.files;
      show();
    }
  });
}

export function uploads(): void {
  for (const field of document.querySelectorAll<HTMLElement>("[data-file]")) {
    const input = field.querySelector<HTMLInputElement>('input[type="file"]');
    const words = field.querySelector<HTMLElement>("[data-words]");
    if (input && words) named(field, input, words);
  }
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-upload]")) {
    const bar = form.querySelector<HTMLProgressElement>("progress");
    const words = form.querySelector<HTMLElement>("[data-words]");
    const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
    if (!bar || !words || !button) continue;

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.responseType = "document";
      button.disabled = true;
      bar.hidden = false;
      request.upload.addEventListener("progress", (sent) => {
        if (sent.lengthComputable) {
          bar.max = sent.total;
          bar.value = sent.loaded;
        }
      });
      request.upload.addEventListener("load", () => {
        bar.removeAttribute("value"); // sent; now it is being judged
        words.textContent = form.dataset["wordsJudging"] ?? "";
      });
      request.addEventListener("load", () => {
        if (request.status < 400 && request.responseURL && request.responseURL !== location.href) {
          location.assign(request.responseURL);
          return;
        }
        const main = (request.response as Document | null)?.querySelector("main");
        if (main) {
          document.querySelector("main")?.replaceWith(main);
          uploads();
        } else failed();
      });
      const failed = (): void => {
        button.disabled = false;
        bar.hidden = true;
        words.textContent = form.dataset["wordsFailed"] ?? "";
      };
      request.addEventListener("error", failed);
      request.send(new FormData(form));
    });
  }
}
