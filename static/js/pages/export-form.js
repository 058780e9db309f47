// The form that asks for a file: what a format has no use for is hidden, and the layout
// is shown with a picture of the recording.

const FILE_TYPES = { audio: ["m4a", "mp3", "ogg"], chat: ["txt", "vtt"] };

/** @param {HTMLFormElement} form */
export function watchExportForm(form) {
  const format = field(form, "format");
  const show = () => {
    showWhatFits(form, format.value);
    showPreview(form);
  };
  form.addEventListener("change", show);
  show();
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
  const asked = new URLSearchParams({
    layout: field(form, "layout").value,
    at: field(form, "start").value,
  });
  const address = `${form.dataset.preview}?${asked}`;
  if (picture.getAttribute("src") === address) return;
  caption.textContent = caption.dataset.loading ?? "";
  picture.onload = () => (caption.textContent = "");
  picture.onerror = () => (caption.textContent = caption.dataset.failed ?? "");
  picture.src = address;
}
