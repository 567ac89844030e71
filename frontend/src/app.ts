import { followData } from "./live";
import { mapTips } from "./map";
import { chartReadout } from "./chart";
import { uploads } from "./upload";
import { passkeys } from "./passkey";
import { whatIf } from "./whatif";
import { choosing, outbox, preparing } from "./outbox";

mapTips();
chartReadout();
uploads();
passkeys();
whatIf();
choosing();
preparing();
outbox();
followData(() => {
  mapTips();
  chartReadout();
});

// A select that only chooses what is shown answers at once; without scripts its button does.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (field instanceof HTMLSelectElement && field.form?.dataset["instant"] !== undefined) field.form.requestSubmit();
});

// Keys a page names (Alt with a letter) press what names them.
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !event.code.startsWith("Key")) return;
  const named = document.querySelector<HTMLElement>(`[aria-keyshortcuts="Alt+${event.code.slice(3)}"]`);
  if (!named) return;
  event.preventDefault();
  named.click();
});

// Only one open menu, closed by Escape or a click elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]"))
    if (!menu.contains(event.target as Node)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});
