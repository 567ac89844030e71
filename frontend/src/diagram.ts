// The process of a case, drawn by bpmn-js (https://bpmn.io, its mark stays visible as its licence asks) with the
// case's place marked. Loaded by that page only. Without it the list of steps says the same.
import "./diagram.css";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

interface Canvas {
  addMarker(id: string, marker: string): void;
  zoom(to?: "fit-viewport" | number, around?: "auto"): number;
  viewbox(box: Shape): void;
}
interface Shape {
  x: number;
  y: number;
  width: number;
  height: number;
}
interface Registry {
  get(id: string): Shape | undefined;
}

async function draw(place: HTMLElement): Promise<void> {
  const box = place.querySelector<HTMLElement>(".bpmn-canvas");
  if (!box) return;
  const said = getComputedStyle(box);
  const colour = (name: string): string => said.getPropertyValue(name).trim();
  const viewer = new NavigatedViewer({
    container: box,
    bpmnRenderer: { defaultFillColor: colour("--card"), defaultStrokeColor: colour("--ink2"), defaultLabelColor: colour("--ink") },
    textRenderer: { defaultStyle: { fontFamily: said.fontFamily }, externalStyle: { fontFamily: said.fontFamily } },
  });
  const answer = await fetch(place.dataset["bpmn"] ?? "", { credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  place.hidden = false;
  await viewer.importXML(await answer.text());
  const canvas = viewer.get<Canvas>("canvas");
  const known = viewer.get<Registry>("elementRegistry");
  for (const marker of ["passed", "waiting"]) {
    for (const id of (place.dataset[marker] ?? "").split(" ")) {
      if (id && known.get(id)) canvas.addMarker(id, marker);
    }
  }
  const fit = (): number => canvas.zoom("fit-viewport", "auto");
  fit();
  // Too small to read: begin at what waits, at its natural size.
  const here = (place.dataset["waiting"] ?? "").split(" ").map((id) => known.get(id)).find((shape) => shape !== undefined);
  if (here && canvas.zoom() < 0.6) {
    const width = box.clientWidth / 0.9;
    const height = box.clientHeight / 0.9;
    canvas.viewbox({ x: here.x + here.width / 2 - width / 2, y: here.y + here.height / 2 - height / 2, width, height });
  }
  for (const button of place.querySelectorAll<HTMLElement>("[data-zoom]")) {
    button.addEventListener("click", () => {
      const way = button.dataset["zoom"];
      if (way === "fit") fit();
      else canvas.zoom(canvas.zoom() * (way === "in" ? 1.25 : 0.8));
    });
  }
}

for (const place of document.querySelectorAll<HTMLElement>("[data-bpmn]")) {
  const steps = place.parentElement?.querySelector<HTMLDetailsElement>("[data-steps]");
  draw(place).then(
    () => {
      if (steps && innerWidth > 700) steps.open = false;
    },
    () => {
      place.hidden = true; // the list of steps stays
    },
  );
}
