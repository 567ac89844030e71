// Reads the nearest point of a chart out to the pointer or the arrow keys. The chart itself comes drawn.

interface Point { x: number; y: number | null; label: string; text: string }

export function chartReadout(): void {
  for (const figure of document.querySelectorAll<HTMLElement>("[data-chart]:not([data-ready])")) {
    figure.dataset["ready"] = "";
    const svg = figure.querySelector<SVGSVGElement>("svg");
    const tip = figure.querySelector<HTMLElement>(".tip");
    const data = figure.querySelector<HTMLScriptElement>('script[type="application/json"]');
    if (!svg || !tip || !data) continue;
    const points = JSON.parse(data.textContent ?? "[]") as Point[];
    const cursor = svg.querySelector<SVGLineElement>(".cursor");
    const spot = svg.querySelector<SVGCircleElement>(".spot");
    let at = -1;

    const show = (index: number): void => {
      const point = points[index];
      if (!point || !cursor || !spot) return;
      at = index;
      cursor.setAttribute("x1", String(point.x));
      cursor.setAttribute("x2", String(point.x));
      cursor.setAttribute("visibility", "visible");
      spot.setAttribute("visibility", point.y === null ? "hidden" : "visible");
      if (point.y !== null) {
        spot.setAttribute("cx", String(point.x));
        spot.setAttribute("cy", String(point.y));
      }
      const label = document.createElement("span");
      label.textContent = point.label;
      const value = document.createElement("b");
      value.textContent = point.text;
      tip.replaceChildren(label, value);
      tip.hidden = false;
      const box = svg.getBoundingClientRect();
      const left = (point.x / svg.viewBox.baseVal.width) * box.width;
      tip.style.left = `${Math.min(Math.max(left - tip.offsetWidth / 2, 0), box.width - tip.offsetWidth)}px`;
      tip.style.top = "0px";
    };
    const hide = (): void => {
      tip.hidden = true;
      cursor?.setAttribute("visibility", "hidden");
      spot?.setAttribute("visibility", "hidden");
    };
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const x = ((event.clientX - box.x) / box.width) * svg.viewBox.baseVal.width;
      let best = 0;
      points.forEach((point, index) => {
        if (Math.abs(point.x - x) < Math.abs((points[best]?.x ?? 0) - x)) best = index;
      });
      show(best);
    });
    svg.addEventListener("pointerleave", hide);
    figure.addEventListener("keydown", (event) => {
      if (event.key === "ArrowRight") show(Math.min(at + 1, points.length - 1));
      else if (event.key === "ArrowLeft") show(Math.max(at < 0 ? points.length - 1 : at - 1, 0));
      else if (event.key === "Escape") hide();
      else return;
      event.preventDefault();
    });
    figure.addEventListener("focusout", hide);
  }
}
