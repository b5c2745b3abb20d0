/** Fields for photos: what was chosen is shown before it is sent, with its name. */
export function onPhotos(): void {
  document.addEventListener("change", (event) => {
    const field = event.target as HTMLInputElement;
    const chosen = field.closest("[data-photos]")?.querySelector<HTMLUListElement>("[data-photos-chosen]");
    if (field.type !== "file" || !chosen) return;
    for (const picture of chosen.querySelectorAll("img")) URL.revokeObjectURL(picture.src);
    chosen.replaceChildren(...[...(field.files ?? [])].map(preview));
    chosen.hidden = chosen.childElementCount === 0;
  });
}

function preview(file: File): HTMLLIElement {
  const entry = document.createElement("li");
  entry.className = "photo";
  const picture = document.createElement("img");
  picture.alt = "";
  picture.src = URL.createObjectURL(file);
  const name = document.createElement("span");
  name.className = "photo-name muted";
  name.textContent = file.name;
  entry.append(picture, name);
  return entry;
}
