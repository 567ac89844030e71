// What the map's pin says goes into the form's own fields, for forms that have no script of their own. pin.ts tells of
// moves with "pinned" and takes the pin away at "place".

export function placing(form: HTMLFormElement, box: HTMLElement): void {
  const field = (name: string): HTMLInputElement | null => form.querySelector<HTMLInputElement>(`input[name="${name}"]`);
  const select = form.querySelector<HTMLSelectElement>('select[name="place"]');
  const says = form.querySelector<HTMLElement>("[data-place-says]");
  const put = (name: string, value: string): void => {
    const one = field(name);
    if (one) one.value = value;
  };
  form.addEventListener("pinned", (event) => {
    const { latitude, longitude, code } = (event as CustomEvent<{ latitude: number; longitude: number; code: string }>).detail;
    put("lat", latitude.toFixed(6));
    put("lon", longitude.toFixed(6));
    put("accuracy", "");
    if (select && code) select.value = code;
    if (says) says.textContent = select && code ? (select.selectedOptions[0]?.textContent ?? "") : (box.dataset["wordsOutside"] ?? "");
  });
  // Choosing a commune by hand takes back a pin that lies elsewhere.
  select?.addEventListener("change", () => {
    for (const name of ["lat", "lon", "accuracy"]) put(name, "");
    if (says) says.textContent = "";
    form.dispatchEvent(new CustomEvent("place", { detail: null }));
  });
}
