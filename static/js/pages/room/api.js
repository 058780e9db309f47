// The few REST calls of a call's page.

export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} detail a sentence for people
   */
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/**
 * @param {string} path
 * @param {string} csrfToken
 */
export async function post(path, csrfToken) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "X-CSRFToken": csrfToken },
  });
  if (response.ok) return;
  const body = await response.json().catch(() => ({}));
  throw new ApiError(response.status, body.errors?.[0]?.detail ?? "");
}
