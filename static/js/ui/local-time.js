// A time in the zone of the reader's profile, else in that of the browser.

class LocalTime extends HTMLElement {
  connectedCallback() {
    const time = this.querySelector("time");
    if (!time) return;
    const { lang, dataset } = document.documentElement;
    const at = new Date(time.dateTime);
    const { timeZone } = dataset;
    const whole = at.toLocaleString(lang, {
      dateStyle: "medium",
      timeStyle: "short",
      timeZone,
    });
    const isOfDay = "ofDay" in this.dataset;
    time.textContent = isOfDay
      ? at.toLocaleTimeString(lang, { timeStyle: "short", timeZone })
      : whole;
    if (isOfDay) time.title = whole;
  }
}

customElements.define("local-time", LocalTime);

// Pages that the server groups by day go by this where the profile names no zone.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
document.cookie = `time_zone=${zone}; path=/; max-age=31536000; samesite=lax`;
