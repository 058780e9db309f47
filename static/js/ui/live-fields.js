// Fields of the dialog for live outputs.

import { gettext } from "./text.js";
import { node } from "./nodes.js";
import { LAYOUTS } from "./live-words.js";

/**
 * @param {string} label
 * @param {HTMLElement} control
 */
export function field(label, control) {
  return node("label", { class: "field" }, node("span", { class: "label" }, label), control);
}

/**
 * @param {string} label
 * @param {HTMLInputElement} box
 */
export function check(label, box) {
  return node("label", { class: "row" }, box, label);
}

/** @param {string[]} [without] */
export function layoutSelect(without = []) {
  return select(LAYOUTS().filter(([name]) => !without.includes(name)));
}

/** @param {[string, string][]} options */
export function select(options) {
  return node(
    "select",
    { class: "input" },
    ...options.map(([name, label]) => node("option", { value: name }, label)),
  );
}

let inputs = 0;

export function textInput() {
  const id = `live-text-${(inputs += 1)}`;
  return node("input", { class: "input", maxlength: "200", autocomplete: "off", id });
}

/**
 * @param {string} label
 * @param {HTMLInputElement} input
 * @param {HTMLElement} [beside]
 */
export function labelled(label, input, beside) {
  const row = beside ? node("div", { class: "over" }, input, beside) : input;
  return node("div", { class: "field" }, node("label", { for: input.id }, label), row);
}

/** @param {HTMLElement} [beside] */
export function cardField(beside) {
  const input = textInput();
  const whole = labelled(gettext("Title card"), input, beside);
  const about = gettext(
    "Until you take it away it is shown instead of the meeting, and nothing is heard.",
  );
  const help = `${input.id}-help`;
  whole.append(node("p", { class: "help", id: help }, about));
  input.setAttribute("aria-describedby", help);
  return { input, whole };
}

