// Which camera, microphone and speaker.

import { fill, gettext } from "./text.js";
import { node, want } from "./nodes.js";

/** @typedef {import("./types.js").Device} Device */
/** @typedef {{devices: import("./types.js").Devices, chosen: import("./types.js").Chosen}} PickerView */

const canChooseSpeaker = "setSinkId" in (globalThis.AudioContext?.prototype ?? {});

export class DevicePicker extends HTMLElement {
  #camera = this.#select("camera");
  #microphone = this.#select("microphone");
  #speaker = this.#select("speaker");
  #shown = "";

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.append(
      field(this.#camera, gettext("Camera")),
      field(this.#microphone, gettext("Microphone")),
      field(this.#speaker, gettext("Speaker")),
    );
  }

  /** @param {PickerView} view */
  update({ devices, chosen }) {
    const now = JSON.stringify([devices, chosen]);
    if (now === this.#shown) return;
    this.#shown = now;
    offer(this.#camera, devices.cameras, chosen.camera);
    offer(this.#microphone, devices.microphones, chosen.microphone);
    offer(this.#speaker, devices.speakers, chosen.speaker);
    const part = this.#speaker.parentElement;
    if (part) part.hidden = !canChooseSpeaker || devices.speakers.length === 0;
  }

  /** @param {string} kind */
  #select(kind) {
    const made = node("select", {});
    made.addEventListener("change", () =>
      want(this, "choose", { kind, id: made.value }),
    );
    return made;
  }
}

/**
 * @param {HTMLSelectElement} select
 * @param {Device[]} devices
 * @param {string | undefined} chosen
 */
function offer(select, devices, chosen) {
  const options = devices.map(({ id, label }, index) =>
    node(
      "option",
      { value: id },
      label || fill(gettext("Device %(number)s"), { number: index + 1 }),
    ),
  );
  select.disabled = options.length === 0;
  select.replaceChildren(
    ...(options.length > 0 ? options : [node("option", {}, gettext("None found"))]),
  );
  if (chosen && devices.some(({ id }) => id === chosen)) select.value = chosen;
}

/**
 * @param {HTMLSelectElement} select
 * @param {string} label
 */
function field(select, label) {
  return node(
    "label",
    { class: "field" },
    node("span", { class: "label" }, label),
    select,
  );
}

customElements.define("device-picker", DevicePicker);
