// Boxes over a photo: drawn from the form's fields, and drawn into them with a pointer. The form works alone.

const stage = document.querySelector<HTMLElement>("[data-blur]");
const form = document.querySelector<HTMLFormElement>("[data-blur-form]");

interface Line {
  readonly tick: HTMLInputElement;
  readonly fields: Readonly<Record<string, HTMLInputElement>>;
  readonly shape: HTMLElement;
}

function read(line: Line): number[] | null {
  const sides = ["left", "top", "wide", "high"].map((side) => Number.parseFloat((line.fields[side]?.value ?? "").replace(",", ".")));
  return sides.every((n) => Number.isFinite(n)) ? sides : null;
}

function draw(line: Line): void {
  const sides = read(line);
  line.shape.hidden = !sides;
  line.shape.dataset["on"] = String(line.tick.checked);
  if (!sides) return;
  const [left, top, wide, high] = sides;
  line.shape.style.left = `${left}%`;
  line.shape.style.top = `${top}%`;
  line.shape.style.width = `${wide}%`;
  line.shape.style.height = `${high}%`;
}

if (stage && form) {
  const lines: Line[] = [...form.querySelectorAll<HTMLFieldSetElement>("fieldset.box-line")].map((set) => {
    const shape = document.createElement("div");
    shape.className = "blur-box";
    stage.append(shape);
    const fields = Object.fromEntries([...set.querySelectorAll<HTMLInputElement>("[data-side]")].map((f) => [f.dataset["side"] ?? "", f]));
    return { tick: set.querySelector<HTMLInputElement>("input[type=checkbox]")!, fields, shape };
  });
  for (const line of lines) draw(line);
  form.addEventListener("input", () => lines.forEach(draw));

  let begun: { x: number; y: number; line: Line } | null = null;
  const at = (event: PointerEvent): { x: number; y: number } => {
    const box = stage.getBoundingClientRect();
    const within = (n: number): number => Math.min(Math.max(n, 0), 100);
    return { x: within(((event.clientX - box.x) / box.width) * 100), y: within(((event.clientY - box.y) / box.height) * 100) };
  };
  stage.addEventListener("pointerdown", (event) => {
    const line = lines.find((one) => !read(one));
    if (!line || event.button !== 0) return;
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    begun = { ...at(event), line };
  });
  stage.addEventListener("pointermove", (event) => {
    if (!begun) return;
    const now = at(event);
    const put = (side: string, value: number): void => {
      const field = begun?.line.fields[side];
      if (field) field.value = value.toFixed(1);
    };
    put("left", Math.min(now.x, begun.x));
    put("top", Math.min(now.y, begun.y));
    put("wide", Math.abs(now.x - begun.x));
    put("high", Math.abs(now.y - begun.y));
    begun.line.tick.checked = true;
    draw(begun.line);
  });
  stage.addEventListener("pointerup", () => {
    begun = null;
  });
}
