// A map with the communes' borders and one pin. Loaded where a place is chosen, and nowhere else.

import * as L from "leaflet";
import "leaflet/dist/leaflet.css";
import { named } from "./named";
import { placing } from "./placing";
import { tiled } from "./tiles";

const box = document.querySelector<HTMLElement>("[data-pin]");
if (box) void draw(box);

interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

async function draw(box: HTMLElement): Promise<void> {
  const form = box.closest("form");
  if (form && box.dataset["fills"] !== undefined) placing(form, box);
  const map = L.map(box, { attributionControl: false, scrollWheelZoom: false, keyboard: true, zoomSnap: 0.25 });
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", box.dataset["words"] ?? "");
  const answer = await fetch(box.dataset["areas"] ?? "").catch(() => null);
  if (!answer?.ok) {
    box.hidden = true;
    return;
  }
  const areas = L.geoJSON(await answer.json(), { style: () => ({ className: "pin-area", weight: 1 }) }).addTo(map);
  const bounds = areas.getBounds();
  map.fitBounds(bounds).setMaxBounds(bounds.pad(0.3));
  tiled(map, box);
  named(map, areas, box);

  const icon = L.divIcon({ className: "pin-mark", iconSize: [28, 36], iconAnchor: [14, 34], html: "" });
  let mark: L.Marker | null = null;
  const area = (place: L.LatLng): string => {
    let code = "";
    areas.eachLayer((layer) => {
      const found = layer as L.Polygon & { feature: { properties: { code: string } } };
      if (!code && found.getBounds().contains(place) && within(found, place)) code = found.feature.properties.code;
    });
    return code;
  };
  const put = (place: L.LatLng, tell: boolean): void => {
    if (!mark) {
      mark = L.marker(place, { icon, draggable: true, keyboard: true, alt: box.dataset["wordsMarker"] ?? "", title: box.dataset["wordsMarker"] ?? "" }).addTo(map);
      mark.on("dragend", () => mark && put(mark.getLatLng(), true));
    }
    mark.setLatLng(place);
    if (tell) form?.dispatchEvent(new CustomEvent("pinned", { detail: { latitude: place.lat, longitude: place.lng, code: area(place) } }));
  };
  map.on("click", (event) => put(event.latlng, true));
  // With a keyboard: Enter puts the pin in the middle of the map, arrows move the map.
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === box) {
      event.preventDefault();
      put(map.getCenter(), true);
    }
  });
  form?.addEventListener("place", (event) => {
    const place = (event as CustomEvent<Place | null>).detail;
    if (!place) {
      mark?.remove();
      mark = null;
      return;
    }
    const at = L.latLng(place.latitude, place.longitude);
    map.setView(at, Math.max(map.getZoom(), 14));
    put(at, true);
  });
  const value = (name: string): number => Number.parseFloat(form?.querySelector<HTMLInputElement>(`[name=${name}]`)?.value ?? "");
  if (Number.isFinite(value("lat")) && Number.isFinite(value("lon"))) {
    const at = L.latLng(value("lat"), value("lon"));
    map.setView(at, 14);
    put(at, form?.querySelector<HTMLSelectElement>("[name=place]")?.value === "");
  }
}

// Even-odd rule over all rings of an area.
function within(area: L.Polygon, place: L.LatLng): boolean {
  let inside = false;
  const ring = (points: L.LatLng[]): void => {
    for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
      const a = points[i]!;
      const b = points[j]!;
      if (a.lat > place.lat !== b.lat > place.lat && place.lng < ((b.lng - a.lng) * (place.lat - a.lat)) / (b.lat - a.lat) + a.lng) inside = !inside;
    }
  };
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (part[0] instanceof L.LatLng) ring(part as L.LatLng[]);
    else for (const one of part) walk(one);
  };
  walk(area.getLatLngs());
  return inside;
}
