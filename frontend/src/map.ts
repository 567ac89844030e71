// The map is drawn by the server and every commune is a link; this only adds the card beside the pointer.

export function mapTips(): void {
  for (const canvas of document.querySelectorAll<HTMLElement>("[data-map]:not([data-ready])")) {
    canvas.dataset["ready"] = "";
    const tip = canvas.querySelector<HTMLElement>(".tip");
    if (!tip) continue;

    const show = (area: Element): void => {
      const name = area.getAttribute("data-name");
      if (!name) return;
      const title = document.createElement("b");
      title.textContent = name;
      const value = document.createElement("span");
      value.textContent = area.getAttribute("data-text") ?? "";
      tip.replaceChildren(title, value);
      tip.hidden = false;
      const box = canvas.getBoundingClientRect();
      const shape = area.getBoundingClientRect();
      const left = Math.min(Math.max(shape.x + shape.width / 2 - box.x - tip.offsetWidth / 2, 0), box.width - tip.offsetWidth);
      const above = shape.y - box.y - tip.offsetHeight - 8;
      tip.style.left = `${left}px`;
      tip.style.top = `${above < 0 ? shape.y - box.y + shape.height + 8 : above}px`;
      area.parentElement?.append(area); // drawn last, so that its outline is whole
    };
    const hide = (): void => {
      tip.hidden = true;
    };
    canvas.addEventListener("pointerover", (event) => {
      const area = (event.target as Element).closest("a[data-name]");
      if (area) show(area);
      else hide();
    });
    canvas.addEventListener("pointerleave", hide);
    canvas.addEventListener("focusin", (event) => {
      const area = (event.target as Element).closest("a[data-name]");
      if (area && area.matches(":focus-visible")) {
        // Moving the node would drop the focus: only the card moves for a keyboard.
        const box = canvas.getBoundingClientRect();
        const shape = area.getBoundingClientRect();
        const title = document.createElement("b");
        title.textContent = area.getAttribute("data-name");
        const value = document.createElement("span");
        value.textContent = area.getAttribute("data-text") ?? "";
        tip.replaceChildren(title, value);
        tip.hidden = false;
        tip.style.left = `${Math.max(0, Math.min(shape.x - box.x, box.width - tip.offsetWidth))}px`;
        tip.style.top = `${Math.max(0, shape.y - box.y - tip.offsetHeight - 8)}px`;
      }
    });
    canvas.addEventListener("focusout", hide);
  }
}
