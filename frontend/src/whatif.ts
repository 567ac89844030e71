// Sliders of a composite index: the score and the rank answer while they move; without scripts the form does.

interface Standing {
  score: number;
  rank: number;
}
interface Answer {
  before: Standing;
  after: Standing;
}

function watch(form: HTMLFormElement, address: string): void {
  const after = form.querySelector<HTMLElement>("[data-after]");
  const rank = form.querySelector<HTMLElement>("[data-rank]");
  const was = form.querySelector<HTMLElement>("[data-was]");
  const digits = Number(form.dataset["decimals"] ?? 2);
  const lang = document.documentElement.lang;
  const write = (value: number, places = digits): string =>
    value.toLocaleString(lang, { minimumFractionDigits: places, maximumFractionDigits: places });
  let latest = 0;
  let waiting = 0;

  const ask = async (): Promise<void> => {
    const turn = ++latest;
    const fields = new FormData(form);
    const query = new URLSearchParams({ unit: String(fields.get("don-vi")), period: String(fields.get("ky")) });
    for (const slider of form.querySelectorAll<HTMLInputElement>('input[type="range"]'))
      if (slider.value !== slider.defaultValue) query.append("points", `${slider.name.slice("diem.".length)}:${slider.value}`);
    const response = await fetch(`${address}?${query.toString()}`, { headers: { Accept: "application/json" } });
    if (!response.ok || turn !== latest) return;
    const told = (await response.json()) as Answer;
    if (after) after.textContent = write(told.after.score);
    if (rank) rank.textContent = write(told.after.rank, 0);
    if (was) was.textContent = write(told.before.rank, 0);
  };
  form.addEventListener("input", (event) => {
    const slider = event.target;
    if (!(slider instanceof HTMLInputElement) || slider.type !== "range") return;
    const shown = form.querySelector<HTMLOutputElement>(`output[data-of="${CSS.escape(slider.name.slice("diem.".length))}"]`);
    if (shown) shown.value = write(Number(slider.value), 2);
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => void ask(), 30);
  });
}

export function whatIf(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-what-if]")) watch(form, form.dataset["whatIf"] ?? "");
}
