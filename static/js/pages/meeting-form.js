// The form of a meeting: a new one begins at the next full hour of the reader's own
// clock, and fields that a choice leaves without meaning are not shown.

const form = /** @type {HTMLFormElement} */ (
  document.querySelector("[data-meeting-form]")
);

/** @param {string} name */
function field(name) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (
    form.elements.namedItem(name)
  );
}

function proposeOwnTime() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = /** @type {HTMLSelectElement} */ (field("time_zone"));
  if (zones.value === zone) return;
  if (![...zones.options].some((option) => option.value === zone)) return;
  zones.value = zone;
  const start = new Date();
  start.setHours(start.getHours() + 1, 0, 0, 0);
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const day = `${start.getFullYear()}-${two(start.getMonth() + 1)}-${two(start.getDate())}`;
  field("date").value = day;
  field("time").value = `${two(start.getHours())}:00`;
}

function showWhatMatters() {
  const repeats = field("repeats").value;
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (
    form.querySelectorAll("[data-for]")
  )) {
    part.hidden = !part.dataset.for?.split(" ").includes(repeats);
  }
  const canEnd = repeats !== "never" && repeats !== "custom";
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (
    form.querySelectorAll("[data-ends]")
  )) {
    part.hidden = !canEnd || part.dataset.ends !== field("ends").value;
  }
}

if ("new" in form.dataset) proposeOwnTime();
showWhatMatters();
form.addEventListener("change", showWhatMatters);
