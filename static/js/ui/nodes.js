// Building nodes. Text always goes in as text, so markup in names and chat stays text.

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | boolean | null>} attributes true: present, false or null: absent
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    setAttribute(made, name, value);
  made.append(
    ...children.filter(
      (child) => child !== null && child !== undefined && child !== false,
    ),
  );
  return made;
}

/**
 * Set an attribute only where it changes: screen readers speak of every write.
 * @param {Element} element
 * @param {string} name
 * @param {string | boolean | null} value
 */
export function setAttribute(element, name, value) {
  const text = value === true ? "" : value === false ? null : value;
  if (element.getAttribute(name) === text) return;
  if (text === null) element.removeAttribute(name);
  else element.setAttribute(name, text);
}

/**
 * @param {Node} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} name a drawing in static/icons.svg */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.classList.add("icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(SVG, "use"));
  setIcon(svg, name);
  return svg;
}

/**
 * @param {SVGElement} svg
 * @param {string} name
 */
export function setIcon(svg, name) {
  const use = /** @type {SVGUseElement} */ (svg.firstElementChild);
  setAttribute(use, "href", `${document.body.dataset.icons ?? ""}#${name}`);
}

/**
 * @param {string} name drawing
 * @param {string} label accessible name, also the tooltip
 * @param {string} classes
 */
export function iconButton(name, label, classes = "button plain only-icon") {
  return node(
    "button",
    { type: "button", class: classes, "aria-label": label, title: label },
    icon(name),
  );
}

/**
 * Tell whoever leads the page what a person wants; elements do nothing themselves.
 * @param {Element} element
 * @param {string} name
 * @param {unknown} [detail]
 */
export function want(element, name, detail = null) {
  element.dispatchEvent(
    new CustomEvent("want", { bubbles: true, detail: { name, detail } }),
  );
}
