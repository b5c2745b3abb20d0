/**
 * Sites on a plain background, without any tile server: GeoJSON points, clustered, a shape and a colour for each
 * state. Numbers on clusters are drawn on a canvas, so that no font has to be fetched. The list beside the map is
 * the page's own and works without it.
 */
import "maplibre-gl/dist/maplibre-gl.css";
import "./styles/map.css";
import * as maplibregl from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";

type State = "good" | "lost" | "partly" | "open";
const WORST_FIRST: readonly State[] = ["lost", "partly", "open", "good"];
const RATIO = 2; // images are drawn at twice their size, for sharp screens

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const colour = (state: State): string =>
  token({ good: "--jade", lost: "--red", partly: "--amber", open: "--muted" }[state]);

/** Trace a state's shape around the middle of a canvas. */
function trace(pen: CanvasRenderingContext2D, state: State, middle: number, size: number): void {
  pen.beginPath();
  if (state === "lost") pen.rect(middle - size * 0.9, middle - size * 0.9, size * 1.8, size * 1.8);
  else if (state === "partly") {
    pen.moveTo(middle, middle - size * 1.15);
    pen.lineTo(middle + size * 1.15, middle);
    pen.lineTo(middle, middle + size * 1.15);
    pen.lineTo(middle - size * 1.15, middle);
    pen.closePath();
  } else pen.arc(middle, middle, size, 0, 2 * Math.PI);
}

