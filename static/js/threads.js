// Starts the pipeline's workers.

/**
 * A module worker that has said "hello", and what it said. Rejects if its code does
 * not load.
 * @param {string} url
 * @returns {Promise<{worker: Worker, hello: any}>}
 */
export function openWorker(url) {
  const worker = new Worker(url, { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data: hello }) => resolve({ worker, hello });
    worker.onerror = (event) => reject(new Error(`${url}: ${event.message}`));
  });
}
