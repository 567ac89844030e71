// The base map of the province below the borders, where it declares one: its tiles come from our own address.

import * as L from "leaflet";

export function tiled(map: L.Map, box: HTMLElement): void {
  const address = box.dataset["tiles"];
  if (!address) return;
  const deepest = Number(box.dataset["tilesZoom"]) || 18;
  box.classList.add("tiled");
  L.tileLayer(address, { maxNativeZoom: deepest, maxZoom: Math.max(deepest, 18) }).addTo(map);
}
