// The public map, made to move: the dots the server drew, on the communes' borders. Without scripts the drawing stays.

import * as L from "leaflet";
import "leaflet/dist/leaflet.css";
import { named } from "./named";
import { tiled } from "./tiles";

const box = document.querySelector<HTMLElement>("[data-dots]");
const drawn = box?.parentElement?.querySelector<SVGElement>("svg.dots");
if (box && drawn) {
  // On a phone the map is a view of its own: it is laid out when it is seen.
  if (drawn.getBoundingClientRect().width) void lay(box, drawn);
  else {
    const seen = new ResizeObserver(() => {
      if (!drawn.getBoundingClientRect().width) return;
      seen.disconnect();
      void lay(box, drawn);
    });
    seen.observe(drawn);
  }
}

async function lay(box: HTMLElement, drawn: SVGElement): Promise<void> {
  const answer = await fetch(box.dataset["areas"] ?? "").catch(() => null);
  if (!answer?.ok) return;
  const shapes = await answer.json();
  box.hidden = false;
  const map = L.map(box, { attributionControl: false, scrollWheelZoom: false, zoomSnap: 0.25 });
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", drawn.getAttribute("aria-label") ?? "");
  const areas = L.geoJSON(shapes, { interactive: false, style: () => ({ className: "pin-area", weight: 1 }) }).addTo(map);
  const whole = areas.getBounds();
  const dots = [...drawn.querySelectorAll<SVGElement>("[data-lat]")];
  const points = dots.map((dot) => L.latLng(Number(dot.dataset["lat"]), Number(dot.dataset["lon"])));
  const narrowed = box.dataset["near"] && points.length > 0;
  map.fitBounds(narrowed ? L.latLngBounds(points).pad(0.2) : whole, { maxZoom: 14 }).setMaxBounds(whole.pad(1));
  tiled(map, box);
  named(map, areas, box);
  dots.forEach((dot, index) => {
    const link = document.createElement("a");
    link.href = `/phan-anh/${encodeURIComponent(dot.dataset["code"] ?? "")}`;
    link.textContent = dot.querySelector("title")?.textContent ?? "";
    L.circleMarker(points[index]!, { className: "dot-mark", radius: 7, weight: 2 }).bindPopup(link, { closeButton: false, maxWidth: 220 }).addTo(map);
  });
  drawn.remove();
}
