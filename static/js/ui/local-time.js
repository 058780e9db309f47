// A time in the zone of the reader's profile, else in that of the browser.

class LocalTime extends HTMLElement {
  connectedCallback() {
    const time = this.querySelector("time");
    if (!time) return;
    const { lang, dataset } = document.documentElement;
    time.textContent = new Date(time.dateTime).toLocaleString(lang, {
      dateStyle: "medium",
      timeStyle: "short",
      timeZone: dataset.timeZone,
    });
  }
}

customElements.define("local-time", LocalTime);

// Pages that the server groups by day go by this where the profile names no zone.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
document.cookie = `time_zone=${zone}; path=/; max-age=31536000; samesite=lax`;
