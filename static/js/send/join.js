// Asks to join a room. The resume token, kept for the tab, makes a reloaded page the
// same participant again.

/** @typedef {import("./record.js").Kind} Kind */
/** @typedef {{participant: {id: string, number: number}, session: string, state: string, publish: Kind[], ticket: string, control_url: string, media_url: string}} Joined */

export class ApiError extends Error {
  /**
   * @param {number} status 0 without an answer
   * @param {string} code
   * @param {string} detail a sentence for people
   * @param {string | null} attr the field that it is about
   */
  constructor(status, code, detail, attr = null) {
    super(detail);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.attr = attr;
  }
}

/**
 * @param {object} options
 * @param {string} options.slug
 * @param {string} options.csrfToken
 * @param {string} options.name
 * @param {boolean} options.consent
 * @param {string} [options.token] a join token
 * @returns {Promise<Joined>}
 */
export async function joinRoom({ slug, csrfToken, name, consent, token }) {
  const resume = sessionStorage.getItem(keyOf(slug)) ?? undefined;
  const response = await fetch(`/api/v1/rooms/${encodeURIComponent(slug)}/join/`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken },
    body: JSON.stringify({ name, consent, resume, token: token || undefined }),
  }).catch((error) => {
    throw new ApiError(0, "unreachable", String(error));
  });
  if (!response.ok) throw await errorOf(response);
  return response.json();
}

/**
 * @param {string} slug
 * @param {string} token
 */
export function keepResume(slug, token) {
  sessionStorage.setItem(keyOf(slug), token);
}

/** @param {string} slug */
export function forgetResume(slug) {
  sessionStorage.removeItem(keyOf(slug));
}

/** @param {string} slug */
function keyOf(slug) {
  return `resume ${slug}`;
}

/** @param {Response} response */
async function errorOf(response) {
  const body = await response.json().catch(() => null); // a proxy's page, for example
  const { code, detail, attr } = body?.errors?.[0] ?? {
    code: "error",
    detail: response.statusText,
  };
  return new ApiError(response.status, code, detail, attr);
}
