// The form that asks for a file: what a format has no use for is hidden, and the layout
// is shown with a picture of the recording.

import { parseDuration, preciseDuration } from "../ui/times.js";

// What a preview does not show.
const UNSEEN = new Set([
  "csrfmiddlewaretoken",
  "start",
  "end",
  "title",
  "file_type",
  "rate",
  "bitrate",
]);
const FILE_TYPES = { audio: ["m4a", "mp3", "ogg"], chat: ["txt", "vtt"] };

/** @param {HTMLFormElement} form */
export function watchExportForm(form) {
  const format = field(form, "format");
  const show = () => {
    showWhatFits(form, format.value);
    showPreview(form);
  };
  form.addEventListener("change", show);
  for (const button of form.querySelectorAll("[data-adds]"))
    button.addEventListener("click", () => addRow(button));
  show();
}

/**
 * One more empty row, made of the template before the button.
 * @param {Element} button
 */
function addRow(button) {
  const template = button.parentElement?.querySelector("template");
  const row = template?.content.firstElementChild?.cloneNode(true);
  if (!template || !(row instanceof HTMLElement)) return;
  template.before(row);
  row.querySelector("input")?.focus();
}

/**
 * The clip that the fields say; null where it is all, or no time.
 * @param {HTMLFormElement} form
 * @param {number} seconds of all
 */
export function clipOfForm(form, seconds) {
  const from = parseDuration(field(form, "start").value.trim()) ?? 0;
  const to = Math.min(
    parseDuration(field(form, "end").value.trim()) ?? seconds,
    seconds,
  );
  return from < to && (from > 0 || to < seconds) ? { from, to } : null;
}

/**
 * @param {HTMLFormElement} form
 * @param {{from: number, to: number} | null} clip
 */
export function writeClip(form, clip) {
  field(form, "start").value = clip ? preciseDuration(clip.from) : "";
  field(form, "end").value = clip ? preciseDuration(clip.to) : "";
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function field(form, name) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (
    form.elements.namedItem(name)
  );
}

/**
 * @param {HTMLFormElement} form
 * @param {string} format
 */
function showWhatFits(form, format) {
  for (const part of form.querySelectorAll("[data-formats]")) {
    const element = /** @type {HTMLElement} */ (part);
    element.hidden = !element.dataset.formats?.split(" ").includes(format);
  }
  const types = /** @type {Record<string, string[]>} */ (FILE_TYPES)[format] ?? [];
  const select = /** @type {HTMLSelectElement} */ (field(form, "file_type"));
  for (const option of select.options) {
    option.hidden = option.disabled = !types.includes(option.value);
  }
  if (types.length && !types.includes(select.value)) select.value = types[0] ?? "";
}

/** @param {HTMLFormElement} form */
function showPreview(form) {
  const picture = /** @type {HTMLImageElement | null} */ (
    form.querySelector("#preview")
  );
  const caption = /** @type {HTMLElement | null} */ (
    form.querySelector("figcaption [role=status]")
  );
  if (!picture || !caption || picture.closest("figure")?.hidden) return;
  const asked = new URLSearchParams({ at: field(form, "start").value });
  for (const [name, value] of new FormData(form))
    if (typeof value === "string" && !UNSEEN.has(name)) asked.append(name, value);
  const address = `${form.dataset.preview}?${asked}`;
  if (picture.getAttribute("src") === address) return;
  caption.textContent = caption.dataset.loading ?? "";
  picture.onload = () => {
    picture.classList.remove("missing");
    caption.textContent = "";
  };
  picture.onerror = () => {
    picture.classList.add("missing");
    caption.textContent = caption.dataset.failed ?? "";
  };
  picture.src = address;
}
