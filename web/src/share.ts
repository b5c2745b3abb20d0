/** One long picture for a chat group, drawn from the plan of the page with the fonts of whoever looks at it. */

interface Entry {
  number: string;
  title: string;
  under: string;
  state: string;
  mark: string;
  group: string;
}
interface Plan {
  title: string;
  moment: string;
  lines: string[];
  figures: { value: string; word: string }[];
  entries: Entry[];
  rest: string;
  link: string;
  photos: [string, string][];
}

const WIDTH = 540;
const EDGE = 24;
/** Higher than this some browsers draw nothing; the picture is then drawn at one pixel to the pixel. */
const HIGHEST = 14000;
const INK = "#17212b";
const MUTED = "#51606e";
const LINE = "#dfe4ea";
const COLOURS: Record<string, string> = { late: "#b3261e", due: "#9a5b00", lost: "#b3261e", done: "#1f5fa8", on_plan: "#0b6e5f", reported: "#1f5fa8" };
const FONT = '"Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif';

export function onSharing(): void {
  const place = document.querySelector<HTMLElement>("[data-share]");
  const plan = document.getElementById("share-plan");
  if (!place || !plan) return;
  const given = JSON.parse(plan.textContent ?? "{}") as Plan;
  const photos = place.querySelector<HTMLInputElement>("#share-photos");
  const show = (): void => void drawn(given, photos?.checked ? given.photos : []).then((file) => put(place, file));
  photos?.addEventListener("change", show);
  show();
}

function put(place: HTMLElement, file: Blob): void {
  const picture = place.querySelector<HTMLImageElement>(".share-picture");
  const save = place.querySelector<HTMLAnchorElement>("[data-share-save]");
  if (!picture || !save) return;
  if (picture.src) URL.revokeObjectURL(picture.src);
  picture.src = save.href = URL.createObjectURL(file);
  picture.hidden = save.hidden = false;
  place.querySelector("[data-share-none]")?.remove();
}

async function drawn(plan: Plan, wanted: [string, string][]): Promise<Blob> {
  const photos = await Promise.all(wanted.map(([address, word]) => loaded(address).then((image) => ({ image, word }))));
  const canvas = document.createElement("canvas");
  const measure = new Pen(canvas.getContext("2d")!, false);
  lay(measure, plan, photos);
  const scale = measure.y * 2 > HIGHEST ? 1 : 2;
  canvas.width = WIDTH * scale;
  canvas.height = Math.min(Math.ceil(measure.y), HIGHEST) * scale;
  const context = canvas.getContext("2d")!;
  context.scale(scale, scale);
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, WIDTH, measure.y);
  lay(new Pen(context, true), plan, photos);
  return new Promise((done, failed) => canvas.toBlob((file) => (file ? done(file) : failed(new Error("no picture"))), "image/png"));
}

function loaded(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = address;
  return image.decode().then(() => image);
}

/** Lays words below each other; the first time it only measures. */
class Pen {
  y = 0;
  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly draws: boolean,
  ) {}

  words(text: string, size: number, how: { colour?: string; bold?: boolean; gap?: number; x?: number; width?: number } = {}): void {
    const { colour = INK, bold = false, gap = 0, x = EDGE } = how;
    const width = how.width ?? WIDTH - EDGE - x;
    if (!text) return;
    this.context.font = `${bold ? "700 " : ""}${size}px ${FONT}`;
    this.y += gap;
    for (const line of this.broken(text, width)) {
      this.y += size * 1.5;
      if (!this.draws) continue;
      this.context.fillStyle = colour;
      this.context.fillText(line, x, this.y - size * 0.4);
    }
  }

  private broken(text: string, width: number): string[] {
    const out: string[] = [];
    for (const paragraph of text.split("\n")) {
      let line = "";
      // Chinese breaks anywhere, other words at their spaces; what is longer than a line is cut.
      for (const part of paragraph.match(/[\w.,:/?=&%+-]+\s*|./gu) ?? [""]) {
        for (const piece of this.context.measureText(part).width > width ? [...part] : [part]) {
          if (line && this.context.measureText(line + piece.trimEnd()).width > width) {
            out.push(line);
            line = "";
          }
          line += piece;
        }
      }
      out.push(line);
    }
    return out;
  }

  rule(gap = 12): void {
    this.y += gap;
    if (this.draws) {
      this.context.fillStyle = LINE;
      this.context.fillRect(EDGE, this.y, WIDTH - 2 * EDGE, 1);
    }
    this.y += gap;
  }

  box(height: number, colour: string): void {
    if (!this.draws) return;
    this.context.fillStyle = colour;
    this.context.fillRect(0, this.y, WIDTH, height);
  }

  /** A light: a filled box where it is late, as on the pages, otherwise a coloured word. */
  light(word: string, mark: string): void {
    const colour = COLOURS[mark] ?? MUTED;
    if (mark === "late" && this.draws) {
      this.context.font = `700 15px ${FONT}`;
      this.context.fillStyle = colour;
      this.context.fillRect(EDGE, this.y + 2, this.context.measureText(word).width + 14, 23);
    }
    this.words(word, 15, { colour: mark === "late" ? "#ffffff" : colour, bold: true, x: mark === "late" ? EDGE + 7 : EDGE });
  }

  photo(image: HTMLImageElement, word: string): void {
    const width = WIDTH - 2 * EDGE;
    const height = (image.naturalHeight / image.naturalWidth) * width;
    this.words(word, 15, { colour: MUTED, gap: 10 });
    if (this.draws) this.context.drawImage(image, EDGE, this.y + 4, width, height);
    this.y += height + 8;
  }
}

function lay(pen: Pen, plan: Plan, photos: { image: HTMLImageElement; word: string }[]): void {
  pen.box(10, INK);
  pen.y += 22;
  pen.words(plan.title, 24, { bold: true });
  pen.words(plan.moment, 15, { colour: MUTED });
  if (plan.lines.length) pen.y += 8;
  for (const line of plan.lines) pen.words(line, 17, { gap: 2 });
  for (const { image, word } of photos) pen.photo(image, word);
  if (plan.figures.length) {
    pen.rule();
    const top = pen.y;
    const column = (WIDTH - 2 * EDGE) / 3;
    let lowest = top;
    plan.figures.forEach((figure, place) => {
      const x = EDGE + (place % 3) * column;
      pen.y = top + Math.floor(place / 3) * 72;
      pen.words(figure.value, 26, { bold: true, x, width: column - 8 });
      pen.words(figure.word, 14, { colour: MUTED, x, width: column - 8 });
      lowest = Math.max(lowest, pen.y);
    });
    pen.y = lowest;
  }
  let place = 0;
  for (const entry of plan.entries) {
    if (entry.group) pen.words(entry.group, 19, { bold: true, gap: 20 });
    place = entry.group ? 1 : place + 1;
    pen.rule(9);
    pen.words(`${place}. ${entry.title}`, 17, { bold: true });
    pen.words([entry.number, entry.under].filter(Boolean).join("  "), 15, { colour: MUTED });
    if (entry.state) pen.light(entry.state, entry.mark);
  }
  pen.rule();
  pen.words(plan.rest, 15);
  pen.words(plan.link, 13, { colour: MUTED });
  pen.y += 22;
}
