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
export const post = (path, csrfToken) => call("POST", path, csrfToken);

/**
 * @param {string} method
 * @param {string} path
 * @param {string} csrfToken
 * @param {unknown} [body] as JSON
 * @returns {Promise<any>} the answer, where there is one
 */
export async function call(method, path, csrfToken, body) {
  const response = await fetch(path, {
    method,
    headers: {
      "X-CSRFToken": csrfToken,
      ...(body !== undefined && { "Content-Type": "application/json" }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  throw new ApiError(response.status, answer?.errors?.[0]?.detail ?? "");
}
