// What django-unfold's pages lack for people with a screen reader or without a mouse:
// landmarks, names, and keys for what answers to clicks alone. The frame takes classic
// scripts (UNFOLD in conference/admin_look.py); words.js comes before this one.

const { gettext } =
  /** @type {{django: {gettext(text: string): string}}} */
  (/** @type {unknown} */ (globalThis)).django;

const ICON = ".material-symbols-outlined";
// Neither links with an address nor the shade beside the filters, which Escape closes.
const PRESSED =
  ":is(a:not([href]), div, span)[x-on\\:click]:not(#changelist-filter-close)";

/** What has no words of its own. @type {[string, string][]} */
const NAMES = [
  ["#nav-sidebar-inner", gettext("Administration")],
  [`#nav-sidebar-inner a:has(> ${ICON}:only-child)`, gettext("Administration")],
  ["#nav-sidebar-inner nav", gettext("Account")],
  ["[x-on\\:click*=sidebar]", gettext("Menu")],
  ["[x-on\\:click*=showActions]", gettext("More")],
  ["[x-on\\:click*=openRelatedWidgetWrapper]", gettext("More")],
  ["[id^=related-widget-wrapper]", gettext("More")],
  ["[x-on\\:click*=openTheme]", gettext("Light or dark")],
  ["#searchbar-submit, #command-submit", gettext("Search")],
  ["[x-data^=searchCommand], .select2-search__field", gettext("Search")],
  [".simplebar-content-wrapper", gettext("Scrollable content")],
];

/** @type {[string, string][]} */
const ROLES = [
  ["#main, body.login #page", "main"],
  [PRESSED, "button"],
  ["[x-data^=searchCommand]", "dialog"],
  [".select2-dropdown", "search"],
  [`div[title]:has(> ${ICON}), ${ICON}[title]:not([x-on\\:click])`, "img"],
  // As regions they would all be landmarks, of one name.
  [".simplebar-content-wrapper", "group"],
];

/** @param {string} selector @param {string} attribute @param {string} value */
function set(selector, attribute, value) {
  for (const node of document.querySelectorAll(selector))
    node.setAttribute(attribute, value);
}

function mend() {
  for (const [selector, name] of NAMES) set(selector, "aria-label", name);
  for (const [selector, role] of ROLES) set(selector, "role", role);
  set(PRESSED, "tabindex", "0");
  // Icons are words in a font of pictures, such as "chevron_right".
  set(`${ICON}:not([title], [x-on\\:click])`, "aria-hidden", "true");
  for (const icon of document.querySelectorAll(`${ICON}[title][x-on\\:click]`))
    icon.setAttribute("aria-label", icon.getAttribute("title") ?? "");
  set("#changelist-filter h3", "aria-level", "2"); // right below the page's h1
  document.querySelectorAll("th").forEach(fillHeader);
  for (const field of document.querySelectorAll("td input, td select"))
    nameField(/** @type {HTMLInputElement | HTMLSelectElement} */ (field));
  document.querySelectorAll("select").forEach(nameChooser);
}

/** The column of what removes a row: its cells say what it is.
 * @param {HTMLTableCellElement} header */
function fillHeader(header) {
  if (header.textContent.trim()) return;
  const cell = header
    .closest("table")
    ?.querySelector(`tbody td:nth-child(${header.cellIndex + 1})[data-label]`);
  if (cell instanceof HTMLElement) header.textContent = cell.dataset.label ?? "";
}

/** In rows of a form the column's name is that of its fields.
 * @param {HTMLInputElement | HTMLSelectElement} field */
function nameField(field) {
  const cell = field.closest("td");
  if (!field.labels?.length) field.ariaLabel ??= cell?.dataset.label ?? null;
}

/** Select2 names its own box after what is chosen in it.
 * @param {HTMLSelectElement} select */
function nameChooser(select) {
  const box = select.nextElementSibling?.querySelector("[role=combobox]");
  const chosen = box?.firstElementChild;
  if (!box || !chosen) return;
  box.id ||= `${select.id}-box`;
  box.ariaLabel = select.labels[0]?.textContent.trim() ?? select.ariaLabel;
  box.setAttribute("aria-labelledby", `${box.id} ${chosen.id}`);
  box.setAttribute("aria-controls", `select2-${select.id}-results`);
  chosen.removeAttribute("role"); // one field, not two
  chosen.removeAttribute("aria-readonly");
}

document.addEventListener("keydown", (event) => {
  const pressed = event.target;
  if (!(pressed instanceof HTMLElement) || !pressed.matches(PRESSED)) return;
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  pressed.click();
});

document.addEventListener("DOMContentLoaded", () => {
  mend();
  // Alpine.js, htmx, SimpleBar and Select2 make more of the page.
  const observer = new MutationObserver(mend);
  observer.observe(document.body, { childList: true, subtree: true });
});
