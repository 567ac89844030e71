// The communes' names on a map: each where there is room for it, more of them the closer one looks.

import * as L from "leaflet";

const LETTER = 6.6; // pixels, about
const LINE = 15;

export function named(map: L.Map, areas: L.GeoJSON, box: HTMLElement): void {
  if (box.dataset["tiles"]) return; // the base map has names of its own
  const labels = L.layerGroup().addTo(map);
  const draw = (): void => {
    labels.clearLayers();
    const seen = map.getBounds();
    const taken: L.Bounds[] = [];
    areas.eachLayer((layer) => {
      const area = layer as L.Polygon & { feature: { properties: { name?: string } } };
      const name = (area.feature.properties.name ?? "").replace(/^(Xã|Phường|Thị trấn|Đặc khu) /u, "");
      if (!name || !area.getBounds().intersects(seen)) return;
      const room = L.bounds(map.latLngToLayerPoint(area.getBounds().getNorthWest()), map.latLngToLayerPoint(area.getBounds().getSouthEast())).getSize();
      const width = name.length * LETTER;
      if (room.x < width * 0.9 || room.y < LINE * 1.6) return;
      const at = map.latLngToLayerPoint(area.getCenter());
      const own = L.bounds([at.x - width / 2, at.y - LINE / 2], [at.x + width / 2, at.y + LINE / 2]);
      if (taken.some((other) => other.overlaps(own))) return;
      taken.push(own);
      labels.addLayer(L.marker(area.getCenter(), { interactive: false, keyboard: false, icon: L.divIcon({ className: "area-name", html: L.Util.template("<span>{name}</span>", { name: escaped(name) }), iconSize: [0, 0] }) }));
    });
  };
  map.on("zoomend moveend", draw);
  draw();
}

function escaped(text: string): string {
  const node = document.createElement("i");
  node.textContent = text;
  return node.innerHTML;
}