/** Draw one mark: a filled shape, dashed where nothing is assessed; a cluster carries its number. */
function draw(state: State, count: string): ImageData {
  const size = (count ? 13 + 2.5 * count.length : 7) * RATIO;
  const side = Math.ceil(size * 2.5 + 6);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d");
  if (!pen) return new ImageData(side, side);
  trace(pen, state, side / 2, size);
  pen.fillStyle = count || state === "open" ? token("--card") : colour(state);
  pen.fill();
  pen.lineWidth = (count ? 2.5 : 1.75) * RATIO;
  pen.strokeStyle = count || state === "open" ? colour(state) : token("--card");
  if (state === "open") pen.setLineDash([3 * RATIO, 2 * RATIO]);
  pen.stroke();
  if (count) {
    pen.fillStyle = token("--ink");
    pen.font = `600 ${12 * RATIO}px ${getComputedStyle(document.body).fontFamily}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(count, side / 2, side / 2 + RATIO / 2);
  }
  return pen.getImageData(0, 0, side, side);
}

/** Say something in the place of the map. */
function say(box: HTMLElement, words: string | undefined): void {
  const note = document.createElement("p");
  note.className = "map-note";
  note.setAttribute("role", "status");
  note.textContent = words ?? "";
  box.replaceChildren(note);
}

function hasWebgl(): boolean {
  try {
    return document.createElement("canvas").getContext("webgl2") !== null;
  } catch {
    return false;
  }
}

const words = (state: string): string =>
  document.querySelector(`[data-map-words] [data-state="${state}"] span`)?.textContent ?? state;

/** Build a site's pop-up from text only; nothing of the data is read as markup. */
function popup(box: HTMLElement, properties: GeoJSON.GeoJsonProperties): HTMLElement {
  const part = document.createElement("div");
  const name = document.createElement("b");
  name.textContent = String(properties?.["name"] ?? "");
  const state = document.createElement("span");
  state.textContent = [words(String(properties?.["state"])), properties?.["type"], properties?.["unit"], properties?.["note"]]
    .filter(Boolean)
    .join(" · ");
  part.append(name, state);
  const url = String(properties?.["url"] ?? "");
  if (url.startsWith("/")) {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = box.dataset["openWord"] ?? url;
    part.append(link);
  }
  part.className = "map-popup";
  return part;
}

async function load(url: string): Promise<GeoJSON.FeatureCollection> {
  const answer = await fetch(url, { headers: { Accept: "application/geo+json, application/json" } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return (await answer.json()) as GeoJSON.FeatureCollection;
}

function bounds(collections: GeoJSON.FeatureCollection[]): maplibregl.LngLatBounds {
  const box = new maplibregl.LngLatBounds();
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] === "number") box.extend(part as [number, number]);
    else part.forEach(walk);
  };
  for (const { features } of collections) {
    for (const { geometry } of features) if (geometry && "coordinates" in geometry) walk(geometry.coordinates);
  }
  return box;
}

const field = (box: HTMLElement, name: "lon" | "lat"): HTMLInputElement | null =>
  document.getElementById(box.dataset[name] ?? "") as HTMLInputElement | null;

/** Write a position into the form's two fields, to the metre. */
function write(box: HTMLElement, lon: number, lat: number): void {
  for (const [name, value] of [["lon", lon], ["lat", lat]] as const) {
    const into = field(box, name);
    if (!into) continue;
    into.value = value.toFixed(6);
    into.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** A click on the map writes the place into the form; what is typed there moves the mark. */
function pick(map: maplibregl.Map, box: HTMLElement): void {
  const mark = new maplibregl.Marker({ color: token("--red"), draggable: true });
  const place = (move: boolean): void => {
    const lon = field(box, "lon")?.value;
    const lat = field(box, "lat")?.value;
    if (!lon || !lat || Math.abs(Number(lon)) > 180 || Math.abs(Number(lat)) > 90) return void mark.remove();
    mark.setLngLat([Number(lon), Number(lat)]).addTo(map);
    if (move) map.jumpTo({ center: [Number(lon), Number(lat)], zoom: Math.max(map.getZoom(), 14) });
  };
  map.on("click", (event) => write(box, event.lngLat.lng, event.lngLat.lat));
  mark.on("dragend", () => write(box, mark.getLngLat().lng, mark.getLngLat().lat));
  for (const name of ["lon", "lat"] as const) field(box, name)?.addEventListener("change", () => place(false));
  place(true);
}

/** "Take where I stand": the browser asks first; a refusal is said in words. */
function onHere(button: HTMLButtonElement): void {
  if (!("geolocation" in navigator)) return;
  button.hidden = false;
  const note = button.parentElement?.querySelector("[data-here-note]");
  button.addEventListener("click", () => {
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.disabled = false;
        write(button, coords.longitude, coords.latitude);
        if (note) note.textContent = (button.dataset["found"] ?? "").replace("%s", String(Math.ceil(coords.accuracy)));
      },
      () => {
        button.disabled = false;
        if (note) note.textContent = button.dataset["refused"] ?? "";
      },
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });
}

async function start(box: HTMLElement): Promise<void> {
  if (!hasWebgl()) return say(box, box.dataset["noWebgl"]);
  let sites: GeoJSON.FeatureCollection;
  let areas: GeoJSON.FeatureCollection | null;
  try {
    [sites, areas] = await Promise.all([
      load(box.dataset["url"] ?? ""),
      box.dataset["boundariesUrl"] ? load(box.dataset["boundariesUrl"]) : null,
    ]);
  } catch {
    return say(box, box.dataset["failed"]);
  }
  sites.features = sites.features.filter((site) => site.geometry !== null);
  const picking = box.hasAttribute("data-pick");
  if (!sites.features.length && !areas && !picking) return say(box, box.dataset["nothing"]);

  maplibregl.setWorkerUrl(workerUrl);
  const worst: maplibregl.ExpressionSpecification = [
    "case",
    ...WORST_FIRST.slice(0, -1).flatMap((state) => [[">", ["get", state], 0], state] as const),
    "good",
  ] as unknown as maplibregl.ExpressionSpecification;
  const map = new maplibregl.Map({
    container: box,
    attributionControl: false,
    dragRotate: false,
    maxZoom: 19,
    // With nothing on the map yet, where a place is picked: China.
    bounds: sites.features.length || areas ? bounds(areas ? [sites, areas] : [sites]) : [73.5, 18, 135, 53.5],
    fitBoundsOptions: { padding: 40, maxZoom: 15 },
    style: {
      version: 8,
      sources: {
        ...(areas ? { areas: { type: "geojson", data: areas } as const } : {}),
        sites: {
          type: "geojson",
          data: sites,
          cluster: true,
          clusterRadius: 44,
          clusterMaxZoom: 15,
          clusterProperties: Object.fromEntries(
            WORST_FIRST.map((state) => [state, ["+", ["case", ["==", ["get", "state"], state], 1, 0]]]),
          ),
        },
      },
      layers: [
        { id: "ground", type: "background", paint: { "background-color": token("--map-ground") } },
        ...(areas
          ? ([
              { id: "areas", type: "fill", source: "areas", paint: { "fill-color": token("--map-area") } },
              { id: "edges", type: "line", source: "areas", paint: { "line-color": token("--muted"), "line-width": 1 } },
            ] as maplibregl.LayerSpecification[])
          : []),
        {
          id: "clusters",
          type: "symbol",
          source: "sites",
          filter: ["has", "point_count"],
          layout: {
            "icon-image": ["concat", worst, "|", ["get", "point_count_abbreviated"]],
            "icon-allow-overlap": true,
          },
        },
        {
          id: "places",
          type: "symbol",
          source: "sites",
          filter: ["!", ["has", "point_count"]],
          layout: { "icon-image": ["concat", ["get", "state"], "|"], "icon-allow-overlap": true },
        },
      ],
    },
  });
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibregl.ScaleControl({}), "bottom-left");
  map.setMissingStyleImageResolver((id) => {
    const [state, count] = id.split("|");
    map.addImage(id, draw((state || "open") as State, count ?? ""), { pixelRatio: RATIO });
  });
  map.on("click", "clusters", (event) => {
    const cluster = event.features?.[0];
    if (cluster?.geometry.type !== "Point") return;
    const center = cluster.geometry.coordinates as [number, number];
    const source = map.getSource("sites") as maplibregl.GeoJSONSource;
    void source
      .getClusterExpansionZoom(Number(cluster.properties["cluster_id"]))
      .then((zoom) => map.easeTo({ center, zoom: zoom + 0.2 }));
  });
  const show = (site: GeoJSON.Feature): void => {
    if (site.geometry.type !== "Point") return;
    new maplibregl.Popup({ maxWidth: "260px" })
      .setLngLat(site.geometry.coordinates as [number, number])
      .setDOMContent(popup(box, site.properties))
      .addTo(map);
  };
  map.on("click", "places", (event) => event.features?.[0] && show(event.features[0]));
  for (const layer of ["clusters", "places"]) {
    map.on("mouseenter", layer, () => box.classList.add("map-pointing"));
    map.on("mouseleave", layer, () => box.classList.remove("map-pointing"));
  }
  if (picking) pick(map, box);
  // A row of the list leads the map to its place; its link still opens the site.
  const lead = (event: Event): void => {
    const target = event.target as Element;
    const id = target.closest<HTMLElement>("[data-site]")?.dataset["site"];
    const site = sites.features.find(({ properties }) => String(properties?.["id"]) === id);
    if (target.closest("a") || site?.geometry.type !== "Point") return;
    map.flyTo({ center: site.geometry.coordinates as [number, number], zoom: 16.5, animate: !matchMedia("(prefers-reduced-motion: reduce)").matches });
    show(site);
  };
  for (const list of document.querySelectorAll(".map-list, [data-map-rows]")) list.addEventListener("click", lead);
}

for (const box of document.querySelectorAll<HTMLElement>("[data-map]")) void start(box);
for (const button of document.querySelectorAll<HTMLButtonElement>("[data-here]")) onHere(button);
